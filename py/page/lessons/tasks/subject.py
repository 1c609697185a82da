"""A text that tasks are found for: what the worker says of it, read beside the run that is drawn; and which of several
possible questions is put, by the teacher's number."""

import binascii
import json

SETTINGS = {"temperature": 1, "top_k": None, "top_p": None, "u": 0.5, "count": 20, "query": ""}


class Gone(Exception):  # noqa: N818
    """The worker has gone on to something else."""


class Unread(Exception):  # noqa: N818
    """It cannot read this text, or answer about it."""


class Subject:
    """`ask(name, *values)` calls one of the worker's functions. `number` is the teacher's, "" for none."""

    def __init__(self, ask, number, task):
        self.ask = ask
        self.seed = number + " " + task
        self.seeded = bool(number)  # else the plainest question is put, where there is one
        self.answer = None  # see `Aside` in the worker's answers
        self.text = ""  # as JSON, see `dom.value_as_json`

    async def read(self, text):
        """Let the worker read a text that is such JSON. Raises Gone, Unread."""
        self.answer = await self.answered("read_aside", text, self.settings())
        self.text = text

    async def about(self, name, *values):
        """What the worker says of that. Raises Gone, Unread."""
        return await self.answered(name, self.answer["run"], *values)

    async def answered(self, name, *values):
        answer = await self.ask(name, *values)
        if "gone" in answer:
            raise Gone()
        if "error" in answer:
            raise Unread()
        return answer

    async def heads(self):
        """What the worker says of every head, for the last token: by (block, head)."""
        blocks = (await self.about("all_heads", self.last))["blocks"]
        return {(b, h): blocks[b][h] for b in range(len(blocks)) for h in range(len(blocks[0]))}

    def settings(self, **others):
        return json.dumps(dict(SETTINGS, **others))

    async def next_tokens(self, **settings):
        """The next tokens under these settings, at temperature 1 where they do not say."""
        return await self.about("next_tokens", self.settings(**settings))

    async def without(self, *parts):
        """The next tokens at temperature 1 without some parts, written as in the state, see `state/removed.py`."""
        cuts = json.dumps({"cuts": parts})
        return await self.about("what_if", cuts, self.settings(), self.last)

    @property
    def tokens(self):
        return self.answer["tokens"]

    @property
    def last(self):
        """The token that everything is predicted after."""
        return len(self.tokens) - 1

    @property
    def likeliest(self):
        return self.answer["next"]["candidates"]

    # Which of several

    def chance(self, count, what=""):
        """A number from 0 up to `count`, always the same for the teacher's number, the task and `what` it is for."""
        return binascii.crc32((self.seed + " " + str(what)).encode()) % count

    def one_of(self, several, what=""):
        return several[self.chance(len(several), what)]

    def mixed(self, several, what=""):
        """All of them in another order."""
        numbers = [(self.chance(2**31, "{} {}".format(what, i)), i) for i in range(len(several))]
        return [several[i] for _, i in sorted(numbers)]
