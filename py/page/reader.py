"""The page comes alive here: takes what the reader does, asks the worker, draws the answers."""

import asyncio
import json

from page import prompt
from page.candidates import COUNT
from page.choice import Choice
from page.client import Client
from page.controls import Controls
from page.dialog import Dialog
from page.dom import (
    by_id,
    fill,
    frame,
    on,
    on_any_input,
    on_new_fragment,
    put_text,
    started,
    translate,
    value_as_json,
    wanted_languages,
    watch_size,
    write,
)
from page.examples import EXAMPLES
from page.figure import Figure
from page.generation import Generation
from page.helping import Help
from page.link import Link
from page.models import Models
from page.numbers import grouped, megabytes, round_percent
from page.pin import Pin
from page.pointing import Pointing
from page.status import Status
from page.words import Words, best_language


class Page:
    def __init__(self):
        self.words = Words(best_language(wanted_languages()), "page/text")
        self.figure = Figure(self.words)
        self.client = Client()
        self.controls = Controls(self.figure, self.reshaped)
        self.status = Status(self.figure)
        self.client.failed = self.status.unanswered
        self.link = Link(self.controls, self.status)
        self.choice = Choice(self.figure, self.client, self.link, self.drew)
        self.generation = Generation(self.figure, self.predict, self.controls)
        self.pin = Pin(self.figure, self.asked_next, self.drew_next)
        self.models = Models(self.figure, self.client, self.link, self.status, self.switched)
        self.dialog = Dialog(self, self.opened)
        self.models.open = self.dialog.open
        self.models.refresh = self.choice.refresh = self.dialog.refresh
        self.pointing = Pointing(self.figure, self.client, self.dialog.parts["head"])
        self.help = Help(self.figure)
        self.text = None  # what the reader typed, as JSON; generated tokens follow it

    async def start(self):
        """In pieces, between which the browser may do what the reader wants: slow machines take their time here."""
        await frame()
        text = by_id("prompt")
        on(text, "input", lambda _: self.typed())
        on(by_id("language"), "change", lambda event: asyncio.create_task(self.speak(event.target.value)))
        on(by_id("examples"), "click", self.chose_example)
        for name in ("main", "share", "open-models"):
            on(by_id(name), "click", self.clicked)
        on(by_id("threshold"), "input", lambda _: self.thinned())
        for name in ("block", "head"):
            on(by_id(name), "change", lambda event, name=name: self.choice.numbered(name, event.target))
        on(by_id("flow"), "scroll", lambda _: self.figure.draw_fan())
        on_any_input(lambda _: by_id("veil").classList.remove("passing"))
        on_new_fragment(self.followed)
        watch_size(by_id("flow"), self.figure.draw_ribbons)
        by_id("language").value = self.words.language
        self.link.restore()
        self.take_text()
        await frame()
        if text.value == EXAMPLES[0]:  # the link or the browser may have brought another
            with open("example.json", encoding="utf-8") as file:
                self.figure.take(json.load(file))
            self.figure.depths = self.figure.answer["depths"]
        else:
            self.figure.mark_stale()
        await self.speak(self.words.language)
        started("page")
        await self.models.start()

    async def switched(self, adopted):
        """A model is loaded: it is in use, and `adopted` called, once it has read what stands in the field.

        Answers what the worker said; after an error the model in use before reads on, if there is one.
        """
        first = not self.client.ready
        answer = {"replaced": True}
        while "replaced" in answer:
            self.take_text()
            text = self.text
            answer = await self.predict("use", adopted)
        if "error" in answer:
            if not first:
                await self.predict()
        elif first:
            if text != self.text:
                await self.predict()
            if self.link.state["open"]:
                await self.dialog.open(self.link.state["open"])
        return answer

    # The text

    def typed(self):
        """The reader changed the text: its tokens at once, then the model's answer."""
        self.link.leave()
        self.status.unsay("note")
        self.changed_text()
        if self.client.ready:
            asyncio.create_task(self.predict())

    def changed_text(self):
        self.take_text()
        self.figure.mark_stale()
        if not self.client.ready:
            fill("prompt-tokens", "")
            write("prompt-count", "")
            write("run", self.words.say("run.waiting"))

    def take_text(self):
        """What stands in the field is now the text; nothing has been generated after it."""
        self.text = value_as_json(by_id("prompt"))
        self.generation.typed()

    async def predict(self, call="predict", adopted=None):
        """Run the model on the text and what was generated after it, and draw the answer.

        `call` is the worker's function for that, see `switched`. Answers what the worker said, None when it was not
        asked.
        """
        text, history = self.text, self.generation.history
        ids = history.ids
        if not ids and call == "predict":
            tokens = await self.client.ask("tokenize", text)
            if text != self.text:
                return None  # a newer text is on its way
            if "error" in tokens:
                self.unread(tokens)
                return None
            self.show_tokens(tokens, "")

        def overtaken():
            return text != self.text or ids != history.ids

        chosen = self.link.chosen()
        settings = self.controls.settings(COUNT, "")
        watch = asyncio.create_task(self.status.watch_pass(self.client))
        answer = await self.client.ask(call, text, json.dumps(ids), settings, *chosen)
        watch.cancel()
        if "run" in answer:
            if adopted:
                adopted()
            await self.draw(answer, overtaken)
            if chosen != self.link.chosen():
                self.choice.look(*self.link.chosen())
            elif answer["run"] == self.client.run and not overtaken():
                self.link.arrived(answer["view"], len(answer["tokens"]))
            if settings != self.controls.settings(COUNT, ""):
                self.reshaped()
        elif "error" in answer and call == "predict" and not overtaken():
            self.unread(dict(answer, model=self.models.label()))
        return answer

    def unread(self, error):
        """The text in the field has no numbers; those of the text before stay in the picture, which counts as stale."""
        self.figure.mark_stale()
        if error["error"] == "text":
            fill("prompt-tokens", "")
            write("prompt-count", "")
        write("run", "")
        self.status.say_error(error)
        self.client.drew(self.client.run)  # it stays: who waits for another need not
        self.ask_forming()  # the worker may have left it unfinished for this text

    async def draw(self, answer, overtaken):
        """A run of the model, in pieces: what the worker's numbers belong to is always what is drawn.

        `overtaken()` says whether the field holds a newer text by now; the picture then counts as stale.
        """
        first = prompt.same_beginning(self.figure.answer, answer) if self.figure.is_live else 0
        self.client.drew(answer["run"])
        self.status.unsay("question")
        if self.generation.history.steps and not overtaken():
            put_text(by_id("prompt"), self.generation.length, answer["appended_text"])
        self.figure.draw_run(answer)
        self.pointing.forget()
        await frame()
        if answer["run"] != self.client.run:
            return
        self.figure.draw_next(answer["next"])
        self.pin.show(answer["next"])
        await frame()
        if answer["run"] != self.client.run:
            return
        by_id("figure").classList.remove("prepared")
        self.ask_forming()
        if overtaken():
            self.figure.mark_stale()
        elif "unread" in answer:
            self.unread({"error": "text", "file": answer["unread"]})
        else:
            self.figure.mark_stale(False)
            self.show_tokens(answer, answer["next"]["drawn"]["shown"])
            self.figure.light(first)
            self.link.remember_text()
            self.generation.answered(answer)
        await self.dialog.refresh()

    def ask_forming(self):
        if None in self.figure.depths:
            self.client.ask_newest("forming", lambda answer: self.figure.draw_forming(answer["depths"]), "forming")

    def show_tokens(self, answer, ghost):
        fill("prompt-tokens", prompt.tints(answer, ghost))
        write("prompt-count", prompt.count(answer, self.words))
        say = self.words.say
        left_out, limit = answer["left_out"], answer["n_positions"]
        if answer["empty"]:
            note = "notice.no_start" if answer["stands_in"] else "notice.empty"
            start = "".join([token["shown"] for token in answer["tokens"]])
            self.status.notice("text", lambda words: words.say(note, token=start))
        elif left_out:
            values = {"limit": grouped(limit), "count": grouped(answer["count"]), "left_out": grouped(left_out)}
            self.status.notice("text", lambda words: words.say("notice.left_out", **values))
        else:
            self.status.unsay("text")
        if "milliseconds" in answer:
            took = "{:.0f}".format(answer["milliseconds"])
            key = "run.live" if answer["computed"] else "run.known"
            write("run", say(key, milliseconds=took, heap=megabytes(answer["heap"])))

    def chose_example(self, event):
        button = event.target.closest(".example")
        if button:
            by_id("prompt").value = button.textContent
            self.typed()

    # The next token

    def reshaped(self):
        """Other settings, or another draw: the list, the strip and the curve follow; the model does not run."""
        if self.figure.is_live:
            self.client.ask_newest("next", self.drew_next, "reshape", self.controls.settings(COUNT, ""))
            self.link.remember()

    async def asked_next(self, name):
        """What another of the worker's functions says of the next tokens."""
        return await self.client.ask_of_run(name, self.controls.settings(COUNT, ""))

    def drew_next(self, following):
        self.figure.draw_next(following)
        self.pin.show(following)
        if not self.figure.stale:  # else the field holds a newer text
            fill("prompt-tokens", prompt.tints(self.figure.answer, following["drawn"]["shown"]))

    # Which block, head, token and part

    def clicked(self, event):
        """Anything that chooses or opens; what it is, it says itself."""
        target = event.target
        view = self.figure.answer and self.figure.view
        opener, stop = target.closest("[data-open]"), target.closest(".stop[data-block]")
        token, step = target.closest(".token"), target.closest("[data-step]")
        if opener:
            asyncio.create_task(self.dialog.open(opener.getAttribute("data-open")))
        elif target.closest("#reading-table") and self.pointing.last:
            asyncio.create_task(self.dialog.parts["table"].show(self.pointing.last))
        elif stop and view:
            self.choice.choose(int(stop.getAttribute("data-block")), view["head"])
        elif token and view:
            row = int(token.getAttribute("data-row"))
            self.link.state["token"] = 0 if row == len(self.figure.answer["tokens"]) - 1 else row + 1
            self.choice.look(view["block"], view["head"], row)
        elif step and view:
            name = step.getAttribute("data-step")
            self.choice.change(name, view[name] + int(step.getAttribute("data-by")))

    def drew(self, view):
        self.figure.draw_view(view)
        self.pointing.forget()
        self.link.arrived(view, len(self.figure.answer["tokens"]))

    def opened(self, part):
        self.link.state["open"] = part
        self.link.remember()

    def followed(self, fragment):
        """The reader changed the address by hand, or followed a link to another part of the same page."""
        before = value_as_json(by_id("prompt"))
        self.status.unsay("link")
        self.link.follow(fragment)
        if value_as_json(by_id("prompt")) != before:
            self.changed_text()
        if self.client.ready:
            asyncio.create_task(self.go())

    async def go(self):
        """To what the link asks for: model, text, block, head, token and open part."""
        link, part, used, run = self.link, self.link.state["open"], self.models.link_name(), self.client.run
        asked, link.state["model"] = link.state["model"], used  # the one in use stays so until the other is whole
        state, text, self.models.asking = link.state, self.text, None
        if asked not in (used, self.models.name):
            await self.models.want(asked)
        if link.state is not state or self.text != text:
            return  # the reader has gone on
        if self.figure.stale:
            await self.predict()
        elif run == self.client.run:  # no other model has read the text
            block, head, _ = link.chosen()
            await self.choice.move(block, head)
        if part and state["open"] == part and not self.models.asking:  # else the reader has closed it meanwhile
            await self.dialog.turn_to(part)

    def thinned(self):
        """The threshold below which contributions are not drawn."""
        self.figure.least = int(by_id("threshold").value) / 100
        write("threshold-value", round_percent(self.figure.least))
        self.figure.draw_ribbons()

    # Words

    async def speak(self, language):
        """Every text in another language, and with them the picture that holds some."""
        self.words = self.figure.words = Words(language, "page/text")
        translate(self.words)
        if self.figure.answer is not None:
            await frame()
            self.figure.draw_view(self.figure.view)
            await frame()
            self.figure.draw_next(self.figure.answer["next"])
        self.models.show()
        self.controls.show()
        self.generation.show()
        self.pointing.forget()
        if not self.figure.stale:
            self.show_tokens(self.figure.answer, self.figure.answer["next"]["drawn"]["shown"])
        self.status.draw()
