"""Generating: append the drawn token, run on, pause, go back, branch; typing always comes first."""

import asyncio

from page.browser.dom import by_id, fill, focus, keep_in_view, on, text_length, write
from page.lessons.guess import is_covered
from page.next_token.history import History
from page.next_token.needle import add_label, add_title
from page.next_token.timeline import timeline
from page.state.state import READ

PAUSES = (1.2, 0.5, 0.15, 0)  # seconds between tokens, by speed


class Generation:
    def __init__(self, state, words, pulse):
        self.state = state
        self.pulse = pulse  # runs when one token was added, not while the model writes on
        self.words = words
        self.history = History()
        self.answer = None  # the newest picture's, with the drawn token
        self.drawn = None  # that token as the list marks it, in the prepared picture too
        self.fresh = False  # whether it answers what the text and the steps are now
        self.length = text_length(by_id("prompt"))  # of the typed text, in the browser's own units
        self.wanted = 0  # tokens asked for one by one and not yet appended
        self.playing = 0  # number of the run under way, 0 for none
        self.runs = 0
        self.waits = None  # called when the reader wants tokens before there is a model
        state.listen(self.follow, *READ)
        on(by_id("append"), "click", lambda _: self.once())
        on(by_id("prompt"), "keydown", self.pressed)
        on(by_id("play-on"), "click", lambda _: self.play_or_pause())
        on(by_id("undo"), "click", lambda _: self.undo())
        on(by_id("timeline"), "click", self.chose)

    def follow(self, changed):
        """Another text is a new beginning."""
        if changed & {"removed", "mean"}:
            self.fresh = False
        if "text" not in changed and self.state.generated == tuple(self.history.ids):
            return
        self.fresh = False
        self.history.clear()
        self.length = text_length(by_id("prompt"))
        self.stop()

    def answered(self, answer):
        """A picture has been drawn, and nothing newer is on its way."""
        self.answer, self.fresh = answer, True
        self.drew(answer["next"])
        if self.playing:
            asyncio.create_task(self.play(self.playing))
        else:
            self.proceed()
        self.show()

    def drew(self, following):
        """The list on the page is another one, and so may be the token that can be added."""
        self.drawn = following["drawn"]
        self.show_drawn()

    def pressed(self, event):
        """Control or Command with Enter, in the text: the drawn token is added, and the keyboard stays there."""
        if event.key == "Enter" and (event.ctrlKey or event.metaKey) and not event.isComposing:
            event.preventDefault()
            if not event.repeat and not self.full:
                self.once()

    @property
    def full(self):
        return self.answer is not None and self.answer["count"] >= self.answer["n_positions"]

    def once(self):
        """One more token; pressed faster than the model answers, each press counts."""
        self.playing = 0
        self.wanted += 1
        self.proceed()

    def play_or_pause(self):
        if self.playing:
            self.stop()
        else:
            self.runs += 1
            self.playing, self.wanted = self.runs, 0
            self.proceed()

    async def play(self, run):
        await asyncio.sleep(PAUSES[int(by_id("speed").value)])
        if self.playing == run:
            self.proceed()

    def proceed(self):
        """Append the drawn token and let the model read on, if that is wanted and the last answer has come."""
        if self.full:
            self.stop()
        elif self.fresh and (self.playing or self.wanted):
            self.wanted = max(self.wanted - 1, 0)
            drawn = self.answer["next"]["drawn"]
            draw = self.state.draw
            self.history.append(
                {"id": drawn["id"], "shown": drawn["shown"], "probability": drawn["sampled"], "draw": draw}
            )
            self.move(draw + 1)
            if not self.playing and not self.wanted:
                self.pulse.want("newest")
        elif self.answer is None and (self.playing or self.wanted):
            self.waits()
        self.show()

    def move(self, draw):
        """Let the model, and with it the picture and the text field, follow the history; `draw` is the next."""
        if "generated" in self.state.set(generated=tuple(self.history.ids), draw=draw):
            self.fresh = False

    def stop(self):
        self.playing = self.wanted = 0
        self.show()

    def undo(self):
        self.stop()
        self.go(self.history.position - 1, True)
        if not self.history.steps:
            focus("#append")  # the row that the button stands in goes

    def chose(self, event):
        button = event.target.closest("[data-step-number]")
        if button:
            self.stop()
            self.go(int(button.getAttribute("data-step-number")))

    def go(self, position, cut=False):
        """Back to an earlier moment, with the needle where it was then; "draw again" moves it for another branch.

        `cut` forgets what came after it.
        """
        self.history.go(position)
        draw = self.history.draw(self.state.draw)
        if cut:
            self.history.cut()
        self.move(draw)

    def show_drawn(self):
        fill("append", add_label(self.drawn, self.words))
        by_id("append").title = add_title(None if is_covered() else self.drawn, self.words)

    def show(self):
        """Buttons and timeline."""
        say = self.words.say
        self.show_drawn()
        write("play-on", say("generate.pause") if self.playing else say("generate.play"))
        by_id("append").disabled = by_id("play-on").disabled = self.full
        by_id("undo").disabled = self.history.position == 0
        write("generate-note", say("generate.full") if self.full else "")
        fill("timeline", timeline(self.history, self.words))
        keep_in_view(by_id("timeline"), by_id("timeline").querySelector(".now"))
