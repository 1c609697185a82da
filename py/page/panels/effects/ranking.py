"""The parts that matter most, as a table: share, effect when cut and direct part side by side."""

from page.figure.sentence import which
from page.panels.effects.measured import ORDERS, largest, ordered, value, yardstick
from page.state.counting import number_of
from page.text.markup import escape
from page.text.numbers import change, grouped, percent, signed

ROWS = 10  # at first
MORE = 100  # at once: a text of a hundred tokens has thousands of arrows


def effect_table(measured, order, falling, count, answer, words):
    """The first `count`, sorted by the size of one of ORDERS, `falling` from the largest; rows and heads are buttons,
    and so is what adds more rows."""
    arrows = measured["kind"] == "arrows"
    shown = [name for name in ORDERS if arrows or name != "share"]
    heads = "".join([column_head(name, order, falling, words) for name in shown])
    numbers = ordered(measured, order, falling)[:count]
    end = largest(measured)
    rows = "".join([effect_row(i, measured, shown, end, answer, words) for i in numbers])
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="{0}"><table class="effect-table">'
        '<caption class="visually-hidden">{0}</caption><thead><tr><th scope="col" rowspan="2">{1}</th>{2}'
        '<th scope="colgroup" colspan="3">{3}</th><td></td></tr><tr>{4}</tr></thead><tbody>{5}</tbody></table></div>{6}'
    ).format(
        escape(words.say("effects.list")),
        words.say("effects.part.arrows" if arrows else "effects.part.parts"),
        "<td></td>" if arrows else "",
        words.say("effects.when_cut"),
        heads,
        rows,
        below(len(numbers), end, measured, words),
    )


def below(shown, end, measured, words):
    """What the bars' scale is, how many rows there are, and how to see more of them."""
    count = len(measured["effects"])
    said = ""
    if end:
        told_by = yardstick(measured)
        size = signed(100 * end if told_by == "effect" else end)
        said = '<span class="of-bars">{}</span> '.format(words.say("effects.bars." + told_by, size=size))
    said += words.say("effects.shown", shown=grouped(shown), all=grouped(count))
    if shown < count:
        more = words.say("effects.more", more=min(MORE, count - shown))
        said += ' <button type="button" id="effects-more">{}</button>'.format(more)
    return '<p class="note effects-below">' + said + "</p>"


def column_head(name, order, falling, words):
    sorts = ' aria-sort="{}"'.format("descending" if falling else "ascending") if name == order else ""
    return (
        '<th scope="col" class="of-{0}"{1}><button type="button" id="sort-{0}" data-sort="{0}">{2}</button></th>'
    ).format(name, sorts, words.say("effects.by." + name))


def effect_row(number, measured, shown, end, answer, words):
    effect = measured["effects"][number]
    texts = {
        "effect": "<span>{} → </span><span>{}</span> <b>{}</b>".format(
            percent(measured["probability"]),
            percent(effect["probability"]),
            change(100 * value(effect, measured, "effect")),
        ),
        "logit": change(value(effect, measured, "logit")),
        "bits": signed(effect["bits"]),
        "direct": signed(effect["direct"]),
    }
    told_by = yardstick(measured)
    texts[told_by] = change_bar(value(effect, measured, told_by), end) + texts[told_by]
    if effect["share"] is not None:
        texts["share"] = percent(effect["share"])
    cells = "".join(['<td class="of-{}">{}</td>'.format(name, texts[name]) for name in shown])
    return (
        '<tr><th scope="row"><button type="button" class="goes" id="row-{0}" data-number="{0}">{1}</button></th>'
        "{2}</tr>"
    ).format(number, row_name(effect, answer, words), cells)


def row_name(effect, answer, words):
    block, head = number_of(effect["block"]), effect["head"]
    if head is None:
        return words.html("effects.mlp", block=block)
    place = words.html("effects.head", block=block, head=number_of(head))
    if effect["column"] is None:
        return place
    return "{} <small>{}</small>".format(which(answer, effect["column"], words), place)


def change_bar(size, end):
    """From the middle to the left for less, to the right for more; `end` fills a half."""
    width = abs(size) / (end or 1)
    return (
        '<svg class="change" viewBox="-1 0 2 1" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="{}" x="{:.3f}" width="{:.3f}" height="1"/><path class="zero" d="M0 0v1"/></svg>'
    ).format("less" if size < 0 else "more", -width if size < 0 else 0, width)
