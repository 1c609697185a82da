"""What the picture is of: block, head and token, chosen by number, by step, by a click or by a link; the way there."""

import asyncio

from page.browser.dom import by_id
from page.browser.no_answer import NoAnswer
from page.browser.number_field import put_number, watch_typing
from page.state.counting import index_of, number_of
from page.state.state import LAST, READ


class Choice:
    def __init__(self, page):
        self.page = page
        self.state = page.state
        self.going = None  # the (block, head) that is drawn or on its way
        self.turn = 0  # counts the ways: a newer one overtakes an older
        self.state.listen(self.follow, "block", "head", "token")
        for name in ("block", "head"):
            watch_typing(name)

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
        try:
            chosen = index_of(int(field.value))
        except ValueError:
            chosen = -1
        if 0 <= chosen < int(field.max):
            self.choose(**{name: chosen})
        else:
            self.write(name)

    def clicked(self, target):
        stop, token, step = [target.closest(what) for what in (".stop[data-block]", ".token", "[data-step]")]
        if stop:
            self.choose(block=int(stop.getAttribute("data-block")))
        elif token:
            row = int(token.getAttribute("data-row"))
            self.choose(token=LAST if token.parentElement.nextElementSibling is None else row)
        elif step:
            name, by = step.getAttribute("data-step"), int(step.getAttribute("data-by"))
            last = int(by_id(name).max) - 1
            self.choose(**{name: min(max(getattr(self.state, name) + by, 0), last)})

    def followed(self, fragment):
        """The reader changed the address by hand, or followed a link to another part of the same page."""
        self.page.status.unsay("link")
        asked = self.page.address.follow(fragment)
        if self.page.client.ready:
            asyncio.create_task(self.go(asked))
        else:
            self.state.set(**asked)

    def write(self, name):
        """The number of the block or head that is wanted."""
        put_number(name, number_of(getattr(self.state, name)))

    # The way there

    async def go(self, asked):
        """To the state that a link asks for: what is of another model, once that is in use; the part at the end."""
        page, turn, part = self.page, self.page.address.turn, self.state.part
        opens, shown, later = asked.pop("part", ""), asked.pop("shown", ()), {}
        page.models.asking = None
        if page.address.model not in (self.state.model, page.models.name):
            later = {name: asked.pop(name) for name in ("block", "head", "token", "removed", "mean")}
        if self.state.set(**asked) & READ:
            await page.runs.reading
        if later:
            await page.models.want(page.address.model)
        if turn != page.address.turn:
            return  # the reader has gone on
        self.state.set(**later)
        if page.figure.is_live and not page.figure.stale:
            page.address.arrived(page.figure.view, len(page.figure.answer["tokens"]))
        if opens and self.state.part == part and not page.models.asking:  # else one was closed, or is open
            self.state.set(part=opens, shown=shown)

    def follow(self, changed):
        """The state has another block, head or token; another text is asked for with them."""
        if not self.page.client.ready:
            for name in ("block", "head"):
                self.write(name)
        elif changed & READ:
            return
        elif (self.state.block, self.state.head) != self.going:
            asyncio.create_task(self.move())
        elif "token" in changed:
            self.look()

    async def move(self):
        """Go to the state's block and head."""
        self.turn += 1
        turn, figure, wanted = self.turn, self.page.figure, self.wanted()
        self.going = wanted[:2]
        try:
            new = await self.page.client.ask_of_run("block_view", *wanted)
        except NoAnswer:
            new = None  # what was there stays
        if turn != self.turn:
            return
        view = figure.view
        self.drew(new or view)
        if not new:
            self.state.set(block=view["block"], head=view["head"])
        await self.page.refresh()

    def look(self):
        """Another token explains itself."""
        self.page.client.ask_newest("block_view", self.looked, "block_view", *self.wanted())

    def looked(self, view):
        self.drew(view)
        asyncio.create_task(self.page.refresh())

    def drew(self, view):
        """The worker has answered."""
        self.page.figure.turn_to(view)
        self.drawn(view)
        self.page.hover.forget()
        self.page.address.arrived(view, len(self.page.figure.answer["tokens"]))
