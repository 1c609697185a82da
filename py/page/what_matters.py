"""Show what matters most: every arrow of the last token is cut by the worker, and the picture goes to the one whose
cutting lowers the likeliest next token most."""

import asyncio

from page.browser.dom import by_id, on, say, write
from page.figure.sentence import told_place
from page.state.state import LAST

LOOK = 0.2  # seconds between two looks at how far the worker is
CHANGES = ("text", "generated", "removed", "mean", "model", "temperature")  # with these other numbers would be measured


async def watched(client, tell, name, *values):
    """What the worker answers to a question that cuts one part after the other; `tell` hears how far it is."""
    watch = asyncio.create_task(watch_effects(client, tell))
    answer = await client.ask(name, *values)
    watch.cancel()
    return answer


async def watch_effects(client, tell):
    while True:
        await asyncio.sleep(LOOK)
        report = await client.ask("effects_progress")
        if "error" in report:
            return
        tell(report)


class WhatMatters:
    def __init__(self, page):
        self.page = page
        self.state, self.words, self.figure, self.client = page.state, page.words, page.figure, page.client
        self.searching = False
        self.state.listen(self.forget, *CHANGES)
        self.state.listen(lambda _: self.remark(""), "block", "head", "token", "language", *CHANGES)
        on(by_id("what-matters"), "click", self.clicked)

    def clicked(self, _):
        if self.searching:
            self.client.tell("cancel_effects")
        elif self.page.own_code.drawn:
            self.remark(self.words.say("own.off"))
        elif self.client.ready and not self.figure.stale:
            asyncio.create_task(self.search())

    async def search(self):
        """As far as it goes: the worker gives it up for a newer text, and when the reader stops it."""
        self.search_is(True)
        run, row, temperature = self.client.run, len(self.figure.answer["tokens"]) - 1, self.state.temperature
        answer = await watched(self.client, self.tell, "most_telling", run, row, temperature)
        self.search_is(False)
        if "error" in answer:
            self.client.failed(answer)
        elif "gone" not in answer and run == self.client.run and temperature == self.state.temperature:
            self.show(answer)

    def tell(self, report):
        self.remark(self.words.say("what_matters.progress", **report))

    def remark(self, text):
        write("what-matters-progress", text)

    def search_is(self, under_way):
        self.searching = under_way
        key = "what_matters.stop" if under_way else "what_matters"
        say(key, "what-matters", self.words)
        self.remark("")

    def show(self, measured):
        """Go to the arrow, and say what its cutting does; or say that no arrow matters much. Where that is said
        already, say so: else nothing would be seen to happen."""
        arrow, before = measured["arrow"], told_place(self.figure.view, self.figure.told)
        place = {"block": arrow["block"], "head": arrow["head"]} if arrow else {}
        self.page.choice.choose(token=LAST, **place)
        self.figure.measured = measured
        self.figure.draw_measured()
        if before is not None and before == told_place(self.figure.view, measured):
            self.remark(self.words.say("what_matters.same"))

    def forget(self, changed):
        """What was measured is of one run; that it is of one place and temperature, the figure knows."""
        if self.searching:
            self.client.tell("cancel_effects")
        if self.figure.measured:
            if changed - {"temperature"}:
                self.figure.measured = None
            self.figure.draw_measured()
