"""Opening a part: a dialog that grows from the part's own place while the rest is dimmed, one part at a time."""

import asyncio
import json

from page import about, compare, embedding, forming, heads, odds, tables, work
from page.candidates import outside
from page.client import NoAnswer
from page.dom import (
    all_of,
    animate,
    by_id,
    fill,
    first_of,
    give,
    is_inside,
    moves,
    on,
    place,
    reveal,
    show,
    value_as_json,
    viewport,
    watch_size,
    write,
)
from page.matrix import emphasis
from page.player import Player
from page.state import PARTS

PLACES = {  # the element of the closed picture that a part grows from
    "embedding": "#embedding",
    "head": "#pattern",
    "heads": "#pattern",
    "next": "#candidates",
    "forming": "#forming",
    "compare": "#shape",
    "share": "#share",
    "models": "#open-models",
    "run": "#open-run",
    "table": "#flow",
}
WITHOUT_NUMBERS = ("share", "models", "run")
WITHOUT_MODEL = ("share", "models")


class Panel:
    def __init__(self, figure, client, status, settings, changed, chosen, parts):
        self.figure = figure
        self.client = client
        self.status = status  # its notice moves in and out with the panel
        self.settings = settings  # a function: what the worker shapes the distribution with
        self.changed = changed  # called with the open part's name, "" when it closes
        self.chosen = chosen  # called with (block, head) when the reader picks one
        self.parts = parts  # those that fill themselves: "pin", "share", "models"
        self.part = ""
        self.turn = 0  # counts what was opened and closed
        self.table = None  # the picture whose numbers are shown
        self.under = ""  # the part that comes back when they are closed
        self.work = None  # the open head's three stages
        self.following = None  # the listed next tokens
        self.number = 0  # of the one worked out
        self.player = Player(figure)
        dialog = by_id("panel")
        on(dialog, "close", lambda _: self.closed())
        on(dialog, "click", self.clicked)
        on(dialog, "input", self.typed)
        on(dialog, "pointerover", self.hovered)
        on(dialog, "focusin", self.hovered)
        on(dialog, "keydown", self.pressed)
        on(by_id("panel-close"), "click", lambda _: dialog.close())
        watch_size(dialog, self.keep_on_screen)
        on(by_id("panel-save"), "click", lambda _: asyncio.create_task(self.save()))

    def words(self, key, **values):
        return self.figure.words.say(key, **values)

    async def open_table(self, name):
        """The numbers of the picture `name`; a part that is open comes back when the table is closed."""
        self.table = name
        self.under = self.part
        await self.open("table")

    async def open(self, part):
        """Fetch what the part shows, then show it."""
        if not self.client.ready and part not in WITHOUT_MODEL:
            return
        self.turn += 1
        turn, dialog = self.turn, by_id("panel")
        was_open = dialog.open
        try:
            html = await getattr(self, "fill_" + part)()
        except NoAnswer:
            return
        if turn != self.turn or (was_open and not dialog.open):
            return  # closed, or another part was asked for, while the worker answered
        dialog.setAttribute("data-part", part)
        dialog.setAttribute("data-rows", by_id("figure").getAttribute("data-rows"))
        write("panel-title", self.title(part))
        write("panel-subtitle", self.words("panel." + part + ".subtitle"))
        self.status.leave_panel()
        fill("panel-body", html)
        show("panel-save", part not in WITHOUT_NUMBERS)
        self.part = part
        if not dialog.open:
            dialog.showModal()
            self.grow(dialog, part)
        self.status.draw()
        self.ready()
        if part in PARTS:
            self.changed(part)

    def title(self, part):
        if part in WITHOUT_NUMBERS:
            return self.words("panel." + part)
        view = self.figure.view
        return self.words(
            "panel." + part,
            block=view["block"] + 1,
            blocks=view["n_layer"],
            head=view["head"] + 1,
            heads=view["n_head"],
        )

    def grow(self, dialog, part):
        """Over the place it belongs to, as far as the screen allows."""
        width, height = viewport()
        source = first_of(PLACES[part]).getBoundingClientRect()
        # Not its rectangle: a dialog that is opened again while still growing would be measured too small.
        wide, high = dialog.offsetWidth, dialog.offsetHeight
        left = min(max(source.left + source.width / 2 - wide / 2, 12), max(width - wide - 12, 0))
        top = min(max(source.top - 90, 12), max(height - high - 12, 0))
        place(dialog, left="{:.0f}px".format(left), top="{:.0f}px".format(top))
        frames = (
            '[{{"transformOrigin": "{:.0f}px {:.0f}px", "transform": "scale({:.3f})", "opacity": 0}},'
            ' {{"transform": "none", "opacity": 1}}]'
        ).format(
            source.left + source.width / 2 - left,
            source.top + source.height / 2 - top,
            min(1, source.width / (wide or 1)),
        )
        if moves():
            animate(dialog, frames, 220)

    def keep_on_screen(self):
        """What arrives after it has opened makes it higher; it then moves up rather than out of sight."""
        dialog = by_id("panel")
        lowest = max(viewport()[1] - dialog.offsetHeight - 12, 0)
        if dialog.open and dialog.offsetTop > lowest:
            place(dialog, top="{:.0f}px".format(lowest))

    def closed(self):
        self.turn += 1
        self.player.stop()
        self.status.unsay("question")
        self.status.draw()  # the others move out with the panel
        part, self.part = self.part, ""
        if part == "table" and self.under:
            asyncio.create_task(self.open(self.under))
        elif part:
            self.changed("")

    async def refresh(self):
        """The same part again, after another text, block, head or language."""
        if self.part and by_id("panel").open:  # a dialog says a moment later that it was closed
            await self.open(self.part)

    async def turn_to(self, part):
        """Show the part; where it is open already it stays, and one that the reader has just closed stays closed."""
        if self.part == part:
            await self.refresh()
        else:
            await self.open(part)

    async def save(self):
        """Hand the numbers of the open part to the reader."""
        view, part = self.figure.view, self.part
        table = self.table or ""
        try:
            answer = await self.client.ask_of_run(
                "numbers", part, self.settings(0, ""), view["block"], view["head"], table
            )
        except NoAnswer:
            return
        self.status.unsay("question")
        give(answer["address"], "glassformer-" + (table if part == "table" else part) + ".csv")

    # What each part shows

    async def fill_embedding(self):
        return embedding.rows(self.figure.answer, self.figure.view, self.figure.words) + self.reading()

    async def fill_head(self):
        view = self.figure.view
        self.work = await self.client.ask_of_run("work", view["block"], view["head"])
        self.work["count"] = view["count"]
        return work.steps(self.work, self.figure.names, self.figure.words) + self.reading()

    async def fill_heads(self):
        view = self.figure.view
        answer = await self.client.ask_of_run("heads")
        return heads.grid(answer["blocks"], (view["block"], view["head"]), self.figure.words)

    async def fill_forming(self):
        answer = await self.client.ask_of_run("forming")
        return forming.table(answer["depths"], self.figure.words)

    async def fill_next(self):
        self.number = 0
        return odds.part(self.figure.words) + '<p id="odds-outside" class="note"></p>'

    async def fill_table(self):
        name, view, words = self.table, self.figure.view, self.figure.words
        answer = await self.client.ask_of_run("table", name, view["block"], view["head"])
        if "entries" in answer:
            return tables.strip_table(answer, self.figure.names, words.say("strip." + name))
        return tables.square_table(answer["rows"], self.figure.names, words.say("work." + name), name == "pattern")

    async def fill_compare(self):
        answer = await self.client.ask_of_run("compare", self.settings(0, ""))
        words = self.figure.words
        now = compare.label(self.figure.answer["tokens"], answer["next"], words)
        return compare.table(answer, self.parts["pin"].label, now, words)

    async def fill_share(self):
        return self.parts["share"].html()

    async def fill_models(self):
        return await self.parts["models"].html()

    async def fill_run(self):
        return about.part(
            await self.client.ask_of_run("about"), self.parts["models"].coming is not None, self.figure.words
        )

    def reading(self):
        return '<p class="reading" aria-live="polite">' + self.words("reading.hint") + "</p>"

    def ready(self):
        """After the part is on the page."""
        self.player.stop()
        if self.part == "head":
            count = self.work["count"]
            row = self.figure.view["row"] - self.figure.view["first"]
            shares = self.figure.view["shares"]
            self.choose_cell(min(row, count - 1), shares.index(max(shares)))
        elif self.part == "next":
            self.list_odds()

    # The opened head

    def choose_cell(self, row, column):
        """Work out one cell, marked in every stage."""
        view = self.figure.view
        for kind, outline in emphasis(row, column, view["count"]).items():
            for name in ("scores", "masked", "pattern"):
                first_of('#panel [data-matrix="' + name + '"] .ring.' + kind).setAttribute("d", outline)
        for name, chosen in (("row", row), ("column", column)):
            self.emphasise_names(name, chosen)
        first, turn = view["first"], self.turn

        def answered(score):
            if turn == self.turn:  # else another part, or another head, has been opened
                self.show_cell(score)

        self.client.ask_newest("cell", answered, "score", view["block"], view["head"], first + row, first + column)

    def emphasise_names(self, kind, chosen):
        for text in all_of("#panel .name[data-" + kind + "]"):
            text.classList.toggle("chosen-" + kind, text.getAttribute("data-" + kind) == str(chosen))

    def show_cell(self, score):
        tokens = self.figure.answer["tokens"]
        fill(
            "cell",
            work.cell(score, tokens[score["row"]]["shown"], tokens[score["column"]]["shown"], self.figure.words),
        )
        self.player.show(score)

    # The opened probabilities

    def list_odds(self):
        query = json.loads(value_as_json(by_id("search")))["value"]
        settings = self.settings(odds.COUNT, query)
        self.client.ask_newest("odds", self.show_odds, "reshape", settings)

    def show_odds(self, following):
        if self.part != "next":
            return
        self.following = following
        fill("odds-rows", odds.table(following, self.figure.words))
        write("odds-outside", outside(following, self.figure.words))
        self.work_out(0)

    def work_out(self, number):
        rows = self.following["candidates"]
        if 0 <= number < len(rows):
            self.number = number
            old = first_of("#odds-rows tr.chosen")
            if old:
                old.classList.remove("chosen")
            row = first_of('#odds-rows tr[data-number="{}"]'.format(number))
            row.classList.add("chosen")
            fill("odds-work", odds.work(self.following, number, self.figure.words))
            return row
        return None

    # What the reader does

    def clicked(self, event):
        dialog = by_id("panel")
        target = event.target
        head = target.closest(".head")
        table = target.closest(".as-table")
        if head:
            self.chosen(int(head.getAttribute("data-block")), int(head.getAttribute("data-head")))
            dialog.close()
        elif table:
            asyncio.create_task(self.open_table(table.getAttribute("data-table")))
        elif target.id in ("play", "step-back", "step-on", "skip"):
            self.player.press(target.id)
        elif not target.closest(".panel-inside") and not is_inside(dialog, event):
            dialog.close()

    def typed(self, event):
        if event.target.id == "search":
            self.list_odds()
        elif event.target.id == "scrub":
            self.player.scrub()

    def hovered(self, event):
        head = event.target.closest(".head")
        if head:
            write("head-caption", head.getAttribute("aria-label"))
        row = event.target.closest("#odds-rows tr[data-number]")
        if row:
            self.work_out(int(row.getAttribute("data-number")))

    def pressed(self, event):
        if event.target.id == "odds-rows" and event.key in ("ArrowUp", "ArrowDown"):
            event.preventDefault()
            row = self.work_out(self.number + (1 if event.key == "ArrowDown" else -1))
            if row:
                reveal(row)
