"""A distribution that the reader has pinned, beside the present one."""

from page.next_token import candidates
from page.text.markup import escape, visible
from page.text.numbers import bar_end, percent, round_percent

ENDING = 24  # characters of a text in a label


def label(text, following, words):
    """What a distribution belongs to, as HTML: the end of its text, and the settings, of its `following` or alone."""
    return words.html("pin.label", text=ending(text, ENDING), settings=escape(candidates.formula(following, words)))


def ending(text, room):
    """As HTML, its last characters."""
    return '<span translate="no">' + escape(text if len(text) <= room else "…" + text[-room:]) + "</span>"


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
