"""Any number of the run, opened by its address: see `page/panels/number`."""

from page.browser.dom import all_of, by_id, fill, first_of, on, reveal, shares_within, show, write
from page.figure import addresses
from page.panels.code.pane import CodePane
from page.panels.number import product, titles, weights
from page.panels.number.formula import so_far
from page.panels.number.opened import neighbours, opened, ways
from page.panels.part import Part
from page.panels.player import Player
from page.state import removed
from page.state.counting import index_of
from page.text.markup import escape

KEYS = {  # what they do to the place in a vector, as at any slider
    "ArrowLeft": lambda place, size: place - 1,
    "ArrowDown": lambda place, size: place - 1,
    "ArrowRight": lambda place, size: place + 1,
    "ArrowUp": lambda place, size: place + 1,
    "Home": lambda place, size: 0,
    "End": lambda place, size: size - 1,
}


class Number(Part):
    link = "number"
    has_csv = False
    code_of = "number"

    def __init__(self, name, page):
        super().__init__(name, page)
        self.found = None  # what the worker answered last
        self.trail = []  # the addresses that the reader has come along, to the open one
        self.whole = None  # the product that it is one number of, once it has been asked for
        self.seen_whole = False  # whether the reader wants to see it, of the next number too
        self.weights = None  # the matrix around an open weight, as the worker has answered
        self.closer = 0  # how near it is looked at
        self.player = Player(page.words, self.draw_step)
        self.code = CodePane(self)
        page.state.listen(lambda _: self.is_open and page.dialog.fill_again(), "code")

    def title(self):
        if self.found is None:
            return self.words.html("panel.number")
        return titles.title(self.found["address"], self.figure.answer, self.found["shown"], self.words)

    def subtitle(self):
        if self.found is None:
            return super().subtitle()
        return ways(self.found, self.trail[-2] if len(self.trail) > 1 else "", self.words)

    async def fill(self):
        shown, answer = self.page.state.shown, self.figure.answer
        last = len(answer["tokens"]) - 1, answer["next"]["drawn"]["id"]
        address = shown[0] if shown else "probabilities[{}, {}]".format(*last)
        found = await self.ask("inspect", address, self.settings())
        if self.found is None or found.get("name") != self.found["name"]:
            self.closer = 0
        self.found = None if "no_such" in found else found
        self.whole = None
        self.come_to(address)
        if self.found is None:
            return '<p class="note">' + self.words.html("number.none", address=escape(address)) + "</p>"
        part = removed.of_address(found["address"])
        html = opened(found, answer, self.words, self.page.cuts.word(part) if part else "")
        return html + self.code.html() if self.page.state.code else html

    def come_to(self, address):
        """Along the trail, or back along it."""
        if self.trail[-2:-1] == [address]:
            self.trail.pop()
        elif self.trail[-1:] != [address]:
            self.trail.append(address)

    def ready(self):
        self.player.stop()
        seen = self.figure.inspect(self.found["address"] if self.found else "")
        if self.found is None:
            return
        show("in-picture", not seen and self.found["block"] is not None)
        if self.found["terms"]:
            self.player.show(len(self.found["terms"]))
        if self.found["kind"] == "embed":
            token = self.figure.answer["tokens"][self.found["index"][0]]["id"]
            self.page.client.ask_newest("nearest", self.of_this(self.show_neighbours), "nearest", token)
        self.look()
        by_id("panel-body").classList.toggle("with-code", self.code.is_open)
        write("panel-code", self.words.say("code.hide" if self.code.is_open else "code.show"))
        if self.code.is_open:
            self.code.open(self.found["address"])
        else:
            self.code.closed()
        details = by_id("whole")
        if details:
            details.open = self.seen_whole
            on(details, "toggle", self.show_product)

    def turned(self):
        self.page.dialog.fill_again()

    def resampled(self):
        self.page.dialog.fill_again()

    def closed(self):
        self.player.stop()
        self.code.closed()
        by_id("panel-body").classList.remove("with-code")
        write("panel-code", self.words.say("code.show"))
        self.figure.inspect("")
        if self.page.state.part != "table":  # which comes back here
            self.trail = []

    def to_code(self):
        self.page.state.set(code=not self.page.state.code)

    # What it shows besides

    def draw_step(self, step):
        """So many products of the sum are on the table."""
        for number, row in enumerate(all_of("#panel [data-term]")):
            row.classList.toggle("to-come", number >= step)
        total = so_far(self.found["terms"], step)
        write("step-text", self.words.say("number.step", step=step, size=self.player.size, sum=total))

    def of_this(self, show):
        """`show`, for as long as this number is the one that is open."""
        found = self.found
        return lambda answer: show(answer) if self.is_open and self.found is found else None

    def show_neighbours(self, found):
        fill("nearest", neighbours(found, self.words))

    def look(self):
        """At the matrix of an open weight."""
        if by_id("weights"):
            self.page.client.ask_newest(
                "weights", self.of_this(self.show_weights), "weights", self.found["address"], self.closer
            )

    def show_weights(self, found):
        self.weights = found
        fill("weights", weights.picture(found, self.found["address"], self.words))
        by_id("farther").disabled = self.closer == 0
        by_id("closer").disabled = found["rows"] == found["height"] and found["columns"] == found["width"]

    def show_product(self, _):
        self.seen_whole = by_id("whole").open
        if not self.whole and self.seen_whole:
            name, block = self.found["name"], self.found["block"]
            drew = self.of_this(self.drew_product)
            self.page.client.ask_newest("product", drew, "product", name, block, self.head())

    def drew_product(self, found):
        self.whole = found
        fill("whole-product", product.whole(found, self.words))
        reveal(by_id("whole"))

    def head(self):
        """The number of the head that it is of; 0 for what is no head's."""
        return addresses.head_of(self.found["address"]) or 0

    # What the reader does

    def show(self, address):
        """Open it, from the picture."""
        self.page.dialog.ask_for(self.name, (address,))

    def go(self, address):
        """On to another number; the picture goes along to its block and head."""
        name, block, _ = addresses.read(address)
        if block is not None and not titles.is_weight(name):
            head = addresses.head_of(address)
            self.page.choice.choose(block=block, **({} if head is None else {"head": head}))
        self.page.state.set(shown=(address,))

    def choose(self, number):
        """Another number of the same vector."""
        number = min(max(number, 0), self.found["shape"][-1] - 1)
        self.go(self.found["address"].split("[")[0] + str(self.found["index"][:-1] + [number]))

    def chosen(self):
        """Which of them is, though it may be still on its way."""
        shown = self.page.state.shown
        return addresses.read(shown[0])[2][-1] if shown else self.found["index"][-1]

    def cell(self, event):
        """(row, column) of the product's result that an event is about; None beside it."""
        picture = event.target.closest("[data-factor=result]")
        if not picture or not self.whole:
            return None
        across, down = shares_within(picture, event)
        result = self.whole["result"]
        inside = 0 <= across < 1 and 0 <= down < 1
        return (int(down * result["rows"]), int(across * result["columns"])) if inside else None

    def clicked(self, event):
        self.player.clicked(event)
        leads, vector, cell = event.target.closest(".leads"), event.target.closest(".vector"), self.cell(event)
        if event.target.closest(".cut-this"):
            self.page.cuts.toggle(removed.of_address(self.found["address"]))
        elif event.target.closest("#code"):
            self.code.clicked(event)
        elif leads:
            self.go(leads.getAttribute("data-at"))
        elif vector:
            across, _ = shares_within(vector, event)
            self.choose(int(across * self.found["shape"][-1]))
        elif event.target.closest(".weights"):
            across, down = shares_within(event.target.closest(".weights"), event)
            if 0 <= across < 1 and 0 <= down < 1:
                self.go(weights.at(self.weights, self.found["address"], across, down))
        elif event.target.id == "to-terms":
            self.page.dialog.parts["logit_terms"].show(self.found["address"])
        elif event.target.id in ("closer", "farther"):
            self.closer += 1 if event.target.id == "closer" else -1
            self.look()
        elif cell:
            self.go(product.address(self.whole, cell[0], cell[1], self.found["block"], self.head()))

    def moved(self, event):
        """Pointing at the result of a product lights what it is made of."""
        cell = self.cell(event)
        if cell:
            for kind, outline in product.lit(self.whole, cell[0], cell[1]).items():
                first_of('[data-factor="' + kind + '"] .cursor').setAttribute("d", outline)

    def hovered(self, event):
        self.code.hovered(event)

    def typed(self, event):
        self.player.typed(event)
        self.code.typed(event)

    def changed(self, event):
        if event.target.id == "entry":
            try:
                self.choose(index_of(int(event.target.value)))
            except ValueError:
                event.target.value = self.found["index"][-1] + 1

    def pressed(self, event):
        """Arrow keys go along the vector, and along the names of the code."""
        self.code.key(event)
        if event.key in KEYS and event.target.matches(".vector"):
            event.preventDefault()
            self.choose(KEYS[event.key](self.chosen(), self.found["shape"][-1]))


PART = Number
