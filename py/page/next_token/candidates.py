"""The next-token list: for each of the likeliest tokens the probability as sampled beside the model's own.

The drawn token stands out, and has a row of its own below the others where it is none of the likeliest.
"""

from page.text.markup import escape, visible
from page.text.numbers import bar_end, grouped, percent, round_percent, short

COUNT = 12  # tokens listed


def candidate_table(answer, words):
    """`answer` is the worker's `next`; the bars of both kinds share one scale, which the head of the list states."""
    rows = answer["candidates"]
    pinned = answer["pinned"]["probabilities"] if "pinned" in answer else [None] * len(rows)
    intact = {row["id"]: row["before"] for row in answer["intact"]["rows"]} if "intact" in answer else {}
    end = bar_end(
        max([max(row["sampled"], row["model"], old or 0, intact.get(row["id"], 0)) for row, old in zip(rows, pinned)])
    )
    pieces = [
        '<table data-temperature="{}" data-u="{}"><caption>{}{}{}'
        '<span class="axis">{}</span></caption><thead class="visually-hidden"><tr>'
        '<th scope="col">{}</th><td></td><th scope="col">{}</th><th scope="col">{}</th></tr></thead>'
        '<tbody translate="no">'.format(
            answer["temperature"],
            answer["u"],
            key("sampled", words),
            key("model", words),
            ('<span class="key pinned">' + words.say("pin.key") + "</span>" if "pinned" in answer else "")
            + ('<span class="key intact">' + words.say("cuts.key") + "</span>" if intact else ""),
            words.say("next.axis", end=round_percent(end)),
            words.say("probabilities.token"),
            words.say("next.sampled"),
            words.say("next.model"),
        )
    ]
    for row, old in zip(rows, pinned):
        marks = [("pinned", old), ("intact", intact.get(row["id"]))]
        pair = bars(row["sampled"] / end, row["model"] / end, [(k, p / end) for k, p in marks if p is not None])
        pieces.append(list_row(row, row["id"] == answer["drawn"]["id"], pair, words))
    pieces.append("</tbody>")
    drawn = answer["drawn"]
    if drawn["id"] not in [row["id"] for row in rows]:
        rank = '<span class="gap">' + escape(words.say("next.beyond", rank=grouped(drawn["rank"]))) + "</span>"
        pieces.append('<tfoot translate="no">' + list_row(drawn, True, rank, words) + "</tfoot>")
    pieces.append('</table><p class="outside">')
    if answer["outside"]["count"]:
        pieces.append(outside(answer, words))
    pieces.append("</p>")
    return "".join(pieces)


def key(kind, words):
    """What one of the two bars is: its name, which explains itself."""
    return '<button type="button" class="key {0}" data-help="{0}" title="{1}">{2}</button>'.format(
        kind, escape(words.say("next." + kind + ".why")), escape(words.say("next." + kind))
    )


def list_row(token, drawn, bars, words):
    return (
        '<tr data-id="{0}"{1} data-tells="listed" data-row="{0}"><th scope="row">{2}{3}</th><td class="bars">{4}</td>'
        '<td class="number sampled">{5}</td><td class="number model">{6}</td></tr>'
    ).format(
        token["id"],
        ' class="drawn"' if drawn else "",
        visible(token["shown"]),
        drawn_mark(words) if drawn else "",
        bars,
        percent(token["sampled"]),
        percent(token["model"]),
    )


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


def bars(sampled, model, marks=()):
    """Two bars, and a stroke where another would end for each (its kind, its length) of `marks`; lengths are shares of
    the full width."""
    stroke = '<rect class="{}" x="{:.3f}%" width="2" height="100%"/>'
    strokes = "".join([stroke.format(kind, 100 * length) for kind, length in marks])
    return (
        '<svg class="pair" height="14" aria-hidden="true"><rect class="sampled" width="{:.3f}%" height="8" rx="2"/>'
        '<rect class="model" y="10" width="{:.3f}%" height="4" rx="1.5"/>{}</svg>'
    ).format(100 * sampled, 100 * model, strokes)


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
