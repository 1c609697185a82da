"""Which task is asked, how it is answered, and what is said of that. The picture above stays alive: some are answered
there. What a task asks and what is right is in `lessons/tasks`."""

import asyncio
import json

from page.browser.dom import (
    all_selected_copied,
    announce,
    announce_element,
    by_id,
    fill,
    first_of,
    focus,
    has_focus,
    place,
    reveal,
    text_as_json,
    value_as_json,
    write,
)
from page.browser.files import print_page, save_text
from page.figure.prompt_tokens import text_of
from page.lessons.tasks import catalog
from page.lessons.tasks.progress import Progress
from page.lessons.tasks.report import fits
from page.lessons.tasks.subject import Gone
from page.lessons.texts import absent, have_lessons
from page.panels.tasks import listing, question
from page.text.numbers import round_percent

REPORT = "report"  # in the place of a task's name


class Asking:
    """What the part `try_it` does."""

    def __init__(self, part):
        self.part, self.page = part, part.page
        self.words, self.figure = part.words, part.figure
        self.progress = Progress()
        self.key = None  # what is asked about: (task's name, text, model, teacher's number)
        self.asked = None  # see `lessons/tasks/task.py`; None while it is looked for, and where there is nothing to ask
        self.offer = None  # another text that can be asked, "" for none; None while it is not known
        self.given = None  # what the reader has entered
        self.verdict = None  # {"kind": "right", "wrong", "not_yet" or "gave_up", "over", "case", "values"}
        self.placed = None  # the task and number that a text was chosen for
        self.is_new = False  # the question has just been put
        self.untold = False  # the verdict has just been found
        self.turn = 0  # counts what was looked for
        self.page.state.listen(lambda _: self.left(), "part")

    @property
    def task(self):
        """The one that is shown; None for the list."""
        shown = self.page.state.shown
        return catalog.BY_NAME.get(shown[0]) if shown else None

    async def fill(self):
        if not await have_lessons(self.words):
            return absent(self.words)
        task, shown, words = self.task, self.page.state.shown, self.words
        if task is None:
            self.drop()
            drawn = listing.handed_in if shown and shown[0] == REPORT else listing.task_list
            return drawn(self.progress, words)
        key = self.key_now(task)
        if key != self.key:
            self.begin(task, key)
        elif self.asked:
            self.look()
        if self.asked:
            return question.question(task, self.asked, self.given, self.verdict, self.figure.view, words)
        return question.looking(task, words) if self.offer is None else question.refused(task, self.offer, words)

    def key_now(self, task):
        """A task that is answered by another text stays about its own."""
        text = value_as_json(by_id("prompt"))
        if task.changes_text and self.asked and self.key[0] == task.name:
            text = self.key[1]
        return task.name, text, self.page.state.model, self.progress.number

    def ready(self):
        """A keyboard that has nowhere to be comes to what is new: the question, or what follows the answer."""
        lost = first_of("#panel-title:focus") or not has_focus()
        if self.task and self.offer is not None and lost:
            focus("#try-title")
        if self.task and self.asked:
            if self.is_new and self.task.where:
                reveal(first_of(self.task.where))
            if lost and (self.is_new or self.verdict):
                focus("#try-title" if self.is_new else "#try-next")
            self.is_new = False
            self.tell()

    def tell(self):
        if self.verdict:
            fill("try-verdict", question.outcome(self.task, self.asked, self.verdict, self.words))
            reveal(by_id("try-verdict"))
            there = by_id("try-there")
            if there:
                place(there, left="{:.1f}%".format(100 * self.asked["right"]))
            if self.untold:
                announce_element(by_id("try-verdict"))
            self.untold = False

    def say_at(self, name, text):
        """A short text, in its place and for those who hear the page."""
        write(name, text)
        announce(text)

    def turned(self):
        self.page.dialog.fill_again()

    def closed(self):
        if self.asked is None:
            self.drop()

    def left(self):
        """A number that was opened from here leads back here; others do not."""
        if self.page.state.part != "number":
            self.page.dialog.parts["number"].under = None

    # What is asked

    def drop(self):
        """Nothing is asked."""
        self.key = self.asked = self.offer = self.given = self.verdict = None
        self.turn += 1

    def begin(self, task, key):
        self.drop()
        self.key = key
        asyncio.create_task(self.prepare(task, self.turn))

    async def prepare(self, task, turn):
        """Find what can be asked: of the reader's text or, for a teacher's number, of one that goes with it."""
        number, ask, present = self.progress.number, self.page.client.ask, self.key[1]
        chosen = number and self.placed != (task.name, number)
        texts = [text_as_json(text) for text in catalog.in_order(task, number)]
        try:
            found = await catalog.first_text(task, texts if chosen else [present], ask, number)
            other = None if found else await catalog.first_text(task, texts, ask, number)
        except Gone:  # the model reads another text, or measures for another part
            found, other = None, None
            if turn == self.turn:
                self.key = None
        if turn != self.turn:
            return
        if found:
            self.put(task, found[0], found[1])
        elif self.key:
            self.offer = "" if other is None else json.loads(other[0])["value"]
        if self.part.is_open:
            self.page.dialog.fill_again()

    def put(self, task, text, asked):
        """The question is put about the whole model."""
        self.is_new = True
        self.asked, self.placed = asked, (task.name, self.progress.number)
        self.key = (self.key[0], text) + self.key[2:]
        self.page.runs.choose(text, removed=(), mean=False)
        self.page.state.set(**asked.get("begin", {}))

    # The answer

    def seen(self):
        """What the page shows, for tasks that are done on it."""
        answer = self.figure.answer
        return {"text": text_of(answer), "removed": answer.get("removed", ()), "next": answer["next"]}

    @property
    def is_settled(self):
        """Whether the page shows what the state says: the model may still be at it."""
        state, following = self.page.state, self.figure.answer["next"]
        same = all([following[name] == getattr(state, name) for name in ("temperature", "top_k", "top_p")])
        return same and not self.figure.stale

    def answer(self):
        """What the reader says; None where that is nothing yet."""
        form = self.task.form
        if form == "place":
            return {"block": self.figure.view["block"], "head": self.figure.view["head"]}
        if form == "act":
            return self.seen()
        if form == "number":
            return number_in(self.given, self.asked)
        return self.given

    def look(self):
        """A task that is done on the page is done as soon as it is seen there."""
        over = self.verdict and self.verdict["over"]
        if self.task.form == "act" and not over and self.is_settled:
            given = self.seen()
            if self.task.check(self.asked, given):
                self.decide(given)

    def resampled(self):
        if self.task and self.asked:
            self.look()
            if self.verdict:
                self.page.dialog.fill_again()

    def check(self):
        given = self.answer()
        if given is None:
            self.say_at("try-verdict", self.words.say("try.nothing"))
        elif self.is_settled:
            self.decide(given)
            self.page.dialog.fill_again()

    def decide(self, given):
        task, asked = self.task, self.asked
        if task.check(asked, given):
            self.conclude("right", given, True)
        else:
            case, values = task.wrong(asked, given)
            self.conclude("wrong" if task.once else "not_yet", given, task.once, case, values)

    def conclude(self, kind, given, over, case="", values=None):
        told = "" if given is None else self.task.told(self.asked, given)
        if not self.task.wrong_cases:
            case = None
        self.verdict, self.untold = {"kind": kind, "over": over, "case": case, "values": values or {}}, True
        verdict = "wrong" if kind == "not_yet" else kind
        text = text_of(self.figure.answer) if not self.task.changes_text else self.asked["text"]
        self.progress.enter(self.task.name, text, self.page.models.label(), told, verdict)

    # What the reader does

    def go(self, *shown):
        self.page.state.set(shown=shown)
        focus("#panel-title")

    def clicked(self, event):
        task, name = event.target.closest("[data-task]"), event.target.id
        if task:
            self.go(task.getAttribute("data-task"))
        elif name in DOES:
            DOES[name](self)

    def give_up(self):
        self.conclude("gave_up", None, True)
        self.page.dialog.fill_again()

    def next(self):
        names = [task.name for task in catalog.TASKS]
        self.drop()
        self.go(names[(names.index(self.task.name) + 1) % len(names)])

    def again(self):
        self.drop()
        self.page.dialog.fill_again()

    def take(self):
        self.page.runs.choose(text_as_json(self.offer))

    def open_number(self):
        number = self.page.dialog.parts["number"]
        self.page.state.set(**self.asked["show"])
        number.under, number.under_shown = self.part, self.page.state.shown
        self.page.dialog.ask_for("number", (self.asked["number"],))

    def copy(self):
        copied = all_selected_copied(by_id("try-text"))
        self.say_at("try-copied", self.words.say("share.copied" if copied else "share.by_hand"))

    def save(self):
        save_text(by_id("try-text").value, "glassformer-answers.txt", "text/plain")

    def forget(self):
        self.progress.forget()
        self.page.dialog.fill_again()
        announce(self.words.say("try.forgotten"))

    def changed(self, event):
        field = event.target
        if field.id == "try-number":
            self.progress.renumber(field.value)
            self.placed = None
            self.page.dialog.fill_again()
        elif field.name == "try-choice":
            self.given = field.value

    def typed(self, event):
        field = event.target
        if field.id == "try-handed":
            write("try-fits", "")
            if field.value.strip():
                self.say_at("try-fits", self.words.say("try.fits" if fits(field.value) else "try.fits_not"))
        elif field.id == "try-given" and self.task.form == "bar":
            self.given = int(field.value) / 100
            write("try-bar-value", round_percent(self.given))
        elif field.id == "try-given":
            self.given = field.value

    def pressed(self, event):
        if event.key == "Enter" and (event.target.id == "try-given" or event.target.name == "try-choice"):
            self.check()


DOES = {  # by the names of the buttons
    "try-back": lambda part: part.go(),
    "try-report": lambda part: part.go(REPORT),
    "try-check": Asking.check,
    "try-give-up": Asking.give_up,
    "try-next": Asking.next,
    "try-again": Asking.again,
    "try-show": lambda part: part.page.state.set(**part.asked["show"]),
    "try-open": Asking.open_number,
    "try-take": Asking.take,
    "try-copy": Asking.copy,
    "try-save": Asking.save,
    "try-print": lambda _: print_page(),
    "try-forget": Asking.forget,
}


def number_in(written, asked):
    """What was typed as a number, with a comma or a true minus sign too; None where it is none. A percentage counts as
    a share."""
    try:
        value = float((written or "").replace("−", "-").replace(",", ".").replace("%", "").strip())
    except ValueError:
        return None
    return value / 100 if asked.get("percent") else value
