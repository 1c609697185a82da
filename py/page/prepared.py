"""Before a model is in use: the examples are there to be seen, as the site's builder has prepared them, and what else a
reader chooses is kept until it can be shown."""

import asyncio
import json

from page.browser.dom import by_id, fill, mirror, on, say, text_as_json, write
from page.browser.files import fetched
from page.state.examples import EXAMPLES, gloss, prepared
from page.state.state import LAST


class Prepared:
    def __init__(self, page):
        self.page = page
        self.state, self.figure = page.state, page.figure
        self.texts = [text_as_json(text) for text in EXAMPLES]
        self.files = {}  # what has been fetched, by number
        self.chosen = None  # the text of the example that the reader chose last, until the picture is where it opens
        on(by_id("examples"), "toggle", lambda _: asyncio.create_task(self.fetch_all()))

    def speak(self):
        """Under each example stands what it means in the reader's language."""
        for number, text in enumerate(EXAMPLES):
            fill("gloss-" + str(number), gloss(text, self.page.words))

    async def fetch_all(self):
        """The menu is opened: by the time that one is chosen it may be there."""
        for number in range(len(EXAMPLES)):
            await self.fetch(number)

    async def fetch(self, number):
        if number not in self.files:
            text = await fetched(prepared(number))
            if text:
                self.files[number] = text

    def answer(self, text):
        """What was prepared of a text, made anew for whoever draws it; None where nothing was, or has come yet."""
        number = self.texts.index(text) if text in self.texts else None
        return json.loads(self.files[number]) if number in self.files else None

    @property
    def wanted(self):
        """Whether the picture is to be a prepared one, if there is one of the text, which has every part in place."""
        return not self.page.client.ready and not self.figure.is_live and not self.state.removed

    def chose(self, event):
        """An example opens at the arrow that matters most; another model than the embedded one knows of none."""
        button = event.target.closest(".example")
        if button:
            self.chosen = text_as_json(button.value)
            known = self.answer(self.chosen) if self.page.models.is_first() else None
            self.page.runs.choose(self.chosen, **(self.place(known) if known else {}))
            self.figure.pulse.want("whole")

    def place(self, answer):
        self.chosen, self.figure.prepared = None, answer
        return {"block": answer["view"]["block"], "head": answer["view"]["head"], "token": LAST}

    async def take(self, opening=False):
        """Let the picture, which is then to be drawn, be what was prepared of the text; whether anything was.

        As the page's `opening` it stands where the address says.
        """
        text = self.state.text
        if text in self.texts:
            await self.fetch(self.texts.index(text))
        answer = self.answer(text)
        if not answer or not self.wanted or text != self.state.text:
            return False
        if opening:
            self.page.address.begin(answer["view"])
        elif text == self.chosen:
            self.state.set(**self.place(answer))
        self.figure.take_prepared(answer)
        self.page.generation.drew(answer["next"])
        self.page.status.unsay("waiting")
        say("run.prepared", "run", self.page.words)
        return True

    async def open(self):
        """The page's own text, or what the address or the reader have put in its place meanwhile."""
        if not await self.take(opening=True) and (self.state.removed or self.state.text not in self.texts):
            self.leave_bare()

    async def show(self):
        """Another text is in the field, which has no numbers now, or prepared ones."""
        self.leave_bare()
        if await self.take():
            self.figure.pulse.begin()
            await self.page.speak()

    def leave_bare(self):
        self.figure.mark_stale()
        mirror(by_id("prompt-tokens"), self.state.text)
        write("prompt-count", "")
        say("run.waiting", "run", self.page.words)

    def keeps(self):
        """The reader has chosen what only a model can show."""
        if not self.page.client.ready:
            self.page.status.notice("waiting", lambda words: words.say("notice.waiting"))
