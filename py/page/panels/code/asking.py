"""A Python prompt beside the code: what the reader types runs in the sandbox, with the numbers of the run at hand."""

import asyncio

from page.browser.code.sandbox import is_offered
from page.browser.dom import by_id, fill, focus, scroll_down, write
from page.browser.no_answer import NoAnswer
from page.panels.code.examples import EXAMPLES
from page.panels.code.faults import fault_html
from page.panels.number.looks import drawing
from page.text.markup import escape
from page.text.numbers import sizes

SIDE, LEAST = 260, 14  # pixels of the picture of an array, along its longer side and the other
MOST = 20  # answers that stay
COMPLETED = 8  # names that are offered


class Asking:
    def __init__(self, pane):
        self.pane = pane
        self.words = pane.words
        self.own = pane.page.own_code
        self.asked = []  # what was asked, the oldest first
        self.place = 0  # in it, from where the arrow keys go on
        self.answers = []  # as HTML, with what was asked
        self.source = ""  # what stands in the field
        self.busy = False

    def html(self):
        if not is_offered():
            return '<p id="ask" class="note">' + self.words.html("ask.none") + "</p>"
        say = self.words.say
        examples = "".join(
            [
                '<li><button type="button" data-example="{0}">{1}</button></li>'.format(
                    name, say("ask.example." + name)
                )
                for name, _ in EXAMPLES
            ]
        )
        return (
            '<div id="ask" class="ask"><div id="ask-room" class="ask-room"><p class="note">{what}</p>'
            '<details id="ask-examples"{open}><summary>{more}</summary><ul>{examples}</ul></details>'
            '<div id="ask-answers" role="log" aria-label="{log}">{answers}</div></div>'
            '<div class="ask-line"><b aria-hidden="true">&gt;&gt;&gt;</b><textarea id="ask-source" rows="1"'
            ' spellcheck="false" autocapitalize="off" dir="ltr" translate="no" aria-label="{field}">{source}</textarea>'
            '<button type="button" id="ask-go">{go}</button></div><p id="ask-names" class="ask-names"></p>'
            '<p id="ask-state" class="note" role="status"></p></div>'
        ).format(
            what=self.words.html("ask.what"),
            open="" if self.answers else " open",
            more=say("ask.examples"),
            examples=examples,
            log=escape(say("ask.log")),
            answers="".join(self.answers),
            field=escape(say("ask.field")),
            source=escape(self.source),
            go=say("ask.go"),
        )

    def shown(self):
        """It has come into sight."""
        focus("#ask-source", "#code-ask")

    # What the reader does

    def clicked(self, event):
        example, name = event.target.closest("[data-example]"), event.target.closest("[data-name-of]")
        if event.target.id == "ask-go":
            self.ask()
        elif example:
            self.put(dict(EXAMPLES)[example.getAttribute("data-example")])
            self.ask()
        elif name:
            self.complete(name.getAttribute("data-name-of"))

    def typed(self, event):
        if event.target.id == "ask-source":
            self.source = event.target.value
            if self.own.sandbox.model and not self.busy:
                asyncio.create_task(self.offer())

    def key(self, event):
        """Enter asks, with Shift it begins a new line; the arrow keys bring back what was asked before."""
        if event.target.id != "ask-source":
            return
        one_line = "\n" not in event.target.value
        if event.key == "Enter" and not event.shiftKey:
            event.preventDefault()
            self.ask()
        elif one_line and event.key in ("ArrowUp", "ArrowDown") and self.asked:
            event.preventDefault()
            self.place = min(max(self.place + (-1 if event.key == "ArrowUp" else 1), 0), len(self.asked))
            self.put(self.asked[self.place] if self.place < len(self.asked) else "")

    def put(self, source):
        self.source = source
        by_id("ask-source").value = source
        focus("#ask-source")

    def complete(self, name):
        """The word at the end becomes this name."""
        kept = self.source
        while kept and (kept[-1].isalpha() or kept[-1].isdigit() or kept[-1] in "_."):
            if kept[-1] == "." and 'trace["' not in kept:
                break
            kept = kept[:-1]
        self.put(kept + name + ('"]' if kept[-7:] == 'trace["' else ""))
        fill("ask-names", "")

    # Asking

    def ask(self):
        self.source = by_id("ask-source").value
        if self.source.strip() and not self.busy:
            asyncio.create_task(self.went(self.source))

    async def offer(self):
        """Names that may follow."""
        source = self.source
        found = await self.answer("names", source)
        if found and "names" in found and source == self.source and by_id("ask-names"):
            names = [
                '<button type="button" data-name-of="{0}" translate="no">{0}</button>'.format(escape(name))
                for name in found["names"][:COMPLETED]
            ]
            fill("ask-names", " ".join(names))

    async def went(self, source):
        self.busy = True
        write("ask-state", self.words.say("ask.busy" if self.own.sandbox.model else "ask.starting"))
        found = await self.answer("ask", source)
        self.busy = False
        if found is None:
            if by_id("ask-state"):
                write("ask-state", "")
            return
        self.asked = [one for one in self.asked if one != source] + [source]
        self.place = len(self.asked)
        self.answers = self.answers[-MOST + 1 :] + [answer_html(source, found, self.words)]
        if not by_id("ask-answers"):
            return
        fill("ask-answers", "".join(self.answers))
        by_id("ask-examples").open = False
        scroll_down(by_id("ask-room"))
        write("ask-state", "")
        fill("ask-names", "")
        if "fault" not in found:
            self.put("")

    async def answer(self, name, source):
        """None when the reader has been told that the model's worker fails."""
        try:
            reading = await self.pane.part.ask("reading")
        except NoAnswer:
            return None
        return await self.own.ask(name, reading, {"source": source, "own": self.own.drawn})


def answer_html(source, found, words):
    """What was asked, and what came of it."""
    return '<div class="asked"><pre dir="ltr" translate="no"><code>{}</code></pre>{}</div>'.format(
        escape(source), fault_html(found, words) if "fault" in found else value_html(found, words)
    )


def value_html(found, words):
    parts = []
    for text in (found["printed"], found["text"]):
        if text:
            parts.append('<pre dir="ltr" translate="no">{}</pre>'.format(escape(text)))
    if found["kind"] == "array":
        said = "code.array" if found["least"] else "code.array.whole"
        least, most = escape(found["least"]), escape(found["most"])
        parts.append("<p>{}</p>".format(words.html(said, shape=sizes(found["shape"]), least=least, most=most)))
        if found["look"]:
            parts.append(drawing(found["look"], SIDE, LEAST, 'class="seen"', words.say("ask.look")))
    return "".join(parts) or '<p class="note">' + words.html("ask.nothing") + "</p>"
