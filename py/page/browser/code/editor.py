"""The code editor as the page's Python has it, see editor/editor.js."""

try:
    from pyscript import document, window
except ImportError:  # outside of a browser this can be read, not run
    document = window = None

from page.browser.code.script import scripted

SCRIPT = "py/page/editor/editor.js"


class Editor:
    """The one that is open stands in `host`, an element that the caller puts wherever it is to be seen."""

    def __init__(self):
        self.host = None
        self.held = False, 0  # whether it had the keyboard when all was drawn anew, and how far it was scrolled

    async def open(self, text, label, deleted, changed, run):
        """Raises whatever kind JavaScript throws, where it cannot be had."""
        await scripted(SCRIPT, "editor")
        host = document.createElement("div")
        host.className = "editor"
        options = window.Object.new()
        options.text, options.label, options.deleted = text, label, deleted
        options.changed, options.run = lambda *_: changed(), lambda *_: run()
        if await window.editor.open(host, options):
            self.host = host

    def hold(self):
        """What it stands in is about to be drawn anew."""
        if self.host:
            self.held = self.host.isSameNode(document.activeElement), window.editor.scrolled()

    def put_in(self, room):
        room.append(self.host)
        window.editor.scroll(self.held[1])
        if self.held[0]:
            self.focus()
        self.held = False, self.held[1]

    def text(self):
        return window.editor.text()

    def set(self, text):
        window.editor.set(text)

    def mark(self, lines):
        """These lines, counted from 1, are the reader's own."""
        window.editor.mark(window.Array.of(*lines))

    def fault(self, line):
        """Something is wrong with this line; 0 for none."""
        window.editor.fault(line)

    def show(self, line):
        window.editor.show(line)

    def focus(self):
        window.editor.focus()
