"""What is cut shows in the picture: a cross on an arrow's cell, and whatever is switched off is faint, less so where
its mean is in its place."""

from page.browser.dom import by_id, first_of

CROSS = "M{} {}l.5 .5m0 -.5l-.5 .5"  # within a cell, from its corner at a quarter


def draw(view, parts, mean):
    """`parts` and `mean` are the state's, see `state/removed.py`."""
    crosses, faint = [], set()
    for part in parts:
        if part[0] == "position":
            faint.add("no-position")
        elif len(part) > 1 and part[1] == view["block"]:
            if part[0] == "arrow" and part[2] == view["head"]:
                row, column = part[3] - view["first"], part[4] - view["first"]
                if column >= 0 and row < view["count"]:
                    crosses.append(CROSS.format(column + 0.25, row + 0.25))
            elif part[0] in ("mlp", "block"):
                faint.add("no-mlp")
            if part[0] == "block" or part[:3] == ("head", view["block"], view["head"]):
                faint.add("no-head")
            if part[0] == "block":
                faint.add("no-attention")
    first_of("#pattern .crosses").setAttribute("d", "".join(crosses))
    by_id("figure").classList.toggle("means", mean)
    for name in ("no-position", "no-mlp", "no-head", "no-attention"):
        by_id("figure").classList.toggle(name, name in faint)
