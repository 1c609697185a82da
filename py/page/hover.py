"""Hover at numbers: with mouse, finger or arrow keys, at cells of strips and of matrices, alike in every part.

Each strip column and each matrix is one stop of the Tab key; what is pointed at is said in `#reading`, or in the
opened part's own line.
"""

from page.browser.dom import by_id, fill, first_of, on, shares_within, show, write
from page.figure import heatmap
from page.figure.matrix import square_at
from page.text.markup import escape, quoted_html
from page.text.numbers import percent, signed

ARROWS = {"ArrowUp": (-1, 0), "ArrowDown": (1, 0), "ArrowLeft": (0, -1), "ArrowRight": (0, 1)}


class Hover:
    def __init__(self, figure, words, client, opened):
        self.figure = figure
        self.words = words
        self.client = client
        self.opened = opened  # the part of one head: shows its cells
        self.at = {}  # by name of the strip or matrix, the (row, column) last pointed at
        self.last = None  # the name of what was pointed at last
        self.turn = 0  # counts the pictures: what was read in one is not said under another
        for place in ("flow", "panel"):
            element = by_id(place)
            on(element, "pointermove", self.moved)
            on(element, "pointerdown", self.moved)
            on(element, "keydown", self.pressed)
            on(element, "focusin", self.focused)

    def forget(self):
        """Another picture is drawn: what was read in the one before is no longer there."""
        self.turn += 1
        self.last = None
        write("reading", self.words.say("reading.hint"))
        show("reading-table", False)

    def answered(self, say):
        """`say`, for as long as this picture is drawn."""
        turn = self.turn
        return lambda answer: say(answer) if turn == self.turn else None

    def picture(self, event):
        """The strip column or matrix that an event is about, and its name."""
        element = event.target.closest("svg.heatmap, svg.matrix")
        if not element:
            return None, None
        return element, element.getAttribute("data-heatmap") or element.getAttribute("data-matrix")

    def shape(self, element):
        """(rows, columns) that can be pointed at; a strip's columns are its cells."""
        view = self.figure.view
        return (view["count"], view["cells"] if element.matches(".heatmap") else view["count"])

    def moved(self, event):
        element, name = self.picture(event)
        if not element:
            return
        count, cells = self.shape(element)
        if element.matches(".heatmap"):
            _, down = shares_within(element, event)
            here = heatmap.cell_at(down, count, cells, bar_of(element))
        else:
            across, down = shares_within(element.querySelector("image"), event)
            if not (0 <= across <= 1 and 0 <= down <= 1):
                return
            here = square_at(across, down, count)
        if event.type == "pointerdown" or self.at.get(name) != here or self.last != name:
            self.point(element, name, here)

    def focused(self, event):
        element, name = self.picture(event)
        if element and element.matches(":focus-visible"):
            self.point(element, name, self.at.get(name, (self.figure.view["row"] - self.figure.view["first"], 0)))

    def pressed(self, event):
        element, name = self.picture(event)
        if not element or event.key not in ARROWS or event.ctrlKey or event.altKey or event.metaKey:
            return
        event.preventDefault()
        rows, columns = self.shape(element)
        row, column = self.at.get(name, (0, 0))
        down, right = ARROWS[event.key]
        if element.matches(".heatmap"):  # its cells stand one below the other: up and down walk through them
            column += down
            row += right
            if not 0 <= column < columns:
                row, column = row + down, 0 if down > 0 else columns - 1
        else:
            row, column = row + down, column + right
        if 0 <= row < rows and 0 <= column < columns:
            self.point(element, name, (row, column))

    def point(self, element, name, here):
        self.at[name] = here
        self.last = name
        row, column = here
        row = min(row, self.figure.view["count"] - 1)
        view = self.figure.view
        first, block, head = view["first"], view["block"], view["head"]
        if element.matches(".heatmap"):
            path = heatmap.cursor(row, column, view["cells"], bar_of(element))
            element.querySelector(".cursor").setAttribute("d", path)
            show_stripes(element, row, view)
            answered = self.answered(self.say_heatmap)
            self.client.ask_newest("heatmap", answered, "heatmap_cell", name, block, head, first + row, column)
            return
        if name == "pattern" and not element.matches(".opened"):
            self.figure.ring(first + row, first + column)
            answered = self.answered(self.say_share)
            self.client.ask_newest("score", answered, "score", block, head, first + row, first + column)
        else:
            self.opened.choose_cell(row, column)

    def token(self, row):
        return quoted_html(self.figure.answer["tokens"][row]["shown"])

    def say_heatmap(self, found):
        words = self.words
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
        self.say(html)

    def say_share(self, score):
        words = self.words
        hidden = score["column"] > score["row"]
        html = words.html(
            "reading.hidden" if hidden else "reading.share",
            token=self.token(score["row"]),
            other=self.token(score["column"]),
            share=percent(score["share"]),
            score="" if hidden else signed(score["scaled"]),
            length=signed(score["length"]),
        )
        self.say(html)

    def say(self, html):
        """Under the flow, or in the opened part where there is one."""
        inside = first_of("#panel[open] .reading")
        if inside:
            inside.innerHTML = html
        else:
            fill("reading", html)
            show("reading-table", True)


def bar_of(element):
    """(top, height) of a column's strips in their rows."""
    return float(element.getAttribute("data-top")), float(element.getAttribute("data-height"))


def show_stripes(element, row, view):
    """Of a bar that rests in one colour, the numbers it stands for."""
    stripes = element.querySelector(".stripes")
    if stripes:
        pitch = int(stripes.getAttribute("data-pitch"))
        stripes.setAttribute("y", "{:.4f}".format(row + bar_of(element)[0]))
        stripes.setAttribute("viewBox", "0 {} 1 {}".format(row * pitch + view["gap"], view["cells"]))
