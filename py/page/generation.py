"""Generating: append the drawn token, run on, pause, go back, branch; typing always comes first."""

import asyncio

from page.dom import by_id, fill, keep_in_view, on, text_length, write
from page.history import History
from page.timeline import timeline

PAUSES = (1.2, 0.5, 0.15, 0)  # seconds between tokens, by speed


class Generation:
    def __init__(self, figure, predict, controls):
        self.figure = figure  # knows the reader's language
        self.predict = predict  # runs the model on the text and the steps, and draws; True when that was seen
        self.controls = controls  # know which draw it is
        self.history = History()
        self.answer = None  # the newest picture's, with the drawn token
        self.length = 0  # of the typed text, in the browser's own units
        self.playing = 0  # number of the run under way, 0 for none
        self.runs = 0
        on(by_id("append"), "click", lambda _: self.once())
        on(by_id("play-on"), "click", lambda _: self.play_or_pause())
        on(by_id("undo"), "click", lambda _: self.undo())
        on(by_id("timeline"), "click", self.chose)

    def typed(self):
        """The reader changed the text: it is a new beginning."""
        self.stop()
        self.history.clear()
        self.length = text_length(by_id("prompt"))
        self.show()

    def answered(self, answer):
        """A picture has been drawn."""
        self.answer = answer
        self.show()

    @property
    def full(self):
        return self.answer is None or self.answer["count"] >= self.answer["n_positions"]

    def once(self):
        self.stop()
        asyncio.create_task(self.append())

    async def append(self):
        """Append the drawn token and let the model read on; False when the context is full or a newer text came."""
        if self.full:
            return False
        drawn = self.answer["next"]["drawn"]
        draw = self.controls.draw
        self.history.append({"id": drawn["id"], "shown": drawn["shown"], "share": drawn["sampled"], "draw": draw})
        self.controls.draw = draw + 1
        return await self.move()

    async def move(self):
        """Let the model, and with it the picture and the text field, follow the history."""
        return await self.predict() is not None

    def play_or_pause(self):
        if self.playing:
            self.stop()
        else:
            self.runs += 1
            self.playing = self.runs
            asyncio.create_task(self.play(self.runs))
        self.show()

    async def play(self, run):
        while self.playing == run and await self.append():
            await asyncio.sleep(PAUSES[int(by_id("speed").value)])
        if self.playing == run:
            self.stop()

    def stop(self):
        self.playing = 0
        self.show()

    def undo(self):
        self.stop()
        self.go(self.history.position - 1)
        self.history.cut()
        asyncio.create_task(self.move())

    def chose(self, event):
        button = event.target.closest("[data-step-number]")
        if button:
            self.stop()
            self.go(int(button.getAttribute("data-step-number")))
            asyncio.create_task(self.move())

    def go(self, position):
        """Back to an earlier moment, with the needle where it was then; "draw again" moves it for another branch."""
        self.history.go(position)
        self.controls.draw = self.history.draw(self.controls.draw)

    def show(self):
        """Buttons and timeline."""
        say = self.figure.words.say
        write("play-on", say("generate.pause") if self.playing else say("generate.play"))
        by_id("append").disabled = by_id("play-on").disabled = self.full
        by_id("undo").disabled = self.history.position == 0
        write("generate-note", say("generate.full") if self.answer is not None and self.full else "")
        fill("timeline", timeline(self.history, self.figure.words))
        keep_in_view(by_id("timeline"), by_id("timeline").querySelector(".now"))
