"""Every attention head at a glance: one column a block, one row a head, each square the head's real pattern."""

from page.markup import escape, quoted
from page.numbers import percent


def grid(heads, words):
    """heads[block][head] as the worker describes them -> a grid of buttons, one a head."""
    pieces = ['<div class="blocks">']
    for block in range(len(heads)):
        pieces.append('<div class="block"><span class="block-name">')
        pieces.append(words.say("heads.block", number=block + 1) + "</span>")
        for head in range(len(heads[block])):
            name = escape(sentence(heads, block, head, words))
            pieces.append('<button type="button" class="head" data-block="{}" data-head="{}"'.format(block, head))
            pieces.append(
                ' aria-label="' + name + '"><img alt="" src="' + heads[block][head]["picture"] + '"></button>'
            )
        pieces.append("</div>")
    pieces.append("</div>")
    return "".join(pieces)


def sentence(heads, block, head, words):
    """What the last token does in this head, in words."""
    one = heads[block][head]
    return words.say(
        "heads.name",
        block=block + 1,
        head=head + 1,
        share=percent(one["share"]),
        token=quoted(one["most"]),
        position=one["position"] + 1,
    )
