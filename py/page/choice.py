"""What the picture is of: block, head and token, chosen by number, by step, by a click or by a link; the way there."""

import asyncio

from page.client import NoAnswer
from page.counting import index_of, number_of
from page.state import LAST

SIZES = {"block": "layer", "head": "head"}  # a model has n_layer of them, and n_head
OF_THE_MODEL = ("block", "head", "token", "part")  # what a link asks for that depends on the model


class Choice:
    def __init__(self, page):
        self.page = page
        self.state = page.state
        self.going = None  # the (block, head) that is drawn or on its way
        self.turn = 0  # counts the ways: a newer one overtakes an older
        self.state.listen(self.follow, "block", "head", "token")

    def wanted(self):
        """(block, head, token) as the worker is asked for them."""
        return self.state.block, self.state.head, self.state.token

    def drawn(self, view):
        """This is in the picture now."""
        self.going = (view["block"], view["head"])

    # What the reader does

    def choose(self, **values):
        self.page.address.leave()
        self.state.set(**values)

    def numbered(self, name, field):
        """A block or head was typed as a number; anything else puts the old one back."""
        view = self.page.figure.view
        try:
            chosen = index_of(int(field.value))
        except ValueError:
            chosen = -1
        if self.page.client.ready and 0 <= chosen < view["n_" + SIZES[name]]:
            self.choose(**{name: chosen})
        else:
            field.value = number_of(view[name])

    def clicked(self, target):
        figure = self.page.figure
        stop, token, step = [target.closest(what) for what in (".stop[data-block]", ".token", "[data-step]")]
        if target.closest("#reading-table") and self.page.pointing.last:
            self.page.dialog.parts["table"].show(self.page.pointing.last)
        elif stop:
            self.choose(block=int(stop.getAttribute("data-block")))
        elif token:
            row = int(token.getAttribute("data-row"))
            self.choose(token=LAST if row == len(figure.answer["tokens"]) - 1 else row)
        elif step:
            name, by = step.getAttribute("data-step"), int(step.getAttribute("data-by"))
            last = figure.view["n_" + SIZES[name]] - 1
            self.choose(**{name: min(max(getattr(self.state, name) + by, 0), last)})

    def followed(self, fragment):
        """The reader changed the address by hand, or followed a link to another part of the same page."""
        self.page.status.unsay("link")
        asked = self.page.address.follow(fragment)
        if self.page.client.ready:
            asyncio.create_task(self.go(asked))
        else:
            self.state.set(**asked)

    # The way there

    async def go(self, asked):
        """To the state that a link asks for: what is of another model, once that is in use."""
        address, models, later = self.page.address, self.page.models, {}
        turn, part, models.asking = address.turn, self.state.part, None
        if address.model not in (self.state.model, models.name):
            later = {name: asked.pop(name) for name in OF_THE_MODEL if name in asked}
        self.state.set(**asked)
        if later:
            await models.want(address.model)
            if models.asking or self.state.part != part:
                later.pop("part", None)  # the reader is asked there, or has closed or opened one meanwhile
            if turn == address.turn:  # else the reader has gone on
                self.state.set(**later)
        figure = self.page.figure
        if figure.is_live and not figure.stale:
            address.arrived(figure.view, len(figure.answer["tokens"]))

    def follow(self, changed):
        """The state has another block, head or token; another text is asked for with them."""
        if not self.page.client.ready or "text" in changed or "generated" in changed:
            return
        if (self.state.block, self.state.head) != self.going:
            asyncio.create_task(self.move())
        elif "token" in changed:
            self.look()

    async def move(self):
        """Go to the state's block and head; another block folds out where the old one folds away."""
        self.turn += 1
        turn, figure, wanted = self.turn, self.page.figure, self.wanted()
        self.going = wanted[:2]
        before = figure.view["block"]
        if wanted[0] != before:
            await figure.fold.close(wanted[0] > before)
        try:
            new = await self.page.client.ask_of_run("look", *wanted)
        except NoAnswer:
            new = None  # what was there comes back
        if turn != self.turn:
            return
        view = figure.view
        self.drew(new or view)
        if not new:
            self.state.set(block=view["block"], head=view["head"])
        await figure.fold.open_up(wanted[0] > before)
        if turn == self.turn:
            figure.draw_ribbons()
            await self.page.dialog.refresh()

    def look(self):
        """Another token explains itself."""
        self.page.client.ask_newest("look", self.drew, "look", *self.wanted())

    def drew(self, view):
        """The worker has answered."""
        self.page.figure.draw_view(view)
        self.drawn(view)
        self.page.pointing.forget()
        self.page.address.arrived(view, len(self.page.figure.answer["tokens"]))
