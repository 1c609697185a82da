"""The box that says what is pointed at: beside that, inside the window; on a phone a sheet at the screen's lower edge.

It can be pointed at itself, goes with Escape, and stays as long as what it speaks of is pointed at (WCAG 1.4.13). Its
text is a polite live region, and so is there even while the box is not to be seen.
"""

from page.browser.dom import by_id, fill, first_of, place, scroll_by, show, viewport, write

APART = 10  # pixels from what it speaks of
EDGE = 8  # pixels left free to the window's edge


class Tooltip:
    def __init__(self):
        self.shown = False
        self.on_its_line = False  # see `beside`

    def say(self, html, box, picture="", opens=False, on_its_line=False):
        """`html` about what stands at `box`, see `beside`.

        `picture` goes with it; `opens`: it has a number that can be opened.
        """
        self.on_its_line = on_its_line
        tip = by_id("tip")
        fill("reading", html)
        fill("tip-picture", picture)
        show("tip-picture", bool(picture))
        show("tip-keys", opens)
        show("reading-number", opens)
        tip.classList.add("shown")
        self.shown = True
        self.move(box)

    def offer(self, word, words):
        """Something to cut, by the name of its button; "" for nothing."""
        show("reading-cut", bool(word))
        write("reading-cut", word)
        write("tip-keys", words.say("reading.keys.cut" if word else "reading.keys"))

    def move(self, box):
        """What it speaks of stands elsewhere now."""
        tip = by_id("tip")
        own = tip.getBoundingClientRect()
        if self.is_sheet():  # the page moves up where it would lie under that
            scroll_by(max(0, box[1] + box[3] + APART - own.top))
            return
        left, top = beside(box, (own.width, own.height), viewport(), self.on_its_line)
        place(tip, left="{:.0f}px".format(left), top="{:.0f}px".format(top))

    def is_sheet(self):
        """The style sheets say so: there alone it has a button."""
        return first_of("#tip .close").offsetWidth > 0

    def hide(self):
        by_id("tip").classList.remove("shown")
        write("reading", "")
        self.shown = False


def beside(box, size, window, on_its_line=False):
    """(left, top) of a box of that `size`, inside the window, at what stands at `box`: (left, top, width, height).

    Off its corner, so that a pointer that goes on straight up, down or aside does not run into it; `on_its_line` stands
    beside a row, lower edge with lower edge. Where there is no room to the sides, it stands above or below, else where
    the window allows.
    """
    left, top, width, height = box
    wide, high = size
    aside = (left + width + APART, left - APART - wide)
    over, under = top - APART - high, top + height + APART
    levels = (top + height - high,) if on_its_line else (over, under)
    across = inside(left + width / 2 - wide / 2, wide, window[0])
    places = [(x, y) for x in aside for y in levels]
    places += [(x, inside(levels[0], high, window[1])) for x in aside]
    places += [(across, over), (across, under)]
    for x, y in places:
        if x == inside(x, wide, window[0]) and y == inside(y, high, window[1]):
            return x, y
    return across, inside(over, high, window[1])


def inside(at, size, room):
    """As near to `at` as the window allows."""
    return max(EDGE, min(at, room - EDGE - size))
