"""Cutting: the reader takes an arrow, a head, an MLP, a block or the positions away, and puts them back.

What is cut is in the state; the model reads the text without it, and everything on the page is of that run. Here are
the buttons that cut, and what stands above the picture: what is cut, and what the prediction owes to it.
"""

from page.browser.dom import all_of, by_id, fill, focus, on, root, show, write
from page.cuts import listed
from page.state.removed import in_picture, is_of_code, own

HERE = {  # by what a button of the picture says that it cuts, the part of what is drawn
    "head": ("head", "block", "head"),
    "mlp": ("mlp", "block"),
    "block": ("block", "block"),
    "position": ("position",),
}


class Cuts:
    def __init__(self, page):
        self.page = page
        self.state, self.words, self.figure = page.state, page.words, page.figure
        page.state.listen(lambda _: self.show(), "removed", "mean", "block", "head")
        on(by_id("main"), "click", self.clicked)
        on(by_id("cuts"), "change", self.changed)

    def toggle(self, part):
        """Take a part away, or put it back."""
        parts = self.state.removed
        self.page.address.leave()
        self.page.status.unsay("removed")
        self.put(tuple([one for one in parts if one != part]) if part in parts else parts + (part,))

    def put(self, parts):
        """These parts are cut; where none is, nothing has its mean in its place either."""
        self.state.set(removed=parts, mean=self.state.mean and bool(parts))

    def part_of(self, button):
        """The part that a button of the picture cuts."""
        kind, *fields = HERE[button.getAttribute("data-cut")]
        return (kind,) + tuple([getattr(self.state, field) for field in fields])

    def clicked(self, event):
        cut, back, there = [event.target.closest(what) for what in ("[data-cut]", "[data-back]", "[data-cut-part]")]
        if cut:
            self.toggle(self.part_of(cut))
        elif back:
            self.toggle(self.numbered(back, "data-back"))
            focus("#cuts [data-back]", "#flow [data-cut]")
        elif event.target.id == "cut-told":
            arrow = self.figure.told["arrow"]
            self.toggle(("arrow",) + tuple([arrow[name] for name in ("block", "head", "row", "column")]))
            focus("#cuts-undo")
        elif event.target.id == "cuts-undo":
            self.page.address.leave()
            self.put(())
            focus("#flow [data-cut]")
        elif there:
            self.page.choice.choose(**place(self.numbered(there, "data-cut-part")))

    def numbered(self, button, name):
        return self.state.removed[int(button.getAttribute(name))]

    def changed(self, event):
        if event.target.id == "cuts-mean":
            self.state.set(mean=event.target.value == "mean")

    def show(self):
        """What is cut, above the picture, and the buttons that cut as they stand now."""
        state, answer = self.state, self.figure.answer
        for button in all_of("#flow [data-cut]"):
            button.setAttribute("aria-pressed", "true" if self.part_of(button) in state.removed else "false")
        show("cuts", bool(state.removed))
        root().classList.toggle("without-parts", bool(state.removed))
        if state.removed:
            fill("cuts-list", listed.parts(state.removed, answer, self.words))
            show("cuts-instead", any([part[0] != "arrow" for part in in_picture(state.removed)]))
            by_id("cuts-mean").value = "mean" if state.mean else "nothing"
            by_code = is_of_code(state.removed)
            title = ".own" if own(state.removed) is not None else ".code" if by_code else ""
            write("cuts-title", self.words.say("cuts.title" + title))
            write("cuts-badge", self.words.say("cuts.badge.code" if by_code else "cuts.badge"))
        self.figure.mark_missing()

    def told(self, following):
        """What the prediction owes to what is cut, by the worker's newest `next`."""
        self.show()
        intact, by_code = following.get("intact"), is_of_code(self.state.removed)
        fill("cuts-effect", listed.effect(intact, by_code, self.words) if intact else "")

    def speak(self):
        """The same in another language."""
        if self.figure.answer is not None:
            self.told(self.figure.answer["next"])

    def file_name(self, end):
        """Of a file with the drawn numbers: it says when they are not those of the whole model."""
        removed = self.figure.answer.get("removed") if self.figure.answer else ()
        mark = "-your-version" if is_of_code(removed or ()) else "-with-cuts" if removed else ""
        return "glassformer" + mark + end

    def word(self, part):
        """What a button says that cuts this part, or puts it back."""
        return self.words.say("cuts." + ("restore." if part in self.state.removed else "off.") + part[0])


def place(part):
    """The fields of the state at which a part is seen."""
    return dict(zip(("block", "head", "token"), part[1:]))
