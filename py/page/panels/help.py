"""Help: a few sentences about whatever carries a question, in the browser's own popover."""

from page.browser.dom import by_id, on, pixels, place, viewport, write

BESIDE = 8  # pixels to what it is about


class Help:
    def __init__(self, words):
        self.words = words
        on(by_id("main"), "click", self.clicked)

    def clicked(self, event):
        button = event.target.closest("[data-help]")
        if not button:
            return
        key = "help." + button.getAttribute("data-help")
        write("help-title", self.words.say(key + ".title"))
        write("help-text", self.words.say(key))
        help_box = by_id("help")
        box = button.getBoundingClientRect()
        width, height = viewport()
        help_box.showPopover()
        own = help_box.getBoundingClientRect()
        wide, high, edge = own.width, own.height, pixels(help_box, "--edge")
        left = min(max(box.left + box.width / 2 - wide / 2, edge), max(width - wide - edge, 0))
        under = box.bottom + BESIDE
        top = under if under + high < height else max(box.top - BESIDE - high, edge)
        place(help_box, left="{:.0f}px".format(left), top="{:.0f}px".format(top))
