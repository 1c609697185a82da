"""Inside a block: attention, one head and all."""

from page.figure.sentence import SAME, becomes, looks, name, which
from page.lessons.tour.step import Step
from page.state.counting import number_of
from page.state.state import LAST
from page.text.markup import word_html
from page.text.numbers import grouped, signed

CHOICES = 3  # tokens to choose from
SHORT = 2  # tokens: after so few there is no arrow to try


class Query(Step):
    """Vaswani et al., "Attention Is All You Need" (2017), section 3.2."""

    name = "query"
    light = "#qkv, .title-qkv"


class Score(Step):
    """Vaswani et al. (2017), section 3.2.1: scaled dot-product attention."""

    name = "score"
    light = "#pattern"
    answers, right = 3, 1

    async def asked(self, page):
        view = page.figure.view
        place = [view[one] for one in ("block", "head", "row")]
        return await page.client.ask_of_run("score", *place, view["most"]["row"])

    def case(self, page, asked):
        return "" if asked else "waiting"

    def values(self, page, asked):
        return {"score": signed(asked["scaled"])} if asked else {}


class Mask(Step):
    """Vaswani et al. (2017), section 3.2.3: masking out what comes later. Trained on what comes next: Radford et al.,
    "Improving Language Understanding by Generative Pre-Training" (2018), section 3.1."""

    name = "mask"
    light = "#pattern"
    answers, right = 3, 2


class Look(Step):
    """Resting on the first token: Xiao et al., "Efficient Streaming Language Models with Attention Sinks" (2024),
    section 3.1. Ribbons: Kobayashi et al., "Attention is Not Only a Weight" (2020). That a share is no measure of what
    matters: Jain and Wallace, "Attention is not Explanation" (2019)."""

    name = "look"
    light = "#pattern"

    def case(self, page, asked):
        view = page.figure.view
        does = looks(view)
        return does if does in ("rests", "alone") else "" if view["row"] else "first"

    def options(self, page, asked):
        """The token that gets most, and some that get less, in the order of the text."""
        answer, words = page.figure.answer, page.words
        view = answer["view"]
        shares, most = view["shares"], view["most"]["row"]
        others = [i for i in range(len(shares)) if i + view["first"] != most]
        less = sorted(others, key=lambda i: -shares[i])[: CHOICES - 1]
        rows = sorted([i + view["first"] for i in less] + [most])
        return [(which(answer, row, words), row == most) for row in rows] if less else []


class Telling(Step):
    """Cutting an arrow and running on: attention knockout in Geva et al., "Dissecting Recall of Factual Associations in
    Auto-Regressive Language Models" (2023). Heads that can be spared: Michel et al., "Are Sixteen Heads Really Better
    than One?" (2019)."""

    name = "telling"
    light = "#pattern, #cut-told"

    async def begin(self, page):
        figure = page.figure
        if not page.client.ready:
            return
        if not figure.told:
            await page.what_matters.search()
        elif figure.told["arrow"]:
            place = {name: figure.told["arrow"][name] for name in ("block", "head")}
            page.choice.choose(token=LAST, **place)

    def case(self, page, asked):
        told = page.figure.told
        if not told:
            return "cut" if page.state.removed else "waiting"
        if told["arrow"]:
            return ""
        return "nothing" if len(page.figure.answer["tokens"]) > SHORT else "short"

    def values(self, page, asked):
        answer, told = page.figure.answer, page.figure.told
        if not told:
            return {}
        values = {"token": name(answer, told["row"]), "next": word_html(told["token"]["shown"])}
        arrow = told["arrow"]
        if arrow:
            values["other"] = which(answer, arrow["column"], page.words)
            values["change"] = becomes(arrow["before"], arrow["after"], page.words)
            values["block"], values["head"] = [str(number_of(arrow[place])) for place in ("block", "head")]
        return values

    def options(self, page, asked):
        told = page.figure.told
        if not told or not told["arrow"]:
            return []
        change = told["arrow"]["after"] - told["arrow"]["before"]
        right = 3 if abs(change) < SAME else 1 if change > 0 else 2
        return [(page.words.html("tour.telling.answer." + str(n)), n == right) for n in (1, 2, 3)]


class Heads(Step):
    """Vaswani et al. (2017), section 3.2.2: multi-head attention. At the token before and at the first: Vig and
    Belinkov, "Analyzing the Structure of Attention in a Transformer Language Model" (2019); at a word that came
    earlier: Olsson et al., "In-context Learning and Induction Heads" (2022)."""

    name = "heads"
    light = ".card-foot"

    def values(self, page, asked):
        return {"all": grouped(page.figure.view["n_layer"] * page.figure.view["n_head"])}

    def options(self, page, asked):
        view = page.figure.view
        blocks, heads = view["n_layer"], view["n_head"]
        counts = sorted(set([heads, blocks + heads, blocks * heads]))
        return [(grouped(count), count == blocks * heads) for count in counts] if len(counts) > 1 else []


STEPS = [Query(), Score(), Mask(), Look(), Telling(), Heads()]
