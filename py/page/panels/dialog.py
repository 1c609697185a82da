"""Opening a part: a panel docked below the picture, which stays alive; one part at a time."""

import asyncio

from page.browser.dom import by_id, fill, first_of, focus, has_focus, on, on_any_key, place, root, show, viewport
from page.browser.files import give
from page.browser.no_answer import NoAnswer
from page.panels import parts

LEAST, MOST = 0.2, 0.85  # of the window's height
ARROWS = {"ArrowUp": 0.05, "ArrowDown": -0.05}  # of it, by a key


class Dialog:
    def __init__(self, page):
        self.page = page
        self.part = None  # the open one
        self.going = ""  # the name of the part that is open or on its way
        self.turn = 0  # counts what was opened and closed
        self.high = 0.44  # of the window, as the style sheets have it at first
        parts.load()
        self.parts = {name: kind(name, page) for name, kind in parts.every.items()}
        page.state.listen(self.follow, "part", "shown")
        dialog = by_id("panel")
        on(dialog, "close", lambda _: self.closed())
        on(dialog, "click", self.clicked)
        for event, method in (
            ("change", "changed"),
            ("input", "typed"),
            ("pointerover", "hovered"),
            ("pointermove", "moved"),
            ("focusin", "hovered"),
            ("keydown", "pressed"),
        ):
            on(dialog, event, self.passed_on(method))
        on(by_id("panel-close"), "click", lambda _: self.shut())
        on(by_id("panel-code"), "click", lambda _: self.part.to_code())
        on(by_id("panel-save"), "click", lambda _: asyncio.create_task(self.save()))
        on_any_key(self.escaped)
        handle = by_id("panel-height")
        on(handle, "pointerdown", lambda event: handle.setPointerCapture(event.pointerId))
        on(handle, "pointermove", lambda event: self.dragged(event, handle))
        on(handle, "keydown", self.stepped)

    def passed_on(self, method):
        """What happens inside is the open part's."""
        return lambda event: getattr(self.part, method)(event) if self.part else None

    def can_open(self, name):
        return self.page.client.ready or not self.parts[name].needs_model

    def ask_for(self, name, shown=()):
        """The reader wants a part opened, or shown this if it is open."""
        self.closed()
        self.page.state.set(part=name, shown=shown)
        if not self.can_open(name):
            self.page.prepared.keeps()  # `follow` opens it

    def follow(self, changed=("part",)):
        """The state may have another part, or show something else of it."""
        name = self.page.state.part
        if name == self.going:
            if self.part and "shown" in changed:
                self.part.turned()
        elif not name:
            self.going = ""
            self.turn += 1  # what is on its way does not open
            self.shut()
        elif self.can_open(name):
            self.going = name
            asyncio.create_task(self.fill())

    def fill_again(self):
        """The open part shows something else."""
        asyncio.create_task(self.fill())

    async def open(self, name):
        """Open the part, until it is there."""
        self.going = name
        self.page.state.set(part=name)
        await self.fill()

    async def fill(self):
        """Fetch what the part that is open or on its way shows, then show it."""
        name, dialog = self.going, by_id("panel")
        if not name:
            return  # it was closed before this began
        part = self.parts[name]
        self.turn += 1
        turn, was_open = self.turn, dialog.open
        try:
            html = await part.fill()
        except NoAnswer:
            if turn == self.turn:
                self.emptied(part)
            return
        if turn != self.turn or (was_open and not dialog.open):
            return  # closed, or another part was asked for, while the worker answered
        dialog.setAttribute("data-part", name)
        dialog.setAttribute("data-rows", by_id("figure").getAttribute("data-rows"))
        held = first_of("#panel-subtitle :focus, #panel-body :focus")
        fill("panel-title", part.title())
        fill("panel-subtitle", part.subtitle())
        self.page.status.leave_panel()
        fill("panel-body", html)
        if held:  # the keyboard stays where it was, else goes to the top of what is new
            focus("#panel-body #" + held.id if held.id else "#panel-title", "#panel-title", like=held)
        show("panel-save", part.has_csv)
        show("panel-code", bool(part.code_of))
        before, self.part = self.part, part
        if before not in (None, part):
            before.closed()
        if not dialog.open:
            touring = first_of("#tour :focus")
            dialog.show()
            if touring:  # the keyboard stays in the tour that has opened it
                touring.focus()
            by_id("figure").classList.add("docked")
            self.page.figure.draw_ribbons()
        self.page.status.draw()
        part.ready()

    def emptied(self, part):
        """There is nothing to show of a part: no numbers of another text stay in it, and no link says it is open."""
        if part is self.part:
            fill("panel-body", "")
        else:
            self.going = self.part.name if self.part else ""
            self.page.state.set(part=self.going)

    def shut(self):
        """The picture gets its room back before the keyboard goes back to what opened the part: it may stand there.

        If that is gone, drawn anew meanwhile, the keyboard goes to the picture.
        """
        held = first_of("#panel :focus")
        by_id("figure").classList.remove("docked")
        self.page.figure.draw_ribbons()
        by_id("panel").close()
        if held and (first_of("#panel :focus") or not has_focus()):
            focus("#figure")

    def closed(self):
        """The browser says so a moment later: the reader may have pressed something meanwhile, see `ask_for`."""
        if self.part is None or by_id("panel").open:
            return
        self.turn += 1
        self.page.status.unsay("question")
        self.page.status.draw()  # the others move out with the panel
        part, self.part, self.going = self.part, None, ""
        under, shown = part.under, part.under_shown
        part.closed()
        if under:
            self.page.state.set(part=under.name, shown=shown)
        else:
            self.page.state.set(part="")

    async def refresh(self):
        """The same part again, after another text, block, head or language."""
        if self.part and by_id("panel").open:  # a dialog says a moment later that it was closed
            await self.fill()

    async def save(self):
        """Hand the numbers of the open part to the reader."""
        name = self.part.saved_as()
        try:
            address = await self.part.csv()
        except NoAnswer:
            return
        self.page.status.unsay("question")
        give(address, self.page.cuts.file_name("-" + name + ".csv"))

    def clicked(self, event):
        table = event.target.closest(".as-table")
        if table:
            self.parts["table"].show(table.getAttribute("data-table"))
        elif self.part:
            self.part.clicked(event)

    def escaped(self, event):
        """Escape closes it, unless something smaller is open, which the browser closes then."""
        if event.key == "Escape" and not event.defaultPrevented and not first_of(":popover-open"):
            self.shut()

    def dragged(self, event, handle):
        if handle.hasPointerCapture(event.pointerId):
            self.be_high(1 - event.clientY / viewport()[1])

    def stepped(self, event):
        if event.key in ARROWS:
            event.preventDefault()
            self.be_high(self.high + ARROWS[event.key])

    def be_high(self, share):
        """So much of the window."""
        self.high = min(max(share, LEAST), MOST)
        place(root(), **{"--dock": "{:.1f}vh".format(100 * self.high)})
        by_id("panel-height").setAttribute("aria-valuenow", str(round(100 * self.high)))
        self.page.figure.draw_ribbons()
