"""A live example for each term: which sentence fits the run that is drawn, and the numbers that stand in it.

The functions of `inside.py` and `outcome.py` are named as the terms are. Each takes `Facts` and answers (case, values),
the case one of `CASES`, or None where the numbers are not known yet. Values are tokens as the model shows them, whole
numbers, shares of 1, other numbers, and those that the worker has rounded itself; `entries.py` writes them.
"""

from page.lessons.glossary import inside, outcome

ASKED = {  # numbers that the worker is asked for, by the name that `Facts` has them under
    "embed": "embed[{row}, 0]",
    "ln1": "blocks.{block}.ln1[{row}, 0]",
    "query": "blocks.{block}.attn.q[{row}, {head}, 0]",
    "neuron": "blocks.{block}.mlp.post[{row}, 0]",
}
CASES = {  # of the terms that have several sentences
    "token": ("", ".one", ".empty"),
    "byte_pair": ("", ".single", ".pieces"),
    "context": ("", ".full", ".left_out"),
    "position": ("", ".cut"),
    "attention": ("", ".itself", ".alone", ".none"),
    "mask": ("", ".last", ".one"),
    "softmax": ("", ".cut"),
    "neuron": (".on", ".off"),
    "block": ("", ".cut"),
    "logit_lens": ("", ".last"),
    "temperature": (".low", ".high", ".one", ".greedy"),
    "top_k": (".on", ".off", ".greedy"),
    "top_p": (".on", ".off", ".greedy"),
    "sampling": ("", ".greedy"),
    "entropy": ("", ".certain"),
    "cache": ("", ".kept", ".known", ".prepared"),
    "quantisation": (".float32", ".int8"),
    "dropout": ("", ".cut"),
}


class Facts:
    """What the page knows of the run that is drawn: `answer` is the worker's, `draw` and `seed` the state's; `score`,
    `about` and `numbers` (by the names in ASKED) answer questions of their own, None before there is a model."""

    def __init__(self, answer, seed=0, draw=0, score=None, about=None, numbers=None):
        self.answer, self.seed, self.draw = answer, seed, draw
        self.score, self.about, self.numbers = score, about, numbers
        self.view, self.next, self.tokens = answer["view"], answer["next"], answer["tokens"]
        self.removed = answer.get("removed") or ()
        self.size = len(self.next["candidates"]) + self.next["outside"]["count"]  # of the vocabulary
        self.likeliest = self.next["candidates"][0]

    @property
    def token(self):
        """The one that explains itself."""
        return self.named(self.view["row"])

    def named(self, row):
        return self.tokens[row]["shown"]

    def worked(self, name):
        """The numbers that a calculation goes through, by name, as the worker has rounded them; None where it made
        none of them."""
        found = self.numbers and self.numbers[name]
        values = {one["name"]: one["digits"] for one in found["values"]} if found else {}
        return None if not values or found["rule"] else values

    def example(self, name):
        """(which sentence, values) of a term, see above; None where they are not known."""
        found = getattr(inside if hasattr(inside, name) else outcome, name)(self)
        return found and (name + ".here" + found[0], found[1])


def addresses(view):
    """What ASKED asks for in this view."""
    return {name: ASKED[name].format(**view) for name in ASKED}
