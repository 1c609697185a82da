"""The flow: everything that connects the columns, as SVG. Places in, drawing out; places are in pixels.

A place is (left, top, width, height) from the picture's top left corner. A short text is drawn as vessels, see
`vessels/vessels.py`, a long one as columns of strips. Columns that stand beside each other are connected; on a narrow
screen they are stacked, and what is not beside is left out.
"""

from page.figure.differences import lit
from page.figure.ribbon import band, plus, tells
from page.figure.vessels.bars import bars
from page.figure.vessels.vessels import Vessels

THICKEST = 16  # pixels: the ribbon of the longest vector along the residual stream
INSET = 0.15  # of a row's height, left free above and below its strip
MOST_BARS = 11  # folded blocks that are drawn one by one
WIDENED = 3  # the row that the fan leaves is a few times lower than the list it reaches


def row_band(a, b, row, count):
    """From a row of column `a` to the same row of column `b`: each is (place, bar)."""
    (start, (top, height)), (end, (low, size)) = a, b
    pitch, other = start[3] / count, end[3] / count
    return band(
        start[0] + start[2],
        start[1] + (row + top) * pitch,
        height * pitch,
        end[0],
        end[1] + (row + low) * other,
        size * other,
    )


def beside(a, b):
    return abs(a[1] - b[1]) < 2 and a[0] + a[2] <= b[0] + 1


def token_ribbons(places, count, chosen, known=None):
    """The quiet connections: from each token's strip in one column to its strip in the next. `known`: see `bars`."""
    pairs = (
        ("embedded" if known else "position", "resid_pre", "embedding"),
        ("resid_pre", "q", "project"),
        ("z", "attn_out", "attention"),
        ("resid_mid", "mlp_post", "mlp"),
        ("mlp_post", "resid_post", "mlp"),
        ("resid_post", "after", "embedding"),
    )
    pieces = []
    last = " last" if chosen == count - 1 else ""
    for start, end, kind in pairs:
        if not beside(places[start], places[end]):
            continue
        a, b = [(places[name], bar_of(known, name)) for name in (start, end)]
        others = "".join([row_band(a, b, row, count) for row in range(count) if row != chosen])
        if others:
            pieces.append('<path class="link {}" d="{}"/>'.format(kind, others))
        pieces.append('<path class="link chosen{} {}" d="{}"/>'.format(last, kind, row_band(a, b, chosen, count)))
    return "".join(pieces)


def bar_of(known, name):
    """(top, height) in its row; where strips are no bars of different heights, INSET is left free."""
    if known and name == "after":
        return known["resid_post"]
    return known[name] if known else (INSET, 1 - 2 * INSET)


def value_ribbons(places, count, view, chosen, least):
    """From each earlier token's value to the chosen token's output: share of attention times length of the value.

    A row's cells are what its token takes in, so its value goes behind them, from the pattern's left edge to the
    diagonal.
    Ribbons of less than `least` of the whole are left out. At the output they lie one below the other, below the room
    that belongs to tokens which are not drawn.
    """
    value, grid, output = places["v"], places["pattern"], places["z"]
    total = view["total"] or 1
    high = output[3] / count
    room = (1 - 2 * INSET) * high
    not_drawn = max(0, 1 - sum(view["contributions"]) / total)
    at = output[1] + (chosen + INSET) * high + not_drawn * room
    pieces = []
    for row, contribution in enumerate(view["contributions"]):
        share = contribution / total
        thick = share * room
        if share >= least and share > 0:
            middle = value_middle(grid, row, count)
            edge = grid[0] + grid[2] + 4
            wide = max(1.0, thick)
            path = "M{:.1f} {:.1f}H{:.1f}".format(grid[0] + (row + 1) * grid[2] / count, middle, edge)
            if beside(value, grid):
                path = "M{:.1f} {:.1f}H{:.1f}".format(value[0] + value[2], middle, grid[0]) + path
            curve = band(edge, middle - wide / 2, wide, output[0], at, thick)
            pieces.append(
                '<path class="value-line" stroke-width="{0:.1f}" opacity="{1:.2f}" d="{2}" {3}/>'
                '<path class="value-flow" opacity="{1:.2f}" d="{4}" {3}/>'.format(
                    wide, 0.2 + 0.6 * share, path, tells("value", row) + lit(view, "value", row), curve
                )
            )
        at += thick
    return "".join(pieces)


def value_middle(grid, row, count):
    return grid[1] + (row + 0.5) * grid[3] / count


def query_line(places, count, chosen):
    """From the chosen token's query to its row of the pattern."""
    a, grid = places["v"], places["pattern"]
    if not beside(a, grid):
        return ""
    y = value_middle(grid, chosen, count)
    return '<path class="query-line" d="M{:.1f} {:.1f}H{:.1f}" {}/>'.format(
        a[0] + a[2], y, grid[0], tells("query", chosen)
    )


def residual_stream(places, count, norms, chosen):
    """The chosen token's residual stream: past attention and past the MLP, each adding to it; widths follow lengths."""
    longest = max(norms.values()) or 1
    rail = places["rail"]
    y = rail[1] + rail[3] / 2
    pieces = []
    parts = (  # from, to, the column it branches through, what that adds, its colour
        ("resid_pre", "resid_mid", "attn_out", "attn_out", "attention"),
        ("resid_mid", "resid_post", "mlp_post", "mlp_out", "mlp"),
    )
    for start, end, part, added, kind in parts:
        a, b, c = places[start], places[end], places[part]
        if not beside(a, b):
            continue
        middle = a[1] + (chosen + 0.5) * a[3] / count
        joint = b[0] - 11
        left = a[0] + a[2]
        if rail[3] and left < joint:  # a narrow screen has no room for it
            pieces.append(
                '<path class="residual" stroke-width="{:.1f}" d="{}" {}/>'.format(
                    thickness(norms[start], longest), around(left, joint, middle, y), tells("stream", chosen)
                )
            )
        pieces.append(
            '<g {}><path class="added {}" stroke-width="{:.1f}" d="M{:.1f} {:.1f}H{:.1f}"/>{}</g>'.format(
                tells(kind, chosen),
                kind,
                thickness(norms[added], longest),
                c[0] + c[2],
                middle,
                b[0],
                plus(joint, middle),
            )
        )
    return "".join(pieces)


def thickness(norm, longest):
    return max(1.2, THICKEST * norm / longest)


def around(left, right, top, bottom):
    """From (left, top) down to the rail at `bottom`, along it, and up at `right` > left, with round corners."""
    r = min(12, (right - left) / 4, abs(bottom - top) / 2)
    return (
        "M{0:.1f} {1:.1f}h4q{4:.1f} 0 {4:.1f} {4:.1f}V{2:.1f}q0 {4:.1f} {4:.1f} {4:.1f}"
        "H{3:.1f}q{4:.1f} 0 {4:.1f} -{4:.1f}V{1:.1f}"
    ).format(left, top, bottom - r, right - r, r)


def folded(place, count):
    """Blocks that are not open, as upright bars beside each other; many are drawn as MOST_BARS."""
    drawn = min(count, MOST_BARS)
    left, top, width, height = place
    step = width / (drawn + 1)
    return "".join(
        [
            '<rect class="folded-block" x="{:.1f}" y="{:.1f}" width="2.5" height="{:.1f}" rx="1" {}/>'.format(
                left + (i + 1) * step - 1.2, top, height, tells("folded", count)
            )
            for i in range(drawn)
        ]
    )


def next_fan(source, rows, probabilities, drawn, view):
    """From the last token's row after the last block to the next-token list; see `fan`."""
    pitch = source[3] / view["count"]
    top, height = bar_of(bars(view), "after")
    start = (source[0], source[1] + (view["count"] - 1 + top) * pitch, source[2], height * pitch)
    return fan(start, rows, probabilities, drawn)


def fan(source, rows, probabilities, drawn):
    """From the right edge of `source` to each row of the list: a ribbon as thick as its probability.

    The last row stands for all the tokens that are not listed; `probabilities` sum to 1. `drawn` is the number of the
    row that the draw has picked, None where it is none of the listed. Ribbons leave without gap and
    arrive up to WIDENED times as thick.
    """
    left, top, width, height = source
    pieces = []
    at = top
    for number, (row, probability) in enumerate(zip(rows, probabilities)):
        thick = probability * height
        if thick >= 0.05:  # thinner than a twentieth of a pixel cannot be seen
            kind = "rest" if number == len(rows) - 1 else "candidate"
            look = kind + " drawn" if number == drawn else kind
            end = min(WIDENED * thick, row[3])
            path = band(left + width, at, thick, row[0], row[1] + (row[3] - end) / 2, end)
            pieces.append('<path class="{}" d="{}" {}/>'.format(look, path, tells(kind, number)))
        at += thick
    return "".join(pieces)


def picture(places, view, names, chosen, least, travels):
    """All that lies between the columns of one block. `names` and `travels`: see `Vessels`."""
    known, count = bars(view), view["count"]
    v, card = places["v"], places["card"]
    if known and v[0] + v[2] <= card[0]:  # on a narrow screen the card lies below
        return Vessels(places, view, names, chosen, travels).picture(least)
    return (
        token_ribbons(places, count, chosen, known)
        + folded(places["before"], view["block"])
        + folded(places["after"], view["n_layer"] - view["block"] - 1)
        + residual_stream(places, count, view["norms"], chosen)
        + value_ribbons(places, count, view, chosen, least)
        + query_line(places, count, chosen)
    )
