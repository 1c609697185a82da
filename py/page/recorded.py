"""Where the model's Python does not run: what it said of the examples when the site was built, to be looked at."""

import asyncio
import json

from page.browser.files import unpacked
from page.browser.starting import promise, stood_in, when_lost
from page.state.examples import TEMPERATURE, recorded
from page.state.state import LAST, READ, SETTINGS

REFUSED = {"error": "recorded", "file": ""}
EMBEDDED = ("token", "position", "embedded")  # strips that stand before all blocks
OF_THE_HEAD = "z"  # the strip that is another for each head
AS_RECORDED = {"generated": (), "removed": (), "mean": False, "temperature": TEMPERATURE, "top_k": None, "top_p": None}


def question(name, values):
    """What an answer about a run is found by; left out is what makes no difference."""
    values = list(values)
    if name == "inspect" or (name == "merges" and values[0] != LAST):
        values = values[:1]
    elif name == "heatmap_cell":
        if values[0] in EMBEDDED:
            values[1] = 0
        if values[0] != OF_THE_HEAD:
            values[2] = 0
    return " ".join([name] + [str(value) for value in values])


class Recorded:
    """Stands where the worker would, see model/worker/api.py: each question gives a promise of JSON text."""

    def __init__(self, page):
        self.page = page
        self.state = page.state
        self.files = {}  # by run, here the file's path: its answers, as JavaScript holds them
        self.draw = 0
        self.begun = False
        when_lost(self.lost)
        page.state.listen(self.follow, *READ, *SETTINGS)

    @property
    def stands_in(self):
        return self.page.client.worker is self

    def lost(self):
        """The model's Python is not to be had. Should it come after all, it takes its place."""
        if not self.begun:
            self.begun = True
            asyncio.create_task(self.begin())

    async def begin(self):
        """Its place is taken once an example can be looked at: the one in the field, else the first, which is drawn."""
        page, texts = self.page, self.page.prepared.texts
        answer = await self.example(self.state.text if self.state.text in texts else texts[0])
        if "error" in answer or page.client.worker is not None:
            return
        if page.figure.answer is None:  # what is seen is that example, as the page came with it
            self.state.set(block=answer["view"]["block"], head=answer["view"]["head"], token=LAST)
            page.figure.take(answer)
        page.client.stand_in(self)
        page.client.drew(answer["run"])
        self.draw = self.state.draw
        self.follow()
        stood_in()
        await page.runs.predict()

    def follow(self, _=None):
        """What only a model can compute is put back, and the reader is told."""
        state, as_recorded = self.state, dict(AS_RECORDED, draw=self.draw)
        if self.stands_in and any([getattr(state, name) != as_recorded[name] for name in as_recorded]):
            state.set(**as_recorded)
            self.refuse()

    def refuse(self):
        self.page.status.notice("note", lambda words: words.say("error.recorded"))

    # What the worker would answer

    def __getattr__(self, name):
        """Any of the worker's functions."""

        def call(*values):
            answered, answer = promise()
            asyncio.create_task(self.give(answer, name, values))
            return answered

        return call

    async def give(self, answer, name, values):
        if name in ("tokenize", "predict"):
            answer(json.dumps(await self.read(*values)))
        else:
            answer((self.known(name, *values) if values else None) or json.dumps(REFUSED))

    def known(self, name, run, *values):
        """The recorded answer about a run, as JSON; None where there is none."""
        asked = question(name, values)
        return self.files[run].get(asked) if run in self.files and self.files[run].has(asked) else None

    async def read(self, text, ids="[]", settings="", *place_and_cuts):
        """As the model reads one of the examples; at its opening view where no place is asked for."""
        answer = await self.example(text)
        if "error" not in answer and place_and_cuts:
            block, head, row = place_and_cuts[:3]
            view, count = answer["view"], len(answer["tokens"])
            place = min(block, view["n_layer"] - 1), min(head, view["n_head"] - 1), row if row < count else LAST
            answer["view"] = json.loads(self.known("block_view", answer["run"], *place))
        return answer

    async def example(self, text):
        """What was prepared of it, as a run; {"error"} where there is nothing."""
        prepared = self.page.prepared
        if text not in prepared.texts:
            return REFUSED
        number = prepared.texts.index(text)
        run = recorded(number)
        await prepared.fetch(number)
        if run not in self.files:
            found = await unpacked(run)
            if found is not None:
                self.files[run] = found
        answer = prepared.answer(text)
        return dict(answer, run=run) if answer and run in self.files else {"error": "unreachable", "file": run}
