"""Which number of the run stands where the picture is pointed at: its address, for the panel that opens it."""

STRIPS = {  # by the name of a strip column, the activation; those of a block have its number put in
    "token": "embed",
    "position": "pos_embed",
    "embedded": "blocks.0.resid_pre",
    "resid_pre": "blocks.{block}.resid_pre",
    "q": "blocks.{block}.attn.q",
    "k": "blocks.{block}.attn.k",
    "v": "blocks.{block}.attn.v",
    "z": "blocks.{block}.attn.z",
    "attn_out": "blocks.{block}.attn_out",
    "resid_mid": "blocks.{block}.resid_mid",
    "mlp_post": "blocks.{block}.mlp.post",
    "resid_post": "blocks.{block}.resid_post",
}
SPLIT = ("q", "k", "v")  # strips that hold the numbers of all heads, one head after the other
MARKS = {  # by what an element of the picture tells of, the activation; each has a first number
    "key": "blocks.{block}.attn.k[{row}, {head}, 0]",
    "query": "blocks.{block}.attn.q[{row}, {head}, 0]",
    "value": "blocks.{block}.attn.pattern[{head}, {chosen}, {row}]",
    "output": "blocks.{block}.attn.z[{row}, {head}, 0]",
    "heads": "blocks.{block}.attn.z[{row}, {head}, 0]",
    "projection": "blocks.{block}.attn_out[{row}, 0]",
    "project": "blocks.{block}.ln1[{row}, 0]",
    "neurons": "blocks.{block}.mlp.post[{row}, 0]",
    "stream": "blocks.{block}.resid_pre[{row}, 0]",
    "attention": "blocks.{block}.resid_mid[{chosen}, 0]",
    "mlp": "blocks.{block}.resid_post[{chosen}, 0]",
}


def of_strip(name, row, cell, view):
    """The first number of a cell of the drawn token `row`."""
    size = view["d_mlp"] if name == "mlp_post" else view["n_embd"]
    own = view["n_embd"] // view["n_head"]
    if name == "z":
        size = own
    number = cell * size // view["cells"]
    place = [view["first"] + row, number]
    if name in SPLIT:
        place[1:] = [number // own, number % own]
    elif name == "z":
        place[1:] = [view["head"], number]
    return STRIPS[name].format(**view) + str(place)


def of_cell(row, column, view):
    """Of the attention pattern, counted among the drawn tokens."""
    first = view["first"]
    return "blocks.{}.attn.pattern[{}, {}, {}]".format(view["block"], view["head"], first + row, first + column)


def of_mark(kind, row, figure):
    """Of what `data-tells` and `data-row` say; "" for what is no number."""
    view, last = figure.view, len(figure.answer["tokens"]) - 1
    if kind in MARKS:
        place = {"block": view["block"], "head": view["head"], "row": view["first"] + row, "chosen": view["row"]}
        return MARKS[kind].format(**place)
    if kind == "candidate":
        row = figure.listed["candidates"][row]["id"]
    return "probabilities[{}, {}]".format(last, row) if kind in ("candidate", "listed") else ""
