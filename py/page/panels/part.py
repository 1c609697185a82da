"""What every part that opens has in common. A new one is a file in `page/panels/parts` with a class of this kind, its
last line `PART = ITS_CLASS`, its texts `panel.NAME` and `panel.NAME.subtitle`, a button with `data-open="NAME"`, and
what style it needs; the numbers that it saves are those that the worker's `csv` has under its name, or what its own
`csv` gives. `parts/logit_lens.py` is one to copy.
"""

from page.figure import addresses
from page.state.counting import number_of


class Part:
    needs_model = True  # it cannot open before a model is in use
    has_csv = True  # they can be saved
    code_of = ""  # of `addresses.HELPED`, what has the code that belongs to it
    link = ""  # its word in links, for good: links that were made before still open it; "" where none may
    under = None  # the part that comes back when it is closed
    under_shown = ()  # what that showed

    def __init__(self, name, page):
        self.name = name
        self.page = page

    @property
    def figure(self):
        return self.page.figure

    @property
    def words(self):
        return self.page.words

    @property
    def is_open(self):
        return self.page.dialog.part is self

    def ask(self, name, *values):
        """To be awaited: what the worker says about the run that is drawn. Raises NoAnswer when it fails."""
        return self.page.client.ask_of_run(name, *values)

    def settings(self, count=0, query=""):
        """What the worker shapes the distribution with, listing so many tokens, or those that match."""
        return self.page.controls.settings(count, query)

    def title(self):
        """As HTML."""
        view = self.figure.view
        block, head = number_of(view["block"]), number_of(view["head"])
        numbers = {"block": block, "blocks": view["n_layer"], "head": head, "heads": view["n_head"]}
        return self.words.html("panel." + self.name, **numbers)

    def subtitle(self):
        """Beside it, as HTML."""
        return self.words.html("panel." + self.name + ".subtitle")

    def saved_as(self):
        """What its numbers are called as a file."""
        return self.link or self.name

    async def csv(self):
        """The address of a CSV file with its numbers. Raises NoAnswer."""
        return await self.csv_of(self.name)

    async def csv_of(self, name, table=""):
        """The worker's file of the numbers of a part or, for "table", of a picture by its name."""
        view = self.figure.view
        answer = await self.ask("csv", name, self.settings(), view["block"], view["head"], table)
        return answer["address"]

    def to_code(self):
        """To the code that computes what it shows."""
        address = addresses.of_help(self.code_of, self.figure)
        self.page.state.set(code=True)
        self.page.dialog.ask_for("number", (address,))

    async def fill(self):
        """Its contents as HTML."""

    def ready(self):
        """They are on the page."""

    def turned(self):
        """`state.shown` has changed while this part is open."""

    def resampled(self):
        """The next tokens have other probabilities, or another is drawn, while this part is open."""

    def closed(self):
        """It is no longer open, or another has taken its place."""

    # What the reader does inside it, as the browser's events

    def clicked(self, event):
        pass

    def changed(self, event):
        """A box was ticked, or files were chosen."""

    def typed(self, event):
        pass

    def hovered(self, event):
        """Something is pointed at, or has the keyboard."""

    def moved(self, event):
        """The pointer is at another place."""

    def pressed(self, event):
        """A key."""


def reading(words):
    """The line that says what is pointed at in a part."""
    return '<p class="reading" aria-live="polite">' + words.say("reading.hint") + "</p>"
