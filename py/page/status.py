"""What the page says about itself: the model's state in the header, and notices under the text."""

import asyncio

from page.dom import by_id, show, write
from page.numbers import megabytes

PATIENCE = 0.8  # seconds until a pass counts as long
LOOK = 0.25  # seconds between two looks at it


class Status:
    def __init__(self, figure):
        self.figure = figure  # knows the reader's language

    def arrived(self, count, total):
        """Bytes of the model, while it comes; total is 0 until it is known."""
        if total:
            bar = by_id("model-progress")
            bar.max, bar.value = total, count
            write(
                "model-text", self.figure.words.say("model.loading", arrived=megabytes(count), total=megabytes(total))
            )

    async def watch_pass(self, client):
        """While the model reads a long text: how far it is, beside the text, where the count of tokens stands else."""
        await asyncio.sleep(PATIENCE)
        while True:
            report = await client.ask("computing")
            write("prompt-count", self.figure.words.say("prompt.computing", **report))
            await asyncio.sleep(LOOK)

    def show_model(self, model, name, failed):
        """Starting, live or failed: `model` is what the worker said of the one called `name`, `failed` its error."""
        show("model-progress", model is None and failed is None)
        by_id("model").classList.toggle("live", model is not None)
        say = self.figure.words.say
        if failed:
            write("model-text", say("model.failed"))
        elif model:
            sizes = {"n_layer": model["n_layer"], "n_head": model["n_head"], "size": megabytes(model["bytes"])}
            write("model-text", say("model.ready", name=name, **sizes))
        else:
            write("model-text", say("model.starting"))

    def notice(self, text):
        write("notice-text", text)
        by_id("notice").classList.remove("error")
        show("retry", False)
        show("notice", True)

    def say_error(self, answer):
        """In place, in words; the reader's text stays as it is. `model` is there where a model's numbers broke."""
        values = {"file": answer["file"], "model": answer.get("model", "")}
        self.notice(self.figure.words.say("error." + answer["error"], **values))
        by_id("notice").classList.add("error")
        show("retry", answer["error"] in ("missing", "unreachable", "damaged", "unreadable", "memory"))
