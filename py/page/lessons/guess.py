"""The first visit: the reader guesses the next word before the list of next tokens shows what the model thinks.

Until then the words that the model would say are covered, see guess.css, and no name or title tells them, see
`is_covered`; `early.js` does so before the page is seen, and hears what is asked before this is there.
"""

import asyncio
import json

from page.browser.dom import by_id, fill, first_of, focus, on, value_as_json, write
from page.browser.memory import remember
from page.text.markup import escape, quoted_html, visible
from page.text.numbers import grouped, percent

SILENT = ("", "models", "share")  # parts that say nothing of what is covered


def is_covered():
    """Whether the reader has yet to guess what comes next: nothing may be drawn, or named, that would tell."""
    return first_of("body.guessing") is not None


class Guess:
    def __init__(self, page):
        self.page = page
        self.word = ""  # the reader's, as JSON; "" where none was typed, or its text is gone
        self.answer = None  # what the model says of it
        page.state.listen(lambda _: self.leave(), "text", "generated")
        page.state.listen(lambda _: self.toured(), "step")
        page.state.listen(lambda _: self.told_elsewhere(), "part", "removed")
        on(by_id("guess-form"), "submit", self.submitted)
        on(by_id("guess-close"), "click", lambda _: self.put_away())
        if by_id("guess-form").hasAttribute("data-asked"):  # see early.js
            self.ask()

    def submitted(self, event):
        event.preventDefault()
        self.ask()

    def ask(self):
        """The reader wants to see: with a word, once the model has said where it stands; without one, at once."""
        word = value_as_json(by_id("guess-word"))
        if not json.loads(word)["value"].strip():
            self.uncover()
            focus("#candidates")
            return
        self.word = word
        self.speak()
        self.follow()

    def follow(self):
        """The list is another: the guess is looked up in it."""
        figure = self.page.figure
        if self.word and self.page.recorded.stands_in:  # nobody can look the word up; the list is seen all the same
            self.page.recorded.refuse()
            self.put_away()
        elif self.word and figure.is_live and not figure.stale:
            self.page.client.ask_newest("guess", self.told, "guess", self.word, self.page.controls.settings(0, ""))

    def told(self, answer):
        if not self.word:
            return
        first, self.answer = self.answer is None, answer
        self.uncover()
        by_id("guess").classList.add("answered")
        self.speak()
        if first:
            focus("#guess-said")

    def speak(self):
        """In the reader's language, also when that is another by now and the list is drawn anew."""
        said = ""
        if self.answer:
            said = sentence_of(self.answer, self.page.words)
            self.mark()
        elif self.word and not self.page.figure.is_live:
            said = escape(self.page.words.say("guess.loading"))
        fill("guess-said", said)

    def mark(self):
        """The reader's word in the list; where that does not show it, in a row of its own."""
        answer, words = self.answer, self.page.words
        row = first_of('#candidates tr[data-id="{}"]'.format(answer["id"]))
        mark = '<span class="guess-mark" title="{0}"><span class="visually-hidden">{0}</span></span>'.format(
            escape(words.say("guess.mark"))
        )
        if row is None:
            foot = (
                '<tfoot class="guess-row" translate="no"><tr data-id="{}"><th scope="row">{}</th>'
                '<td colspan="3" class="number sampled">{}</td></tr></tfoot>'
            ).format(answer["id"], visible(answer["shown"]), percent(answer["sampled"]))
            first_of("#candidates table").insertAdjacentHTML("beforeend", foot)
            row = first_of("#candidates .guess-row tr")
        if not row.classList.contains("guessed"):
            row.classList.add("guessed")
            row.firstElementChild.insertAdjacentHTML("beforeend", mark)

    def leave(self):
        """Another text: the guess was about the one before."""
        if self.word:
            self.word, self.answer = "", None
            by_id("guess").classList.remove("answered")
            write("guess-said", "")

    def toured(self):
        """The tour speaks of what is covered."""
        if self.answer or is_covered():
            self.close()

    def told_elsewhere(self):
        """A part that is opened speaks of it, or what becomes of it without some parts."""
        state = self.page.state
        if is_covered() and (state.removed or state.part not in SILENT):
            self.close()

    def put_away(self):
        self.close()
        focus("#candidates")

    def close(self):
        """The reader has seen it, or does not want to guess."""
        if self.answer:
            self.page.figure.draw_next(self.page.figure.listed)  # without its mark
        self.leave()
        self.uncover()

    def uncover(self):
        """It is done, and never comes back; what is drawn may tell all."""
        remember("guess", True)
        if is_covered():
            first_of("body").classList.remove("guessing")
            asyncio.create_task(self.page.speak())


def sentence_of(answer, words):
    """Where the reader's word stands, as HTML."""
    values = {
        "token": quoted_html(answer["shown"]),
        "rank": grouped(answer["rank"]),
        "of": grouped(answer["of"]),
        "share": percent(answer["sampled"]),
        "count": answer["tokens"],
    }
    if answer["tokens"] > 1:
        return words.html("guess.part.first" if answer["rank"] == 1 else "guess.part", **values)
    return words.html("guess.first" if answer["rank"] == 1 else "guess.rank", **values)
