"""The next-token list: for each of the likeliest tokens the probability as sampled beside the model's own."""

from page.text.markup import visible
from page.text.numbers import bar_end, grouped, percent, round_percent, short

COUNT = 12  # tokens listed


def candidate_table(answer, words):
    """`answer` is the worker's `next`; the bars of both kinds share one scale, which the head of the list states."""
    rows = answer["candidates"]
    pinned = answer["pinned"]["probabilities"] if "pinned" in answer else [None] * len(rows)
    end = bar_end(max([max(row["sampled"], row["model"], old or 0) for row, old in zip(rows, pinned)]))
    pieces = [
        '<table data-temperature="{}" data-u="{}"><caption><span class="key sampled">{}</span>'
        '<span class="key model">{}</span>{}<span class="axis">{}</span></caption><thead class="visually-hidden"><tr>'
        '<th scope="col">{}</th><td></td><th scope="col">{}</th><th scope="col">{}</th></tr></thead>'
        '<tbody translate="no">'.format(
            answer["temperature"],
            answer["u"],
            words.say("next.sampled"),
            words.say("next.model"),
            '<span class="key pinned">' + words.say("pin.key") + "</span>" if "pinned" in answer else "",
            words.say("next.axis", end=round_percent(end)),
            words.say("probabilities.token"),
            words.say("next.sampled"),
            words.say("next.model"),
        )
    ]
    for row, old in zip(rows, pinned):
        drawn = row["id"] == answer["drawn"]["id"]
        pieces.append(
            '<tr data-id="{}"{}><th scope="row">{}{}</th><td class="bars">{}</td>'
            '<td class="number sampled">{}</td><td class="number model">{}</td></tr>'.format(
                row["id"],
                ' class="drawn"' if drawn else "",
                visible(row["shown"]),
                drawn_mark(words) if drawn else "",
                bars(row["sampled"] / end, row["model"] / end, None if old is None else old / end),
                percent(row["sampled"]),
                percent(row["model"]),
            )
        )
    pieces.append('</tbody></table><p class="outside">')
    if answer["outside"]["count"]:
        pieces.append(outside(answer, words))
    pieces.append("</p>")
    return "".join(pieces)


def outside(following, words):
    """What the tokens that are not listed have together."""
    rest = following["outside"]
    return words.say(
        "next.outside",
        sampled=percent(rest["sampled"]),
        model=percent(rest["model"]),
        count=grouped(rest["count"]),
    )


def drawn_mark(words):
    """Stands by the token that the draw has picked."""
    return '<span class="drawn-mark" title="{0}"><span class="visually-hidden">{0}</span></span>'.format(
        words.say("next.drawn")
    )


def bars(sampled, model, pinned=None):
    """Two bars, and a stroke where the pinned one would end; lengths are shares of the full width."""
    stroke = "" if pinned is None else '<rect class="pinned" x="{:.3f}%" width="2" height="100%"/>'.format(100 * pinned)
    return (
        '<svg class="pair" height="14" aria-hidden="true"><rect class="sampled" width="{:.3f}%" height="8" rx="2"/>'
        '<rect class="model" y="10" width="{:.3f}%" height="4" rx="1.5"/>{}</svg>'
    ).format(100 * sampled, 100 * model, stroke)


def formula(following, words):
    """The settings in the order in which they act."""
    if following["temperature"] == 0:
        return words.say("formula.greedy")
    steps = [words.say("formula.temperature", temperature=short(following["temperature"]))]
    if following["top_k"]:
        steps.append(words.say("formula.top_k", count=following["top_k"]))
    steps.append("softmax")
    if following["top_p"]:
        steps.append(words.say("formula.top_p", share=round_percent(following["top_p"])))
    return " → ".join(steps)
