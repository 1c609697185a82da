"""Break: the reader takes a part of the model away, and sees what the prediction owed to it.

An arrow: Geva et al., "Dissecting Recall of Factual Associations in Auto-Regressive Language Models" (2023); a head:
Michel et al., "Are Sixteen Heads Really Better than One?" (2019).
"""

from page.lessons.tasks.task import Task
from page.state.counting import number_of
from page.state.removed import without_own, written_part
from page.state.state import LAST
from page.text.markup import word_html
from page.text.numbers import percent

LONGEST = 40  # tokens of a text of which parts are cut in turn
ARROWS = 60  # tried at most
FALLS = 0.02  # of probability, at least
APART = 0.003  # from the next
MODEL_OWN = {"temperature": 1, "top_k": None, "top_p": None}  # what is seen then is what was measured


class Cut(Task):
    """Answered by what is cut, which must be one part."""

    kind = "break"
    form = "act"
    cuts = ""  # its kind, as the state has it
    wrong_cases = ("", ".count")

    def told(self, asked, given):
        return " ".join([written_part(part) for part in without_own(given["removed"])])

    def only(self, given):
        """The one part that is cut, None where it is none, several, or of another kind."""
        parts = given["removed"]
        return parts[0] if len(parts) == 1 and parts[0][0] == self.cuts else None


class CutArrow(Cut):
    """One arrow less, and another token is the likeliest."""

    name = "cut_arrow"
    cuts = "arrow"
    where = "#pattern"

    async def find(self, subject):
        row, first = subject.last, subject.likeliest[0]
        if not 2 <= row < LONGEST:
            return None
        heads = await subject.heads()
        arrows = sorted([(-heads[b, h]["share"], b, h, heads[b, h]["position"]) for b, h in heads])
        for _, block, head, column in arrows[:ARROWS]:
            arrow = ("arrow", block, head, row, column)
            now = (await subject.without(arrow))["candidates"][0]
            if now["id"] != first["id"]:
                values = {
                    "first": word_html(first["shown"]),
                    "share": percent(first["model"]),
                    "now": word_html(now["shown"]),
                    "now_share": percent(now["model"]),
                    "block": number_of(block),
                    "head": number_of(head),
                    "from": word_html(subject.tokens[column]["shown"]),
                    "to": word_html(subject.tokens[row]["shown"]),
                }
                show = {"block": block, "head": head, "token": LAST, "removed": (arrow,)}
                return {"values": values, "right": first["id"], "begin": MODEL_OWN, "show": show}
        return None

    def check(self, asked, given):
        best = given["next"]["candidates"][0]
        return self.only(given) is not None and best["id"] != asked["right"]

    def wrong(self, asked, given):
        if self.only(given) is None:
            return ".count", {}
        return "", {"given_share": percent(given["next"]["candidates"][0]["model"])}


class SwitchOff(Cut):
    """The one part of its kind without which the likeliest token loses most."""

    worker = ""  # its kind, as the worker has it
    wrong_cases = ("", ".count", ".rises")

    async def find(self, subject):
        first = subject.likeliest[0]
        if subject.last >= LONGEST:
            return None
        measured = await subject.about("effects", self.worker, subject.last, first["id"], 1)
        before = measured["probability"]
        left = {self.part(effect): effect["probability"] for effect in measured["effects"]}
        ranked = sorted(left.values())
        if len(ranked) < 2 or before - ranked[0] < FALLS or ranked[1] - ranked[0] < APART:
            return None
        best = min(left, key=lambda part: left[part])
        values = {"token": word_html(first["shown"]), "before": percent(before), "after": percent(left[best])}
        values.update(named(best))
        place = dict(zip(("block", "head"), best[1:]))
        show = dict(place, removed=(best,), token=LAST)
        asked = {"values": values, "left": left, "before": before, "right": best}
        return dict(asked, begin=MODEL_OWN, show=show)

    def part(self, effect):
        return (self.cuts, effect["block"])

    def check(self, asked, given):
        return self.only(given) == asked["right"]

    def wrong(self, asked, given):
        """It may fall, but less; or not at all."""
        part = self.only(given)
        if part is None:
            return ".count", {}
        left, values = asked["left"][part], {"given_" + name: value for name, value in named(part).items()}
        return ".rises" if left >= asked["before"] else "", dict(values, given_after=percent(left))


def named(part):
    """The numbers of a part, as they are said."""
    return {name: number_of(index) for name, index in zip(("block", "head"), part[1:])}


class SwitchMlp(SwitchOff):
    name = "switch_mlp"
    cuts = "mlp"
    where = ".title-mlp"
    worker = "mlps"


class SwitchHead(SwitchOff):
    name = "switch_head"
    cuts = "head"
    where = "#head"
    worker = "heads"

    def part(self, effect):
        return ("head", effect["block"], effect["head"])


TASKS = (CutArrow(), SwitchMlp(), SwitchHead())
