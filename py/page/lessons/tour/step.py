"""A step of the tour: the state of the page that it goes to, what it lights, what it asks, and what it says, with live
numbers. A new one is a class of this kind in the list of its chapter, and its texts in each language's `lessons`.

Texts of the step "stream": `tour.stream.title`, `tour.stream` and, where it asks, `tour.stream.ask`. Where what it says
has cases, `tour.stream.CASE` stands instead of `tour.stream`.
"""

from page.figure.sentence import name, rounded, which
from page.state.counting import number_of
from page.state.state import LAST
from page.text.markup import word_html
from page.text.numbers import grouped


class Step:
    name = ""  # its word in links, for good
    light = ""  # selectors of what it is about, with commas between; the first is scrolled to
    part = ""  # the part that is open meanwhile
    answers = 0  # of a question that is the same for every text, how many there are to choose from
    right = 0  # and which of them is right, from 1
    offers = ""  # a text that it proposes to read

    def place(self):
        """The fields of the state that it goes to."""
        return {"token": LAST, "part": self.part}

    async def begin(self, page):
        """What the page does when the reader comes here."""

    async def asked(self, page):
        """What it needs to know of the worker. Raises NoAnswer."""

    def case(self, page, asked):
        """Which of its texts holds for these numbers."""
        return ""

    def values(self, page, asked):
        """What its texts are filled with, as HTML, besides `common`."""
        return {}

    def options(self, page, asked):
        """The answers to its question, as [(HTML, whether it is right)]; none where there is nothing to ask."""
        key = "tour." + self.name + ".answer."
        return [(page.words.html(key + str(n)), n == self.right) for n in range(1, self.answers + 1)]


def common(page):
    """What every text may name: the chosen token, where it looks most, the likeliest next token, the model's size."""
    answer, words = page.figure.answer, page.words
    view, best = answer["view"], answer["next"]["candidates"][0]
    return {
        "count": grouped(len(answer["tokens"])),
        "token": name(answer, view["row"]),
        "position": str(number_of(view["row"])),
        "block": str(number_of(view["block"])),
        "blocks": str(view["n_layer"]),
        "head": str(number_of(view["head"])),
        "heads": str(view["n_head"]),
        "size": grouped(view["n_embd"]),
        "width": grouped(view["n_embd"] // view["n_head"]),
        "other": which(answer, view["most"]["row"], words),
        "share": rounded(view["most"]["share"]),
        "next": word_html(best["shown"]),
        "next_share": rounded(best["sampled"]),
        "vocabulary": grouped(len(answer["next"]["candidates"]) + answer["next"]["outside"]["count"]),
    }
