"""Pinning: the present distribution is put aside, and every later one is drawn with it."""

from page import compare
from page.dom import by_id, on, show, write


class Pin:
    def __init__(self, figure, ask):
        self.figure = figure
        self.ask = ask  # a function: asks the worker to pin or unpin, then draws
        self.label = ""  # of the pinned distribution
        on(by_id("pin"), "click", lambda _: self.put())
        on(by_id("unpin"), "click", lambda _: self.ask("unpin"))

    def put(self):
        if self.figure.answer and "milliseconds" in self.figure.answer:  # not the prepared one
            self.label = compare.label(self.figure.answer, self.figure.words)
            self.ask("pin")

    def show(self, following):
        """The line under the curve, for the worker's newest `next`."""
        pinned = "pinned" in following
        say = self.figure.words.say
        write("pin", say("pin.again") if pinned else say("pin"))
        for name in ("unpin", "open-compare", "pin-sentence"):
            show(name, pinned)
        if pinned:
            write("pin-sentence", compare.sentence(following, self.label, self.figure.words))
