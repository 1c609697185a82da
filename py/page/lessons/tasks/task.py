"""What every task has in common. A task asks something about a text, by the model's own numbers, and checks the answer.

`find` is given a `Subject` and answers what is asked, a dict, or None where the text cannot be asked that:

    values   what its texts are filled in with, as HTML
    options  of a choice: [{"value", "html" or "key", "values": what is said of it when it is chosen wrongly}]
    right    the right answer, as `check` wants it
    rows     numbers that the question shows: [(name, number)], both HTML
    begin    fields of the state when the question is put
    show     fields of the state where the answer is seen in the picture
    case     which of a task's sentences says how it is, where there are several, as ".yes"
    number   the address of a number that shows how it is worked out

Its texts are `task.NAME`, `task.NAME.ask`, `task.NAME.so` (what the numbers say), `task.NAME.wrong` (what they say of a
wrong answer) and `task.NAME.none` (why a text cannot be asked).
"""

from page.text.numbers import signed

PLAIN = {"temperature": 0.8, "top_k": None, "top_p": None}  # the settings at which some questions begin


class Task:
    name = ""
    kind = ""  # "predict", "find", "make", "break", "compute"
    form = ""  # how it is answered: "choose", "bar", "number", "place" in the picture, "act" on the page
    once = False  # the answer is told after the first try
    changes_text = False  # the reader answers by another text
    where = ""  # what of the page it is answered with, to be scrolled to: a selector
    so_cases = ("",)  # of its sentences
    wrong_cases = ("",)

    async def find(self, subject):
        """What is asked about it, or None."""

    def check(self, asked, given):
        """Whether `given` is right: an option's value; a share or a number; {"block", "head"}; or what is seen on the
        page, {"text", "removed", "next"}."""
        return given == asked["right"]

    def wrong(self, asked, given):
        """(case, values): which sentence is said of a wrong answer, see `wrong_cases`, and its values, as HTML."""
        return "", {}

    def told(self, asked, given):
        """The answer in few signs, the same in every language."""
        return str(given)

    def texts(self):
        """The keys of its texts, without "task."."""
        endings = ["", ".ask", ".none"] + [".so" + case for case in self.so_cases]
        return [self.name + ending for ending in endings + [".wrong" + case for case in self.wrong_cases]]


class Choice(Task):
    """One of several is right, and is told after one try."""

    form = "choose"
    once = True

    def option(self, asked, given):
        return next(one for one in asked["options"] if one["value"] == given)

    def wrong(self, asked, given):
        return "", self.option(asked, given)["values"]


class YesOrNo(Choice):
    """What is so says it for a wrong answer too."""

    so_cases = (".yes", ".no")
    wrong_cases = ()

    def asked(self, yes, values, **more):
        right = "yes" if yes else "no"
        options = [{"value": value, "key": value, "values": {}} for value in ("yes", "no")]
        return dict(more, values=values, options=options, right=right, case="." + right)


class Number(Task):
    """A number to be worked out; near enough is right."""

    form = "number"
    near = 0.0  # so far from the right one

    def check(self, asked, given):
        return abs(given - asked["right"]) <= self.near

    def wrong(self, asked, given):
        return "", {"given": signed(given)}

    def told(self, asked, given):
        return "{:g}".format(given) if isinstance(given, float) else str(given)
