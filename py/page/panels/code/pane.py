"""The code beside an opened number: the function that made it, as it runs; read, or stepped through.

What a name stands for is said where it is pointed at or has the keyboard; pressed, it opens as a number, and the name
of a function leads into that.
"""

import asyncio
import json

from page.browser.dom import all_of, by_id, fill, first_of, focus, keep_in_middle, site_address, write
from page.browser.files import give
from page.browser.no_answer import NoAnswer
from page.panels import roving
from page.panels.code.asking import Asking
from page.panels.code.controls import BUTTONS
from page.panels.code.edits import Edits
from page.panels.code.listing import listing, lit_lines, value_html
from page.panels.code.source import line_address
from page.panels.code.stepping import Stepping
from page.panels.code.writing import Writing
from page.text.markup import escape

KEPT = 12  # calls whose code is kept
WHOLE = json.dumps([["gpt2", 0]])  # the first of them
NAMES = "#code-lines button"


class CodePane:
    def __init__(self, part):
        self.part = part  # the number that it stands beside
        self.page, self.words = part.page, part.words
        self.address = ""  # of the open number
        self.found = None  # what the worker answered of the call that is shown
        self.done = None  # how many of its lines have run, while it is stepped through
        self.known = {}  # such answers, by all that was asked
        self.run = 0  # that they are of
        self.turn = 0  # counts what was asked for: a newer question overtakes an older one
        self.stepping = Stepping(self)
        self.views = {"edits": Edits(self), "write": Writing(self), "ask": Asking(self)}  # what else can be done
        self.view = ""  # the one that stands in the place of the steps

    @property
    def is_open(self):
        return self.page.state.code and self.part.is_open and self.part.found is not None

    def html(self):
        """Empty until `open` has an answer."""
        return (
            '<section id="code" class="code" data-view="{view}" data-at="{at}" aria-label="{name}">'
            '<p class="code-head" id="code-head"></p><div id="code-lines"></div>'
            '<p id="code-value" class="code-value" aria-live="polite"></p>{controls}{edits}{write}{ask}</section>'
        ).format(
            view=self.view,
            at=self.stepping.drawn,
            name=escape(self.words.say("code.name")),
            controls=self.stepping.controls(),
            edits=self.views["edits"].html(),
            write=self.views["write"].html(),
            ask=self.views["ask"].html(),
        )

    def open(self, address):
        """The code of this number; while it is stepped through, that of the step stays."""
        if self.page.client.run != self.run:
            self.run, self.known = self.page.client.run, {}
            self.stepping.end()
        self.address = address
        if self.view == "write":
            self.views["write"].shown()
        if self.stepping.at is None:
            self.go([])
        else:
            self.draw()

    def go(self, path, done=None):
        """To the call at the end of `path`; [] is the one in which the open number comes about."""
        asyncio.create_task(self.went(path, done))

    async def went(self, path, done=None):
        """The same, and whether it is there: something else may have been asked for since."""
        self.turn += 1
        turn, asked = self.turn, (self.address, json.dumps(path), self.part.settings())
        if asked not in self.known:
            try:
                found = await self.part.ask("code", *asked)
            except NoAnswer:
                return False
            if len(self.known) >= KEPT:  # all but the whole pass, which is the longest to compute
                self.known = {key: self.known[key] for key in self.known if key[1] == WHOLE}
            self.known[asked] = found
        if turn != self.turn or not self.is_open:
            return False
        if "no_such" in self.known[asked]:
            self.found = None
            self.draw_unwatched()
            return False
        self.found, self.done = self.known[asked], done
        self.draw()
        return True

    def draw_unwatched(self):
        """The reader's own version has run, where nobody can watch its lines."""
        if by_id("code"):
            by_id("code").setAttribute("data-own", "")
            fill("code-head", self.head())
            fill("code-lines", '<p class="note">' + self.words.html("write.unwatched") + "</p>")

    def draw(self):
        if self.found is None and self.page.own_code.drawn:
            self.draw_unwatched()
        if self.found is None or not by_id("code"):
            return
        by_id("code").removeAttribute("data-own")
        fill("code-head", self.head())
        fill("code-lines", listing(self.found, self.done))
        names = all_of(NAMES)
        for number, name in enumerate(names):
            name.id = "code-{}".format(number)
        roving.enter(NAMES, ".listing .lit button")
        self.say_made()
        self.stepping.show()
        lit = first_of("#code-lines .lit")
        if lit:
            keep_in_middle(lit, by_id("code-lines"))
        self.views["edits"].keep_in_sight()

    def head(self):
        """The file, and the calls that lead to this one; each but the last can be gone back to. Who writes has all of
        gpt2.py, and nobody knows the calls of the reader's own version."""
        if self.view == "write" or self.found is None:
            return '<code translate="no">gpt2.py</code>' + self.buttons()
        path = [tuple(call) for call in self.found["path"]]
        crumbs = []
        for size, (name, number) in enumerate(path, 1):
            said = name + (" " + str(number + 1) if name == "block" else "")
            if size < len(path) and self.stepping.at is None:
                said = '<button type="button" class="crumb" data-size="{}">{}</button>'.format(size, escape(said))
            crumbs.append("<span>" + said + "</span>")
        return (
            '<code translate="no">{file}</code> <span class="crumbs" dir="ltr" translate="no">{crumbs}</span>'
            "{source}{buttons}"
        ).format(
            file=escape(self.found["file"]),
            crumbs=" › ".join(crumbs),
            source=self.source(),
            buttons=self.buttons(),
        )

    def buttons(self):
        return '{views}<button type="button" id="code-take" class="open" title="{title}">{take}</button>'.format(
            views="".join([self.button(name) for name in ("edits", "write", "ask")]),
            title=escape(self.words.say("code.take.title")),
            take=self.words.say("code.take"),
        )

    def button(self, view):
        """As HTML, what leads from the steps to a view and back."""
        is_shown = view == self.view
        return (
            '<button type="button" id="code-{0}" class="open" data-view="{0}" aria-controls="{0}" aria-expanded="{1}">'
            "{2}</button>"
        ).format(view, "true" if is_shown else "false", self.words.say("code.to." + ("steps" if is_shown else view)))

    def to_view(self, view):
        """To a view, or from it back to the steps."""
        self.view = "" if view == self.view else view
        by_id("code").setAttribute("data-view", self.view)
        self.draw()
        focus("#code-" + view)
        if self.view:
            self.views[view].shown()

    def line(self):
        """The one that the reader looks at."""
        if self.found is None or self.found["file"][-len("gpt2.py") :] != "gpt2.py":
            return 1
        return lit_lines(self.found, self.done)[0] or self.found["first"]

    def source(self):
        """A link to the lit line in the repository, where the page knows one."""
        line = lit_lines(self.found, self.done)[0] or self.found["first"]
        address = line_address(*site_address(), self.found["file"], line)
        said = self.words.say("code.source")
        return '<a href="{}" target="_blank" rel="noopener">{}</a>'.format(escape(address), said) if address else ""

    def visit(self, line):
        """The last one of a line, so far; of a line before the first statement, that."""
        visits = self.found["visits"] if self.done is None else self.found["visits"][: self.done]
        of_line = [visit for visit in visits if visit["line"] == line]
        return of_line[-1] if of_line else self.found["visits"][0]

    def say_made(self):
        """What the lit line has made."""
        made = all_of('#code-lines .lit [data-kind="made"]')
        if made:
            values = [
                value_html(name.getAttribute("data-name"), self.seen(name), self.words, len(made) > 1) for name in made
            ]
            fill("code-value", "".join(values))
        else:
            write("code-value", self.words.say("code.hint") if self.done is None else "")

    def say(self, name):
        """What a name, an element, stands for."""
        kind, called = name.getAttribute("data-kind"), name.getAttribute("data-name")
        if kind == "call":
            fill("code-value", self.words.html("code.into", name=escape(called)))
        elif kind == "key":
            fill("code-value", self.words.html("code.key", name=escape(called)))
        else:
            fill("code-value", value_html(called, self.seen(name), self.words))

    def seen(self, name):
        """What the worker saw of a name that is read or made."""
        line = int(name.closest(".line").getAttribute("data-line"))
        visit = self.visit(line)
        kind = name.getAttribute("data-kind") if visit["line"] == line else "read"
        return self.found["values"][visit[kind][name.getAttribute("data-name")]]

    # What the reader does

    def hovered(self, event):
        name = event.target.closest(NAMES)
        if name:
            self.say(name)

    def clicked(self, event):
        view = event.target.closest("#ask, #edits, #write")
        if view:
            self.views[view.id].clicked(event)
            return
        name, crumb = event.target.closest(NAMES), event.target.closest("#code .crumb")
        if crumb:
            self.go(self.found["path"][: int(crumb.getAttribute("data-size"))])
        elif name:
            self.pressed(name)
        elif event.target.matches("#code button[data-view]"):
            self.to_view(event.target.getAttribute("data-view"))
        elif event.target.id == "code-take":
            asyncio.create_task(self.take())
        elif event.target.id[len("code-") :] in BUTTONS:
            self.stepping.press(event.target.id[len("code-") :])

    def pressed(self, name):
        kind, called = name.getAttribute("data-kind"), name.getAttribute("data-name")
        if kind == "call":
            line = int(name.closest(".line").getAttribute("data-line"))
            calls = [call for call in self.visit(line)["calls"] if call[0] == called]
            self.stepping.into(self.found["path"] + [calls[-1]])
            return
        at = self.found["keys"][called] if kind == "key" else self.seen(name)["at"]
        if at:
            self.part.go(at)
        else:
            self.say(name)

    async def take(self):
        """Code, weights and numbers of this run, to be run elsewhere."""
        note = json.dumps({"value": self.words.say("code.note")})
        try:
            own = json.dumps({"value": self.page.own_code.drawn})
            answer = await self.part.ask("archive", self.part.settings(), note, own)
        except NoAnswer:
            return
        give(answer["address"], "glassformer-run.zip")

    def typed(self, event):
        self.stepping.typed(event)
        if self.view:
            self.views[self.view].typed(event)

    def key(self, event):
        """Arrow keys go along the names."""
        if self.view:
            self.views[self.view].key(event)
        roving.along(NAMES, event)

    def closed(self):
        self.stepping.end()
        self.view = ""
        self.found, self.turn = None, self.turn + 1
