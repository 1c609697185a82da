"""Pinning: the present distribution is put aside, and every later one is drawn with it."""

import asyncio

from page.browser.client import NoAnswer
from page.browser.dom import by_id, fill, on, show, write
from page.next_token import compare


class Pin:
    def __init__(self, figure, words, ask, drew):
        self.figure = figure
        self.words = words
        self.ask = ask  # an async function: asks the worker to pin or unpin; gives the next tokens
        self.drew = drew  # called with them
        self.label = ""  # of the pinned distribution
        on(by_id("pin"), "click", lambda _: asyncio.create_task(self.put()))
        on(by_id("unpin"), "click", lambda _: asyncio.create_task(self.take_away()))

    async def put(self):
        if self.figure.is_live:
            try:
                following = await self.ask("pin")
            except NoAnswer:
                return
            self.label = compare.label(self.figure.answer["tokens"], following, self.words)
            self.drew(following)

    async def take_away(self):
        try:
            self.drew(await self.ask("unpin"))
        except NoAnswer:
            pass

    def show(self, following):
        """The line under the curve, for the worker's newest `next`."""
        pinned = "pinned" in following
        say = self.words.say
        write("pin", say("pin.again") if pinned else say("pin"))
        for name in ("unpin", "open-compare", "pin-sentence"):
            show(name, pinned)
        if pinned:
            fill("pin-sentence", compare.pinned_sentence(following, self.label, self.words))
