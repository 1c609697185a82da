"""The numbers of one picture, of the flow or of an open part, which comes back when they are closed: a real table."""

from page.panels.part import Part
from page.text.markup import escape, visible
from page.text.numbers import percent, signed

SQUARES = ("scores", "masked", "pattern")


def heatmap_table(table, names, caption):
    """Rows are tokens, columns the entries that a cell averages."""
    heads = ["{}".format(a) if a == b else "{}–{}".format(a, b) for a, b in table["entries"]]
    return whole(caption, heads, names, [[signed(x) for x in row] for row in table["rows"]])


def square_table(rows, names, caption, shares):
    """Rows listen, columns are listened to; what is hidden stays empty."""
    write = percent if shares else signed
    return whole(caption, [visible(name) for name in names], names, [[write(x) for x in row] for row in rows])


def whole(caption, heads, names, rows):
    """heads are HTML already; names are the tokens of the rows."""
    columns = "".join(['<th scope="col">' + head + "</th>" for head in heads])
    body = []
    for name, row in zip(names, rows):
        cells = "".join(["<td>" + x + "</td>" for x in row])
        rest = "<td></td>" * (len(heads) - len(row))
        body.append('<tr><th scope="row">' + visible(name) + "</th>" + cells + rest + "</tr>")
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="{0}"><table class="plain"><caption>{0}</caption>'
        '<thead><tr><td></td>{1}</tr></thead><tbody translate="no">{2}</tbody></table></div>'
    ).format(escape(caption), columns, "".join(body))


class Table(Part):
    @property
    def of(self):
        """The picture's name."""
        return self.page.state.shown[0]

    def show(self, of):
        if not self.is_open:
            self.under, self.under_shown = self.page.dialog.part, self.page.state.shown
        self.page.state.set(part=self.name, shown=(of,))

    async def fill(self):
        view, words, of = self.figure.view, self.words, self.of
        answer = await self.ask("table", of, view["block"], view["head"])  # it may be closed meanwhile
        if of in SQUARES:
            return square_table(answer["rows"], self.figure.names, words.say("attention_head." + of), of == "pattern")
        return heatmap_table(answer, self.figure.names, words.say("heatmap." + of))

    async def csv(self):
        return await self.csv_of(self.name, self.of)

    def saved_as(self):
        return self.of


PART = Table
