"""What is cut, in words, and what the prediction owes to it: as HTML."""

from page.state import removed
from page.state.counting import number_of
from page.text.markup import escape, word_html
from page.text.numbers import change, nearest_percent

TOLD = 4  # tokens whose probabilities are told
LEAST = 0.005  # of probability: a smaller change is not told of any but the first
NOISE = 1e-5  # of probability, and bits: float32 numbers added in another order differ by as much


def parts(cut, answer, words):
    """The parts in `cut`, each with a button to put it back; what this text or model lacks is said to be idle."""
    items = []
    for number, part in enumerate(cut):
        name = named(part, answer, words)
        here = answer is None or removed.exists(part, answer["view"], len(answer["tokens"]))
        idle = "" if here else " <em>" + escape(words.say("cuts.idle")) + "</em>"
        label = (
            '<button type="button" class="leads" data-cut-part="{}">{}</button>'.format(number, name)
            if here and len(part) > 1 and part[0] != removed.OWN
            else "<span>" + name + "</span>"
        )
        items.append(
            '<li>{}{}<button type="button" class="back" data-back="{}"><span aria-hidden="true">✕</span>'
            '<span class="visually-hidden">{}</span></button></li>'.format(
                label, idle, number, words.html("cuts.back.own" if part[0] == removed.OWN else "cuts.back", part=name)
            )
        )
    return "".join(items)


def named(part, answer, words):
    """A part in words, as HTML: an arrow by its places and, where the text has them, by its tokens."""
    names = ("block", "head", "row", "column")
    places = {name: number_of(index) for name, index in zip(names, part[1:])}
    key = "cuts." + part[0]
    tokens = answer["tokens"] if answer else []
    if part[0] == "arrow" and max(part[3:]) < len(tokens):
        key = "cuts.arrow.named"
        for name, index in zip(names[2:], part[3:]):
            places[name + "_token"] = word_html(tokens[index]["shown"])
    return words.html(key, **places)


def effect(intact, by_code, words):
    """What the likeliest tokens had with every part in place, and have now; the first of them with its logit.

    `by_code`: the code was changed.
    """
    rows = intact["rows"]
    first = rows[0]
    if intact["bits"] < NOISE and all([abs(row["now"] - row["before"]) < NOISE for row in rows]):
        return "<p>" + words.say("cuts.no_effect.code" if by_code else "cuts.no_effect") + "</p>"
    others = sorted(rows[1:], key=lambda row: -abs(row["now"] - row["before"]))
    told = [first] + [row for row in others if abs(row["now"] - row["before"]) >= LEAST][: TOLD - 1]
    items = []
    for row in told:
        more = row["now"] > row["before"]
        items.append(
            '<li class="{}">{} {} <span aria-hidden="true">→</span><span class="visually-hidden">{}</span>'
            " <b>{}</b></li>".format(
                "more" if more else "less",
                word_html(row["shown"]),
                escape(nearest_percent(row["before"])),
                escape(words.say("cuts.becomes")),
                escape(nearest_percent(row["now"])),
            )
        )
    points = 100 * (first["now"] - first["before"])
    return '<ul translate="no">{}</ul><p>{}</p>'.format(
        "".join(items),
        words.html(
            "cuts.effect",
            token=word_html(first["shown"]),
            points=change(points),
            logit=change(first["logit_now"] - first["logit_before"]),
            bits="{:.2f}".format(intact["bits"]),
        ),
    )
