"""The page's end of the wire to the worker: JSON in, dicts out, and never more work asked for than is wanted."""

import asyncio
import json

from pyscript import workers

from page.candidates import COUNT


class Client:
    worker = None
    ready = False  # the model is loaded
    wanted = None  # the newest temperature not yet sent
    reshaping = False

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

    async def tokenize(self, text):
        return json.loads(await self.worker.tokenize(text))

    async def predict(self, text, temperature):
        return json.loads(await self.worker.predict(text, COUNT, temperature))

    async def reshape(self, temperature, changed):
        """Call `changed` with the new distribution. While one is under way only the newest temperature is kept."""
        self.wanted = temperature
        if self.reshaping:
            return
        self.reshaping = True
        while self.wanted is not None:
            temperature, self.wanted = self.wanted, None
            changed(json.loads(await self.worker.reshape(COUNT, temperature)))
        self.reshaping = False
