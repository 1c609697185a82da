"""How text becomes tokens: one word of the reader's text, merged step by step, forwards and backwards."""

from page.browser.dom import all_of, by_id, fill, first_of, keep_in_view, write
from page.lessons import merging
from page.lessons.texts import absent, have_lessons
from page.panels import roving
from page.panels.part import Part
from page.text.markup import escape

GOES = {"merge-first": None, "merge-back": -1, "merge-on": 1, "merge-last": None}
ARROWS = {"ArrowLeft": "merge-back", "ArrowRight": "merge-on", "Home": "merge-first", "End": "merge-last"}
TAKE_KEYS = ("panel-title",) + tuple(GOES)  # the title has the keyboard at first
WORDS = "#merge-words button"


def contents(answer, words):
    say = words.say
    if answer["kind"] == "none":
        return '<p class="note">' + say("merges.empty") + "</p>"
    parts = [
        '<div id="merge-words" class="merge-words" role="group" aria-label="{}" translate="no">{}</div>'.format(
            escape(say("merges.words")), merging.word_buttons(answer, words)
        ),
    ]
    if answer["kind"] != "word":
        key = "merges.added" if answer["kind"] == "added" else "merges.long"
        parts.append('<p class="merge-said">' + escape(say(key, count=len(answer["tokens"]))) + "</p>")
        return "".join(parts)
    parts.append(
        '<div class="merge-work"><div>{}'
        '<div id="merge-scroll" class="scroll" tabindex="0" role="region" aria-label="{}" translate="no">{}</div>'
        '<p id="merge-said" class="merge-said" aria-live="polite"></p><p class="note">{}</p></div>{}</div>'.format(
            controls(len(answer["steps"]), words),
            escape(say("merges.table")),
            merging.byte_table(answer, words),
            merging.notes(answer, words),
            merging.merge_list(answer, words) if answer["steps"] else "",
        )
    )
    return "".join(parts)


def controls(size, words):
    """The buttons and the slider, for so many steps; nothing where there is none."""
    if not size:
        return ""
    button = '<button type="button" id="merge-{}" aria-label="{}">{}</button>'
    first, back, on, last = [
        button.format(name, escape(words.say("merges.go." + name)), sign)
        for name, sign in (("first", "«"), ("back", "‹"), ("on", "›"), ("last", "»"))
    ]
    slider = '<input type="range" id="merge-step" min="0" max="{}" value="0" aria-label="{}">'.format(
        size, escape(words.say("merges.slider"))
    )
    count = '<output id="merge-count" for="merge-step"></output>'
    keys = [
        '<span class="chip {}">{}</span>'.format(name, escape(words.say("merges.key." + name)))
        for name in ("new", "next")
    ]
    return '<div class="player merge-player">' + first + back + slider + on + last + count + " ".join(keys) + "</div>"


class Merges(Part):
    """Of `state.shown` the first is the word's number in the text, the second how many merges are done."""

    link = "bpe"
    has_csv = False

    def __init__(self, name, page):
        super().__init__(name, page)
        self.answer = None

    async def fill(self):
        row = self.figure.view["row"]
        if not await have_lessons(self.words):
            self.answer = None
            return absent(self.words)
        self.answer = await self.ask("merges", self.number, row)
        return contents(self.answer, self.words)

    def ready(self):
        roving.enter(WORDS, WORDS + '[aria-pressed="true"]')
        self.draw()

    def turned(self):
        """Another word is chosen, or another step of it."""
        if self.answer and self.number == self.answer["piece"]:
            self.draw()
        else:
            self.page.dialog.fill_again()

    @property
    def number(self):
        """Of the chosen word; -1, which is the chosen token's, where none is, or a link names something else."""
        shown = self.page.state.shown
        return shown[0] if shown and isinstance(shown[0], int) else -1

    @property
    def step(self):
        shown = self.page.state.shown
        return min(shown[1] if len(shown) > 1 else 0, len(self.answer["steps"]))

    def draw(self):
        """The word after as many merges as the state says."""
        if not first_of("#merge-said"):
            return
        answer, step = self.answer, self.step
        size = len(answer["steps"])
        fill("merge-pieces", merging.piece_cells(answer, step, self.words))
        fill("merge-said", merging.said_at(answer, step, self.words))
        if size:
            by_id("merge-step").value = step
            write("merge-count", self.words.say("merges.count", step=step, size=size))
        for line in all_of(".merge-list [data-merge]"):
            number = int(line.getAttribute("data-merge"))
            line.classList.toggle("now", number == step)
            line.classList.toggle("ahead", number > step)
        keep_in_view(by_id("merge-scroll"), first_of("#merge-pieces td:has(.new)"))

    def go(self, step):
        size = len(self.answer["steps"])
        self.page.state.set(shown=(self.answer["piece"], min(max(step, 0), size)))

    def press(self, name):
        size = len(self.answer["steps"])
        self.go({"merge-first": 0, "merge-last": size}.get(name, self.step + (GOES[name] or 0)))

    def clicked(self, event):
        word = event.target.closest(WORDS)
        if word:
            self.page.state.set(shown=(int(word.getAttribute("data-piece")), 0))
        elif event.target.id in GOES:
            self.press(event.target.id)

    def typed(self, event):
        if event.target.id == "merge-step":
            self.go(int(event.target.value))

    def pressed(self, event):
        if event.target.closest(WORDS):
            roving.along(WORDS, event)
        elif event.key in ARROWS and event.target.id in TAKE_KEYS and first_of("#merge-step"):
            event.preventDefault()
            self.press(ARROWS[event.key])


PART = Merges
