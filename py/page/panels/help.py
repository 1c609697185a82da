"""Help: a few sentences about whatever carries a question, in the browser's own popover."""

from page.browser.dom import by_id, on, place, viewport, write

WIDTH = 340  # pixels, as in style/parts.css


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
        tall = help_box.getBoundingClientRect().height
        left = min(max(box.left + box.width / 2 - WIDTH / 2, 10), max(width - WIDTH - 10, 0))
        top = box.bottom + 8 if box.bottom + 8 + tall < height else max(box.top - 8 - tall, 10)
        place(help_box, left="{:.0f}px".format(left), top="{:.0f}px".format(top))
