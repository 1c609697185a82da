"""The next tokens, as many as wanted, any of them found, and one probability worked out."""

import json

from page import odds
from page.browser.dom import by_id, fill, first_of, reveal, value_as_json, write
from page.candidates import outside
from page.part import Part

ARROWS = {"ArrowUp": -1, "ArrowDown": 1}


class Next(Part):
    place = "#candidates"

    def __init__(self, name, page):
        super().__init__(name, page)
        self.following = None  # the listed tokens
        self.number = 0  # of the one worked out

    async def fill(self):
        self.number = 0
        return odds.part(self.words) + '<p id="odds-outside" class="note"></p>'

    def ready(self):
        query = json.loads(value_as_json(by_id("search")))["value"]
        self.page.client.ask_newest("odds", self.show, "reshape", self.settings(odds.COUNT, query))

    def show(self, following):
        if self.is_open:
            self.following = following
            fill("odds-rows", odds.table(following, self.words))
            write("odds-outside", outside(following, self.words))
            self.work_out(0)

    def work_out(self, number):
        """The arithmetic of one row, which it answers; None for one that is not there."""
        if not 0 <= number < len(self.following["candidates"]):
            return None
        self.number = number
        old = first_of("#odds-rows tr.chosen")
        if old:
            old.classList.remove("chosen")
        row = first_of('#odds-rows tr[data-number="{}"]'.format(number))
        row.classList.add("chosen")
        fill("odds-work", odds.work(self.following, number, self.words))
        return row

    def typed(self, event):
        if event.target.id == "search":
            self.ready()

    def hovered(self, event):
        row = event.target.closest("#odds-rows tr[data-number]")
        if row:
            self.work_out(int(row.getAttribute("data-number")))

    def pressed(self, event):
        if event.target.id == "odds-rows" and event.key in ARROWS:
            event.preventDefault()
            row = self.work_out(self.number + ARROWS[event.key])
            if row:
                reveal(row)


PART = Next
