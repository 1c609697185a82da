"""Playing a sum: its products appear one after the other and the sum runs, at the reader's own pace.

What opens has the controls on the page once; `draw(step)` shows as many products as there are steps.
"""

import asyncio

from page.browser.dom import by_id, write
from page.text.markup import escape

LONGEST, WHOLE = 0.5, 4.5  # seconds a step at most, and all of them
BUTTONS = ("play", "step-back", "step-on", "skip")


def controls(size, words):
    """The buttons and the slider, for so many steps."""
    say = words.say
    return (
        '<div class="player"><button type="button" id="play">{play}</button>'
        '<button type="button" id="step-back" aria-label="{back}">‹</button>'
        '<button type="button" id="step-on" aria-label="{on}">›</button>'
        '<input type="range" id="scrub" min="0" max="{size}" value="{size}" aria-label="{scrub}">'
        '<button type="button" id="skip">{skip}</button><output id="step-text" translate="no"></output></div>'
    ).format(
        play=say("player.play"),
        back=escape(say("player.back")),
        on=escape(say("player.on")),
        scrub=escape(say("player.scrub")),
        skip=say("player.skip"),
        size=size,
    )


class Player:
    def __init__(self, words, draw):
        self.words = words
        self.draw = draw
        self.size = self.step = 0
        self.turn = 0  # counts the sums that were shown
        self.playing = False

    def show(self, size):
        """Another sum, of so many products: all are shown at once; playing starts from the beginning."""
        self.stop()
        self.size = size
        self.turn += 1
        self.go(size)

    def go(self, step):
        self.step = min(max(step, 0), self.size)
        by_id("scrub").value = self.step
        self.draw(self.step)

    def clicked(self, event):
        if event.target.id in BUTTONS:
            self.press(event.target.id)

    def press(self, button):
        if button == "play":
            if self.playing:
                self.stop()
            else:
                asyncio.create_task(self.play())
            return
        self.stop()
        self.go({"step-back": self.step - 1, "step-on": self.step + 1, "skip": self.size}[button])

    def typed(self, event):
        if event.target.id == "scrub":
            self.stop()
            self.go(int(by_id("scrub").value))

    async def play(self):
        self.playing = True
        turn, pause = self.turn, min(LONGEST, WHOLE / self.size)
        write("play", self.words.say("player.pause"))
        if self.step >= self.size:
            self.go(0)
        while self.playing and turn == self.turn and self.step < self.size:
            self.go(self.step + 1)
            await asyncio.sleep(pause)
        if turn == self.turn:
            self.stop()

    def stop(self):
        if self.playing:
            self.playing = False
            button = by_id("play")
            if button:
                button.textContent = self.words.say("player.play")
