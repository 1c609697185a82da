"""What is said of whatever is drawn between the columns, and of tokens' names, in which few numbers have room.

`kind` is what an element of the picture says in `data-tells`, `row` what it says in `data-row`: the row of a drawn
token, or the number that the function for that kind names. Every number is one of the worker's answer.
"""

from page.figure.differences import PARTS
from page.state.counting import number_of
from page.text.markup import whole_html, word_html
from page.text.numbers import grouped, percent, signed

NEXT = "<br> "  # between sentences: a line for those who see them, a space for those who hear them
ADDED = {"resid_mid": "attn_out", "resid_post": "mlp_out"}  # by the column that comes after a plus sign


def told(kind, row, figure, words):
    """As HTML, what an element of the picture says of itself."""
    return TOLD[kind](row, figure, words) + apart(PARTS.get(kind), row, figure, words)


def apart(name, row, figure, words):
    """How far a drawn token's numbers are from those of the pinned text, where one lies beside this."""
    view = figure.view
    if "beside" not in view or name not in view["beside"]["moved"]:
        return ""
    distance = view["beside"]["moved"][name][row]
    if distance is None:
        return NEXT + words.html("reading.new")
    return NEXT + words.html("reading.apart", part=percent(distance))


def there(row, figure, words):
    """The share that the chosen token gives in the pinned text, where both tokens are in it."""
    view = figure.view
    if "beside" not in view or None in [view["beside"]["pairs"][one] for one in (row, view["row"] - view["first"])]:
        return ""
    share = view["shares"][row] - view["beside"]["points"][row]
    return NEXT + words.html("reading.there", share=percent(max(share, 0)))


def token(row, figure):
    return word_html(figure.answer["tokens"][figure.view["first"] + row]["shown"])


def chosen(figure):
    return token(figure.view["row"] - figure.view["first"], figure)


def sizes(view):
    """How many numbers, by where: in a stream, in the MLP, of one head."""
    return {
        "size": grouped(view["n_embd"]),
        "inner": grouped(view["d_mlp"]),
        "own": grouped(view["n_embd"] // view["n_head"]),
    }


def value(row, figure, words):
    """What the chosen token takes in from another, as a length and as its part of all; what is lost of all."""
    view = figure.view
    names = {"token": chosen(figure), "other": token(row, figure)}
    html = (
        words.html("reading.value", share=percent(view["shares"][row]), **names) + NEXT + taken_in(row, figure, words)
    )
    if len(view["contributions"]) > 1:
        html += NEXT + words.html("reading.cancelled", lost=percent(view["cancelled"]))
    return html


def taken_in(row, figure, words):
    """Only how much it is."""
    length = figure.view["contributions"][row]
    part = percent(length / (figure.view["total"] or 1))
    return words.html("reading.taken_in", length=signed(length), part=part)


def key(row, figure, words):
    view = figure.view
    html = words.html("reading.key", token=token(row, figure), **sizes(view))
    if row < len(view["shares"]):
        share = percent(view["shares"][row])
        html += NEXT + words.html("reading.key.share", token=chosen(figure), share=share)
    return html


def query(row, figure, words):
    return words.html("reading.query", token=token(row, figure), **sizes(figure.view))


def output(row, figure, words):
    return words.html("reading.output", token=token(row, figure), **sizes(figure.view))


def heads(row, figure, words):
    return words.html("reading.heads", heads=figure.view["n_head"], token=token(row, figure), **sizes(figure.view))


def projection(row, figure, words):
    return words.html("reading.projection", token=token(row, figure), **sizes(figure.view))


def project(row, figure, words):
    return words.html("reading.project", token=token(row, figure), **sizes(figure.view))


def neurons(row, figure, words):
    return words.html("reading.neurons", token=token(row, figure), **sizes(figure.view))


def stream(row, figure, words):
    view = figure.view
    html = words.html("reading.stream", token=token(row, figure), **sizes(view))
    if row == view["row"] - view["first"]:
        norms = {name: signed(view["norms"][name]) for name in ("resid_pre", "resid_mid", "resid_post")}
        html += NEXT + words.html("reading.lengths", **norms)
    return html


def added(column, figure, words):
    """What is new in the chosen token's stream at `column`, and what the model would say there."""
    view = figure.view
    said = view["says"][column]
    return words.html(
        "reading.added.attention" if column == "resid_mid" else "reading.added.mlp",
        token=chosen(figure),
        added=signed(view["norms"][ADDED[column]]),
        length=signed(view["norms"][column]),
        next=word_html(said["shown"]),
        share=percent(said["probability"]),
    )


def added_there(column, figure, words):
    """The same where the column's own numbers are read: a plus sign has no place for the keyboard."""
    return NEXT + added(column, figure, words) if column in ADDED else ""


def folded(count, figure, words):
    return words.html("reading.folded", count=count)


def name(row, figure, words):
    """A token's whole name, wherever it is written."""
    one = figure.answer["tokens"][figure.view["first"] + row]
    position = number_of(figure.view["first"] + row)
    return words.html("reading.token", token=whole_html(one["shown"]), position=position, id=grouped(one["id"]))


def candidate(row, figure, words):
    return listed_token(figure.listed["candidates"][row], words)


def listed(number, figure, words):
    """The same, of the token that has this number in the vocabulary."""
    tokens = figure.listed["candidates"] + [figure.listed["drawn"]]
    return listed_token(next(one for one in tokens if one["id"] == number), words)


def listed_token(one, words):
    shares = {kind: percent(one[kind]) for kind in ("sampled", "model")}
    return words.html("reading.candidate", token=whole_html(one["shown"]), rank=one["rank"], **shares)


def rest(row, figure, words):
    one = figure.listed["outside"]
    return words.html("reading.rest", count=grouped(one["count"]), share=percent(one["sampled"]))


TOLD = {
    "value": value,
    "key": key,
    "query": query,
    "output": output,
    "heads": heads,
    "projection": projection,
    "project": project,
    "neurons": neurons,
    "stream": stream,
    "attention": lambda row, figure, words: added("resid_mid", figure, words),
    "mlp": lambda row, figure, words: added("resid_post", figure, words),
    "folded": folded,
    "name": name,
    "token": lambda position, figure, words: name(position - figure.view["first"], figure, words),
    "listed": listed,
    "candidate": candidate,
    "rest": rest,
}
