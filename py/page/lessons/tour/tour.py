"""The guided tour: a strip above the picture that goes from step to step, asks before it tells, and lights what it
speaks of. Which step is seen is in the state, so a link carries it; what it says follows the reader's own numbers."""

import asyncio

from page.browser.dom import (
    announce_element,
    by_id,
    fill,
    first_of,
    first_seen,
    focus,
    light,
    on,
    on_swipe,
    place,
    rectangle,
    reveal,
    root,
    show,
    text_as_json,
    watch_size,
    write,
)
from page.browser.memory import remember, remembered
from page.browser.no_answer import NoAnswer
from page.lessons.texts import have_lessons
from page.lessons.tour.chapters import CHAPTERS, NAMES, STEPS
from page.lessons.tour.step import common
from page.state.examples import gloss

KEPT = "tour"  # what the browser remembers of it
KEYS = {"ArrowRight": 1, "ArrowLeft": -1}


class Tour:
    def __init__(self, page):
        self.page = page
        self.state, self.words = page.state, page.words
        self.turn = 0  # counts the drawings: a newer one overtakes an older
        kept = remembered(KEPT)  # the step at which the reader left it
        self.last = kept if kept in NAMES else NAMES[0]
        self.options = []  # of the question that is drawn, see `Step.options`
        self.chosen = None  # the number of the reader's answer; None before there is one
        self.shown = False  # the reader wanted to be told
        self.told = ""  # what the step tells, as HTML
        self.said = ""  # what screen readers have been given to say of it
        self.named = ""  # the step's name, where they have not heard it from the keyboard's coming there
        self.comes = False  # the keyboard goes to the step's name once that is written
        self.arrived = False  # what the step is about has been scrolled to
        self.state.listen(lambda _: self.follow(), "step")
        on(root(), "click", self.wanted)
        on(by_id("tour-back"), "click", lambda _: self.by(-1))
        on(by_id("tour-on"), "click", lambda _: self.by(1))
        on(by_id("tour-close"), "click", lambda _: self.close())
        strip = by_id("tour")
        on(strip, "change", self.answered)
        on(strip, "click", self.clicked)
        on(strip, "keydown", self.pressed)
        on_swipe(strip, self.by)
        watch_size(strip, self.measure)

    @property
    def step(self):
        """The one that is seen; None where the tour is closed."""
        return STEPS[self.number] if self.state.step else None

    @property
    def number(self):
        return NAMES.index(self.state.step)

    # What the reader does

    def wanted(self, event):
        """Whatever names a step leads there; without a name it goes on where the reader left the tour."""
        button = event.target.closest("[data-tour]")
        if button:
            self.go(button.getAttribute("data-tour") or self.last)

    def go(self, name):
        self.page.address.leave()
        step = STEPS[NAMES.index(name)]
        self.comes = True
        self.state.set(step=name, **step.place())
        asyncio.create_task(self.begin(step))

    async def begin(self, step):
        await step.begin(self.page)
        self.refresh()

    def by(self, count):
        """So many steps on."""
        if 0 <= self.number + count < len(STEPS):
            self.go(NAMES[self.number + count])
        elif count > 0:
            self.close()

    def close(self):
        self.page.address.leave()
        self.state.set(step="")
        focus("#open-tour")

    def pressed(self, event):
        if event.key in KEYS and not event.target.closest("input"):
            event.preventDefault()
            self.by(KEYS[event.key])
        elif event.key == "Escape" and not first_of(":popover-open"):
            event.preventDefault()  # an open part stays
            self.close()

    def answered(self, event):
        self.chosen = int(event.target.value)
        self.said = ""  # what is said of a second answer may be the same
        self.draw_answer()
        self.look()

    def clicked(self, event):
        button = event.target.closest("button")
        if button and button.id == "tour-show":
            self.shown = True
            self.draw_answer()
            self.look()
        elif button and button.id == "tour-offer":
            self.page.runs.choose(text_as_json(self.step.offers))

    # What is seen

    def follow(self):
        """The state has another step."""
        step = self.step
        if step:
            self.last = step.name
            remember(KEPT, step.name)
        self.chosen, self.shown, self.options, self.arrived, self.said = None, False, [], False, ""
        show("tour", bool(step))
        light(step.light if step else "")
        self.page.figure.draw_ribbons()
        self.refresh()

    def refresh(self):
        """The numbers may be others now."""
        if self.step and self.page.figure.answer is not None:
            asyncio.create_task(self.draw())

    async def draw(self):
        self.turn += 1
        turn, step, words = self.turn, self.step, self.words
        if not step:
            return  # the tour was closed before this began
        have = await have_lessons(words)
        if turn != self.turn or step is not self.step:
            return
        if not have:
            self.name_step(have)
            return
        asked = None
        if self.page.client.ready:
            try:
                asked = await step.asked(self.page)
            except NoAnswer:
                self.name_step(have)
                return  # the reader has been told
        if turn != self.turn or step is not self.step:
            return
        self.name_step(have)  # together with what it tells
        options = step.options(self.page, asked)
        if options != self.options:
            self.options, self.chosen, self.shown = options, None, False
        values = dict(common(self.page), **step.values(self.page, asked))
        case = step.case(self.page, asked)
        self.told = words.html("tour." + step.name + ("." + case if case else ""), **values)
        question = words.html("tour." + step.name + ".ask", **values) if options else ""
        fill("tour-question", question_html(question, options, self.chosen, words) if options else "")
        self.draw_answer()
        if not self.arrived and (not step.part or first_seen("#panel")):
            self.arrived = True
            self.look()

    def name_step(self, have):
        """Which step it is; a keyboard that comes here finds its name. Without the lessons' texts it says that."""
        step, words = self.step, self.words
        if have:
            chapter = next(title for title, steps in CHAPTERS if step in steps)
            write("tour-count", words.say("tour.count", number=self.number + 1, total=len(STEPS)))
            write("tour-chapter", words.say("tour.chapter." + chapter))
            write("tour-on", words.say("tour.end" if step is STEPS[-1] else "tour.on"))
            by_id("tour-back").disabled = self.number == 0
        title = words.say("tour." + step.name + ".title" if have else "lessons.absent")
        write("tour-title", title)
        if self.comes:
            self.comes = False
            self.named = title + " " if first_of("#tour-title:focus") else ""
            focus("#tour-title")

    def measure(self):
        """What is scrolled to comes to stand below the strip."""
        place(root(), **{"--strip": "{:.0f}px".format(rectangle(by_id("tour"), root())[3])})

    def look(self):
        """What the step is about is seen: the first that is on the page of all that it lights."""
        self.measure()
        lit = [seen for seen in [first_seen(one) for one in self.step.light.split(",")] if seen]
        if lit:
            reveal(lit[0])

    def draw_answer(self):
        """What the step tells; where it asks, only after the reader has answered, or wants to be told."""
        words, verdict = self.words, ""
        if self.chosen is not None:
            right = self.options[self.chosen][1]
            verdict = words.html("tour.right" if right else "tour.wrong")
        told = not self.options or self.shown or bool(verdict)
        shows = "" if told else '<button type="button" id="tour-show">{}</button>'.format(words.say("tour.show"))
        offer = ""
        if told and self.step.offers:
            offer = ' <button type="button" id="tour-offer" translate="no">{}{}</button>'.format(
                self.step.offers, gloss(self.step.offers, words)
            )
        verdict = '<strong class="verdict">{}</strong> '.format(verdict) if verdict else ""
        fill("tour-told", "<p>{}{}{}</p>".format(verdict, self.told, offer) if told else shows)
        saying = first_of("#tour-told p" if told else "#tour legend")
        if saying.textContent != self.said:
            self.said = saying.textContent
            announce_element(saying, self.named)
            self.named = ""


def question_html(question, options, chosen, words):
    radios = [
        '<label><input type="radio" name="tour-answer" value="{}"{}> {}</label>'.format(
            number, " checked" if number == chosen else "", html
        )
        for number, (html, _) in enumerate(options)
    ]
    return "<fieldset><legend>{}</legend>{}</fieldset>".format(question, "".join(radios))
