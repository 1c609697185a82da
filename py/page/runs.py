"""The text becomes a run of the model, and the run a picture: typing, generating and other settings all come here."""

import asyncio
import json

from page.browser.dom import by_id, fill, frame, mirror, put_text, put_value, say, value_as_json, write
from page.figure import prompt_tokens
from page.next_token.candidates import COUNT
from page.panels.code.faults import fault_sentence
from page.state.removed import own, without_own
from page.state.state import READ, SETTINGS
from page.text.numbers import grouped, megabytes


class Runs:
    def __init__(self, page):
        self.page = page
        self.state, self.words, self.figure, self.client = page.state, page.words, page.figure, page.client
        self.status, self.address, self.controls = page.status, page.address, page.controls
        self.asked = None  # what the model was asked for last, see `wanted`
        self.reading = None  # the task that does so
        page.state.listen(self.follow_text, *READ)
        page.state.listen(self.follow_settings, *SETTINGS)

    def choose(self, text, **place):
        """The reader wants another text, at a place or where the picture is: its tokens come first, then the answer."""
        self.address.leave()
        self.status.unsay("note", "removed")
        if not self.client.ready:
            self.state.set(part="")  # one that waits for the model would open over the text
        self.state.set(text=text, **place)

    def wanted(self):
        """What the model is to read, and without what."""
        return self.state.text, self.state.generated, self.state.removed, self.state.mean

    def take_text(self, first):
        """What stands in the field, generated tokens and all, is the text; the caller asks the model about it.

        Unless it is the `first` model, nothing of it is cut yet.
        """
        text = value_as_json(by_id("prompt"))
        removed = self.state.removed if first else ()
        mean = self.state.mean and bool(removed)
        self.asked = (text, (), removed, mean)
        if removed != self.state.removed:
            self.status.notice("removed", lambda words: words.say("removed.other_model"))
        self.state.set(text=text, removed=removed, mean=mean)

    def follow_text(self, changed):
        """Another text, or other generated tokens, is in the field, or parts are cut: the model reads it."""
        state, field = self.state, by_id("prompt")
        if "text" in changed:
            if value_as_json(field) != state.text:
                put_value(field, state.text)
            if not self.client.ready:
                asyncio.create_task(self.page.prepared.show())
        if changed & {"text", "removed", "mean"}:
            self.figure.mark_stale()
        if self.client.ready and self.asked != self.wanted():
            self.reading = asyncio.create_task(self.predict())

    async def predict(self, call="predict", adopted=None):
        """Run the model on the text and what was generated after it, and draw the answer.

        `call` is the worker's function for that, see `switched`. Answers what the worker said, None when it was not
        asked.
        """
        asked = self.asked = self.wanted()
        text, ids, removed, mean = asked

        def overtaken():
            return asked != self.wanted()

        if not ids and call == "predict":
            tokens = await self.client.ask("tokenize", text)
            if overtaken():
                return None  # a newer text is on its way
            if "error" in tokens:
                self.unread(tokens)
                return None
            self.show_tokens(tokens, "")
        chosen = self.page.choice.wanted()
        settings = self.controls.settings(COUNT, "")
        cuts = json.dumps({"cuts": without_own(removed), "mean": mean})
        read = (text, json.dumps(list(ids)), settings) + chosen + (cuts,)
        if own(removed) is None:
            watch = asyncio.create_task(self.status.watch_pass(self.client))
            answer = await self.client.ask(call, *read)
            watch.cancel()
        else:
            answer = await self.predict_own(read, removed, mean, overtaken)
        if "run" in answer:
            if adopted:
                adopted()
            answer.update(removed=removed, mean=mean)
            await self.draw(answer, overtaken)
            if chosen != self.page.choice.wanted():
                self.page.choice.look()
            elif answer["run"] == self.client.run and not overtaken():
                self.address.arrived(answer["view"], len(answer["tokens"]))
            if settings != self.controls.settings(COUNT, ""):
                self.resampled()
        elif "error" in answer and call == "predict" and not overtaken():
            self.unread(dict(answer, model=self.page.models.label()))
        return answer

    async def predict_own(self, read, removed, mean, overtaken):
        """The same by the reader's own version of the code: {"error"} where it does not get through the text."""
        mine = self.page.own_code
        found = await mine.numbers(mine.source, read[0], read[1], removed, mean, lambda: not overtaken())
        if found is None or overtaken():
            return {"replaced": True}
        if "numbers" in found:
            mine.known = None, None  # the worker has them now
            answer = await self.client.ask("predict_own", *(read + (found["numbers"],)))
            return dict(answer, milliseconds=found["milliseconds"]) if "run" in answer else answer
        return {"error": "own", "fault": found} if "fault" in found else found

    async def switched(self, adopted, same):
        """A model is loaded: it is in use, and `adopted` called, once it has read what stands in the field.

        What was generated stays so where it is the `same` model as before; another reads it as text.
        Answers what the worker said; after an error the model in use before reads on, if there is one.
        """
        first, removed, mean = not self.client.ready, self.state.removed, self.state.mean
        self.page.own_code.sandbox.end()
        answer = {"replaced": True}
        while "replaced" in answer:
            self.page.own_code.leave()  # it would need a sandbox with the new weights; its text stays in the editor
            if not same:
                self.take_text(first)
            if own(removed) is not None:
                self.status.notice("removed", lambda words: words.say("removed.own"))
            answer = await self.predict("use", adopted)
        if "error" in answer:
            if not first:
                if removed != self.state.removed:
                    self.status.unsay("removed")
                    self.state.set(removed=removed, mean=mean)
                await self.predict()
        elif first:
            if self.asked != self.wanted():
                await self.predict()
            self.page.dialog.follow()
        return answer

    def unread(self, error):
        """The text in the field has no numbers; those of the text before stay in the picture, which counts as stale."""
        self.figure.mark_stale()
        if error["error"] == "text":
            fill("prompt-tokens", "")
            write("prompt-count", "")
        elif error["error"] == "recorded":
            mirror(by_id("prompt-tokens"), self.state.text)
            write("prompt-count", "")
        tell_of_run("")
        if error["error"] == "own":
            self.status.notice(
                "text", lambda words: words.say("error.own", why=fault_sentence(error["fault"], words)), error=True
            )
        else:
            self.status.say_error(error)
        if error["error"] in ("own", "own_long"):
            self.page.generation.stop()
        self.client.drew(self.client.run)  # it stays: who waits for another need not
        if None in self.figure.depths:  # the worker may have left it unfinished for this text
            self.ask_logit_lens()

    async def draw(self, answer, overtaken):
        """A run of the model, in pieces: what the worker's numbers belong to is always what is drawn.

        `overtaken()` says whether the field holds a newer text by now; the picture then counts as stale.
        """
        self.client.drew(answer["run"])
        self.status.unsay("question", "waiting")
        if not overtaken():
            put_text(by_id("prompt"), self.page.generation.length, answer["appended_text"])
        self.figure.draw_run(answer)
        self.page.choice.drawn(answer["view"])
        self.page.hover.forget()
        await frame()
        if answer["run"] != self.client.run:
            return
        self.figure.draw_next(answer["next"])
        self.page.pin.show(answer["next"])
        self.page.cuts.told(answer["next"])
        await frame()
        if answer["run"] != self.client.run:
            return
        by_id("figure").classList.remove("prepared")
        for name in ("what-matters", "open-other", "pin"):
            by_id(name).disabled = False
        self.ask_logit_lens()
        if overtaken():
            self.figure.mark_stale()
        elif "unread" in answer:
            self.unread({"error": "text", "file": answer["unread"]})
        else:
            self.figure.mark_stale(False)
            self.show_tokens(answer, answer["next"]["drawn"]["shown"])
            self.address.remember_text()
            self.page.generation.answered(answer)
            self.page.guess.follow()
            self.figure.pulse.follow()  # what stands in the field, and on the button, is new too
        await self.page.refresh()

    def ask_logit_lens(self):
        self.client.ask_newest("logit_lens", self.drew_logit_lens, "logit_lens")

    def drew_logit_lens(self, answer):
        self.figure.draw_logit_lens(answer["depths"])
        say("logit_lens.own" if self.page.own_code.drawn else "logit_lens.subtitle", "logit-lens-subtitle", self.words)
        self.page.tour.refresh()

    def show_tokens(self, answer, ghost):
        fill("prompt-tokens", prompt_tokens.tints(answer, ghost))
        write("prompt-count", prompt_tokens.count(answer, self.words))
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
            tell_of_run(say(key, milliseconds=took, heap=megabytes(answer["heap"])))
        elif "run" in answer:
            tell_of_run(say("run.recorded"))

    def follow_settings(self, changed):
        if not changed & READ:  # else the model is asked, with these settings
            self.resampled()

    def resampled(self):
        """Other settings, or another draw: the list, the strip and the curve follow; the model does not run."""
        if self.figure.is_live:
            self.client.ask_newest("next", self.drew_next, "next_tokens", self.controls.settings(COUNT, ""))

    async def asked_next(self, name, *values):
        """What another of the worker's functions says of the next tokens, asked with `values`."""
        return await self.client.ask_of_run(name, lambda: self.controls.settings(COUNT, ""), *values)

    def drew_next(self, following):
        self.figure.draw_next(following)
        self.page.generation.drew(following)
        self.page.pin.show(following)
        self.page.cuts.told(following)
        self.page.tour.refresh()
        self.page.guess.follow()
        if self.page.dialog.part:
            self.page.dialog.part.resampled()
        if not self.figure.stale:  # else the field holds a newer text
            fill("prompt-tokens", prompt_tokens.tints(self.figure.answer, following["drawn"]["shown"]))


def tell_of_run(text):
    """How the picture came about; another language does not bring back what was said before, see `dom.say`."""
    by_id("run").removeAttribute("data-text")
    write("run", text)
