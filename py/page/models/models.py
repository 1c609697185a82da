"""Which model is in use: loading the first, choosing another, a reader's own; what is seen while one is on its way."""

import asyncio
import json

from page.browser import storage
from page.browser.client import BROKEN
from page.browser.dom import address, all_of, by_id, fill, first_of, focus, milliseconds, on, show, write
from page.browser.files import array_of, in_order, names_of, on_drop
from page.models import catalog, download_progress, user_files
from page.status import is_panel_open

LOOK = 0.12  # seconds between two looks at how much has come
USER = "?"  # stands for the reader's own model where others have a name; no file name can be this
PLACES = {
    "set_precision": ".precision",
    "open_user_checkpoint": "#user-checkpoint",
}  # where a load is asked for; a model of the site has a card


class Models:
    def __init__(self, state, words, client, status, loaded):
        self.state = state
        self.words = words
        self.client = client
        self.status = status
        self.loaded = loaded  # awaited when another model is loaded, with what is to be done when it is in use
        self.catalog = catalog.read("models.json")
        self.stored = {}  # what the browser keeps
        self.used = None  # the worker's answer on the model in use
        self.name = None  # of that model
        self.coming = None  # the name of the one on its way
        self.asking = None  # the name of the one that the reader is asked about
        self.failed = None  # the error that left the page without a model
        self.last = None  # what was asked of the worker last
        self.using = None  # the same of the model in use
        self.turn = 0  # counts the loads
        self.pressed = ""  # a selector: what the reader pressed last
        self.refresh = None  # an async function: show the open panel anew
        self.open = None  # an async function: open the panel of that name
        on(by_id("retry"), "click", lambda _: self.retry())
        on(by_id("coming-cancel"), "click", lambda _: self.cancel())
        on_drop(self.dropped)

    def link_name(self):
        """What a link says of the model in use: nothing of the embedded one, and a reader's own cannot be linked to."""
        return "" if self.name in (None, USER, self.catalog[0]["name"]) else self.name

    def label(self, name=None):
        """What a reader calls the model `name`, or the one in use."""
        name = self.name if name is None else name
        return self.words.say("user_checkpoint.name") if name == USER else name

    def is_first(self):
        """Whether it is the embedded one, or there is none yet."""
        return self.name in (None, self.catalog[0]["name"])

    def is_user_checkpoint(self):
        return self.name == USER

    async def start(self, name):
        """The first model: the one of that name if it is at hand, else the embedded one."""
        if not await self.client.start():
            return
        self.stored = await self.client.ask("stored", storage.site())
        await self.want(name)

    async def restart(self, useful):
        """The model's Python has broken down: another is started, and the model in use loaded once more.

        Not when that is of no use: the text, or the model, would only break it down again.
        """
        self.turn += 1  # a load that is under way will not end
        broke, self.coming, self.used = self.last if self.coming else None, None, None
        show("coming", False)
        self.show()
        if not (useful and await self.client.restart_worker()):
            self.failed = {"error": "broken_down", "file": ""}
            self.status.say_error(self.failed, "model")
            self.show()
            return
        again = self.using or self.last
        await self.take(*again)
        if broke not in (None, again):
            self.status.say_error(BROKEN, "note", place_of(broke))

    async def want(self, name):
        """Load a model by name, or ask first when it is large; a page without any is given the embedded one."""
        model = catalog.find(self.catalog, name)
        if model is None:
            await self.load(self.catalog[0])
            if self.name == self.catalog[0]["name"]:
                self.status.notice("note", lambda words: words.say("models.unknown", name=name))
        elif model["bytes"] <= catalog.ASK_ABOVE or catalog.is_stored(model, self.stored):
            await self.load(model)
        else:
            if self.used is None:
                await self.load(self.catalog[0])
            self.asking = model["name"]
            await self.open("models")

    async def load(self, model):
        request = {
            "site": storage.site(),
            "name": model["name"],
            "version": model["version"],
            "base": address(model["base"]),
            "precision": None,
        }
        await self.take("load", model["name"], json.dumps(request))

    async def take(self, function, name, *values):
        """Let the worker load a model. The one in use answers on until the other is whole."""
        self.turn += 1
        turn = self.turn
        self.last = (function, name) + values
        hopeless = self.failed is not None
        self.coming, self.asking, self.failed = name, None, None
        self.status.unsay("note", "model", "link")
        watch = asyncio.create_task(self.watch(name))
        self.show()
        await self.refreshed()
        answer = await self.client.ask(function, *values)
        watch.cancel()
        if turn != self.turn:
            return
        first = self.used is None
        if "error" not in answer:
            read = await self.loaded(lambda: self.adopt(name, answer), name == self.name)
            if turn != self.turn:
                return
            if "error" in read:
                answer = dict(read, model=self.label(name))
        self.coming = None
        self.stored = await self.client.ask("stored", storage.site())
        show("coming", False)
        if "error" not in answer:
            self.status.unsay("note", "model")
            self.say_trouble(answer, first, place_of(self.last))
            if first:
                asyncio.create_task(storage.keep_site(self.refreshed))
        elif self.used is None and not hopeless and name != self.catalog[0]["name"]:
            await self.fall_back(answer)
        else:
            self.failed = None if self.used else answer
            self.say_refused(answer)
        self.show()
        await self.refreshed()

    def adopt(self, name, answer):
        """This model is in use, and what is drawn is its picture; `answer` is what the worker said of it."""
        self.used, self.name, self.coming = answer, name, None
        self.client.ready = self.client.proven = True
        self.using = self.last
        self.state.set(model=self.link_name())
        self.show()

    async def fall_back(self, answer):
        """The first model that was asked for cannot be used: the embedded one can, and the reader is told."""
        asked, name = self.last, self.label(self.last[1])
        await self.load(self.catalog[0])
        if self.used:
            self.last = asked
            self.say_refused(answer, lambda words: words.say("models.instead", name=name) + " ")

    def say_refused(self, answer, before=lambda words: ""):
        """What was asked for last could not be had; `before` makes what is to be said first."""
        place = place_of(self.last)
        if answer["error"] == "cancelled":
            self.status.notice("note", lambda words: before(words) + words.say("models.cancelled"), place=place)
        else:
            self.status.say_error(answer, "model", place, before)

    def say_trouble(self, answer, first, place):
        """The model runs, but not as it should."""
        trouble = answer.get("trouble")
        if answer["cramped"]:
            self.status.notice("note", lambda words: words.say("models.cramped"), place=place)
        elif answer["uncompiled"]:
            self.status.notice("note", lambda words: words.say("models.uncompiled"), place=place)
        elif first and trouble == "absent" and not storage.is_from_disk():
            self.status.notice("note", lambda words: words.say("storage.absent"), place=place)
        elif trouble and answer["bytes"] > catalog.ASK_ABOVE:
            self.status.notice("note", lambda words: words.say("models." + trouble), place=place)

    async def watch(self, name):
        """Show how much has come: in the header for the first model, as a band over the picture for another."""
        model = None if name == USER else catalog.find(self.catalog, name)
        rate = download_progress.Rate()
        while True:
            report = await self.client.ask("load_progress")
            if "error" in report:
                return
            if self.used is None:
                self.status.arrived(report["arrived"], report["total"])
            if self.used is not None or report["total"] > catalog.ASK_ABOVE:
                rate.add(milliseconds(), report["arrived"])
                show("coming", True)
                text = download_progress.progress_sentence(self.label(name), report, rate.bytes_a_second, self.words)
                for element in all_of("#coming-text, #panel [data-coming]"):
                    element.textContent = text
                n_layer = model["n_layer"] if model else max(len(report["parts"]) - 2, 0)
                fill("coming-parts", download_progress.model_parts(n_layer, report["parts"], self.words))
            await asyncio.sleep(LOOK)

    def show(self):
        """The header's line."""
        embedded = self.name == self.catalog[0]["name"]
        self.status.show_model(self.used, self.label(), self.failed, embedded)

    async def refreshed(self):
        """Show the open panel anew; the keyboard stays at what was pressed, which the panel has made anew."""
        await self.refresh()
        if self.pressed and first_of("#panel-title:focus"):
            focus(self.pressed, "#panel-close")

    # What the reader does

    def retry(self):
        if self.client.silent:
            self.client.break_down()
        elif self.last:
            self.pressed = (
                "#panel " + place_of(self.last) + " :is(button, input)" if is_panel_open() else "#open-models"
            )
            asyncio.create_task(self.take(*self.last))

    def cancel(self):
        self.client.tell("cancel")

    def clicked(self, event):
        button = event.target.closest("[data-do]")
        if button:
            card = button.closest("[data-model]")  # nothing where it is the reader's own
            model = catalog.find(self.catalog, card.getAttribute("data-model")) if card else None
            self.pressed = button_of(place_of(("load", model["name"]))) if model else "#user-files"
            asyncio.create_task(self.do(button.getAttribute("data-do"), model))

    async def do(self, what, model):
        if what == "cancel":
            self.cancel()
            return
        if what == "remove-all":
            await storage.remove_all()
            self.stored = await self.client.ask("stored", storage.site())
            await self.refreshed()
            return
        if what == "use-sure":
            await self.load(model)
        elif what == "use":
            await self.want(model["name"])
        elif what == "remove":
            self.stored = await self.client.ask("remove", storage.site(), model["name"], model["version"])
            await self.refreshed()
        else:
            self.asking = None
            await self.refreshed()

    def chosen(self, event):
        field = event.target
        if field.id == "user-files":
            self.pressed = "#user-files"
            self.open_user_checkpoint(array_of(field.files))
        elif field.name == "precision":
            self.pressed = "#panel [name=precision]:checked"
            asyncio.create_task(self.take("set_precision", self.name, field.value))

    def dropped(self, files):
        """Files fell on the page: the browser would otherwise leave it for one of them, and lose the reader's text."""
        if self.client.worker is not None:
            asyncio.create_task(self.open_dropped(files))

    async def open_dropped(self, files):
        await self.open("models")
        self.open_user_checkpoint(files)

    def open_user_checkpoint(self, files):
        names = names_of(files)
        lacking = user_files.missing(names, self.words)
        write("user-files-said", lacking)
        if not lacking:
            asyncio.create_task(
                self.take("open_user_checkpoint", USER, in_order(files, user_files.in_order(names)), "")
            )

    # The panel

    async def html(self):
        """The picker."""
        words = self.words
        listed = catalog.cards(self.catalog, self.name, self.coming, self.asking, self.stored, words)
        own = catalog.user_checkpoint(self.used if self.name == USER else None, self.coming == USER, words)
        return listed + own + storage.section(await storage.state(), words)


def button_of(place):
    """What can be pressed there again; removing a model is no second try."""
    return "#panel " + place + " :is(button:not([data-do=remove]), input:checked, input[type=file])"


def place_of(load):
    """Where in an open panel it is said how a load went; see `Models.take` for what `load` holds."""
    return PLACES.get(load[0]) or '[data-model="' + load[1] + '"]'
