"""What colours the squares of all heads: a share of attention, or what becomes of a prediction without the head.

`told` is what is to be coloured: the worker's answer to `all_heads`, by what (`CHOICES`), the `effects` measured, by
(block, head), if any, and the text's tokens.
"""

from page.state.counting import number_of
from page.text.markup import escape, quoted
from page.text.numbers import percent, short, signed, whole_percent

LOOKS = ("itself", "before", "first", "same")  # at what
CHOICES = ("most",) + LOOKS + ("off",)
FAINTEST, FULLEST = 0.06, 0.5  # opacity: ink is read on the fullest


def value(told, block, head):
    """What the square stands for: a share, or by how much the probability changes; None where there is nothing."""
    one = told["found"]["blocks"][block][head]
    if told["by"] == "most":
        return one["share"]
    if told["by"] in LOOKS:
        return one["looks"][told["by"]]["mean"]
    effects = told["effects"]
    return effects["of"][block, head]["probability"] - effects["probability"] if effects else None


def largest(told):
    """The size of what has the full colour."""
    blocks = told["found"]["blocks"]
    values = [value(told, block, head) for block in range(len(blocks)) for head in range(len(blocks[0]))]
    return max([abs(one) for one in values if one is not None] + [0])


def shade(told, block, head, most):
    """(kind, opacity) of the square's corner, where `most` has the full colour."""
    shown = value(told, block, head)
    if shown is None:
        return "nothing", "0"
    kind = "share" if told["by"] != "off" else "less" if shown < 0 else "more"
    return kind, "{:.3f}".format(FAINTEST + (FULLEST - FAINTEST) * abs(shown) / (most or 1))


def number_in(told, block, head):
    """The same in two or three characters."""
    shown = value(told, block, head)
    if shown is None:
        return ""
    if told["by"] != "off":
        return whole_percent(shown)
    text = "{:.0f}".format(abs(100 * shown))
    return text if text == "0" else ("−" if shown < 0 else "+") + text


def caption(told, block, head, words):
    """One head in a sentence."""
    found, by = told["found"], told["by"]
    one = found["blocks"][block][head]
    place = {"block": number_of(block), "head": number_of(head)}
    token = quoted(told["tokens"][found["row"]]["shown"])
    if by == "most":
        share, other, position = percent(one["share"]), quoted(one["most"]), number_of(one["position"])
        return words.say("all_heads.name", token=token, share=share, other=other, position=position, **place)
    if by in LOOKS:
        look = one["looks"][by]
        if look["mean"] is None:
            return words.say("all_heads.none." + by, **place)
        said = words.say("all_heads.look." + by, share=percent(look["mean"]), **place)
        if look["row"] is None:
            return said + words.say("all_heads.row.none", token=token)
        return said + words.say("all_heads.row", token=token, share=percent(look["row"]))
    effects = told["effects"]
    if effects is None:
        return words.say("all_heads.not_measured", **place)
    return words.say(
        "all_heads.off",
        token=quoted(found["next"]["shown"]),
        before=percent(effects["probability"]),
        after=percent(effects["of"][block, head]["probability"]),
        **place,
    )


def legend(told, most, words):
    """The colours with the values at their ends, and what they mean."""
    if told["by"] != "off":
        return scale("0", percent(most), "share") + note(words.say("all_heads.means." + told["by"]))
    effects = told["effects"]
    if effects is None:
        return ""
    points = signed(100 * most)
    return scale(
        words.say("all_heads.points", points="−" + points), words.say("all_heads.points", points="+" + points), "off"
    ) + note(
        words.say(
            "all_heads.means.off",
            token=quoted(told["found"]["next"]["shown"]),
            probability=percent(effects["probability"]),
            temperature=short(effects["temperature"]),
        )
    )


def scale(least, most, kind):
    return '<p class="scale"><span>{}</span><i class="heads-bar {}"></i><span>{}</span></p>'.format(least, kind, most)


def note(text):
    return '<p class="note">' + escape(text) + "</p>"
