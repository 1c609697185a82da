"""The page's end of the wire to the worker: JSON in, dicts out, and never more work asked for than is wanted.

Each text that the model reads is a run, with a number. The worker answers questions about its last run alone; the page
asks them by the number of the run that is drawn, and drops answers that come when another is. So no number of one
text ever stands in the picture of another.
"""

import asyncio
import json

from pyscript import workers

from page.dom import not_started, started


class Client:
    worker = None
    ready = False  # a model is in use
    run = 0  # number of the run that is drawn

    def __init__(self):
        self.drawn = asyncio.Event()  # set for a moment when a run is
        self.wanted = {}  # by purpose, the newest question not yet sent
        self.busy = set()  # purposes with a question under way

    async def start(self):
        """Wait until the worker's Python is up; whether it is."""
        try:
            self.worker = await workers["model"]
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
        """Ask about the run that is drawn; when the worker has gone on, wait for what comes and ask about that."""
        while True:
            run = self.run
            answer = await self.ask(name, run, *values)
            if run == self.run:
                if "gone" not in answer:
                    return answer
                await self.drawn.wait()

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
            answer = await self.ask(name, run, *values) if run == self.run else {"gone": True}
            if run == self.run and "gone" not in answer:
                answered(answer)
        self.busy.remove(purpose)
