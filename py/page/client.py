"""The page's end of the wire to the worker: JSON in, dicts out, and never more work asked for than is wanted."""

import asyncio
import json

from pyscript import workers


class Client:
    worker = None
    ready = False  # the model is loaded

    def __init__(self):
        self.wanted = {}  # by purpose, the newest question not yet sent
        self.busy = set()  # purposes with a question under way

    async def load(self, base, fresh, arrived):
        """Load the model under `base`; `arrived(bytes, total)` is called while it comes."""
        if self.worker is None:
            self.worker = await workers["model"]
        try:
            await self.worker.progress()
        except Exception as error:  # of whatever kind JavaScript throws: the worker's Python did not come up
            return {"error": "start", "file": str(error)}
        watch = asyncio.create_task(self._watch(arrived))
        answer = json.loads(await self.worker.load(base, fresh))
        watch.cancel()
        self.ready = "error" not in answer
        return answer

    async def _watch(self, arrived):
        while True:
            state = json.loads(await self.worker.progress())
            arrived(state["arrived"], state["total"])
            await asyncio.sleep(0.1)

    async def ask(self, name, *values):
        """Call one of the worker's functions, see model/worker.py."""
        return json.loads(await getattr(self.worker, name)(*values))

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
