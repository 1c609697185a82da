"""Which block, head and token the picture is of: chosen by number, by step or in a part, and the way there."""

import asyncio

from page.client import NoAnswer


class Choice:
    def __init__(self, figure, client, link, drew):
        self.figure = figure
        self.client = client
        self.link = link
        self.drew = drew  # called with the worker's answer: draws it
        self.refresh = None  # an async function: show the open panel anew
        self.turn = 0  # counts the choices of block and head: a newer one overtakes an older

    def numbered(self, name, field):
        """A block or head was typed as a number; anything else puts the old one back."""
        view = self.figure.view
        try:
            chosen = int(field.value) - 1
        except ValueError:
            chosen = -1
        if 0 <= chosen < view["n_layer" if name == "block" else "n_head"]:
            self.change(name, chosen)
        else:
            field.value = view[name] + 1

    def change(self, name, value):
        """Another block or another head; the other of the two stays."""
        view = self.figure.view
        self.choose(value if name == "block" else view["block"], value if name == "head" else view["head"])

    def choose(self, block, head):
        if self.client.ready:
            self.link.leave()
            asyncio.create_task(self.move(block, head))

    async def move(self, block, head):
        """Go to another block or head; another block folds out where the old one folds away."""
        self.turn += 1
        turn, view = self.turn, self.figure.view
        forward = block > view["block"]
        if block != view["block"]:
            await self.figure.fold.close(forward)
        try:
            new = await self.client.ask_of_run("look", block, head, self.link.chosen()[2])
        except NoAnswer:
            new = None  # what was there comes back
        if turn != self.turn:
            return
        self.drew(new or self.figure.view)
        await self.figure.fold.open_up(forward)
        if turn == self.turn:
            self.figure.draw_ribbons()
            await self.refresh()

    def look(self, block, head, row):
        """Another token explains itself."""
        self.client.ask_newest("look", self.drew, "look", block, head, row)
