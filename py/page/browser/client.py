"""The page's end of the wire to the worker: JSON in, dicts out, and never more work asked for than is wanted.

Each text that the model reads is a run, with a number. The worker answers questions about its last run alone; the page
asks them by the number of the run that is drawn, and drops answers that come when another is. So no number of one
text ever stands in the picture of another.
"""

import asyncio
import json

from page.browser.no_answer import NoAnswer
from page.browser.starting import not_started, promise, sooner, started
from page.browser.transport import connect, connect_to_new

TICK = 10  # seconds between two looks at whether the worker is heard of
PATIENCE = 6  # looks without a reply before the reader is told; there are none while the computer sleeps
BROKEN = {"error": "restarted", "file": ""}  # the answer to any question whose worker has broken down


class Client:
    worker = None
    ready = False  # a model is in use
    run = 0  # number of the run that is drawn
    failed = None  # called with a failure of the worker at a question, {"error", "file"}: tells the reader
    restart = None  # `Models.restart`, called when another worker is needed, with whether it is of any use
    silent = False  # the worker has something to answer, and has not been heard of for long
    silence = None  # called when `silent` has changed, with it
    proven = True  # the worker has read a text; one that breaks down at its first would do so again

    def __init__(self):
        self.drawn = asyncio.Event()  # set for a moment when a run is
        self.wanted = {}  # by purpose, the newest question not yet sent
        self.busy = set()  # purposes with a question under way
        self.waiting = 0  # questions without an answer
        self.ended, self.end = promise()  # what all questions are answered when the worker breaks down

    async def start(self, connected=connect):
        """Wait until the worker's Python is up; whether it is."""
        try:
            worker = await connected()
            await worker.load_progress()
        except Exception as error:  # of whatever kind JavaScript throws
            not_started(str(error))
            return False
        self.worker, self.ready = worker, False
        started("model")
        asyncio.create_task(self.listen(self.worker))
        return True

    def stand_in(self, worker):
        """Ask this one until the model's Python is there, see page/recorded.py."""
        self.worker, self.ready = worker, True

    async def restart_worker(self):
        """The same with another worker."""
        self.ended, self.end = promise()
        return await self.start(connect_to_new)

    async def ask(self, name, *values):
        """Call one of the worker's functions, see model/worker/api.py. Whatever happens, there is an answer."""
        worker = self.worker
        if worker is None:
            return BROKEN
        self.waiting += 1
        try:
            return json.loads(await sooner(getattr(worker, name)(*values), self.ended))
        except Exception as error:  # of whatever kind JavaScript throws
            if await self.is_alive(worker):
                return {"error": "failed", "file": str(error.args[-1]).strip().split("\n")[-1]}
            if worker is self.worker:
                self.break_down()
            return BROKEN
        finally:
            self.waiting -= 1

    async def listen(self, worker):
        """Tell the reader while a worker with something to answer says nothing at all.

        It may be at one long step, on a slow computer, or never come back: no error is raised for a worker that is
        stuck in a loop, or that the browser has killed.
        """
        while worker is self.worker:
            await asyncio.sleep(TICK)
            if not self.waiting:
                continue
            heard = asyncio.create_task(self.is_alive(worker))
            looks = 0
            while not heard.done():
                await asyncio.sleep(TICK)
                looks += 1
                if looks == PATIENCE and worker is self.worker and not heard.done():
                    self.say_silent(True)
            if self.silent and worker is self.worker:
                self.say_silent(False)

    def say_silent(self, silent):
        self.silent = silent
        self.silence(silent)

    async def is_alive(self, worker):
        try:
            await sooner(worker.load_progress(), self.ended)
        except Exception:
            return False
        return worker is self.worker

    def break_down(self):
        """The worker's Python is beyond help: whoever waits for an answer gets one, and another is started."""
        self.worker, self.ready, self.wanted = None, False, {}
        self.end(json.dumps(BROKEN))
        useful, self.proven = self.proven or self.silent, False  # the reader wants another in place of a silent one
        if self.silent:
            self.say_silent(False)
        asyncio.create_task(self.restart(useful))

    def drew(self, run):
        """What is drawn from here on is this run."""
        self.run = run
        self.drawn.set()
        self.drawn.clear()

    async def ask_of_run(self, name, *values):
        """Ask about the run that is drawn; when the worker has gone on, wait for what comes and ask about that.

        Of `values` those that are functions are called for each run that is asked about. Raises NoAnswer when the
        worker fails at it.
        """
        while True:
            run = self.run
            answer = await self._question(name, run, [value() if callable(value) else value for value in values])
            if run == self.run:
                if "gone" not in answer:
                    return answer
                await self.drawn.wait()

    async def _question(self, name, run, values):
        answer = await self.ask(name, run, *values)
        if "error" in answer:
            self.failed(answer)
            raise NoAnswer()
        return answer

    def tell(self, name):
        """Call one that has nothing to answer."""
        if self.worker is not None:
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
