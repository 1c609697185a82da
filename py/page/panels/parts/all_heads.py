"""Every attention head at a glance: a column a block, a row a head, each square the head's real pattern, coloured by
what the reader asks about them. Choosing one shows it in the picture."""

from page.browser.dom import by_id, fill, first_of, focus, place, say, show, write
from page.panels import roving
from page.panels.heads.colour import CHOICES
from page.panels.heads.grid import beside, grid
from page.panels.heads.switching import Switching
from page.panels.part import Part
from page.reading.cells import ARROWS

HEADS = "#heads .head"


class AllHeads(Part):
    link = "heads"
    code_of = "attention"

    def __init__(self, name, page):
        super().__init__(name, page)
        self.found = self.of = None  # what the worker answered last, and of which run and token
        self.switching = Switching(page, self.say_progress, self.draw_again)

    def by(self):
        """What colours the squares."""
        shown = self.page.state.shown
        return shown[0] if shown and shown[0] in CHOICES else CHOICES[0]

    def told(self):
        found = self.found
        effects = self.switching.measured(found["row"], found["next"]["id"])
        return {"found": found, "by": self.by(), "effects": effects, "tokens": self.figure.answer["tokens"]}

    def chosen(self):
        return self.figure.view["block"], self.figure.view["head"]

    async def fill(self):
        of = self.page.client.run, self.figure.view["row"]
        if self.of != of or self.found is None:
            self.found = await self.ask("all_heads", of[1])
            self.of = self.page.client.run, self.found["row"]
        return '<div class="heads-and">{}<div id="heads-beside" class="heads-beside">{}</div></div>'.format(
            '<div class="scroll" id="heads-drawing">' + grid(self.told(), self.chosen(), self.words) + "</div>",
            beside(self.told(), self.chosen(), self.words),
        )

    def ready(self):
        """The squares are placed, and what is under way is said."""
        blocks = self.found["blocks"]
        place(by_id("heads"), **{"--blocks": str(len(blocks)), "--heads": str(len(blocks[0]))})
        roving.enter(HEADS, HEADS + '[aria-pressed="true"]')
        self.say_progress()

    def draw_again(self):
        """Other colours, the keyboard staying where it is."""
        if not self.is_open:
            return
        held = first_of("#panel-body :focus")
        fill("heads-drawing", grid(self.told(), self.chosen(), self.words))
        fill("heads-beside", beside(self.told(), self.chosen(), self.words))
        self.ready()
        if held:
            focus("#panel-body #" + held.id)

    def turned(self):
        self.draw_again()
        if self.by() == "off" and not self.told()["effects"]:
            self.measure()

    def resampled(self):
        """What was measured at another temperature says nothing of this one."""
        self.switching.keep_to(self.found["row"], self.found["next"]["id"])
        if self.by() == "off":
            self.draw_again()

    def closed(self):
        self.switching.stop()
        self.found = None

    # Switching heads off

    def measure(self):
        if self.page.own_code.drawn:
            write("heads-progress", self.words.say("own.off"))
            return
        self.switching.start(self.found["row"], self.found["next"]["id"])

    def say_progress(self):
        """How far it is, and the button that begins or ends it."""
        if not self.is_open:
            return
        under_way = self.switching.under_way
        show("heads-measuring", self.by() == "off" and not self.told()["effects"])
        say("all_heads.stop" if under_way else "all_heads.measure", "heads-measure", self.words)
        said = self.words.say("all_heads.progress", **self.switching.report) if under_way else ""
        write("heads-progress", said)

    # What the reader does

    def clicked(self, event):
        if event.target.id == "cut-each":
            self.page.dialog.ask_for("effects", ("parts",))
        head = event.target.closest(".head")
        if head:
            self.page.choice.choose(**{name: int(head.getAttribute("data-" + name)) for name in ("block", "head")})
        elif event.target.id == "heads-measure":
            if self.switching.under_way:
                self.switching.stop()
            else:
                self.measure()

    def changed(self, event):
        if event.target.id == "heads-by":
            self.page.state.set(shown=(event.target.value,))

    def hovered(self, event):
        head = event.target.closest(".head")
        if head:
            write("head-caption", head.querySelector("img").getAttribute("alt"))

    def pressed(self, event):
        """Arrow keys go from square to square."""
        head = event.target.closest(".head")
        if head and event.key in ARROWS:
            event.preventDefault()
            down, right = ARROWS[event.key]
            there = [int(head.getAttribute("data-" + name)) for name in ("block", "head")]
            square = by_id("head-{}-{}".format(there[0] + right, there[1] + down))
            if square:
                roving.go(HEADS, square)


PART = AllHeads
