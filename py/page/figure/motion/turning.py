"""From one head or block of a run to another: the old picture stays until the new one is drawn, and leaves as it comes.

Heads slide like cards; a block folds towards the blocks that it joins, and the next unfolds beside it. `turning.css`
says how long that takes. Whoever goes on before it has ended sees the new picture at once.
"""

from page.browser.animations import moves
from page.browser.dom import all_of, by_id, fill, on, place, rectangle

SLIDES = "#pattern"  # beside the lines in the card, what is one head's
FOLDS = "#flow .in-block"


class Turning:
    def __init__(self, ended):
        self.ended = ended  # called when the new picture stands still
        self.copies = []  # of what is one head's or block's, as it was
        self.kind = ""
        on(by_id("figure"), "animationend", lambda event: event.animationName.startswith("turn") and self.end())

    def keep(self, old, new):
        """Copy what will have gone, before `new` is drawn where `old` is; both as the worker describes them."""
        self.end()
        changed = [name for name in ("block", "head") if old[name] != new[name]]
        if not changed or not moves():
            return
        self.kind = changed[0]
        self.way = 1 if new[self.kind] > old[self.kind] else -1
        fill("leaving", by_id("ribbons").innerHTML)
        for part in all_of(FOLDS if self.kind == "block" else SLIDES):
            copy = part.cloneNode(True)
            copy.removeAttribute("id")
            copy.setAttribute("aria-hidden", "true")
            copy.setAttribute("inert", "")
            copy.classList.add("leaving")
            part.after(copy)
            self.copies.append(copy)

    def go(self):
        """The new picture is drawn, and measured where it will stand."""
        if self.kind:
            place(by_id("figure"), **{"--way": str(self.way)})
            if self.kind == "block":
                self.hinge()
            by_id("figure").classList.add("turning-" + self.kind)

    def hinge(self):
        """At which edge of the block the old one closes and the new one opens, for each part in its own pixels."""
        origin = by_id("overlay")
        boxes = [(part, rectangle(part, origin)) for part in all_of(FOLDS)]
        before = rectangle(by_id("pre"), origin)
        left, right = before[0] + before[2], max([box[0] + box[2] for _, box in boxes])
        closes, opens = (left, right) if self.way > 0 else (right, left)
        for part, box in boxes + [(by_id(name), (0, 0)) for name in ("ribbons", "leaving")]:
            edges = ["{:.0f}px".format(edge - box[0]) for edge in (closes, opens)]
            place(part, **{"--closes": edges[0], "--opens": edges[1]})

    def end(self):
        for copy in self.copies:
            copy.remove()
        self.copies, self.kind = [], ""
        fill("leaving", "")
        for kind in ("head", "block"):
            by_id("figure").classList.remove("turning-" + kind)
        self.ended()
