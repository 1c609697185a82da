"""A function of the model's code as the page shows it: its lines, and what a name in it stands for."""

from page.panels.number.formula import written
from page.panels.number.looks import drawing
from page.text.markup import escape
from page.text.numbers import sizes

SIDE, LEAST = 120, 10  # pixels of the small picture of an array, along its longer side and the other
COLOURED = ("keyword", "string", "comment", "number")
KINDS = {"read": "name", "made": "name", "key": "array", "call": "call"}  # pieces that can be pressed, by their kind


def listing(found, done):
    """As HTML. `found` is the worker's answer to `code`; of its visits the first `done` have run, and what they made
    is known."""
    lit = lit_lines(found, done)
    known = known_names(found, done)
    rows = []
    for number, pieces in enumerate(found["lines"], found["first"]):
        kind = "line lit" if lit[0] <= number <= lit[1] else "line"
        if number not in known and any([piece["kind"] == "made" for piece in pieces]):
            kind += " to-come"
        if number in found["changed"]:
            kind += " changed"
        code = "".join([piece_html(piece, known.get(number)) for piece in pieces])
        rows.append(
            '<li class="{}" data-line="{}"{}><i aria-hidden="true">{}</i><code>{}</code></li>'.format(
                kind, number, ' aria-current="step"' if lit[0] == number else "", number, code
            )
        )
    return '<ol class="listing" dir="ltr" translate="no" start="{}">{}</ol>'.format(found["first"], "".join(rows))


def lit_lines(found, done):
    """(first, last): those that make the opened number or, while the code is stepped through, the one that ran last."""
    if done is None:
        return found["marked"] or (0, -1)
    line = found["visits"][done - 1]["line"] if done else found["first"]
    return line, line


def known_names(found, done):
    """{line: its last visit so far}; of the first line what the function was given."""
    visits = found["visits"] if done is None else found["visits"][:done]
    known = {visit["line"]: visit for visit in visits}
    if found["visits"]:
        given = found["visits"][0]
        body = min([visit["line"] for visit in found["visits"]])
        for line in range(found["first"], body):
            known[line] = {"line": line, "read": given["read"], "made": given["read"], "calls": []}
    return known


def piece_html(piece, visit):
    """A few characters; a button where they stand for something that is known."""
    kind, text = piece["kind"], escape(piece["text"])
    if kind in KINDS and visit is not None and stands(piece, visit):
        return '<button type="button" tabindex="-1" class="{}" data-kind="{}" data-name="{}">{}</button>'.format(
            KINDS[kind], kind, escape(piece["name"]), text
        )
    return '<span class="{}">{}</span>'.format(kind, text) if kind in COLOURED else text


def stands(piece, visit):
    if piece["kind"] == "key":
        return True
    if piece["kind"] == "call":
        return piece["name"] in [name for name, _ in visit["calls"]]
    return piece["name"] in visit[piece["kind"]]


def value_html(name, seen, words, brief=False):
    """What a name stands for, in a line; `brief` where there are more of them."""
    if not seen["shape"]:
        return '<b translate="no">{}</b> <span translate="no">{}</span>'.format(escape(name), escape(seen["text"]))
    picture = (
        drawing(seen["look"], SIDE, LEAST, 'class="seen"', words.say("code.look", name=name)) if seen["look"] else ""
    )
    said = "code.array" if seen["least"] and not brief else "code.array.whole"
    return '<b translate="no">{}</b> <span>{}</span>{}'.format(
        escape(name),
        words.html(said, shape=sizes(seen["shape"]), least=written(seen["least"]), most=written(seen["most"])),
        picture,
    )
