"""A distribution that the reader has pinned, beside the present one."""

from page.next_token import candidates
from page.text.markup import escape, visible
from page.text.numbers import bar_end, percent, round_percent

ROOM = 40  # characters of a text in a label
WORD = 12  # of a word on either side of what differs


def label(text, other, following, words):
    """What a distribution belongs to, as HTML: its text, and the settings, of its `following` or alone."""
    return words.html(
        "pin.label", text=excerpt(text, other, ROOM), settings=escape(candidates.formula(following, words))
    )


def excerpt(text, other, room):
    """As HTML, the end of a text, and of what is before it the words that the `other` does not have."""
    return '<span translate="no">' + escape(shortened(text, other, room)) + "</span>"


def shortened(text, other, room):
    if len(text) <= room:
        return text
    start, end = differing(text, other)
    if start >= len(text) - room:
        return "…" + ending(text, room)
    word = text[start : min(end, start + room // 2)]
    before, rest = "…" if start else "", ending(text, room - len(word))
    return before + (text[start:] if start + len(word) + len(rest) >= len(text) else word + "…" + rest)


def ending(text, room):
    """Its last characters, from the start of a word if one is near."""
    before, text = text[:-room], text[-room:]
    return text if before.endswith(" ") else text[text.find(" ", 0, WORD) + 1 :]


def differing(text, other):
    """Where the words begin and end in which a text differs from another; its end twice where it does not."""
    start, end, shorter = 0, len(text), min(len(text), len(other))
    while start < shorter and text[start] == other[start]:
        start += 1
    if start == len(text) == len(other):
        return end, end
    while end > start + len(text) - shorter and text[end - 1] == other[end - 1 + len(other) - len(text)]:
        end -= 1
    start = max(start - WORD, 0, text.rfind(" ", 0, start) + 1)
    after = text.find(" ", end)
    return start, min(end + WORD, len(text) if after < 0 else after)


def pinned_sentence(following, pinned, words):
    """How much the two have in common, as HTML; `pinned` is the label of the pinned one."""
    overlap = percent(following["pinned"]["overlap"])
    return words.html("pin.sentence", label=pinned, overlap=overlap)


def comparison_table(answer, pinned, now, words):
    """The worker's `compare`, with the labels of both."""
    rows, following = answer["rows"], answer["next"]
    end = bar_end(max([max(row["pinned"] or 0, row["now"] or 0) for row in rows]))
    heads = [
        (words.html("compare.pinned", label=pinned), "pinned", following["pinned"]["entropy"]),
        (words.html("compare.now", label=now), "sampled", following["entropy"]["sampled"]),
    ]
    pieces = ['<table class="ranks compare"><thead><tr><th scope="col">', words.say("probabilities.token"), "</th>"]
    for name, kind, entropy in heads:
        pieces.append(
            '<th scope="col" colspan="2" class="key {}">{}<br>{}, {}</th>'.format(
                kind,
                name,
                words.say("compare.entropy", bits="{:.2f}".format(entropy)),
                words.say("next.axis", end=round_percent(end)),
            )
        )
    pieces.append('<th scope="col">' + words.say("compare.change") + '</th></tr></thead><tbody translate="no">')
    for row in rows:
        pieces.append('<tr><th scope="row">' + visible(row["shown"]) + "</th>")
        for name in ("pinned", "now"):
            pieces.append(cell(row[name], end, name, words))
        pieces.append('<td class="number">' + change(row, words) + "</td></tr>")
    pieces.append("</tbody></table>")
    overlap = percent(following["pinned"]["overlap"])
    pieces.append('<p class="note">' + words.say("compare.overlap", overlap=overlap) + "</p>")
    return "".join(pieces)


def cell(probability, end, name, words):
    if probability is None:
        return '<td colspan="2" class="number">' + words.say("compare.absent") + "</td>"
    return (
        '<td class="bars"><svg class="one" aria-hidden="true"><rect class="{}" width="{:.3f}%" height="100%" rx="2"/>'
        '</svg></td><td class="number">{}</td>'
    ).format(name, 100 * probability / end, percent(probability))


def change(row, words):
    """In percentage points; nothing where one of them does not know the token."""
    if row["pinned"] is None or row["now"] is None:
        return ""
    points = 100 * (row["now"] - row["pinned"])
    sign = "+" if points > 0 else "−" if points < 0 else "±"
    return words.say("compare.points", points=sign + "{:.1f}".format(abs(points)))
