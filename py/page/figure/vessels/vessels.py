"""A short text's tokens as vessels: each a stream that swells into query, key and value, goes through the head, comes
back, swells into the MLP and goes on. Places in, drawing out, in pixels; see `flow.py` for what a place is, and
`reading/marks.py` for what each `data-tells` says when it is pointed at.

The rows of the matrix are nearer to each other than the tokens': queries lead into its rows, keys turn down into its
columns, values sweep below it and come out as the output.
"""

from page.figure.differences import PARTS, changed, in_cells, lit
from page.figure.matrix import SHORT
from page.figure.ribbon import band, plus, tells, through
from page.figure.vessels.bars import bars, of_head
from page.text.markup import escape, svg_name
from page.text.names import label
from page.text.numbers import nearest_percent

TRAVELS = ("queries", "keys", "values", "output")  # what the four colours are, as the texts' keys say it
LEAST = 2  # pixels: a slice that would be lower is drawn so
STRONG = 3  # keys of the chosen row that are drawn strong
SWEEP = 0.62  # of the room below the matrix, by the values of the chosen row
THICKEST = 76  # pixels, all of them together at most
TURN = 9  # pixels: the radius of a key's turn down
NAMES = 58  # pixels right of the matrix for its rows' names, below which the values pass
EXIT = 6  # pixels from the card's right edge to where its outputs leave
BELOW = 40  # pixels from the matrix to the values that pass below it: room for its columns' names
HEAD = 40  # pixels of the card's head, above the keys' lanes
LETTER, SIGN = 6.9, 12.5  # pixels of a letter of the names and of a Chinese character, at most
READABLE = 17  # pixels of a cell that has room for its number
MOST_BLOCKS = 11  # that are drawn one by one on either side


class Vessels:
    """`names` are the tokens' texts; `chosen` is the row that is told, the rest is context.

    `travels` are the words for queries, keys, values and output.
    """

    def __init__(self, places, view, names, chosen, travels):
        self.places, self.view, self.names, self.chosen, self.travels = places, view, names, chosen, travels
        self.count = view["count"]
        self.bars = bars(view)
        self.grid = places["pattern"]
        self.card = places["card"]
        self.cell = self.grid[2] / self.count
        strongest = sorted(range(len(view["shares"])), key=lambda row: -view["shares"][row])
        self.strong = strongest[:STRONG]
        self.most = strongest[0]

    # Where things are

    def bar(self, name, row):
        """(left, top, width, height) of one bar."""
        left, top, width, height = self.places[name]
        at, high = self.bars[name]
        pitch = height / self.count
        return left, top + (row + at) * pitch, width, high * pitch

    def slice(self, name, row):
        """The same of the part that is the open head's, at least LEAST high."""
        left, top, width, height = self.places[name]
        at, high = of_head(self.bars[name], self.view)
        pitch = height / self.count
        tall = max(LEAST, high * pitch)
        return left, top + (row + at + high / 2) * pitch - tall / 2, width, tall

    def middle(self, row):
        """Of a row of the matrix."""
        return self.grid[1] + (row + 0.5) * self.cell

    def column(self, row):
        return self.grid[0] + (row + 0.5) * self.cell

    # What is drawn

    def picture(self, least):
        rows = [row for row in range(self.count) if row != self.chosen] + [self.chosen]  # the told one over the rest
        return "".join(
            [self.stream(row) for row in rows]
            + [self.swells(row) for row in rows]
            + [self.key(row) for row in rows]
            + [self.query(row) for row in rows]
            + [self.value_ribbons(least)]
            + [self.output(row) for row in rows]
            + [self.added(self.chosen)]
            + [self.blocks(row) for row in rows]
            + [self.labels(), self.shares(), self.terms()]
        )

    def told(self, row):
        """Classes of what is one row's: of the one that is told, of the newest token."""
        return (" told" if row == self.chosen else "") + (" last" if row == self.count - 1 else "")

    def lit(self, kind, row):
        """How it is lit where another text lies beside this one."""
        return lit(self.view, PARTS[kind], row)

    def tells(self, kind, row):
        """The same, and what it says when it is pointed at."""
        return tells(kind, row) + self.lit(kind, row)

    def stream(self, row):
        """What stays itself from the embedding to the next token: grey, behind everything."""
        start, end = self.bar("embedded", row), self.bar("resid_post", row)
        left, right = self.card[0], self.card[0] + self.card[2]
        after = self.places["after"]
        pieces = []
        for part, x0, x1 in (
            ("before", start[0], left),
            ("within", right, end[0]),
            ("after", end[0], after[0] + after[2]),
        ):
            pieces.append(
                '<rect class="stream {}{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" {}/>'.format(
                    part,
                    self.told(row),
                    x0,
                    start[1],
                    max(0, x1 - x0),
                    start[3],
                    tells("stream", row) + self.lit(part, row),
                )
            )
        return "".join(pieces)

    def swells(self, row):
        """Into query, key and value, and into the MLP and back."""
        pre, q, v = (self.bar(name, row) for name in ("resid_pre", "q", "v"))
        mid, inner, post = (self.bar(name, row) for name in ("resid_mid", "mlp_post", "resid_post"))
        project = band(pre[0] + pre[2], pre[1], pre[3], q[0], q[1], v[1] + v[3] - q[1])
        mlp = band(mid[0] + mid[2], mid[1], mid[3], inner[0], inner[1], inner[3])
        mlp += band(inner[0] + inner[2], inner[1], inner[3], post[0], post[1], post[3])
        return '<path class="swell project{0}" d="{1}" {3}/><path class="swell mlp{0}" d="{2}" {4}/>'.format(
            self.told(row), project, mlp, self.tells("project", row), self.tells("neurons", row)
        )

    def query(self, row):
        """Into its row of the matrix."""
        left, top, width, high = self.slice("q", row)
        x0, y0, y1 = left + width, top + high / 2, self.middle(row)
        x1 = self.grid[0] - 0.5 * self.cell - 6
        path = "M{0:.1f} {1:.1f}C{2:.1f} {1:.1f} {3:.1f} {4:.1f} {5:.1f} {4:.1f}H{6:.1f}".format(
            x0, y0, (x0 + x1) / 2 - 8, (x0 + x1) / 2 - 8, y1, x1 - 26, x1 + 2
        )
        return '<path class="query{}" stroke-width="{:.1f}" d="{}" {}/>'.format(
            self.told(row), high, path, self.tells("query", row)
        )

    def key(self, row):
        """Along its lane above the matrix, and down into its column."""
        left, top, width, high = self.slice("k", row)
        x0, y0 = left + width, top + high / 2
        lane, x1 = self.lane(row), self.card[0] + 0.22 * (self.grid[0] - self.card[0])
        end = self.column(row)
        path = "M{0:.1f} {1:.1f}C{2:.1f} {1:.1f} {2:.1f} {3:.1f} {4:.1f} {3:.1f}H{5:.1f}q{6} 0 {6} {6}V{7:.1f}".format(
            x0, y0, (x0 + x1) / 2, lane, x1, end - TURN, TURN, self.grid[1] - 3
        )
        kind = " most" if row == self.most else (" strong" if row in self.strong else "")
        if row == self.count - 1:
            kind += " last"
        return '<path class="key{}" stroke-width="{:.1f}" d="{}" {}/>'.format(kind, high, path, self.tells("key", row))

    def lane(self, row):
        top = self.card[1] + HEAD
        room = self.grid[1] - TURN - 6 - top
        return top + room * (row + 0.5) / self.count

    def value_ribbons(self, least):
        """What each token's value brings to the output of the chosen row: as thick as its length there."""
        view, total = self.view, self.view["total"] or 1
        floor = self.grid[1] + self.grid[3] + BELOW
        room = min(THICKEST, SWEEP * (self.card[1] + self.card[3] - 14 - floor))
        out_left, out_top, out_high = self.outlet(self.chosen)
        left = self.card[0] + 0.34 * (self.grid[0] - self.card[0])
        turn = self.grid[0] + self.grid[2] + NAMES
        not_drawn = max(0, 1 - sum(view["contributions"]) / total)
        at = not_drawn
        pieces = []
        for row, contribution in enumerate(view["contributions"]):
            part = contribution / total
            start = self.slice("v", row)
            if part >= least and part > 0:
                y, thick = floor + at * room, max(1.0, part * room)
                path = through(
                    (start[0] + start[2], start[1], start[3]),
                    (left, y, thick),
                    (turn, y, thick),
                    (out_left, out_top + at * out_high, part * out_high),
                )
                pieces.append(
                    '<path class="value{}{}" d="{}" {}/>'.format(
                        " most" if row == self.most else "", self.told(self.chosen), path, self.tells("value", row)
                    )
                )
            at += part
        return "".join(pieces)

    def outlet(self, row):
        """(left, top, height) where a row's output leaves the matrix and its name."""
        high = min(26, 0.8 * self.cell) if row == self.chosen else 3
        return self.card[0] + self.card[2] - EXIT, self.middle(row) - high / 2, high

    def output(self, row):
        """Out of the card, into this head's slice of the heads' outputs side by side, and through the projection."""
        left, top, high = self.outlet(row)
        slot, whole, added = self.slice("z", row), self.bar("z", row), self.bar("attn_out", row)
        path = band(left, top, high, slot[0], slot[1], slot[3])
        heads = '<rect class="heads{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" {}/>'.format(
            self.told(row), *whole, self.tells("heads", row)
        )
        through_projection = band(whole[0] + whole[2], whole[1], whole[3], added[0], added[1], added[3])
        return '<path class="output{0}" d="{1}" {4}/>{2}<path class="swell output-projection{0}" d="{3}" {5}/>'.format(
            self.told(row), path, heads, through_projection, self.tells("output", row), self.tells("projection", row)
        )

    def added(self, row):
        """At both plus signs: the edge of the stream that is new, as thick as what was added is long beside it."""
        norms = self.view["norms"]
        pieces = []
        for name, new, kind in (("resid_mid", "attn_out", "attention"), ("resid_post", "mlp_out", "mlp")):
            left, top, width, high = self.bar(name, row)
            part = min(1, norms[new] / (norms[name] or 1)) * high
            x, y = left - 13, top + high / 2
            edge = '<rect class="edge {}{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"{}/>'.format(
                kind, self.told(row), left, top + high - part, width, part, self.lit(kind, row)
            )
            said = self.said(name, kind + self.told(row), x, top - 9)
            pieces.append("<g {}>{}{}{}</g>".format(tells(kind, row), edge, said, plus(x, y)))
        return "".join(pieces)

    def said(self, name, kind, x, y):
        """What the model would say if it stopped here: the likeliest token, and how likely it is.

        After the MLP it stands beside the swell, as far as there is room before the list.
        """
        word = self.view["says"][name]
        share = " " + nearest_percent(word["probability"])
        if name == "resid_post":
            after = self.places["after"]
            half = 0.5 * width(label(word["shown"], SHORT) + share)
            x = min(x + half - 10, after[0] + after[2] + 26 - half)
        return '<text translate="no" class="said {}" x="{:.1f}" y="{:.1f}">{}{}</text>'.format(
            kind, x, y, svg_name(word["shown"], SHORT), escape(share)
        )

    def blocks(self, row):
        """Those that are not open, folded: the stream passes through each."""
        view = self.view
        pieces = []
        for place, name, count in (
            ("before", "embedded", view["block"]),
            ("after", "resid_post", view["n_layer"] - view["block"] - 1),
        ):
            left, _, width, _ = self.places[place]
            _, top, _, high = self.bar(name, row)
            drawn = min(count, MOST_BLOCKS)
            pitch = width / (drawn + 1)
            wide = min(3, 0.5 * pitch)
            for number in range(drawn):
                pieces.append(
                    '<rect class="block {}{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1" {}/>'.format(
                        place,
                        self.told(row),
                        left + (number + 1) * pitch - wide / 2,
                        top,
                        wide,
                        high,
                        tells("folded", count),
                    )
                )
        return "".join(pieces)

    def labels(self):
        """The tokens' names at the matrix's rows and columns."""
        pieces = []
        right, foot = self.grid[0] + self.grid[2] + 12, self.grid[1] + self.grid[3]
        for row, name in enumerate(self.names):
            pieces.append(
                '<text translate="no" class="row-name{}" x="{:.1f}" y="{:.1f}" {}>{}</text>'.format(
                    self.told(row) + changed(self.view, row),
                    right,
                    self.middle(row) + 4,
                    tells("name", row),
                    svg_name(name, SHORT),
                )
            )
        for row, line in self.column_lines():
            kind = (" most" if row == self.most else "") + changed(self.view, row)
            pieces.append(
                '<text translate="no" class="column-name{}" x="{:.1f}" y="{:.1f}" {}>{}</text>'.format(
                    kind, self.column(row), foot + 17 + 14 * line, tells("name", row), svg_name(self.names[row], SHORT)
                )
            )
        return "".join(pieces)

    def column_lines(self):
        """(row, line) of every column's name that has room in one of two lines; the strongest choose first."""
        order = [self.most, self.chosen] + self.strong + list(range(self.count))
        lines, found = ([], []), {}
        for row in order:
            half = 0.5 * width(label(self.names[row], SHORT)) + 2
            ends = self.column(row) - half, self.column(row) + half
            for number, line in enumerate(lines):
                if row not in found and all([ends[1] <= other[0] or other[1] <= ends[0] for other in line]):
                    found[row] = number
                    line.append(ends)
        return sorted(found.items())

    def shares(self):
        """In percent, in the chosen row of the matrix; beside another text, how many points more or less than there."""
        if self.cell < READABLE:
            return ""
        y = self.middle(self.chosen) + 4
        pieces = []
        for column, number in enumerate(in_cells(self.view)):
            pieces.append(
                '<text class="share{}" x="{:.1f}" y="{:.1f}">{}</text>'.format(
                    self.told(self.chosen), self.column(column), y, number
                )
            )
        return "".join(pieces)

    def terms(self):
        """What the four colours are, where each comes into the card or leaves it."""
        left, right = self.card[0], self.card[0] + self.card[2]
        room = self.grid[0] - left
        floor = self.grid[1] + self.grid[3] + BELOW
        places = (
            ("q", self.grid[0] - 0.5 * self.cell - 6, self.middle(0) - 12, "end"),
            ("k", self.column(0) + TURN + 6, self.lane(0) + 4, "start"),
            ("v", left + 0.4 * room, floor - 6, "start"),
            ("z", right - EXIT - 4, self.grid[1] - 10, "end"),
        )
        pieces = []
        for word, (name, x, y, anchor) in zip(self.travels, places):
            pieces.append(
                '<text class="travels {}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'.format(
                    name, x, y, anchor, escape(word)
                )
            )
        return "".join(pieces)


def width(text):
    """How wide a label may be, in pixels."""
    return sum([LETTER if ord(letter) < 0x2E80 else SIGN for letter in text])
