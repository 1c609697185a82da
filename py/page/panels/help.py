"""Help: a few sentences about whatever carries a question, in the browser's own popover, and the way to its numbers."""

from page.browser.dom import by_id, fill, on, pixels, place, show, viewport, write
from page.figure.addresses import of_help

BESIDE = 8  # pixels to what it is about


class Help:
    def __init__(self, words, figure, number):
        self.words = words
        self.figure = figure
        self.number = number  # the part that opens one
        self.address = ""  # of a number that it is about, "" for none
        on(by_id("main"), "click", self.clicked)
        on(by_id("help-number"), "click", self.asked)

    def clicked(self, event):
        button = event.target.closest("[data-help]")
        if not button:
            return
        name = button.getAttribute("data-help")
        key = "help." + name
        write("help-title", self.words.say(key + ".title"))
        fill("help-text", self.words.html(key))
        self.address = of_help(name, self.figure) if self.figure.is_live else ""
        show("help-number", bool(self.address))
        help_box = by_id("help")
        help_box.showPopover()
        stand_under(help_box, button.getBoundingClientRect(), BESIDE)

    def asked(self, _):
        by_id("help").hidePopover()
        self.number.show(self.address)


def stand_under(popover, box, apart):
    """An open popover so many pixels below what stands at `box`, or above where there is no room."""
    width, height = viewport()
    own = popover.getBoundingClientRect()
    wide, high, edge = own.width, own.height, pixels(popover, "--edge")
    left = min(max(box.left + box.width / 2 - wide / 2, edge), max(width - wide - edge, 0))
    under = box.bottom + apart
    top = under if under + high < height else max(box.top - apart - high, edge)
    place(popover, left="{:.0f}px".format(left), top="{:.0f}px".format(top))
