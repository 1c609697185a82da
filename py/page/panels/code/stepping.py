"""The pass line by line: on, back, over a call, to the next number that has a name; and the picture fills up with it.

The worker says once in which order the lines of a pass are done; a step is a place in that order.
"""

import asyncio

from page.browser.dom import by_id, write
from page.browser.no_answer import NoAnswer
from page.panels.code.controls import SPEEDS, controls


class Stepping:
    def __init__(self, pane):
        self.pane = pane
        self.at = None  # the step; None while the code is read as a whole
        self.drawn = ""  # the step that the panel shows, as its element says
        self.plan = None  # the worker's answer to `steps`
        self.run = 0  # that it is of
        self.playing = False

    async def ready(self):
        """Whether the plan of this run is there, and some code that it can begin at."""
        run = self.pane.page.client.run
        if self.plan is None or self.run != run:
            try:
                self.plan, self.run = await self.pane.part.ask("steps", self.pane.part.settings()), run
            except NoAnswer:
                return False
        return self.pane.found is not None

    def step(self, at):
        """(path, line, visits of its call that are done, activations that are computed) of a step."""
        call, line, visit, reached = self.plan["steps"][at]
        return self.plan["calls"][call], line, visit + 1, reached

    async def go(self, at):
        """To a step, if there is one; whether it is there."""
        if not 0 <= at < len(self.plan["steps"]):
            return False
        path, _, done, reached = self.step(at)
        self.at = at
        if not await self.pane.went(path, done):
            return False
        computed = self.plan["activations"][:reached]
        self.pane.page.figure.filled(computed)
        self.drawn = str(at)
        by_id("code").setAttribute("data-at", self.drawn)
        block = block_of(path, computed)
        if block != self.pane.page.state.block:
            self.pane.page.choice.choose(block=block)
        return True

    def start(self):
        """Where stepping begins: at the line that is lit; else at the first."""
        found = self.pane.found
        for at in range(len(self.plan["steps"])):
            path, line, _, _ = self.step(at)
            if path == found["path"] and found["marked"] and line >= found["marked"][0]:
                return at
        return 0

    # What the reader does

    def press(self, button):
        if button == "end":
            self.end()
            self.pane.go([])
        elif button == "run" and self.playing:
            self.stop()
        else:
            self.stop()
            asyncio.create_task(self.move(button))

    async def move(self, button):
        if not await self.ready():
            return
        first = self.at is None
        here = self.start() if first else self.at
        if button == "run":
            await self.play(0 if first or here + 1 == len(self.plan["steps"]) else here)
        else:
            lines = {"back": -1, "step": 1}
            await self.go(here + lines[button] if button in lines else self.ahead(button, here))

    def ahead(self, button, here):
        """Over what the next line calls; or to the next activation."""
        path, _, _, reached = self.step(here)
        for at in range(here + 1, len(self.plan["steps"])):
            other, _, _, then = self.step(at)
            if len(other) <= len(path) if button == "over" else then > reached:
                return at
        return len(self.plan["steps"]) - 1

    def into(self, path):
        """Into a call: to its first step, where the pass is stepped through; else to its code."""
        calls = self.plan["calls"] if self.at is not None else []
        if path in calls:
            self.stop()
            steps = [call for call, _, _, _ in self.plan["steps"]]
            asyncio.create_task(self.go(steps.index(calls.index(path))))
        else:
            self.pane.go(path)

    def typed(self, event):
        if event.target.id == "code-scrub":
            wanted = int(event.target.value)  # `stop` puts the slider back to where the pass is
            self.stop()
            asyncio.create_task(self.scrub(wanted))

    async def scrub(self, at):
        if await self.ready():
            await self.go(at)

    async def play(self, at):
        self.playing = True
        self.show()
        while self.playing and await self.go(at):
            await asyncio.sleep(SPEEDS[by_id("code-speed").value] if by_id("code-speed") else 0)
            at += 1
        self.stop()

    def stop(self):
        self.playing = False
        self.show()

    def end(self):
        """The pass is whole again, and so is the picture."""
        self.playing, self.at, self.drawn = False, None, ""
        self.pane.page.figure.filled(None)

    # What it shows

    def controls(self):
        return controls(self.pane.words, self.at or 0, self.last())

    def last(self):
        """The number of the last step; 1 before it is known."""
        return len(self.plan["steps"]) - 1 if self.plan else 1

    def show(self):
        if not by_id("code-run"):
            return
        words, stepping = self.pane.words, self.at is not None
        write("code-run", words.say("code.pause" if self.playing else "code.run"))
        by_id("code-end").disabled = not stepping
        last = self.last()
        by_id("code-back").disabled = stepping and self.at == 0
        for name in ("code-step", "code-over", "code-next"):
            by_id(name).disabled = stepping and self.at == last
        if not stepping:
            write("code-text", words.say("code.whole"))
            return
        by_id("code-scrub").max = last
        by_id("code-scrub").value = self.at
        _, line, _, _ = self.step(self.at)
        write("code-text", words.say("code.at", line=line, step=self.at + 1, steps=last + 1))


def block_of(path, computed):
    """The block that a call belongs to; before and after the blocks, that of what was computed last."""
    for name, number in path:
        if name == "block":
            return number
    inside = [name for name in computed if name.startswith("blocks.")]
    return int(inside[-1].split(".")[1]) if inside else 0
