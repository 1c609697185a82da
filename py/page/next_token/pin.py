"""Pinning: what is seen is put aside, and every later picture is laid beside it; one key exchanges the two.

The pinned run has a text, cuts and settings of its own. A link says its text and cuts alone: the model reads it anew.
"""

import asyncio
import json

from page.browser.client import NoAnswer
from page.browser.dom import by_id, fill, on, on_any_key, show, text_as_json, write
from page.models.models import USER
from page.next_token import compare
from page.next_token.candidates import COUNT
from page.state.state import LAST
from page.text.markup import escape

KEY = "x"
ROOM = 60  # characters of the pinned text above the picture
SETTINGS, CUTS = ("temperature", "top_k", "top_p"), ("removed", "mean")
BESIDE = ("beside", "beside_removed", "beside_mean")  # what the state has of it
OWN = SETTINGS + CUTS  # what a pinned run has of its own, beside its text and its model


class Pin:
    def __init__(self, page):
        self.page = page
        self.state, self.figure, self.words, self.client = page.state, page.figure, page.words, page.client
        self.kept = None  # the pinned run's text, model and settings, as fields of the state
        self.shown = ""  # that text, as its tokens are shown
        self.reading = False  # the model reads the text that a link has brought
        page.state.listen(lambda _: self.follow(), *BESIDE)
        buttons = {"pin": self.put, "unpin": self.take_away, "lift": self.take_away, "swap": self.swap}
        buttons["most-moved"] = self.go_there
        for name, does in buttons.items():
            on(by_id(name), "click", lambda _, does=does: asyncio.create_task(does()))
        on_any_key(self.pressed)

    # What the reader does

    async def put(self):
        """Whether the present run could be pinned."""
        if not self.figure.is_live:
            return False
        try:
            following = await self.page.runs.asked_next("pin")
        except NoAnswer:
            return False
        self.keep(self.present(), following)
        self.page.runs.drew_next(following)
        self.page.choice.look()
        return True

    async def take_away(self):
        try:
            following = await self.page.runs.asked_next("unpin")
        except NoAnswer:
            return
        self.kept = None
        self.let_go()
        self.page.address.remember_beside("")
        self.page.runs.drew_next(following)
        self.page.choice.look()

    def pressed(self, event):
        plain = not (event.ctrlKey or event.altKey or event.metaKey or event.repeat)
        if event.key.lower() == KEY and plain and not event.target.closest("input, textarea, select"):
            asyncio.create_task(self.swap())

    async def swap(self):
        """The pinned run takes the place of the present one, and the other way round: block, head and token stay."""
        there = self.kept
        if there is None or self.figure.stale or not self.figure.is_live:
            return
        here, token = self.present(), self.partner()
        try:
            following = await self.page.runs.asked_next("pin")
        except NoAnswer:
            return
        self.keep(here, following)
        own = {name: there[name] for name in OWN}
        self.page.runs.choose(there["text"], token=token, **own)
        models = (there["model"], here["model"])
        if models[0] != models[1] and USER not in models:  # which is not at hand a second time
            await self.page.models.want(there["model"])

    async def go_there(self):
        """To the block and head in which the chosen token's attention differs most."""
        try:
            moved = await self.client.ask_of_run("most_moved", self.figure.view["row"])
        except NoAnswer:
            return
        if moved["most"]:
            self.page.choice.choose(block=moved["most"]["block"], head=moved["most"]["head"])

    # What is pinned

    def present(self):
        """Of the run that is drawn, as fields of the state."""
        answer = self.figure.answer
        text = answer["left_out_text"] + "".join([token["text"] for token in answer["tokens"]])
        fields = {name: getattr(self.state, name) for name in OWN}
        fields.update(text=text_as_json(text), model=self.page.models.name)
        return fields

    def partner(self):
        """Of the chosen token in the pinned text; the last one's is the last."""
        view = self.figure.view
        if self.state.token == LAST or "beside" not in view:
            return self.state.token
        pair = view["beside"]["pairs"][view["row"] - view["first"]]
        return LAST if pair is None else pair

    def keep(self, fields, following):
        """The worker has pinned what these fields say; it answered with these next tokens."""
        self.kept = fields
        self.shown = following["pinned"]["text"]
        self.state.set(beside=fields["text"], beside_removed=fields["removed"], beside_mean=fields["mean"])
        self.page.address.remember_beside(fields["text"])

    @property
    def label(self):
        """The pinned run in words, as HTML."""
        return compare.label(self.shown, self.text(), self.kept, self.words)

    def text(self):
        """The present one, as its tokens are shown."""
        return "".join([token["shown"] for token in self.figure.answer["tokens"]])

    def named(self):
        """The same; of its settings, model and cuts only what is not as at present."""
        now, kept, words = self.present(), self.kept, self.words
        differ = [name for name in OWN + ("model",) if kept[name] != now[name]]
        said = words.html("beside.text", text=compare.excerpt(self.shown, self.text(), ROOM))
        if any([name in differ for name in SETTINGS]):
            said = self.label
        if "model" in differ:
            said = words.html("beside.model", label=said, model=escape(self.page.models.label(kept["model"])))
        if any([name in differ for name in CUTS]):
            key = "beside.cut" if kept["removed"] else "beside.whole"
            said = words.html(key, label=said, count=len(kept["removed"]))
        return said

    def follow(self):
        """A link may have brought another run than the pinned one; the model reads it as soon as it is in use."""
        pinned = self.kept and (self.kept["text"], self.kept["removed"], self.kept["mean"])
        if self.state.beside and self.wanted() != pinned and not self.reading and self.client.run:
            asyncio.create_task(self.read())

    def wanted(self):
        """Text and cuts of what is to be pinned."""
        return tuple([getattr(self.state, name) for name in BESIDE])

    def let_go(self):
        self.state.set(beside="", beside_removed=(), beside_mean=False)

    async def read(self):
        self.reading = True
        wanted = text, removed, mean = self.wanted()
        cuts = json.dumps({"cuts": removed, "mean": mean})
        settings = self.page.controls.settings(COUNT, "")
        run = self.client.run
        answer = await self.client.ask("pin_text", run, text, settings, cuts)
        self.reading = False
        if wanted != self.wanted() or ("gone" in answer and run != self.client.run):
            self.follow()  # another run was drawn meanwhile, and could not ask
        elif "error" in answer:
            self.let_go()
            self.page.status.say_error(dict(answer, model=self.page.models.label()), "note")
        elif "gone" not in answer:  # else the run that is still to be drawn asks, see `show`
            fields = self.present()
            fields.update(text=text, removed=removed, mean=mean)
            self.keep(fields, answer)
            self.page.runs.drew_next(answer)
            self.page.choice.look()

    def show(self, following):
        """What belongs to it on the page, for the worker's newest `next`."""
        pinned = "pinned" in following and self.kept is not None
        say = self.words.say
        write("pin", say("pin.again") if pinned else say("pin"))
        for name in ("unpin", "open-compare", "pin-sentence", "beside"):
            show(name, pinned)
        if pinned:
            fill("pin-sentence", compare.pinned_sentence(following, self.label, self.words))
            fill("beside-label", self.words.html("beside.label", label=self.named()))
        else:
            self.kept = None
        self.follow()
