"""The products of a sum as a table with bars, one line a product, and the sum so far beside each."""

from page.figure.addresses import read
from page.panels.number.formula import written
from page.panels.number.titles import is_weight, key_of
from page.state.counting import number_of
from page.text.markup import escape, visible
from page.text.numbers import grouped

WIDE = 120  # units of a bar's drawing


def table(found, answer, words):
    """`found` is the worker's answer to `inspect`, of a sum; `answer` the run's."""
    terms = found["terms"]
    largest = max([abs(float(term["product"])) for term in terms]) or 1
    left, right = [words.say("number.short." + key_of(terms[0][side])) for side in ("left_at", "right_at")]
    term = words.say("number.term" if named_by_token(terms[0]["left_at"]) else "number.place")
    pieces = [
        '<table class="terms" translate="no"><thead translate="yes"><tr><th scope="col">{}</th><th scope="col">{}</th>'
        '<td></td><th scope="col">{}</th><td></td><th scope="col">{}</th><td></td></tr></thead><tbody>'.format(
            escape(term), escape(left), escape(right), escape(words.say("number.product"))
        )
    ]
    for number, term in enumerate(terms):
        pieces.append(
            '<tr data-term="{}"><th scope="row">{}</th><td>{}</td><td class="sign">×</td><td>{}</td>'
            '<td class="sign">=</td><td>{}</td><td>{}</td></tr>'.format(
                number,
                name_of(term["left_at"], answer),
                operand(term["left"], term["left_at"]),
                operand(term["right"], term["right_at"]),
                written(term["product"]),
                bar(float(term["product"]) / largest),
            )
        )
    pieces.append("</tbody><tfoot>")
    known = {one["name"]: one for one in found["values"]}
    if "rest" in known:
        pieces.append(last(words.say("number.rest", count=found["others"]), known["rest"]["digits"]))
    if "bias" in known:
        pieces.append(last(words.say("number.bias"), known["bias"]["digits"], known["bias"]["at"]))
    pieces.append(last(words.say("number.total"), known.get("score", known["result"])["digits"], kind="whole"))
    pieces.append("</tfoot></table>")
    return "".join(pieces)


def name_of(address, answer):
    """What a term is called: the token that it comes from, or the number of the vector."""
    place = read(address)[2]
    if named_by_token(address):
        return visible(answer["tokens"][place[2]]["shown"])
    return grouped(number_of(place[-1]))


def named_by_token(address):
    return read(address)[0] == "attn.pattern"


def operand(shown, at):
    kind = "weight" if is_weight(read(at)[0]) else key_of(at)
    return '<button type="button" class="leads of-{}" data-at="{}">{}</button>'.format(kind, escape(at), written(shown))


def last(what, shown, at="", kind=""):
    value = written(shown)
    if at:
        value = '<button type="button" class="leads of-weight" data-at="{}">{}</button>'.format(escape(at), value)
    return '<tr class="{}"><th scope="row" colspan="5">{}</th><td>{}</td><td></td></tr>'.format(
        kind, escape(what), value
    )


def bar(share):
    """From the middle to the right for what is above 0, to the left for what is below."""
    width = abs(share) * WIDE / 2
    left = WIDE / 2 if share >= 0 else WIDE / 2 - width
    return (
        '<svg class="term" viewBox="0 0 {0} 12" aria-hidden="true"><path class="zero" d="M{1} 0V12"/>'
        '<rect class="{2}" x="{3:.1f}" y="1" width="{4:.1f}" height="10"/></svg>'
    ).format(WIDE, WIDE // 2, "more" if share >= 0 else "less", left, width)
