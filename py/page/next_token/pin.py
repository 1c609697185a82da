"""Pinning: what is seen is put aside, and every later picture is laid beside it; one key exchanges the two.

The pinned run has a text, cuts and settings of its own. A link says its text and cuts alone: the model reads it anew.
"""

import asyncio
import json

from page.browser.dom import by_id, fill, on, on_any_key, show, text_as_json, write
from page.browser.no_answer import NoAnswer
from page.figure.prompt_tokens import text_of
from page.models.models import USER
from page.next_token import compare
from page.next_token.candidates import COUNT
from page.state.removed import in_picture, is_of_code, without_own
from page.state.state import LAST
from page.text.markup import escape
from page.text.numbers import whole_points

KEY = "x"
ROOM = 60  # characters of the pinned text above the picture
SETTINGS, CUTS = ("temperature", "top_k", "top_p"), ("removed", "mean")
BESIDE = ("beside", "beside_removed", "beside_mean")  # what the state has of it
OWN = SETTINGS + CUTS  # what a pinned run has of its own, beside its text and its model
NOTHING = {"text": "", "removed": (), "mean": False}


class Pin:
    def __init__(self, page):
        self.page = page
        self.state, self.figure, self.words, self.client = page.state, page.figure, page.words, page.client
        self.marked = {}  # by mark, see `mark`, what was to be pinned
        self.kept = None  # of these, what is pinned; None for nothing
        self.shown = ""  # its text, as its tokens are shown
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
        return await self.ask("pin", lambda: self.mark(self.present()))

    async def take_away(self):
        await self.ask("unpin")

    async def ask(self, name, *values):
        """Have the worker pin the present run, or unpin what is pinned; whether it has."""
        try:
            following = await self.page.runs.asked_next(name, *values)
        except NoAnswer:
            return False
        self.take(following)
        self.want(self.kept or NOTHING)
        self.draw(following)
        return True

    def pressed(self, event):
        plain = not (event.ctrlKey or event.altKey or event.metaKey or event.repeat)
        if event.key.lower() == KEY and plain and not event.target.closest("input, textarea, select, .editor"):
            asyncio.create_task(self.swap())

    async def swap(self):
        """The pinned run takes the place of the present one, and the other way round: block, head and token stay."""
        there = self.kept
        if there is None or self.figure.stale or not self.figure.is_live:
            return
        token = self.partner()
        if not await self.put():
            return
        models = (there["model"], self.kept["model"])
        self.page.runs.choose(there["text"], token=token, **{name: there[name] for name in OWN})
        if models[0] != models[1] and USER not in models:  # which is not at hand a second time
            await self.page.models.want(there["model"])

    async def go_there(self):
        """To the block and head in which the chosen token's attention differs most; by how much is said beside it."""
        try:
            moved = await self.client.ask_of_run("most_moved", self.figure.view["row"])
        except NoAnswer:
            return
        most = moved["most"]
        if most:
            self.page.choice.choose(block=most["block"], head=most["head"])
            self.page.what_matters.remark(self.words.say("beside.moved", points=whole_points(most["points"])))

    # What is pinned

    def present(self):
        """The run that is drawn, as fields of the state."""
        answer = self.figure.answer
        fields = {name: getattr(self.state, name) for name in SETTINGS}
        fields.update({name: answer[name] for name in CUTS})
        fields.update(text=text_as_json(text_of(answer)), model=self.page.models.name)
        return fields

    def mark(self, fields):
        """The number by which the worker's answers say that this is what is pinned."""
        number = len(self.marked) + 1
        self.marked[number] = fields
        return number

    def partner(self):
        """Of the chosen token in the pinned text; the last one's is the last."""
        view = self.figure.view
        if self.state.token == LAST or "beside" not in view:
            return self.state.token
        pair = view["beside"]["pairs"][view["row"] - view["first"]]
        return LAST if pair is None else pair

    def take(self, following):
        """What is pinned is what the worker's newest `next` says."""
        pinned = following.get("pinned")
        self.kept = self.marked[pinned["mark"]] if pinned else None
        self.shown = pinned["text"] if pinned else ""

    def want(self, fields):
        """This is to be pinned; a link says so."""
        self.state.set(beside=fields["text"], beside_removed=fields["removed"], beside_mean=fields["mean"])
        self.page.address.remember_beside(fields["text"])

    def draw(self, following):
        """The present run is beside another now, or beside none."""
        self.page.runs.drew_next(following)
        self.page.choice.look()

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
        is_changed = is_of_code(kept["removed"])
        if (is_changed and "removed" in differ) or is_changed != is_of_code(now["removed"]):
            said = words.html("beside.code" if is_changed else "beside.ours", label=said)
        cut = in_picture(kept["removed"])
        if (cut, kept["mean"]) != (in_picture(now["removed"]), now["mean"]):
            said = words.html("beside.cut" if cut else "beside.whole", label=said, count=len(cut))
        return said

    def follow(self):
        """A link may have brought another run than the pinned one; the model reads it as soon as it is in use."""
        pinned = self.kept and (self.kept["text"], self.kept["removed"], self.kept["mean"])
        if self.state.beside and self.wanted() != pinned and not self.reading and self.client.run:
            asyncio.create_task(self.read())

    def wanted(self):
        """Text and cuts of what is to be pinned."""
        return tuple([getattr(self.state, name) for name in BESIDE])

    async def read(self):
        """Have the model read what is to be pinned; a run that is drawn meanwhile asks itself, see `show`."""
        self.reading = True
        self.state.set(beside_removed=without_own(self.state.beside_removed))  # it is read by our code
        wanted, run = self.wanted(), self.client.run
        text, removed, mean = wanted
        mark = self.mark(dict(self.present(), text=text, removed=removed, mean=mean))
        cuts = json.dumps({"cuts": removed, "mean": mean})
        settings = self.page.controls.settings(COUNT, "")
        answer = await self.client.ask("pin_text", run, text, settings, mark, cuts)
        self.reading = False
        if "error" in answer and wanted == self.wanted():
            self.want(NOTHING)
            self.page.status.say_error(dict(answer, model=self.page.models.label()), "note")
        elif run != self.client.run or "error" in answer:
            self.follow()
        elif "gone" not in answer:
            self.page.address.remember_beside(text)
            self.draw(answer)

    def show(self, following):
        """What belongs to it on the page, for the worker's newest `next`."""
        self.take(following)
        pinned = self.kept is not None
        say = self.words.say
        write("pin", say("pin.again") if pinned else say("pin"))
        for name in ("unpin", "open-compare", "pin-sentence", "beside"):
            show(name, pinned)
        if pinned:
            fill("pin-sentence", compare.pinned_sentence(following, self.label, self.words))
            fill("beside-label", self.words.html("beside.label", label=self.named()))
        self.follow()
