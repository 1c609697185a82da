"""Every head and MLP as a cell, a block a column: the colour is what becomes of the prediction without it.

Where arrows are cut, a head's cell is a strip: one cell for each token that it may listen to, from left to right.
"""

from page.panels.effects.measured import by_place, in_cells, largest, strongest, value, yardstick
from page.state.counting import number_of
from page.text.markup import escape
from page.text.numbers import brief, change, whole_points

SHADES = 21  # in the legend


def effect_grid(measured, view, words):
    """A table of buttons; the head that is in the picture `view` is marked."""
    places = by_place(measured["effects"])
    end = largest(measured)
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
    pieces.append("</tbody></table>" + scale(end, measured, words))
    return "".join(pieces)


def grid_cell(block, head, effects, end, chosen, measured, words):
    """It is called by what it leads to, and by the change of its effect, or of the strongest of its arrows."""
    if head is None:
        label = words.say("effects.mlp", block=number_of(block))
    else:
        label = words.say("effects.head", block=number_of(block), head=number_of(head))
    colours, number, told_by = "", "", yardstick(measured)
    if effects:
        changes = [value(effect, measured, told_by) for effect in in_cells(effects, measured)]
        colours = colour_strip(changes, end)
        most = value(strongest(effects, measured), measured, told_by)
        label = words.say("effects.cell." + told_by, part=label, change=in_its_unit(most, told_by))
        number = in_cell(most, end, told_by) if measured["kind"] == "parts" else ""
    return (
        '<td><button type="button" class="effect" id="effect-{0}-{1}" data-block="{0}" data-head="{1}" '
        'aria-pressed="{2}" aria-label="{3}">{4}<span>{5}</span></button></td>'
    ).format(block, "" if head is None else head, "true" if chosen else "false", escape(label), colours, number)


def in_its_unit(changed, told_by):
    """A change of what tells how much a part matters: in percentage points, or of the logit."""
    return change(100 * changed if told_by == "effect" else changed)


def in_cell(changed, end, told_by):
    """The same with as few digits as will do, beside others up to `end`."""
    if told_by == "effect":
        return whole_points(changed)
    return ("+" if changed > 0 else "") + brief(changed, end)


def colour_strip(changes, end):
    """A cell for each change; `end` has the full colour."""
    cells = [
        '<rect class="{}" x="{}" width="1" height="1" fill-opacity="{:.3f}"/>'.format(
            "less" if one < 0 else "more", i, abs(one) / (end or 1)
        )
        for i, one in enumerate(changes)
    ]
    return (
        '<svg class="effect-strip" viewBox="0 0 {} 1" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(len(changes), "".join(cells))


def scale(end, measured, words):
    """What the colours mean, from cells like those above; nothing is said of them before there are any."""
    if not end:
        return ""
    told_by = yardstick(measured)
    shades = [2 * i / (SHADES - 1) - 1 for i in range(SHADES)]
    return (
        '<p class="scale effect-scale {}"><span>{}</span><span class="effect-shades">{}</span><span>{}</span></p>'
    ).format(
        measured["kind"],
        words.say("effects.scale.less." + told_by, change=in_its_unit(-end, told_by)),
        colour_strip(shades, 1),
        words.say("effects.scale.more." + told_by, change=in_its_unit(end, told_by)),
    )
