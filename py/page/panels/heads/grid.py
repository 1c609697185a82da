"""Every attention head as a square with its pattern, a column a block; the corner above the pattern's diagonal, where
attention to later tokens would be, has the colour of what is asked about it."""

from page.panels.heads.colour import CHOICES, caption, largest, legend, number_in, shade
from page.state.counting import number_of
from page.text.markup import escape

FEW = 8  # heads in a block: of more the squares are too small for numbers
SMALL = 48  # tokens in a pattern at most, as the worker draws it


def grid(told, chosen, words):
    """`told` as `colour.py` has it, `chosen` is (block, head)."""
    blocks, most = told["found"]["blocks"], largest(told)
    pieces = [
        '<div id="heads" class="heads{}" role="grid" translate="no" aria-label="{}"><div role="row">'
        '<span role="columnheader">{}</span>'.format(
            " few" if len(blocks[0]) <= FEW else "",
            escape(words.say("all_heads.keys")),
            escape(words.say("block.label")),
        )
    ]
    pieces += [header("columnheader", "block.label", block, words) for block in range(len(blocks))]
    pieces.append("</div>")
    for head in range(len(blocks[0])):
        pieces.append('<div role="row">' + header("rowheader", "head.label", head, words))
        pieces += [square(told, block, head, most, chosen, words) for block in range(len(blocks))]
        pieces.append("</div>")
    pieces.append("</div>")
    return "".join(pieces)


def header(role, key, index, words):
    return '<span role="{}"><span class="word">{}</span> {}</span>'.format(
        role, escape(words.say(key)), number_of(index)
    )


def square(told, block, head, most, chosen, words):
    kind, opacity = shade(told, block, head, most)
    count = min(len(told["tokens"]), SMALL)
    return (
        '<span role="gridcell"><button type="button" class="head" id="head-{block}-{head}" tabindex="-1"'
        ' data-block="{block}" data-head="{head}" aria-pressed="{pressed}">'
        '<img alt="{label}" src="{picture}"><svg class="corner" viewBox="0 0 {count} {count}" aria-hidden="true">'
        '<path class="{kind}" fill-opacity="{opacity}" d="M1 0H{count}V{last}z"/></svg>'
        '<span class="number" aria-hidden="true">{number}</span></button></span>'
    ).format(
        block=block,
        head=head,
        pressed="true" if (block, head) == chosen else "false",
        label=escape(caption(told, block, head, words)),
        picture=told["found"]["blocks"][block][head]["picture"],
        count=count,
        last=count - 1,
        kind=kind,
        opacity=opacity,
        number=number_in(told, block, head),
    )


def beside(told, chosen, words):
    """What stands beside the grid: the choice, what its colours mean, and one head in words."""
    options = []
    for by in CHOICES:
        selected = " selected" if by == told["by"] else ""
        options.append('<option value="{}"{}>{}</option>'.format(by, selected, escape(words.say("all_heads.by." + by))))
    return (
        '<p><label for="heads-by">{label}</label> <select id="heads-by">{options}</select></p>'
        '<div id="heads-legend" translate="no">{legend}</div><p id="heads-measuring"><button type="button"'
        ' id="heads-measure"></button> <span id="heads-progress" role="status"></span></p>'
        '<p id="head-caption" class="caption" translate="no" aria-live="polite">{caption}</p>'
        '<p class="note">{note}</p><button type="button" id="cut-each">{effects}</button>'
    ).format(
        label=escape(words.say("all_heads.by")),
        options="".join(options),
        legend=legend(told, largest(told), words),
        caption=escape(caption(told, chosen[0], chosen[1], words)),
        note=escape(words.say("all_heads.legend")),
        effects=escape(words.say("all_heads.effects")),
    )
