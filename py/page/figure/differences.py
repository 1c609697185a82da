"""What moved is lit, the rest is faint: how far a token's numbers are from those of the pinned text, as opacity.

Only opacity that no style sheet sets: so the shapes keep their colours, and a copy of them is lit as they are.
"""

from page.text.numbers import whole_percent

FULL = 0.5  # numbers that are so far apart, as a part of their length, have the full colour
FAINT = 0.05  # what is the same
PARTS = {  # by what an element of the picture tells of, what is compared; for the stream, by the stretch of it
    "before": "resid_pre",
    "within": "resid_mid",
    "after": "resid_post",
    "project": "resid_pre",
    "query": "head_q",
    "key": "head_k",
    "value": "value",
    "output": "z",
    "heads": "heads",
    "projection": "attn_out",
    "neurons": "mlp_post",
    "attention": "attn_out",
    "mlp": "mlp_out",
}


def lit(view, name, row):
    """The attributes of what shows the activation `name` of the drawn token `row`; "" where nothing is compared."""
    if "beside" not in view:
        return ""
    apart = view["beside"]["moved"][name][row]
    light = 1 if apart is None else FAINT + (1 - FAINT) * min(1, apart / FULL)  # None: the token is new
    return ' fill-opacity="{0:.3f}" stroke-opacity="{0:.3f}"'.format(light)


def instead(view, row):
    """What stands in the pinned text in the place of a drawn token, "" where it is new; None where it is the same."""
    if "beside" not in view:
        return None
    beside = view["beside"]
    return "" if beside["pairs"][row] is None else beside["names"][row]


def changed(view, row):
    """The class of a token that is another one than in the pinned text, or new."""
    return "" if instead(view, row) is None else " changed"


def in_cells(view):
    """What stands in the chosen row's cells: its shares in percent, or how many points more or less they are."""
    if "beside" in view:
        return [points(difference) for difference in view["beside"]["points"]]
    return [whole_percent(share) for share in view["shares"]]


def points(difference):
    """A difference of shares, for a place with room for three characters."""
    rounded = "{:.0f}".format(abs(100 * difference))
    return "0" if rounded == "0" else ("+" if difference > 0 else "−") + rounded
