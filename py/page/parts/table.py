"""The numbers of one picture, of the flow or of an open part, which comes back when they are closed."""

from page import tables
from page.part import Part

SQUARES = ("scores", "masked", "pattern")


class Table(Part):
    place = "#flow"
    has_link = False

    @property
    def of(self):
        """The picture's name."""
        return self.page.state.shown[0]

    def show(self, of):
        if not self.is_open:
            self.under = self.page.dialog.part
        self.page.state.set(part=self.name, shown=(of,))

    async def fill(self):
        view, words, of = self.figure.view, self.words, self.of
        answer = await self.ask("table", of, view["block"], view["head"])  # it may be closed meanwhile
        if of in SQUARES:
            return tables.square_table(answer["rows"], self.figure.names, words.say("work." + of), of == "pattern")
        return tables.strip_table(answer, self.figure.names, words.say("strip." + of))

    async def numbers(self):
        return await self.numbers_of(self.name, self.of)

    def saved_as(self):
        return self.of


PART = Table
