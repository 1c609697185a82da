"""A matrix product as a whole, in small: what goes in, what its rows meet, and the result; a cell of it lights both."""

from page.figure.addresses import SQUARES
from page.panels.number.looks import drawing
from page.panels.number.titles import SHORT
from page.text.markup import escape
from page.text.numbers import grouped

PRODUCTS = ("attn.q", "attn.k", "attn.v", "attn.scores", "attn.z", "attn_out", "mlp.pre", "mlp_out")
IN = {  # what goes in and what it meets, by the texts' words for them
    "attn.q": ("ln1", "weight"),
    "attn.k": ("ln1", "weight"),
    "attn.v": ("ln1", "weight"),
    "attn.scores": ("q", "k"),
    "attn.z": ("pattern", "v"),
    "attn_out": ("z", "weight"),
    "mlp.pre": ("ln2", "weight"),
    "mlp_out": ("mlp_post", "weight"),
}
SIDE = 150  # pixels of a picture along its longer side
LEAST = 14  # and along the other


def whole(found, words):
    """`found` is the worker's answer to `product`."""
    left, right = IN[found["name"]]
    result = SHORT[found["name"]]
    pieces = []
    for kind, name, sign in (("left", left, "×"), ("right", right, "="), ("result", result, "")):
        pieces.append(picture(kind, found[kind], words.say("number.short." + name)))
        if sign:
            pieces.append('<span class="sign" aria-hidden="true">' + sign + "</span>")
    return '<p class="subtitle">{}</p><div class="product">{}</div>'.format(
        words.say("number.product.how"), "".join(pieces)
    )


def picture(kind, look, name):
    return "<figure>{}<figcaption>{}<br>{} × {}</figcaption></figure>".format(
        drawing(look, SIDE, LEAST, 'class="factor" data-factor="' + kind + '"', name),
        escape(name),
        grouped(look["height"]),
        grouped(look["width"]),
    )


def lit(found, row, column):
    """{kind: outline} of the cell (row, column) of the result, the row that went in, and the row that it met."""
    left, right, result = [found[kind] for kind in ("left", "right", "result")]
    met = column * right["rows"] // result["columns"]
    return {
        "left": "M0 {}h{}v1h-{}z".format(row, left["columns"], left["columns"]),
        "right": "M0 {}h{}v1h-{}z".format(met, right["columns"], right["columns"]),
        "result": "M{} {}h1v1h-1z".format(column, row),
    }


def address(found, row, column, block, head):
    """Of the first number that a cell of the result stands for."""
    result = found["result"]
    token = found["first"] + row * result["height"] // result["rows"]
    number = column * result["width"] // result["columns"]
    if found["name"] in SQUARES:
        place = [head, token, found["first"] + number]
    elif found["name"].startswith("attn."):
        place = [token, head, number]
    else:
        place = [token, number]
    return "blocks.{}.{}{}".format(block, found["name"], place)
