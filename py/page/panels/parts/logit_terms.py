"""Where a logit comes from: the terms whose sum it is, as a waterfall; see `page/panels/terms`."""

from page.browser.dom import all_of, by_id, fill, focus, place
from page.figure import addresses
from page.panels import roving
from page.panels.part import Part
from page.panels.terms import waterfall
from page.panels.terms.steps import open_at_first, steps
from page.state.state import LAST
from page.text.markup import escape, word_html

BUTTONS = "#waterfall button"
NUMBERS = {  # by the part, the address of its first number
    "embed": "embed[{row}, 0]",
    "pos_embed": "pos_embed[{row}, 0]",
    "heads": "blocks.{block}.attn_out[{row}, 0]",
    "head": "blocks.{block}.attn.z[{row}, {head}, 0]",
    "mlp": "blocks.{block}.mlp_out[{row}, 0]",
    "bias": "h.{block}.mlp.c_proj.bias[0]",
    "final": "ln_f.bias[0]",
    "total": "logits[{row}, {token}]",
}
SEEN = {"mlp": "blocks.{block}.mlp.post[{row}, 0]", "bias": "", "final": ""}  # what the picture has of it, if another


class LogitTerms(Part):
    link = "terms"
    code_of = "next"

    def __init__(self, name, page):
        super().__init__(name, page)
        self.found = None  # what the worker answered last
        self.opened = None  # the blocks whose heads stand side by side; None before there are any
        self.chosen = None  # the key of the chosen bar
        self.steps = []  # as they are drawn
        self.model = None  # whose tokens the state's choice is of

    def wanted(self):
        """[token, minus] of the vocabulary, -1 for the likeliest and for none.

        The address of a logit says it, of a difference with one number more: "logits[6, 373, 339]". After which token
        of the text it is, the picture says.
        """
        shown = self.page.state.shown
        name, _, place = addresses.read(shown[0]) if shown else ("", None, [])
        return ((place[1:] if name in addresses.OF_THE_LIST else []) + [-1, -1])[:2]

    async def fill(self):
        model = self.page.models.name
        if self.model not in (None, model):  # its tokens have other numbers
            self.opened = None
            self.page.state.set(shown=())
        self.model = model
        token, minus = self.wanted()
        self.found = found = await self.ask("logit_terms", token, minus, self.figure.view["row"])
        self.has_csv = "no_such" not in found
        if not self.has_csv:
            return '<p class="note">' + self.words.html("terms.none") + "</p>"
        if self.opened is None:
            self.opened = open_at_first(found)
        tokens, words = self.figure.answer["tokens"], self.words
        return (
            '<div class="terms-head">{choice}{legend}</div><p class="so" id="terms-so"></p>'
            '<div class="scroll" id="terms-drawing">{drawing}</div>'
            '<p id="term-said" class="caption" aria-live="polite"></p>'
            '<p class="note">{note}</p><p class="note">{effect}</p>'
        ).format(
            choice=waterfall.choice(found, tokens, words),
            drawing=self.drawing(),
            legend=waterfall.legend(words),
            note=words.html("terms.note", token=word_html(tokens[found["row"]]["shown"])),
            effect=words.html("terms.note.effect"),
        )

    def drawing(self):
        self.steps = steps(self.found, self.opened)
        return waterfall.waterfall(self.steps, self.opened, self.chosen, self.words)

    def ready(self):
        """The bars are placed; what they come to is said, and the chosen one is told of."""
        if not self.has_csv:
            return
        fill("terms-so", waterfall.in_a_sentence(self.found, self.steps, self.words))
        for name, properties in waterfall.places(self.steps).items():
            place(by_id(name), **properties)
        for group in all_of("#waterfall .group"):
            place(group, **{"--steps": group.getAttribute("data-steps")})
        roving.enter(BUTTONS, "#waterfall [aria-pressed=true]")
        chosen = [step for step in self.steps if waterfall.key_of(step) == self.chosen]
        self.figure.inspect(self.address(chosen[0], SEEN) if chosen else "")
        fill("term-said", self.said(chosen[0]) if chosen else self.words.html("terms.choose"))

    def said(self, step):
        """What the chosen step adds, and the way to its numbers."""
        said = escape(waterfall.bar_in_words(step, self.steps, self.words))
        address = self.address(step)
        if address:
            said += ' <button type="button" class="leads" data-at="{}">{}</button>'.format(
                address, escape(self.words.say("terms.number"))
            )
        return said

    def address(self, step, other=()):
        """Of the first number of a step's part, or of what `other` has in its place; "" where there is none."""
        part = "final" if step["part"] == "bias" and step["block"] is None else step["part"]
        form = other[part] if part in other else NUMBERS.get(part, "")
        return form.format(
            row=self.found["row"], token=self.found["token"]["id"], block=step["block"], head=step["head"]
        )

    async def csv(self):
        tokens = [one["id"] for one in (self.found["token"], self.found["minus"]) if one]
        return await self.csv_of(self.name, " ".join([str(number) for number in [self.found["row"]] + tokens]))

    def turned(self):
        self.page.dialog.fill_again()

    def closed(self):
        self.opened = self.chosen = self.model = None
        self.figure.inspect("")

    # What the reader does

    def show(self, address):
        """The terms of the logit at this address, from the number; its token in the text explains itself then."""
        row = addresses.read(address)[2][0]
        self.page.choice.choose(token=LAST if row == len(self.figure.answer["tokens"]) - 1 else row)
        self.page.dialog.ask_for(self.name, (address,))

    def draw_again(self, held):
        """Other bars, the keyboard staying at the one named `held`."""
        fill("terms-drawing", self.drawing())
        self.ready()
        focus("#" + held)

    def clicked(self, event):
        bar, group, leads = [event.target.closest(one) for one in (".step-bar", "[data-opens]", ".leads")]
        if bar:
            self.chosen = bar.id[len("term-") :]
            self.draw_again(bar.id)
            place = {name: bar.getAttribute("data-" + name) for name in ("block", "head")}
            self.page.choice.choose(**{name: int(place[name]) for name in place if place[name]})
        elif group:
            block = int(group.getAttribute("data-opens"))
            self.opened = self.opened ^ {block}
            self.draw_again(group.id)
        elif leads:
            self.page.dialog.parts["number"].show(leads.getAttribute("data-at"))

    def changed(self, event):
        """Another token, or another to be taken off."""
        if event.target.id in ("terms-token", "terms-minus"):
            numbers = [by_id(name).value for name in ("terms-token", "terms-minus")]
            place = [self.found["row"]] + [int(number) for number in numbers if number]
            self.page.state.set(shown=("logits" + str(place),))

    def pressed(self, event):
        roving.along(BUTTONS, event)


PART = LogitTerms
