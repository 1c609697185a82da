"""The page comes alive here: what there is, and who hears of what the reader does."""

import asyncio

from page.browser.client import Client
from page.browser.dom import (
    by_id,
    first_of,
    frame,
    leave_out,
    luck,
    offered_languages,
    on,
    on_new_fragment,
    take_over,
    translate,
    value_as_json,
    wanted_languages,
    watch_size,
    write,
)
from page.browser.starting import started
from page.choice import Choice
from page.cuts.cuts import Cuts
from page.figure.figure import Figure
from page.lessons.glossary.pointed import Pointed
from page.lessons.guess import Guess
from page.lessons.tour.tour import Tour
from page.models.models import Models
from page.next_token import random_draw
from page.next_token.controls import Controls
from page.next_token.generation import Generation
from page.next_token.pin import Pin
from page.other_text import OtherText
from page.own_code import OwnCode
from page.panels.dialog import Dialog
from page.panels.help import Help
from page.prepared import Prepared
from page.reading.hover import Hover
from page.recorded import Recorded
from page.runs import Runs
from page.state.address import Address
from page.state.examples import EXAMPLES
from page.state.state import SETTINGS, State
from page.status import Status
from page.text.numbers import round_percent
from page.text.words import Words, best_language, joined_texts
from page.what_matters import WhatMatters


class Page:
    def __init__(self):
        self.state = State()
        text = value_as_json(by_id("prompt"))  # the browser may have brought another than the page's own
        language = best_language(wanted_languages(), offered_languages())
        self.state.set(text=text, language=language, seed=random_draw.first_seed(luck()))
        self.words = Words(language, joined_texts)
        self.client = Client()
        self.status = Status(self.words)
        self.client.failed, self.client.silence = self.status.unanswered, self.status.silence
        self.address = Address(self.state, self.status)
        self.figure = Figure(self.state, self.words)
        self.controls = Controls(self.state, self.words)
        self.prepared = Prepared(self)
        self.runs = Runs(self)  # fills the field with another text before the next measures it
        self.generation = Generation(self.state, self.words, self.figure.pulse)
        self.choice = Choice(self)
        self.what_matters = WhatMatters(self)
        self.cuts = Cuts(self)
        self.own_code = OwnCode(self)
        self.models = Models(self.state, self.words, self.client, self.status, self.runs.switched)
        self.pin = Pin(self)
        OtherText(self)
        self.recorded = Recorded(self)
        self.guess = Guess(self)
        self.dialog = Dialog(self)
        self.client.restart, self.generation.waits = self.models.restart, self.prepared.keeps
        self.models.open, self.models.refresh = self.dialog.open, self.dialog.refresh
        self.hover = Hover(self.figure, self.words, self.client, self.dialog.parts, self.cuts)
        self.tour = Tour(self)
        self.help = Help(self.words, self.figure, self.dialog.parts["number"])
        self.terms = Pointed(self)

    async def start(self):
        """In pieces, between which the browser may do what the reader wants: slow machines take their time here."""
        await frame()
        text, state = by_id("prompt"), self.state
        take_over(text, "input", lambda _: self.runs.choose(value_as_json(text)))
        take_over(by_id("examples"), "click", self.prepared.chose)
        on(by_id("language"), "change", lambda event: state.set(language=event.target.value))
        for name in ("main", "open-try", "share", "open-models"):
            on(by_id(name), "click", self.clicked)
        on(by_id("threshold"), "input", lambda event: state.set(threshold=int(event.target.value) / 100))
        for name in ("block", "head"):
            on(by_id(name), "change", lambda event, name=name: self.choice.numbered(name, event.target))
        on(by_id("flow"), "scroll", lambda _: self.figure.draw_fan())
        on_new_fragment(self.choice.followed)
        watch_size(by_id("flow"), self.figure.resized)
        watch_size(first_of(".next-column"), self.figure.draw_fan)  # what stands above the list moves it
        state.listen(lambda _: leave_out(state.hide), "hide")
        state.listen(lambda _: self.thinned(), "threshold")
        state.listen(lambda _: asyncio.create_task(self.speak()), "language")
        asked = self.address.asked()
        if text.hasAttribute("data-own"):  # see early.js
            self.address.leave()
            asked.update(text=value_as_json(text), part="", removed=())
        state.set(**asked)
        state.listen(lambda _: self.prepared.keeps(), "block", "head", "token", "removed", *SETTINGS)
        await frame()
        await self.prepared.open()
        await self.speak()
        self.open_with_pulse(text.value in EXAMPLES)
        started("page")
        await self.models.start(self.address.model)

    def open_with_pulse(self, is_example):
        """The page comes with one under way, so that the answer never stands there before it; at an example it runs."""
        pulse = self.figure.pulse
        if not is_example:
            pulse.end()
        elif self.figure.answer is not None:
            pulse.run()
        else:
            pulse.want("whole")

    def clicked(self, event):
        """Anything that opens, or that chooses what the picture is of."""
        opener = event.target.closest("[data-open]")
        if not opener:
            self.choice.clicked(event.target)
        else:
            self.dialog.ask_for(opener.getAttribute("data-open"))

    def thinned(self):
        """Contributions below the threshold are not drawn."""
        by_id("threshold").value = round(100 * self.state.threshold)
        write("threshold-value", round_percent(self.state.threshold))
        self.figure.draw_ribbons()

    async def speak(self):
        """Every text in the state's language, and with them the picture that holds some."""
        self.words.turn_to(self.state.language)
        translate(self.words)
        by_id("language").value = self.words.language
        if self.figure.answer is not None:
            await frame()
            self.figure.draw_view(self.figure.view)
            await frame()
            self.figure.draw_next(self.figure.answer["next"])
            self.pin.show(self.figure.answer["next"])
        self.prepared.speak()
        self.models.show()
        self.controls.show()
        self.generation.show()
        self.cuts.speak()
        self.guess.speak()
        self.hover.forget()
        self.figure.pulse.show()
        if self.figure.answer is not None and not self.figure.stale:
            self.runs.show_tokens(self.figure.answer, self.figure.answer["next"]["drawn"]["shown"])
        self.status.draw()
        await self.refresh()

    async def refresh(self):
        """What is open beside the picture follows it."""
        self.tour.refresh()
        await self.dialog.refresh()
