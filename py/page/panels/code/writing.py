"""The code as the reader writes it: an editor in the place of the steps, and what became of the prediction with it."""

import asyncio
import json

from page.browser.code.editor import Editor
from page.browser.code.sandbox import is_offered
from page.browser.dom import by_id, fill, focus, show, write
from page.cuts.listed import effect
from page.panels.code.edits import difference
from page.panels.code.faults import fault_html
from page.state.removed import in_code
from page.text.markup import escape

HIGH = 0.58  # of the window: an editor needs some lines
PAUSE = 0.4  # seconds without a key until what was changed is looked at


def fault(html):
    return '<p class="fault">' + html + "</p>"


class Writing:
    def __init__(self, pane):
        self.pane = pane
        self.words, self.state, self.own = pane.words, pane.page.state, pane.page.own_code
        self.editor = Editor()
        self.version = None  # what the worker said of the text in the editor, see model/code/difference.py
        self.said = ""  # what went wrong with it, as HTML
        self.from_link = False  # nobody has run it since a link brought it
        self.turn = 0  # counts keys: a newer text overtakes an older one
        self.opening = self.busy = False
        self.state.listen(self.follow, "draft")

    def html(self):
        self.editor.hold()
        if not is_offered():
            return '<p id="write" class="note">' + self.words.html("write.none") + "</p>"
        say = self.words.say
        return (
            '<div id="write" class="write"><p class="note" id="write-what"></p><p class="write-tools">'
            '<button type="button" id="write-run" class="primary">{run}</button>'
            '<button type="button" id="write-back" hidden>{back}</button>'
            '<span id="write-state" class="note" role="status"></span></p>'
            '<div id="write-told" tabindex="0" role="region" aria-label="{told}" aria-live="polite"></div>'
            '<div id="write-room" class="write-room"></div></div>'
        ).format(run=say("write.run"), back=say("write.back"), told=escape(say("write.told")))

    # The editor

    def shown(self):
        """It has come into sight."""
        if is_offered() and not self.editor.host:
            self.pane.page.dialog.be_high(max(self.pane.page.dialog.high, HIGH))
            asyncio.create_task(self.open())
        else:
            self.place()

    def place(self):
        """What it stood in has been drawn anew."""
        room = by_id("write-room")
        if room and self.editor.host:
            self.editor.put_in(room)
            self.tell()

    async def open(self):
        if self.opening:
            return
        self.opening = True
        try:
            while not self.editor.host or self.version is None:  # a link may bring another version meanwhile
                draft = self.state.draft
                found = await self.fetch(draft)
                if found is None or not await self.opened(found):
                    return
                if draft == self.state.draft:
                    self.take(found)
        finally:
            self.opening = False
        self.place()
        self.show_change()
        self.editor.focus()

    def show_change(self):
        """The first line that differs; else the one that the reader looked at."""
        lines = [one["line"] for one in self.version["changed"]]
        self.editor.show(lines[0] if lines else self.pane.line())

    async def fetch(self, draft):
        """What the worker says of the text to begin with; None when the reader has been told that it fails."""
        if by_id("write-state"):
            write("write-state", self.words.say("write.coming"))
        client = self.pane.page.client
        if draft:
            found = await client.ask("version_by", json.dumps({"value": draft}))
        else:
            found = await client.ask("version_with", json.dumps(in_code(self.state.removed)))
        self.from_link = bool(draft)
        if "misfit" in found:
            self.from_link = False
            self.said = fault(self.words.html("write.misfit"))
            found = await client.ask("version_with", "[]")
        if "error" in found:
            client.failed(found)
            return None
        return found

    async def opened(self, found):
        """Whether the editor is open, with this text."""
        say = self.words.say
        try:
            await self.editor.open(found["text"], say("write.label"), say("write.deleted"), self.changed, self.run)
        except Exception as error:  # of whatever kind JavaScript throws
            self.said = fault(self.words.html("write.failed", why=escape(str(error))))
            self.tell()
            return False
        return self.editor.host is not None

    def take(self, found):
        """What the worker said of the text."""
        self.version = found
        self.state.set(draft=found["changes"])
        lines = []
        for one in found["changed"]:  # where lines are gone, the one that follows
            lines += [one["line"] + place for place in range(max(1, len(one["new"])))]
        self.editor.mark(lines)

    def changed(self):
        """The reader has typed."""
        self.turn += 1
        self.editor.fault(0)
        asyncio.create_task(self.look(self.turn))

    async def look(self, turn):
        await asyncio.sleep(PAUSE)
        if turn == self.turn and self.editor.host:
            text = self.editor.text()
            found = await self.pane.page.client.ask("version_of", json.dumps({"value": text}))
            if turn == self.turn and self.editor.host and "changes" in found:
                self.said = ""
                self.take(found)
                self.tell()

    def follow(self, _):
        """A link may have brought another version: it is shown, and undoing brings back what stood there."""
        if self.version and self.state.draft == self.version["changes"]:
            return
        self.own.wished()
        self.turn += 1
        if not self.state.draft or self.opening:
            return
        self.pane.view = "write"
        if by_id("write-room"):
            by_id("code").setAttribute("data-view", "write")
            self.pane.draw()
            asyncio.create_task(self.replace() if self.editor.host else self.open())

    async def replace(self):
        draft = self.state.draft
        found = await self.fetch(draft)
        if found and draft == self.state.draft and self.editor.host:
            self.turn += 1
            self.editor.set(found["text"])
            self.editor.fault(0)
            self.take(found)
            self.place()
            self.show_change()

    # What is said

    def tell(self):
        """What stands around the editor, and may be another by now."""
        if not by_id("write-told"):
            return
        seen = self.from_link or (self.own.source and self.own.source == (self.version or {}).get("text"))
        what = "write.link" if self.from_link else "write.what"
        fill("write-what", self.words.html(what))
        by_id("write-what").classList.toggle("warned", self.from_link)
        is_there = self.own.sandbox.model is not None
        busy = self.words.say("write.busy" if is_there else "ask.starting")
        write("write-state", busy if self.busy else "")
        show("write-back", bool(self.own.source or self.state.draft))
        fill("write-told", self.said or (self.finding() if seen and self.version else ""))

    def finding(self):
        """What became of the prediction, where it has run, and the lines that differ from ours."""
        found = self.pane.page.figure.answer["next"].get("intact")
        said = effect(found, True, self.words) if found and self.own.drawn == self.version["text"] else ""
        lines = [difference(one["line"], one["old"], one["new"], self.words) for one in self.version["changed"]]
        return '<div class="finding">{}<ol class="difference" dir="ltr" translate="no">{}</ol></div>'.format(
            said, "".join(lines)
        )

    # What the reader does

    def clicked(self, event):
        if event.target.id == "write-run":
            self.run()
        elif event.target.id == "write-back":
            self.back()

    def run(self):
        if self.editor.host and not self.busy:
            asyncio.create_task(self.went())

    async def went(self):
        """The version in the editor runs, if it gets through the text that is drawn; else ours, or the one before,
        stays. Whatever the reader wants meanwhile comes first."""
        self.busy, self.said = True, ""
        self.turn += 1
        self.own.wished()
        wish, text = self.own.wish, self.editor.text()
        self.tell()
        try:
            found = await self.pane.page.client.ask("version_of", json.dumps({"value": text}))
            done = found
            if "changes" in found and wish == self.own.wish:
                self.take(found)
                self.tell()
                done = await self.own.trial(text, self.from_link) if found["changes"] else None
        finally:
            self.busy = False
        if wish == self.own.wish:
            self.done(text, done)
        elif self.editor.host and self.editor.text() == text:
            self.said = '<p class="note">' + self.words.html("write.dropped") + "</p>"
        self.tell()

    def done(self, text, found):
        """What the trial of a text has come to; None of ours."""
        self.from_link = False
        if found is None:
            self.own.leave()
        elif "numbers" in found:
            self.own.use(text)
        else:
            self.said = self.failure(found)
            self.editor.fault(found.get("line") or 0)
            if found.get("line"):
                self.editor.show(found["line"])

    def failure(self, done):
        if "fault" in done:
            return fault_html(done, self.words)
        values = {name: escape(str(done[name])) for name in done}
        return fault(self.words.html("error." + done["error"], **values))

    def back(self):
        """Ours again; what the reader wrote can be brought back by undoing."""
        self.own.leave()
        asyncio.create_task(self.restored())

    async def restored(self):
        found = await self.pane.page.client.ask("version_with", "[]")
        if "changes" in found and self.editor.host:
            self.said, self.from_link = "", False
            self.turn += 1
            self.editor.set(found["text"])
            self.editor.fault(0)
            self.take(found)
            self.tell()
            focus("#write-run")

    def typed(self, event):
        """The editor says so itself, see `changed`."""

    def key(self, event):
        """The editor's own."""
