"""The page's end of the wire to the worker: JSON in, dicts out, and never more work asked for than is wanted.

Each text that the model reads is a run, with a number. The worker answers questions about its last run alone; the page
asks them by the number of the run that is drawn, and drops answers that come when another is. So no number of one
text ever stands in the picture of another.
"""

import asyncio
import json

from page.dom import not_started, started
from page.transport import connect


class NoAnswer(Exception):  # noqa: N818
    """The worker failed at a question; the reader has been told."""


class Client:
    worker = None
    ready = False  # a model is in use
    run = 0  # number of the run that is drawn
    failed = None  # called with a failure of the worker at a question, {"error", "file"}: tells the reader

    def __init__(self):
        self.drawn = asyncio.Event()  # set for a moment when a run is
        self.wanted = {}  # by purpose, the newest question not yet sent
        self.busy = set()  # purposes with a question under way

    async def start(self):
        """Wait until the worker's Python is up; whether it is."""
        try:
            self.worker = await connect()
            await self.worker.progress()
        except Exception as error:  # of whatever kind JavaScript throws
            not_started(str(error))
            return False
        started("model")
        return True

    async def ask(self, name, *values):
        """Call one of the worker's functions, see model/worker.py."""
        return json.loads(await getattr(self.worker, name)(*values))

    def drew(self, run):
        """What is drawn from here on is this run."""
        self.run = run
        self.drawn.set()
        self.drawn.clear()

    async def ask_of_run(self, name, *values):
        """Ask about the run that is drawn; when the worker has gone on, wait for what comes and ask about that.

        Raises NoAnswer when the worker fails at it.
        """
        while True:
            run = self.run
            answer = await self._question(name, run, values)
            if run == self.run:
                if "gone" not in answer:
                    return answer
                await self.drawn.wait()

    async def _question(self, name, run, values):
        try:
            answer = await self.ask(name, run, *values)
        except Exception as error:  # of whatever kind JavaScript throws
            answer = {"error": "failed", "file": str(error.args[-1]).strip().split("\n")[-1]}
        if "error" in answer:
            self.failed(answer)
            raise NoAnswer()
        return answer

    def tell(self, name):
        """Call one that has nothing to answer."""
        getattr(self.worker, name)()

    def ask_newest(self, purpose, answered, name, *values):
        """Ask about the run that is drawn, without waiting; `answered` gets the answer if that run still is.

        Of questions asked meanwhile only the newest is kept.
        """
        if not self.ready:
            return
        self.wanted[purpose] = (answered, name, self.run, values)
        if purpose not in self.busy:
            self.busy.add(purpose)
            asyncio.create_task(self._drain(purpose))

    async def _drain(self, purpose):
        while purpose in self.wanted:
            answered, name, run, values = self.wanted.pop(purpose)
            if run != self.run:
                continue
            try:
                answer = await self._question(name, run, values)
            except NoAnswer:
                continue
            if run == self.run and "gone" not in answer:
                answered(answer)
        self.busy.remove(purpose)
