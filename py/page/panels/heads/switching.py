"""What a prediction owes to each head: the worker switches them off, one after the other, and counts as it goes."""

import asyncio

LOOK = 0.2  # seconds between two looks at how far the worker is


class Switching:
    """`counted()` is called while it goes on, `ended()` when it begins, is done or is given up."""

    def __init__(self, page, counted, ended):
        self.client, self.state = page.client, page.state
        self.counted, self.ended = counted, ended
        self.effects = None  # the worker's answer, with what each head's is, by (block, head), under "of"
        self.asked = None  # what is measured or was: (run, row, token, temperature)
        self.under_way = False
        self.report = {"done": 0, "total": 0}

    def question(self, row, token):
        return self.client.run, row, token, self.state.temperature

    def measured(self, row, token):
        """What was measured of this prediction, at the temperature shown; None where that was not."""
        return self.effects if self.asked == self.question(row, token) else None

    def start(self, row, token):
        asyncio.create_task(self.measure(self.question(row, token)))

    def stop(self):
        """The worker gives it up; nothing of it stays."""
        if self.under_way:
            self.client.tell("cancel_effects")

    def keep_to(self, row, token):
        """Nothing else is measured any more."""
        if self.asked != self.question(row, token):
            self.stop()

    async def measure(self, asked):
        self.asked, self.effects, self.under_way = asked, None, True
        self.report = {"done": 0, "total": 0}
        watch = asyncio.create_task(self.watch())
        self.ended()
        run, row, token, temperature = asked
        answer = await self.client.ask("effects", run, "heads", row, token, temperature)
        watch.cancel()
        if self.asked != asked:
            return  # something else is measured by now
        self.under_way = False
        if "error" in answer:
            self.client.failed(answer)
        elif "gone" not in answer:
            answer["of"] = {(one["block"], one["head"]): one for one in answer["effects"]}
            answer["temperature"] = temperature
            self.effects = answer
        self.ended()

    async def watch(self):
        while True:
            await asyncio.sleep(LOOK)
            report = await self.client.ask("effects_progress")
            if "error" in report:
                return
            self.report = report
            self.counted()
