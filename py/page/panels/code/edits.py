"""The code with a line of it changed: experiments, one click each, beside the line that they change."""

import asyncio

from page.browser.dom import by_id, fill, first_of, keep_in_middle
from page.browser.no_answer import NoAnswer
from page.cuts.listed import effect
from page.state.removed import CODE, in_code
from page.text.markup import escape


class Edits:
    def __init__(self, pane):
        self.pane = pane
        self.words, self.state = pane.words, pane.page.state
        self.edits = []  # what the worker answered
        self.asked = ""  # the experiment that the reader has asked for last: what came of it is kept in sight

    def html(self):
        return '<div id="edits" class="edits">{}</div>'.format(self.listed())

    def listed(self):
        """The experiments; of one that is on, what became of the prediction, and why."""
        on = in_code(self.state.removed)
        parts = ['<p class="note">' + self.words.html("edits.what") + "</p>"] if self.edits else []
        for name in CODE if self.edits else ():
            parts.append(self.experiment(name, name in on))
        return "".join(parts)

    def experiment(self, name, is_on):
        say, lines = self.words.say, []
        for one in self.edits:
            if one["name"] == name:
                lines.append(difference(one["line"], [one["old"]], [one["new"]], self.words))
        return (
            '<section class="experiment{on}"><h3>{title}</h3>'
            '<button type="button" id="edit-{name}" data-edit="{name}" aria-pressed="{pressed}">{button}</button>'
            "<p>{before}</p>"
            '<ol class="difference" dir="ltr" translate="no">{lines}</ol>{after}</section>'
        ).format(
            on=" on" if is_on else "",
            title=say("edits." + name),
            name=name,
            pressed="true" if is_on else "false",
            button=say("edits.back" if is_on else "edits.run"),
            before=self.words.html("edits." + name + ".before"),
            lines="".join(lines),
            after=self.finding(name) if is_on else "",
        )

    def finding(self, name):
        """Once the model has run with it."""
        found = self.pane.page.figure.answer["next"].get("intact")
        if not found:
            return ""
        return '<div class="finding">{}<p>{}</p></div>'.format(
            effect(found, True, self.words), self.words.html("edits." + name + ".after")
        )

    def shown(self):
        """It has come into sight."""
        if not self.edits:
            asyncio.create_task(self.fetch())

    def keep_in_sight(self):
        """What came of the experiment that was asked for, when all has been drawn anew."""
        finding = first_of("#edits .experiment:has(#edit-" + self.asked + ") .finding") if self.asked else None
        if finding:
            room, whole = by_id("edits"), finding.closest(".experiment")
            keep_in_middle(whole if whole.offsetHeight <= room.clientHeight else finding, room)

    async def fetch(self):
        try:
            self.edits = (await self.pane.part.ask("edits"))["edits"]
        except NoAnswer:
            return
        if by_id("edits"):
            fill("edits", self.listed())

    # What the reader does

    def clicked(self, event):
        button = event.target.closest("[data-edit]")
        if button:
            self.asked = button.getAttribute("data-edit")
            self.pane.page.own_code.leave()
            self.pane.page.cuts.toggle((self.asked,))

    def typed(self, event):
        """Nothing is."""

    def key(self, event):
        """Nothing is."""


def difference(first, old, new, words):
    """Items of a list: the lines that give way, and those that stand there instead, from the number `first` on."""
    items = []
    for kind, lines in (("old", old), ("new", new)):
        for place, line in enumerate(lines):
            items.append(
                '<li class="{}"><i aria-hidden="true">{}</i><code><span class="visually-hidden">{} </span>{}</code>'
                "</li>".format(kind, first + place, escape(words.say("edits." + kind)), escape(line))
            )
    return "".join(items)
