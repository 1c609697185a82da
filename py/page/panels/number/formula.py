"""How a number is worked out, in MathML: in words, then with the numbers of this run. `known` has either, by name."""

from page.panels.number import titles
from page.text.markup import escape
from page.text.numbers import SUPERSCRIPT

MINUS = "−"
REPLACED = ("cut", "off", "mean", "code")  # no step that the page knows gave the number
PARTS = ("rest", "bias")  # of a sum, besides the products that are listed
CONSTANTS = ("epsilon", "size")  # values that are known by no name
TAKEN = ("same", "left", "right")  # values that are called what they are at their own place


def written(shown):
    """A number with a true minus sign; "2.359e-17" as a power of ten."""
    digits, _, power = shown.partition("e-")
    exponent = "".join([SUPERSCRIPT[int(digit)] for digit in str(int(power))]) if power else ""
    return digits.replace("-", MINUS) + (" × 10⁻" + exponent if power else "")


def so_far(terms, step):
    """The sum of the first `step` products as they are shown, with as many digits."""
    places = len(terms[0]["product"].partition(".")[2])
    total = sum([float(term["product"]) for term in terms[:step]])
    return written("{:.{}f}".format(total, places))


def formula(found, words):
    """The steps of an answer of the worker's `inspect`, one line each, the last of which gives the number.

    Each is said in words before; what a weight is, and the output of a head, is said in words alone.
    """
    if found["rule"] in REPLACED:
        return ""
    lines_of = LINES.get(found["kind"], sum_lines)
    said = lines_of(found, in_words(found, words), words) if found["come_from"] and found["kind"] != "z" else []
    pieces = []
    for step, line in enumerate(lines_of(found, in_numbers(found, words), words)):
        if said:
            pieces.append('<math display="block" class="said">' + said[step] + "</math>")
        pieces.append('<math display="block">' + line + "</math>")
    return '<div class="scroll" dir="ltr">' + "".join(pieces) + "</div>"


def in_numbers(found, words):
    """{name: number}; "(bias)" is the bias with brackets where it needs some after a sign."""
    known = {"sum": word(words.say("number.sum"))}
    if found["terms"] and [one for one in found["values"] if one["name"] in PARTS]:
        known["sum"] = "<mn>" + so_far(found["terms"], len(found["terms"])) + "</mn>"
    for one in found["values"]:
        value = number(one)
        known[one["name"]] = value
        known["(" + one["name"] + ")"] = bracketed(value) if one["digits"].startswith("-") else value
    return known


def in_words(found, words):
    """{name: what it is called}, by the same names."""
    known = {"sum": word(words.say("number.sum"))}
    for one in found["values"]:
        name = one["name"]
        key = "number.short." + titles.key_of(one["at"]) if name in TAKEN else "number.value." + name
        if name == "score" and found["terms"]:
            key = "number.sum"
        said = number(one) if name in CONSTANTS else word(words.say(key))
        known[name] = known["(" + name + ")"] = said
    return known


def number(value):
    """One that has a place of its own leads there when it is clicked.

    What is inside mathematics takes no keyboard, which goes the ways beside the address.
    """
    shown, at = written(value["digits"]), value["at"]
    kind = ' class="outcome"' if value["name"] == "result" else ""
    if not at:
        return "<mn" + kind + ">" + shown + "</mn>"
    return '<mn class="leads" data-at="{0}" title="{0}">{1}</mn>'.format(escape(at), shown)


def word(text):
    """As an upright identifier: beside an mtext, which counts as space, a sign is no sign between two operands."""
    return '<mi mathvariant="normal">' + escape(text) + "</mi>"


def row(*parts):
    return "<mrow>" + "".join(parts) + "</mrow>"


def sign(text):
    return "<mo>" + text + "</mo>"


def fraction(above, below):
    return "<mfrac>" + above + below + "</mfrac>"


def root(inside):
    return "<msqrt>" + inside + "</msqrt>"


def exponential(power):
    return "<msup><mi>e</mi>" + power + "</msup>"


def bracketed(*parts):
    """The brackets stay as small as a letter, whatever is inside."""
    return '<mo stretchy="false">(</mo>' + "".join(parts) + '<mo stretchy="false">)</mo>'


def less(left, right):
    """A difference; what is taken off stands in brackets where it is below 0."""
    return row(left, sign(MINUS), right)


def weight_lines(found, known, words):
    if "stored" in known:
        return [row(known["stored"], sign("×"), known["(scale)"], sign("="), known["result"])]
    return [row(word(words.say("number.learned")), sign("="), known["result"])]


def same_lines(found, known, words):
    return [row(known["same"], sign("="), known["result"])]


def stream_lines(found, known, words):
    if "same" in known:
        return same_lines(found, known, words)
    return [row(known["left"], sign("+"), known["(right)"], sign("="), known["result"])]


def norm_lines(found, known, words):
    inside = row(known["variance"], sign("+"), known["epsilon"])
    top = less(known["x"], known["(mean)"])
    return [
        row(fraction(top, root(inside)), sign("="), known["normalised"]),
        row(known["normalised"], sign("×"), known["(gain)"], sign("+"), known["(bias)"], sign("="), known["result"]),
    ]


def sum_lines(found, known, words):
    """Of a sum of products the table has the numbers; this says how it ends."""
    return [row(*summands(known), sign("="), known["result"])]


def summands(known):
    parts = [known["sum"]]
    for name in PARTS:
        if name in known:
            parts += [sign("+"), known["(" + name + ")"]]
    return parts


def score_lines(found, known, words):
    if found["rule"]:
        return []
    last = row(fraction(known["score"], root(known["size"])), sign("="), known["result"])
    return [row(*summands(known), sign("="), known["score"]), last] if "rest" in known else [last]


def share_lines(found, known, words):
    if found["rule"]:
        return []
    return [
        row(exponential(less(known["score"], known["(largest)"])), sign("="), known["weight"]),
        row(fraction(known["weight"], known["total"]), sign("="), known["result"]),
    ]


def gelu_lines(found, known, words):
    x, cube = known["x"], "<msup>" + row(known["(x)"]) + "<mn>3</mn></msup>"
    inside = row(
        root(row("<mn>2</mn>", sign("/"), "<mi>π</mi>")),  # not every font has roots as high as a fraction
        bracketed(x, sign("+"), "<mn>0.044715</mn>", sign("×"), cube),
    )
    half = fraction("<mn>1</mn>", "<mn>2</mn>")
    return [
        row(half, bracketed("<mn>1</mn>", sign("+"), "<mi>tanh</mi>", bracketed(inside)), sign("="), known["gate"]),
        row(x, sign("×"), known["gate"], sign("="), known["result"]),
    ]


def probability_lines(found, known, words):
    if found["rule"] == "greedy":
        return []
    lines = [
        row(
            fraction(less(known["logit"], known["(largest)"]), known["temperature"]),
            sign("="),
            known["scaled"],
        ),
        row(exponential(known["scaled"]), sign("="), known["weight"]),
    ]
    if not found["rule"]:
        lines.append(row(fraction(known["weight"], known["total"]), sign("="), known["result"]))
    return lines


LINES = {
    "weight": weight_lines,
    "embed": same_lines,
    "pos_embed": same_lines,
    "resid_pre": stream_lines,
    "resid_mid": stream_lines,
    "resid_post": stream_lines,
    "ln1": norm_lines,
    "ln2": norm_lines,
    "ln_final": norm_lines,
    "scores": score_lines,
    "pattern": share_lines,
    "mlp_post": gelu_lines,
    "probabilities": probability_lines,
}
