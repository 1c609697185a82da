"""The draw: every token as wide as its probability, likeliest first; one needle that decides; what adds its token."""

from page.text.markup import escape, quoted, quoted_html
from page.text.names import label
from page.text.numbers import percent

ROOM = 16  # columns of a token on the button


def draw_strip(following, words):
    """The listed tokens one after the other, then all others; the needle stands at u."""
    pieces = []
    at = 0.0
    for number, one in enumerate(following["candidates"]):
        width = 100 * one["sampled"]
        if width >= 0.02:  # narrower is less than a twentieth of a pixel
            kind = "drawn" if one["id"] == following["drawn"]["id"] else ("even", "odd")[number % 2]
            pieces.append(
                '<rect class="{}" x="{:.3f}%" width="{:.3f}%" height="14"><title>{} {}</title></rect>'.format(
                    kind, at, width, escape(quoted(one["shown"])), percent(one["sampled"])
                )
            )
        at += width
    rest = following["outside"]["sampled"]
    if rest > 0.0002:
        listed = [one["id"] for one in following["candidates"]]
        kind = "rest" if following["drawn"]["id"] in listed else "rest drawn"
        pieces.append('<rect class="{}" x="{:.3f}%" width="{:.3f}%" height="14"/>'.format(kind, at, 100 * rest))
    label = words.say("draw.label", u=decimal(following["u"]), token=quoted(following["drawn"]["shown"]))
    return (
        '<svg class="needle-strip" role="img" aria-label="{}"><g class="shares">{}</g>'
        '<line class="needle" x1="{:.3f}%" x2="{:.3f}%" y1="0" y2="100%"/></svg>'
    ).format(escape(label), "".join(pieces), 100 * following["u"], 100 * following["u"])


def draw_sentence(following, words):
    """What the needle points at, as HTML."""
    drawn = following["drawn"]
    return words.html(
        "draw.sentence",
        u=decimal(following["u"]),
        token=quoted_html(drawn["shown"]),
        share=percent(drawn["sampled"]),
    )


def decimal(u):
    """u rounded down, so that it never reads 1."""
    return "{:.3f}".format(int(u * 1000) / 1000)


def add_label(drawn, words):
    """What stands on the button that adds the drawn token, as HTML; `drawn` is None while no draw is known."""
    if drawn is None:
        return escape(words.say("generate.append.unknown"))
    token = '<bdi translate="no">' + escape("“" + label(drawn["shown"], ROOM) + "”") + "</bdi>"
    return words.html("generate.append", token=token)


def add_title(drawn, words):
    """The whole token, its leading space too, and the keys that do the same."""
    if drawn is None:
        return words.say("generate.append.keys")
    return words.say("generate.append.title", token=quoted(drawn["shown"]))
