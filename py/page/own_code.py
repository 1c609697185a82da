"""The reader's own version of the forward pass: it runs in the sandbox, which leaves nothing of it but numbers."""

import asyncio
import json

from page.browser.code.sandbox import GONE_ANSWER, Sandbox
from page.state.removed import OWN, in_code, in_picture, own, without_own


class OwnCode:
    def __init__(self, page):
        self.page = page
        self.sandbox = Sandbox(page.client)
        self.versions = []  # texts of gpt2.py that have run; ("own", number) in the state is one of them
        self.known = None, None  # what was computed last: of what, and the sandbox's answer
        self.wish = 0  # counts what the reader wanted: what was wanted before is not done later
        self.code = None, []  # what of the state has a say in which code runs
        self.foreign = False  # code of others may have run in the sandbox
        self.busy = False
        self.free = asyncio.Event()
        self.runs = False  # a version does, or is about to
        page.state.listen(self.follow, "removed")

    def wished(self):
        self.wish += 1

    def follow(self, _):
        """Once ours runs again, nothing of the other is left in the sandbox."""
        removed = self.page.state.removed
        code = own(removed), in_code(removed)
        if code != self.code:
            self.code = code
            self.wished()
        if self.runs and not self.source:
            self.sandbox.end()
            self.known = None, None
        self.runs = bool(self.source)

    @property
    def source(self):
        """The text that is to run, "" for ours."""
        return self.text_of(self.page.state.removed)

    @property
    def drawn(self):
        """The text that has made what is drawn, "" for ours."""
        answer = self.page.figure.answer
        return self.text_of(answer.get("removed") or ()) if answer else ""

    def text_of(self, removed):
        number = own(removed)
        return "" if number is None else self.versions[number]

    def use(self, source):
        """Let this version run from now on; one-click experiments are of ours, and end."""
        self.versions.append(source)
        self.page.address.leave()
        self.page.cuts.put(((OWN, len(self.versions) - 1),) + in_picture(self.page.state.removed))

    def leave(self):
        """Ours runs again; what is on trial ends."""
        self.wished()
        if self.busy:
            self.sandbox.end()
        if self.source:
            self.page.cuts.put(without_own(self.page.state.removed))

    async def trial(self, source, is_foreign):
        """What this version makes of the text in the field, as `numbers` answers."""
        if self.foreign:
            self.sandbox.end()
        self.foreign = is_foreign
        text, ids, removed, mean = self.page.runs.wanted()
        found = await self.numbers(source, text, json.dumps(list(ids)), removed, mean)
        if is_foreign and "numbers" not in found:
            self.sandbox.end()
        return found

    async def numbers(self, source, text, ids, removed, mean, wanted=lambda: True):
        """{"numbers": ArrayBuffer, "milliseconds"} of a pass by this version, {"fault": ...} where it does not come to
        an end, {"error"} of the worker's; None once it is not `wanted` any more."""
        cuts = json.dumps({"cuts": in_picture(removed), "mean": mean})
        reading = await self.page.client.ask("own_reading", text, ids, cuts)
        if "numbers" not in reading:
            return reading
        asked = source, ids, text, cuts, reading["model"]
        if asked == self.known[0]:
            return self.known[1]
        found = await self.ask("run", reading, {"own": source}, reading["numbers"], wanted)
        if found and "numbers" in found:
            self.known = asked, found
        elif found and "fault" not in found:  # no answer to this question
            found = dict(GONE_ANSWER)
        return found

    async def ask(self, name, reading, more, numbers=0, wanted=lambda: True):
        """The sandbox, one question at a time; it is started where there is none with the weights in use."""
        while self.busy:
            await self.free.wait()
        if not wanted():
            return None
        self.busy = True
        self.free.clear()
        try:
            question = json.loads(self.page.controls.settings(0, ""))
            question.update(reading)
            question.update(more)
            if reading["model"] != self.sandbox.model:
                await self.sandbox.begin(reading["model"], question)
            return await self.sandbox.ask(name, question, numbers)
        except Exception as error:  # of whatever kind JavaScript throws
            return dict(GONE_ANSWER, fault="unstarted", text=str(error)[:300])
        finally:
            self.busy = False
            self.free.set()
