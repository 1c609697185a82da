"""A term within any text says its sentence where it is pointed at, or has the keyboard, and leads to the glossary."""

import asyncio

from page.browser.dom import by_id, fill, first_of, on, root
from page.lessons.texts import have_lessons
from page.panels.help import stand_under
from page.text.markup import escape, with_terms

TIP = "term-tip"


class Pointed:
    def __init__(self, page):
        self.page = page
        self.term = None  # the element that is pointed at
        for event in ("pointerover", "focusin"):
            on(root(), event, self.came_to)
        on(root(), "click", self.clicked)
        on(root(), "keydown", self.pressed)

    def came_to(self, event):
        """The pointer may go on to the sentence itself; one that the keyboard has brought stays until that goes on."""
        term = event.target.closest("[data-glossed]")
        if term:
            if self.term is None or not term.isSameNode(self.term):
                self.leave()
                self.term = term
                asyncio.create_task(self.show(term))
        elif not event.target.closest("#" + TIP) and (
            event.type == "focusin" or not first_of("[data-glossed]:focus-visible")
        ):
            self.leave()

    async def show(self, term):
        words = self.page.words
        if not await have_lessons(words) or self.term is None or not term.isSameNode(self.term):
            return
        fill(TIP, sentence_html(term.getAttribute("data-glossed"), words))
        term.setAttribute("aria-describedby", TIP)
        tip = by_id(TIP)
        tip.showPopover()
        stand_under(tip, term.getBoundingClientRect(), 0)

    def leave(self):
        if self.term is not None:
            self.term.removeAttribute("aria-describedby")
            self.term = None
            by_id(TIP).hidePopover()

    def clicked(self, event):
        """One that is to be opened in a tab of its own is the browser's."""
        term = event.target.closest("[data-glossed]")
        if not term or event.ctrlKey or event.metaKey or event.shiftKey:
            return
        event.preventDefault()
        self.leave()
        by_id("help").hidePopover()
        self.page.dialog.parts["glossary"].show(term.getAttribute("data-glossed"))

    def pressed(self, event):
        """Nothing else closes where the keyboard is at the term; under a pointer that rests it may not be noticed."""
        if event.key == "Escape" and self.term is not None:
            if self.term.matches(":focus-visible"):
                event.preventDefault()
            self.leave()


def sentence_html(name, words):
    """A term's name and its sentence, without ways to others."""
    return "<b>{}</b> {}".format(
        escape(words.say("glossary." + name + ".title")),
        with_terms(escape(words.say("glossary." + name)), lambda _, said: said),
    )
