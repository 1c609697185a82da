"""Every head and MLP as a cell, a block a column: the colour is what becomes of the probability without it.

Where arrows are cut, a head's cell is a strip: one cell for each token that it may listen to, from left to right.
"""

from page.panels.effects.measured import by_place, in_cells, size, strongest, value
from page.state.counting import number_of
from page.text.markup import escape
from page.text.numbers import change, whole_points


def effect_grid(measured, view, words):
    """A table of buttons; the head that is in the picture `view` is marked."""
    places = by_place(measured["effects"])
    end = max([size(effect, measured) for effect in measured["effects"]] + [0])
    blocks = range(view["n_layer"])
    heads = list(range(view["n_head"])) + ([None] if measured["kind"] == "parts" else [])
    pieces = [
        '<table class="effect-grid {}"><caption class="visually-hidden">{}</caption>'.format(
            measured["kind"], escape(words.say("effects.grid"))
        ),
        '<thead><tr><th scope="col">{}</th>'.format(words.say("block.label")),
    ]
    pieces += ['<th scope="col">{}</th>'.format(number_of(block)) for block in blocks]
    pieces.append("</tr></thead><tbody>")
    for head in heads:
        row = words.say("mlp.title") if head is None else words.say("effects.row", head=number_of(head))
        pieces.append('<tr><th scope="row">{}</th>'.format(row))
        for block in blocks:
            effects = places.get((block, head), [])
            chosen = head is not None and (block, head) == (view["block"], view["head"])
            pieces.append(grid_cell(block, head, effects, end, chosen, measured, words))
        pieces.append("</tr>")
    pieces.append("</tbody></table>" + scale(end, words))
    return "".join(pieces)


def grid_cell(block, head, effects, end, chosen, measured, words):
    """It is called by what it leads to, and by the change of its effect, or of the strongest of its arrows."""
    if head is None:
        label = words.say("effects.mlp", block=number_of(block))
    else:
        label = words.say("effects.head", block=number_of(block), head=number_of(head))
    colours, number = "", ""
    if effects:
        changes = [value(effect, measured, "effect") for effect in in_cells(effects, measured)]
        colours = colour_strip(changes, end)
        most = value(strongest(effects, measured), measured, "effect")
        label = words.say("effects.cell", part=label, points=change(100 * most))
        number = whole_points(most) if measured["kind"] == "parts" else ""
    return (
        '<td><button type="button" class="effect" id="effect-{0}-{1}" data-block="{0}" data-head="{1}" '
        'aria-pressed="{2}" aria-label="{3}">{4}<span>{5}</span></button></td>'
    ).format(block, "" if head is None else head, "true" if chosen else "false", escape(label), colours, number)


def colour_strip(changes, end):
    """A cell for each change of a probability; `end` has the full colour."""
    cells = [
        '<rect class="{}" x="{}" width="1" height="1" fill-opacity="{:.3f}"/>'.format(
            "less" if one < 0 else "more", i, abs(one) / (end or 1)
        )
        for i, one in enumerate(changes)
    ]
    return (
        '<svg class="effect-strip" viewBox="0 0 {} 1" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(len(changes), "".join(cells))


def scale(end, words):
    """What the colours mean; nothing is said of them before there are any."""
    if not end:
        return ""
    return '<p class="scale effect-scale"><span>{}</span><i class="bar diverging"></i><span>{}</span></p>'.format(
        words.say("effects.scale.less", points=change(-100 * end)),
        words.say("effects.scale.more", points=change(100 * end)),
    )
