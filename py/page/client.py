"""The page's end of the wire to the worker: JSON in, dicts out, and never more work asked for than is wanted."""

import asyncio
import json

from pyscript import workers


class Client:
    worker = None
    ready = False  # a model is loaded

    def __init__(self):
        self.wanted = {}  # by purpose, the newest question not yet sent
        self.busy = set()  # purposes with a question under way

    async def start(self):
        """Wait until the worker's Python is up; an error to be said when it does not come up."""
        try:
            self.worker = await workers["model"]
            await self.worker.progress()
        except Exception as error:  # of whatever kind JavaScript throws
            return {"error": "start", "file": str(error)}
        return None

    async def ask(self, name, *values):
        """Call one of the worker's functions, see model/worker.py and model/choosing.py."""
        return json.loads(await getattr(self.worker, name)(*values))

    def tell(self, name):
        """Call one that has nothing to answer."""
        getattr(self.worker, name)()

    def ask_newest(self, purpose, answered, name, *values):
        """Ask without waiting; `answered` gets the answer. Of questions asked meanwhile only the newest is kept."""
        if not self.ready:
            return
        self.wanted[purpose] = (answered, name, values)
        if purpose not in self.busy:
            self.busy.add(purpose)
            asyncio.create_task(self._drain(purpose))

    async def _drain(self, purpose):
        while purpose in self.wanted:
            answered, name, values = self.wanted.pop(purpose)
            answered(await self.ask(name, *values))
        self.busy.remove(purpose)
