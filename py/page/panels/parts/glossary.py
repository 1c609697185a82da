"""Every term of the page, with a sentence and the numbers of the run that is drawn."""

from page.browser.dom import all_of, by_id, first_of, focus, reveal, show, write
from page.lessons.glossary.entries import example_html, glossary_html, matches
from page.lessons.glossary.examples import Facts, addresses
from page.lessons.glossary.terms import TERMS, seen_at
from page.lessons.texts import absent, have_lessons
from page.panels.part import Part


class Glossary(Part):
    link = "glossary"
    needs_model = has_csv = False

    def __init__(self, name, page):
        super().__init__(name, page)
        self.asked = {}  # what the worker has answered, see `Facts`
        self.query = ""
        self.gone_to = ()  # the term that was gone to last: what comes anew stays where the reader is

    def title(self):
        return self.words.html("panel.glossary")

    def show(self, name):
        """Go to a term of another text, to which the reader comes back when the glossary is closed."""
        dialog, state = self.page.dialog, self.page.state
        if self.is_open and state.shown == (name,):
            self.turned()
            return
        if not self.is_open:
            self.under, self.under_shown = dialog.part, state.shown
        dialog.ask_for("glossary", (name,))

    async def fill(self):
        if not await have_lessons(self.words):
            return absent(self.words)
        self.asked = await self.answers() if self.figure.is_live else {}
        return glossary_html(self.facts(), self.query, self.words)

    async def answers(self):
        """What the examples need to know besides what the page has."""
        view, numbers = self.figure.view, {}
        for name, address in addresses(view).items():
            found = await self.ask("inspect", address, self.settings())
            numbers[name] = None if "no_such" in found else found
        place = view["block"], view["head"], view["row"], view["most"]["row"]
        return {"score": await self.ask("score", *place), "about": await self.ask("about"), "numbers": numbers}

    def facts(self):
        """None before there is a picture: a link may open the glossary over the empty page."""
        if self.figure.answer is None:
            return None
        return Facts(self.figure.answer, self.page.state.seed, self.page.state.draw, **self.asked)

    def ready(self):
        self.filter()
        if self.page.state.shown != self.gone_to:
            self.turned()

    def turned(self):
        """Go to the term that a link or the reader asks for."""
        shown = self.gone_to = self.page.state.shown
        entry = by_id("word-" + shown[0]) if shown else None
        if entry:
            entry.hidden = False
            reveal(entry)
            focus("#term-" + shown[0])

    def resampled(self):
        for place in all_of("#panel .here"):
            place.innerHTML = example_html(place.getAttribute("data-of"), self.facts(), self.words)

    def closed(self):
        self.gone_to, self.under = (), None

    def filter(self):
        found = [name for name in TERMS if matches(name, self.query, self.words)]
        for name in TERMS:
            show("word-" + name, name in found)
        write("glossary-count", self.words.say("glossary.count", count=len(found), all=len(TERMS)))

    def typed(self, event):
        if event.target.id == "glossary-search":
            self.query = event.target.value
            self.filter()

    def clicked(self, event):
        button = event.target.closest("[data-leads]")
        if event.target.closest("[data-tour]"):  # which leads there by itself
            self.page.dialog.shut()
        elif button:
            self.lead(button.getAttribute("data-leads"))

    def lead(self, name):
        """To where the term is seen."""
        page = self.page
        last = len(self.figure.answer["tokens"]) - 1
        place = seen_at(name, self.figure.view, self.figure.answer["next"], last)
        if "[" in place:
            page.dialog.parts["number"].show(place)
        elif not place.startswith("#"):
            page.dialog.ask_for(place)
        else:
            page.dialog.shut()
            reveal(first_of(place))
            focus(place + " button", place)


PART = Glossary
