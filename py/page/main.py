"""The page comes alive here: reads what the reader does, asks the worker, draws the answers."""

import asyncio
import json

from page import prompt
from page.client import Client
from page.dom import (
    address,
    all_of,
    by_id,
    fill,
    on,
    on_rejection,
    show,
    translate,
    value_as_json,
    wanted_languages,
    watch_size,
    write,
)
from page.examples import EXAMPLES, TEMPERATURE
from page.figure import Figure
from page.numbers import grouped, megabytes
from page.words import Words, best_language

MODEL = "weights/mini/"
PATIENCE = 30  # seconds until a reader is told that starting takes long


class Page:
    def __init__(self):
        self.words = Words(best_language(wanted_languages()), "page/text")
        self.figure = Figure(self.words)
        self.client = Client()
        self.model = None  # what the worker said of the loaded model
        self.failed = None  # the last load's error, when it failed

    def start(self):
        text = by_id("prompt")
        on(text, "input", lambda _: self.typed())
        on(by_id("temperature"), "input", lambda _: self.slid())
        on(by_id("retry"), "click", lambda _: self.retry())
        on(by_id("language"), "change", lambda event: self.speak(event.target.value))
        on(by_id("examples"), "click", self.chose_example)
        for event in ("mouseover", "focusin", "click"):
            on(by_id("heads"), event, self.pointed)
        watch_size(by_id("figure"), self.figure.draw_ribbons)
        on_rejection(self.broke)
        by_id("language").value = self.words.language
        if text.value == EXAMPLES[0] and self.temperature() == TEMPERATURE:  # the browser may have kept other ones
            with open("example.json", encoding="utf-8") as file:
                self.figure.answer = json.load(file)
        else:
            by_id("figure").classList.add("stale")
        self.speak(self.words.language)
        asyncio.create_task(self.load(False))
        asyncio.create_task(self.reassure())

    def broke(self, reason):
        """Something failed before the worker could answer in words, for example a runtime file that is missing."""
        if self.model is None and self.failed is None:
            self.say_error({"error": "start", "file": reason})

    def retry(self):
        if self.failed:  # not while an earlier click is still being served
            self.failed = None
            asyncio.create_task(self.load(True))

    async def load(self, fresh):
        show("notice", False)
        self.show_model()
        answer = await self.client.load(address(MODEL), fresh, self.arrived)
        if "error" in answer:
            self.failed = answer
            self.say_error(answer)
        else:
            self.model = answer
            await self.predict()
        self.show_model()

    async def reassure(self):
        await asyncio.sleep(PATIENCE)
        if self.client.worker is None and self.failed is None:
            self.notice(self.words.say("notice.slow"))

    def arrived(self, count, total):
        if total and not self.failed:
            bar = by_id("model-progress")
            bar.max, bar.value = total, count
            write(
                "model-text",
                self.words.say("model.loading", arrived=megabytes(count), total=megabytes(total)),
            )

    def show_model(self):
        """The state of the model in the header."""
        show("model-progress", self.model is None and self.failed is None)
        by_id("model").classList.toggle("live", self.model is not None)
        if self.failed:
            write("model-text", self.words.say("model.failed"))
        elif self.model:
            model = self.model
            write(
                "model-text",
                self.words.say(
                    "model.ready",
                    n_layer=model["n_layer"],
                    n_head=model["n_head"],
                    size=megabytes(model["bytes"]),
                ),
            )
        else:
            write("model-text", self.words.say("model.starting"))

    def typed(self):
        """The text changed: its tokens at once, then the model's answer."""
        by_id("figure").classList.add("stale")
        if not self.client.ready:
            fill("prompt-tokens", "")
            write("prompt-count", "")
            write("run", self.words.say("run.waiting"))
            return
        asyncio.create_task(self.predict())

    async def predict(self):
        text = value_as_json(by_id("prompt"))
        tokens = await self.client.tokenize(text)
        if text != value_as_json(by_id("prompt")):
            return  # a newer text is on its way
        if "error" in tokens:
            self.say_error(tokens)
            return
        self.show_tokens(tokens, "")
        answer = await self.client.predict(text, self.temperature())
        if "replaced" in answer or text != value_as_json(by_id("prompt")):
            return
        if "error" in answer:
            self.say_error(answer)
            return
        self.figure.draw(answer)
        by_id("figure").classList.remove("prepared", "stale")
        self.show_tokens(answer, answer["next"]["candidates"][0]["shown"])
        if self.temperature() != answer["next"]["temperature"]:
            self.slid()

    def show_tokens(self, answer, ghost):
        fill("prompt-tokens", prompt.tints(answer, ghost))
        write("prompt-count", prompt.count(answer, self.words))
        say = self.words.say
        left_out, limit = answer["left_out"], answer["n_positions"]
        if answer["empty"]:
            self.notice(say("notice.empty"))
        elif left_out:
            values = {"limit": grouped(limit), "count": grouped(answer["count"]), "left_out": grouped(left_out)}
            self.notice(say("notice.left_out", **values))
        else:
            show("notice", False)
        if "milliseconds" in answer:
            took = "{:.0f}".format(answer["milliseconds"])
            write("run", say("run.live", milliseconds=took, heap=megabytes(answer["heap"])))

    def temperature(self):
        return float(by_id("temperature").value)

    def slid(self):
        write("temperature-value", "{:.2f}".format(self.temperature()))
        answer = self.figure.answer
        if answer and "milliseconds" in answer:  # not the prepared one
            asyncio.create_task(self.client.reshape(self.temperature(), self.figure.draw_next))

    def chose_example(self, event):
        button = event.target.closest(".example")
        if button:
            by_id("prompt").value = button.textContent
            self.typed()

    def pointed(self, event):
        button = event.target.closest(".head")
        if button:
            for other in all_of(".head.chosen"):
                other.classList.remove("chosen")
            button.classList.add("chosen")
            self.figure.caption(button)

    def speak(self, language):
        self.words = Words(language, "page/text")
        translate(self.words)
        self.show_model()
        self.figure.translate(self.words)
        if not by_id("figure").classList.contains("stale"):
            self.show_tokens(self.figure.answer, self.figure.answer["next"]["candidates"][0]["shown"])
        if self.failed:
            self.say_error(self.failed)

    def notice(self, text):
        write("notice-text", text)
        by_id("notice").classList.remove("error")
        show("retry", False)
        show("notice", True)

    def say_error(self, answer):
        """In place, in words; the reader's text stays as it is."""
        self.notice(self.words.say("error." + answer["error"], file=answer["file"]))
        by_id("notice").classList.add("error")
        show("retry", answer["error"] in ("missing", "unreachable", "damaged", "memory"))


Page().start()
