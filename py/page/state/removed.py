"""What the reader has cut out of the model, as the state holds it, and as links write it.

The state has a tuple of parts, each a tuple: ("arrow", block, head, row, column): the token `row` takes nothing from
the token `column`; ("head", block, head), ("mlp", block), ("block", block), ("position",); or an idea that lines of the
code stand for, such as ("mask",). They count from 0. Links count from 1 and write 5.4.7.3, 5.4, 5.mlp, 5, position,
mask, with _ between them. ("own", number) is the reader's own version of the whole code, see `page/own_code.py`, which
links write as what it changes.
"""

from page.state.counting import index_of, number_of

BETWEEN = "_"
CODE = ("mask", "order", "scale", "uniform", "heads", "stream", "norm", "gelu")  # see model/edits.py
OWN = "own"
DIGITS = "0123456789"
MOST = 200  # parts in a link


def written(parts):
    return BETWEEN.join([written_part(part) for part in without_own(parts)])


def own(parts):
    """The number of the reader's own version, None where ours runs."""
    for part in parts:
        if part[0] == OWN:
            return part[1]
    return None


def without_own(parts):
    return tuple([part for part in parts if part[0] != OWN])


def written_part(part):
    numbers = ".".join([str(number_of(index)) for index in part[1:]])
    if part[0] == "mlp":
        return numbers + ".mlp"
    return numbers or part[0]


def read(text):
    """The parts that a link names; None where it names something else too, or one of them twice."""
    parts = [read_part(piece) for piece in text.split(BETWEEN)[: MOST + 1]]
    return tuple(parts) if None not in parts and len(set(parts)) == len(parts) <= MOST else None


def read_part(piece):
    if piece == "position" or piece in CODE:
        return (piece,)
    numbers, end = piece.split("."), ""
    if numbers[-1] == "mlp":
        numbers, end = numbers[:-1], "mlp"
    if not all([0 < len(number) < 7 and all([c in DIGITS for c in number]) and int(number) for number in numbers]):
        return None
    kind = {1: "block", 2: "head", 4: "arrow"}.get(len(numbers))
    if end:
        kind = "mlp" if kind == "block" else None
    return (kind,) + tuple([index_of(int(number)) for number in numbers]) if kind else None


def of_address(address):
    """The part that a number is of, by its address; None where there is nothing to cut."""
    name, place = address[:-1].split("[")
    place = [int(number) for number in place.split(", ")]
    if name == "pos_embed":
        return ("position",)
    if not name.startswith("blocks."):
        return None
    _, block, inside = name.split(".", 2)
    block = int(block)
    if inside == "attn.pattern":
        return ("arrow", block) + tuple(place) if place[2] <= place[1] else None
    if inside == "attn.z":
        return ("head", block, place[1])
    return ("mlp", block) if inside in ("mlp.pre", "mlp.post", "mlp_out") else None


def silenced(parts, block, head):
    """What keeps anything that a head does from going on: "block" or "head", "" where nothing does."""
    if ("block", block) in parts:
        return "block"
    return "head" if ("head", block, head) in parts else ""


def in_code(parts):
    """Those that are taken out of the code."""
    return [part[0] for part in parts if part[0] in CODE]


def in_picture(parts):
    """The others, which are cut in the picture."""
    return tuple([part for part in without_own(parts) if part[0] not in CODE])


def is_of_code(parts):
    """Whether the code is not ours as it stands."""
    return own(parts) is not None or bool(in_code(parts))


def exists(part, view, count):
    """Whether this model has the part, and a text of `count` tokens the arrow."""
    if part[0] == OWN:
        return True
    limits = (view["n_layer"], view["n_head"], count, count)
    return all([index < limit for index, limit in zip(part[1:], limits)])
