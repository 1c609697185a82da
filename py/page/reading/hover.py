"""Reading numbers at the pointer: with mouse, finger or arrow keys, at cells of strips and of matrices and at all that
is drawn between them.

Each strip column and each matrix is one stop of the Tab key. What is read in the picture is said in the tooltip, what
is read in an opened part in its own line.
"""

import asyncio

from page.browser.dom import by_id, drawn_under, first_of, on, on_any_input, on_scroll
from page.figure import addresses
from page.figure.heatmap import magnified
from page.reading import cells, marks
from page.reading.tooltip import Tooltip
from page.state import removed
from page.text.markup import escape, word_html
from page.text.numbers import percent, signed

CROSSING = 0.15  # seconds that a pointer may take from what is read to the tooltip
CUTS = ("Delete", "Backspace")  # keys that cut what is read, or put it back
NEAR = 22  # pixels around the pointer that the tooltip leaves free of something larger


class Hover:
    def __init__(self, figure, words, client, parts, cuts):
        self.figure = figure
        self.words = words
        self.client = client
        self.parts = parts  # what opens: a number; the head, which shows its cells
        self.cuts = cuts  # who cuts a part, and says what the button for it is called
        self.tip = Tooltip()
        self.at = {}  # by name of the strip or matrix, the (row, column) last pointed at
        self.spot = None  # what is read, or was when Escape was pressed: (kind, name, where in it)
        self.element = None  # that shows it
        self.by = ""  # what reads: "mouse", "touch" or "keys"; "" while nothing is read
        self.leaving = False  # the mouse is no longer at it
        self.pointer = None  # where the pointer is in the window
        self.turn = 0  # counts what was pointed at: an answer about what was before is not said
        flow, panel, tip = by_id("flow"), by_id("panel"), by_id("tip")
        on(flow, "pointermove", self.moved)
        on(flow, "pointerleave", self.left)
        on(flow, "click", self.clicked)
        on(flow, "keydown", self.pressed)
        on(flow, "focusin", self.focused)
        on(flow, "focusout", lambda _: self.gone() if self.by == "keys" else None)
        on(tip, "pointerleave", self.left)
        on(tip, "click", self.clicked_tip)
        on(panel, "pointermove", self.moved_inside)
        on(panel, "pointerdown", self.moved_inside)
        on(panel, "keydown", self.pressed)
        on(panel, "focusin", self.focused)
        on_any_input(self.anything)
        on_scroll(self.scrolled)

    # What the reader does

    def moved(self, event):
        if event.pointerType == "touch":  # a finger may be about to scroll; a click follows where it is not
            return
        found = self.under(event)
        if found is None:
            self.left(event)
            return
        self.leaving = False  # it has come back
        if found[0] != self.spot:
            self.point(found, "mouse")

    def left(self, event):
        """The pointer is on nothing that speaks; it may be on its way to the tooltip."""
        if not self.by:
            self.spot = None
        elif self.by == "mouse" and not self.leaving and event.pointerType != "touch":
            self.leaving = True
            asyncio.create_task(self.let_go())

    async def let_go(self):
        turn = self.turn
        await asyncio.sleep(CROSSING)
        if self.leaving and turn == self.turn:
            self.leaving = False
            if not by_id("tip").matches(":hover"):
                self.gone()

    def clicked(self, event):
        """The number opens that is clicked; with a finger, what is touched is read first."""
        found = self.under(event)
        if found is None:
            self.gone()
        elif event.pointerType == "mouse" or (found[0] == self.spot and self.tip.shown):
            self.open_number(found[0])
        elif not found[1].closest("button"):  # that does something else
            self.point(found, "touch")

    def clicked_tip(self, event):
        if event.target.closest(".close"):
            self.gone()
        elif event.target.closest("#reading-number"):
            self.open_number(self.spot)
        elif event.target.closest("#reading-cut"):
            self.cut(self.spot)

    def moved_inside(self, event):
        element = self.picture(event)
        here = element and cells.cell_under(element, event, self.figure.view)
        if here:
            found = spot_of(element, here), element
            if event.type == "pointerdown" or found[0] != self.spot:
                self.point(found, "mouse")

    def focused(self, event):
        element = self.picture(event)
        if element:
            cells.give_focus(element)
            if element.matches(":focus-visible"):
                first = self.figure.view["row"] - self.figure.view["first"], 0
                here = self.at.get(cells.name_of(element), first)
                self.point((spot_of(element, here), element), "keys")
        elif self.figure.answer and event.target.matches("#flow .token:focus-visible"):
            self.point(self.mark(event.target), "keys")

    def pressed(self, event):
        element = self.picture(event)
        if not element or event.ctrlKey or event.altKey or event.metaKey:
            return
        if event.key == "Enter" and not element.closest("#panel"):
            event.preventDefault()
            self.open_number(spot_of(element, self.at.get(cells.name_of(element), (0, 0))))
        elif event.key in CUTS and not element.closest("#panel"):
            event.preventDefault()
            self.cut(spot_of(element, self.at.get(cells.name_of(element), (0, 0))))
        elif event.key in cells.ARROWS:
            event.preventDefault()
            here = cells.next_cell(element, self.at.get(cells.name_of(element), (0, 0)), event.key, self.figure.view)
            if here:
                self.point((spot_of(element, here), element), "keys")

    def anything(self, event):
        """Escape lets go of what is read, and so does a finger elsewhere."""
        if not self.tip.shown:
            return
        if event.type == "keydown" and event.key == "Escape":
            event.preventDefault()  # what else is open stays
            spot = self.spot
            self.gone()
            self.spot = spot  # not to be read again before something else is pointed at
        elif event.type == "pointerdown" and not event.target.closest("#flow, #tip"):
            self.gone()

    def scrolled(self, _):
        """What is read has moved: away from under the mouse, unless a sheet made room for it, and with the keyboard."""
        if self.by == "keys" and self.tip.shown:
            self.tip.move(self.box())
        elif self.by == "mouse" and not self.tip.is_sheet():
            self.gone()

    # What is under the pointer

    def picture(self, event):
        """The strip column or matrix that an event is about; None before its numbers are here."""
        return event.target.closest(cells.PICTURES) if self.figure.answer else None

    def under(self, event):
        """((kind, name, where in it), its element) of what a mouse or finger is at, in the picture; None of nothing."""
        self.pointer = event.clientX, event.clientY
        element = self.picture(event)
        here = element and cells.cell_under(element, event, self.figure.view)
        if here:
            return spot_of(element, here), element
        if event.target.closest("button:not(.token), input") or not self.figure.answer:
            return None
        element = event.target.closest("[data-tells]") or drawn_under(by_id("overlay"), "[data-tells]", event)
        return self.mark(element) if element else None

    def mark(self, element):
        return ("mark", element.getAttribute("data-tells"), int(element.getAttribute("data-row") or 0)), element

    def box(self):
        """(left, top, width, height) in the window of what is read, or of the part of it that is at the pointer."""
        kind, _, here = self.spot
        if kind != "mark":
            return cells.box_of(self.element, here, self.figure.view)
        box = self.element.getBoundingClientRect()
        if self.by == "keys":
            return box.left, box.top, box.width, box.height
        x, y = self.pointer
        left, top = max(box.left, x - NEAR), max(box.top, y - NEAR)
        return left, top, min(box.right, x + NEAR) - left, min(box.bottom, y + NEAR) - top

    # Reading it

    def point(self, found, by):
        spot, element = found
        if self.spot is None or self.spot[:2] != spot[:2] or spot[0] == "mark":
            self.gone()
        self.spot, self.element, self.by, self.leaving = spot, element, by, False
        self.turn += 1
        kind, name, here = spot
        view = self.figure.view
        if kind == "mark":
            element.classList.add("pointed")
            self.say(marks.told(name, here, self.figure, self.words))
            return
        self.at[name] = here
        row, column = view["first"] + here[0], here[1]
        block, head = view["block"], view["head"]
        if cells.is_strip(element):
            cells.outline(element, here, view)
            self.client.ask_newest(
                "heatmap", self.answered(self.say_heatmap), "heatmap_cell", name, block, head, row, column
            )
        elif kind == "inside":
            self.parts["attention_head"].choose_cell(*here)
        else:
            column += view["first"]
            self.figure.ring(row, column)
            self.client.ask_newest("score", self.answered(self.say_share), "score", block, head, row, column)

    def answered(self, say):
        """`say`, for as long as this is what is pointed at."""
        turn = self.turn
        return lambda answer: say(answer) if turn == self.turn else None

    def gone(self):
        """Nothing is pointed at any more: the picture shows what its sentence tells."""
        ringed = self.element and self.element.matches("#pattern .matrix")
        self.forget()
        if ringed:
            self.figure.tell()

    def forget(self):
        """Another picture is drawn, or nothing is pointed at: what was read is no longer there."""
        self.turn += 1
        if self.element:
            self.element.classList.remove("pointed")
            if self.element.matches(".heatmap"):
                cells.unmark(self.element)
        self.spot = self.element = None
        self.by, self.leaving = "", False
        self.tip.hide()

    def open_number(self, spot):
        """How the number came about that stands there, if one does."""
        address = self.address(spot)
        if address:
            self.gone()
            self.parts["number"].show(address)

    def cut(self, spot):
        """Cut the part that is read, or put it back."""
        part = self.part(spot)
        if part:
            self.gone()
            self.cuts.toggle(part)

    def part(self, spot):
        """What there is to cut; None for nothing."""
        address = self.address(spot)
        return removed.of_address(address) if address else None

    def address(self, spot):
        kind, name, here = spot
        if kind == "mark":
            return addresses.of_mark(name, here, self.figure)
        if name == "pattern":
            return addresses.of_cell(here[0], here[1], self.figure.view)
        return addresses.of_strip(name, here[0], here[1], self.figure.view)

    # What is said of it

    def token(self, row):
        return word_html(self.figure.answer["tokens"][row]["shown"])

    def say_heatmap(self, found):
        words, view = self.words, self.figure.view
        key = "reading.entry" if found["first"] == found["last"] else "reading.heatmap"
        html = words.html(
            key,
            what=escape(words.say("heatmap." + found["name"])),
            token=self.token(found["row"]),
            first=found["first"],
            last=found["last"],
            size=found["size"],
            mean=signed(found["mean"]),
            min=signed(found["min"]),
            max=signed(found["max"]),
            scale=signed(found["scale"]),
        )
        if self.spot[0] == "inside":
            self.say(html)
            return
        if found["row"] == view["row"]:
            html += marks.added_there(found["name"], self.figure, words)
        html += marks.apart(found["name"], found["row"] - view["first"], self.figure, words)
        self.say(html, magnified(found["name"], view, found["row"] - view["first"], found["cell"]))

    def say_share(self, score):
        words, view = self.words, self.figure.view
        hidden = score["column"] > score["row"]
        html = words.html(
            "reading.hidden" if hidden else "reading.share",
            token=self.token(score["row"]),
            other=self.token(score["column"]),
            share=percent(score["share"]),
            score="" if hidden else signed(score["scaled"]),
            length=signed(score["length"]),
        )
        if score["row"] == view["row"] and not hidden:
            html += marks.NEXT + marks.taken_in(score["column"] - view["first"], self.figure, words)
            html += marks.there(score["column"] - view["first"], self.figure, words)
        self.say(html)

    def say(self, html, picture=""):
        """Beside it, or in the opened part's own line."""
        if self.spot[0] == "inside":
            line = first_of("#panel[open] .reading")
            if line:
                line.innerHTML = html
                cells.name_cell(self.element, self.spot[2], line.textContent)
            return
        is_cell = self.spot[0] == "flow"
        opens, part = bool(self.address(self.spot)), self.part(self.spot)
        self.tip.offer(self.cuts.word(part) if part else "", self.words)
        is_square = is_cell and not cells.is_strip(self.element)  # right of its row lies what is hidden
        self.tip.say(html, self.box(), picture, opens, is_square)
        if is_cell:
            cells.name_cell(self.element, self.spot[2], by_id("reading").textContent)


def spot_of(element, here):
    """A cell of a picture: in the flow, or inside an opened part."""
    return ("inside" if element.closest("#panel") else "flow"), cells.name_of(element), here
