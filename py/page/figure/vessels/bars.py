"""How high a token's bars are, and where: as many numbers as a vector has, all on one scale. One unit is a row.

Query, key and value of a token stand one below the other; everything else is in the middle of its row. `bars` of a text
that is too long for this are None: its strips are drawn as the worker has sent them.
"""

MOST = 16  # tokens whose rows have room for bars of different heights
APART = 0.04  # between query, key and value
FILLED = {1: 0.2, 2: 0.36, 3: 0.52, 4: 0.66, 5: 0.8}  # of a row, by the tallest bar of a text of so many tokens
FULL = 0.92  # the same of longer ones
IN_FLOW = (  # the columns of short texts, in the order of the picture
    "embedded",
    "resid_pre",
    "q",
    "k",
    "v",
    "z",
    "attn_out",
    "resid_mid",
    "mlp_post",
    "resid_post",
)
OF_LONG = ("token", "position") + IN_FLOW[1:]  # those of long texts


def are_bars(count):
    """Whether a text of so many tokens is drawn so."""
    return count <= MOST


def in_flow(count):
    """The names of the columns of its picture."""
    return IN_FLOW if are_bars(count) else OF_LONG


def bars(view):
    """{name: (top, height)} of every column's bar, from the top of its token's row."""
    if not are_bars(view["count"]):
        return None
    size, inner = view["n_embd"], view["d_mlp"]
    full = FILLED.get(view["count"], FULL)
    unit = min(full / inner, (full - 2 * APART) / (3 * size))
    high = size * unit
    found = {name: middle(high) for name in IN_FLOW}
    top = 0.5 - 1.5 * high - APART
    for number, name in enumerate(("q", "k", "v")):
        found[name] = (top + number * (high + APART), high)
    found["mlp_post"] = middle(inner * unit)
    return found


def middle(height):
    return ((1 - height) / 2, height)


def of_head(bar, view):
    """The part of a bar that holds the numbers of the open head."""
    top, height = bar
    size = height / view["n_head"]
    return (top + view["head"] * size, size)
