"""Playing one score: its products appear one after the other and the sum runs, at the reader's own pace."""

import asyncio

from page.browser.dom import by_id, write
from page.panels.score import mark_at, step_text

PAUSE = 0.07  # seconds a step


class Player:
    def __init__(self, words):
        self.words = words
        self.score = None
        self.step = 0
        self.playing = False

    def show(self, score):
        """A new cell: everything is shown at once; playing starts from the beginning."""
        self.stop()
        self.score = score
        self.go(score["d_head"])

    def go(self, step):
        size = self.score["d_head"]
        self.step = min(max(step, 0), size)
        width, mark = mark_at(self.step, size)
        by_id("reveal-box").setAttribute("width", str(width))
        by_id("step-mark").setAttribute("d", mark)
        by_id("scrub").value = self.step
        write("step-text", step_text(self.step, self.score, self.words))

    def press(self, button):
        if button == "play":
            if self.playing:
                self.stop()
            else:
                asyncio.create_task(self.play())
            return
        self.stop()
        self.go({"step-back": self.step - 1, "step-on": self.step + 1, "skip": self.score["d_head"]}[button])

    def scrub(self):
        self.stop()
        self.go(int(by_id("scrub").value))

    async def play(self):
        self.playing = True
        score = self.score
        write("play", self.words.say("player.pause"))
        if self.step >= score["d_head"]:
            self.go(0)
        while self.playing and self.score is score and self.step < score["d_head"]:
            self.go(self.step + 1)
            await asyncio.sleep(PAUSE)
        if self.score is score:
            self.stop()

    def stop(self):
        if self.playing:
            self.playing = False
            button = by_id("play")
            if button:
                button.textContent = self.words.say("player.play")
