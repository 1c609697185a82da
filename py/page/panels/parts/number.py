"""Any number of the run, opened by its address: see `page/panels/number`."""

import asyncio

from page.browser.dom import shares_within
from page.panels.number import titles
from page.panels.number.opened import opened
from page.panels.number.titles import SQUARES
from page.panels.part import Part
from page.state.counting import index_of
from page.text.markup import escape


class Number(Part):
    link = "number"
    has_csv = False

    def __init__(self, name, page):
        super().__init__(name, page)
        self.found = None  # what the worker answered last

    def title(self):
        if self.found is None:
            return self.words.say("panel.number")
        return titles.title(self.found["address"], self.figure.answer, self.found["shown"], self.words)

    async def fill(self):
        shown, answer = self.page.state.shown, self.figure.answer
        last = len(answer["tokens"]) - 1, answer["next"]["drawn"]["id"]
        address = shown[0] if shown else "probabilities[{}, {}]".format(*last)
        found = await self.ask("inspect", address, self.settings())
        self.found = None if "no_such" in found else found
        if self.found is None:
            return '<p class="note">' + self.words.html("number.none", address=escape(address)) + "</p>"
        return opened(self.found, self.figure.answer, self.words)

    def turned(self):
        asyncio.create_task(self.page.dialog.fill())

    def show(self, address):
        """Open it, from the picture."""
        self.page.dialog.closed()
        self.page.state.set(part=self.name, shown=(address,))

    def go(self, address):
        """On to another number; the picture goes along to its block and head."""
        name, block, place = titles.read(address)
        if block is not None and not titles.is_weight(name):
            moves = {"block": block}
            if name in SQUARES:
                moves["head"] = place[0]
            elif len(place) == 3:
                moves["head"] = place[1]
            self.page.choice.choose(**moves)
        self.page.state.set(shown=(address,))

    def choose(self, number):
        """Another number of the same vector."""
        if self.found is None:
            return
        number = min(max(number, 0), self.found["shape"][-1] - 1)
        place = self.found["index"][:-1] + [number]
        self.go(self.found["address"].split("[")[0] + "[" + ", ".join([str(index) for index in place]) + "]")

    def clicked(self, event):
        leads, picture = event.target.closest(".leads"), event.target.closest(".vector")
        if leads:
            self.go(leads.getAttribute("data-at"))
        elif picture:
            across, _ = shares_within(picture, event)
            self.choose(int(across * self.found["shape"][-1]))

    def changed(self, event):
        if event.target.id == "entry":
            self.choose(index_of(int(event.target.value)))


PART = Number
