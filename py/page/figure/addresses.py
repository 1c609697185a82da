"""The numbers' addresses, and where the picture has them: which number stands where it is pointed at, and back."""

STRIPS = {  # by the name of a strip column, the activation as an address has it inside its block
    "token": "embed",
    "position": "pos_embed",
    "embedded": "resid_pre",  # of the first block
    "resid_pre": "resid_pre",
    "q": "attn.q",
    "k": "attn.k",
    "v": "attn.v",
    "z": "attn.z",
    "attn_out": "attn_out",
    "resid_mid": "resid_mid",
    "mlp_post": "mlp.post",
    "resid_post": "resid_post",
}
INSIDE = ("resid_pre", "ln1", "attn.q", "attn.k", "attn.v", "attn.scores", "attn.pattern", "attn.z", "attn_out")
INSIDE += ("resid_mid", "ln2", "mlp.pre", "mlp.post", "mlp_out", "resid_post")  # of a block, as the pass computes them
OUTSIDE = ("embed", "pos_embed")  # those that no block has
SPLIT = ("q", "k", "v")  # strips that hold the numbers of all heads, one head after the other
SQUARES = ("attn.scores", "attn.pattern")  # of a head: asking token by answering token
OF_THE_LIST = ("logits", "probabilities")  # of a token that may come next
NEAR = {"embed": "embedded", "pos_embed": "embedded", "mlp_out": "resid_post"}  # strips for what has none of its own
SIGNS = {  # what stands for what has no strip near it, of activations and of weights
    "ln1": ".mark-ln1",
    "ln2": ".mark-ln2",
    "ln_final": ".mark-lnf",
    "mlp.pre": ".mark-gelu",
    "wte": "#embedding",
    "wpe": "#embedding",
    "ln_1": ".mark-ln1",
    "attn.c_attn": "#qkv",
    "attn.c_proj": ".mark-proj",
    "ln_2": ".mark-ln2",
    "mlp.c_fc": "#mlp",
    "mlp.c_proj": "#post",
    "ln_f": ".mark-lnf",
}
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
HELPED = {  # by what a help is about
    "embedding": "blocks.0.resid_pre[{row}, 0]",
    "ln1": "blocks.{block}.ln1[{row}, 0]",
    "qkv": "blocks.{block}.attn.q[{row}, {head}, 0]",
    "attention": "blocks.{block}.attn.z[{row}, {head}, 0]",
    "proj": "blocks.{block}.attn_out[{row}, 0]",
    "ln2": "blocks.{block}.ln2[{row}, 0]",
    "gelu": "blocks.{block}.mlp.post[{row}, 0]",
    "mlp": "blocks.{block}.mlp_out[{row}, 0]",
    "residual": "blocks.{block}.resid_post[{row}, 0]",
    "lnf": "ln_final[{last}, 0]",
    "next": "probabilities[{last}, {drawn}]",
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
    block = 0 if name == "embedded" else view["block"]
    inside = STRIPS[name] + str(place)
    return inside if STRIPS[name] in OUTSIDE else "blocks.{}.{}".format(block, inside)


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


def of_help(name, figure):
    """Of the told token's, or of the last one's where the whole text has come together; "" for what is no number."""
    place = {"last": len(figure.answer["tokens"]) - 1, "drawn": figure.answer["next"]["drawn"]["id"]}
    for field in ("block", "head", "row"):
        place[field] = figure.view[field]
    return HELPED[name].format(**place) if name in HELPED else ""


# The way back


def read(address):
    """(name, block or None, place) of an address as the worker writes it."""
    name, place = address[:-1].split("[")
    parts = name.split(".")
    block = None
    if parts[0] in ("blocks", "h"):
        block, name = int(parts[1]), ".".join(parts[2:])
    return name, block, [int(number) for number in place.split(",")]


def head_of(address):
    """The number of the head that it is of; None of what is no head's."""
    name, _, place = read(address)
    if name in SQUARES:
        return place[0]
    return place[1] if len(place) == 3 else None


def strip_of(address, view):
    """The name of the strip column that has it in this view, whether or not such a text has the column; "" of none."""
    name, block, _ = read(address)
    if name == "resid_pre" and block == 0 and view["block"]:
        return "embedded"
    here = name in OUTSIDE or block == view["block"]
    names = [strip for strip, known in STRIPS.items() if known == name and strip != "embedded"]
    if not names or not here or (names[0] == "z" and head_of(address) != view["head"]):
        return ""
    return names[0]


def near(address, view):
    """The name of the strip column that stands for it where none has it; "" of none."""
    name, block, _ = read(address)
    return NEAR.get(name, "") if name in OUTSIDE or block == view["block"] else ""


def sign_of(address, view):
    """Of what has no strip at all: what in the picture stands for it, as a selector; "" of none."""
    name, block, _ = read(address)
    for ending in (".weight", ".bias"):
        if name.endswith(ending):
            name = name[: -len(ending)]
    return SIGNS.get(name, "") if block in (None, view["block"]) else ""
