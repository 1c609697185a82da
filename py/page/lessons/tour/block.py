"""The rest of a block, and block after block."""

from page.figure.sentence import rounded
from page.lessons.tour.beginning import Lengths
from page.lessons.tour.step import Step
from page.text.markup import word_html
from page.text.numbers import grouped

CHOICES = 3  # blocks to choose from


class Projection(Lengths):
    """Vaswani et al. (2017), section 3.2.2: the matrix W^O."""

    name = "projection"
    light = "#att, .mark-proj"


class MLP(Lengths):
    """Vaswani et al. (2017), section 3.3: each position apart. GELU: Hendrycks and Gimpel, "Gaussian Error Linear
    Units" (2016), section 2: some of what is below zero passes. Neurons: Geva et al., "Transformer Feed-Forward Layers
    Are Key-Value Memories" (2021), section 2."""

    name = "mlp"
    light = "#mlp, .title-mlp, .mark-gelu"
    answers, right = 2, 2

    def values(self, page, asked):
        return dict(super().values(page, asked), neurons=grouped(page.figure.view["d_mlp"]))


class Plus(Step):
    """nostalgebraist, "interpreting GPT: the logit lens" (2020). That it is a hint: the last steps were trained on the
    stream's end alone."""

    name = "plus"
    light = "#post, #att"

    def values(self, page, asked):
        says, values = page.figure.view["says"], {}
        for name, array in (("pre", "resid_pre"), ("mid", "resid_mid"), ("post", "resid_post")):
            values[name] = word_html(says[array]["shown"])
            values[name + "_share"] = rounded(says[array]["probability"])
        return values


class Forming(Step):
    """The same lens after every block. Alike, with weights of its own: Vaswani et al. (2017), sections 3.1 and 3.3."""

    name = "forming"
    light = ".logit-lens"

    def settled(self, page):
        """(the depth from which on the first choice is the one at the end, at temperature 1; the tokens of all depths);
        (None, []) while they are not known."""
        depths = page.figure.depths
        if not depths or None in depths:
            return None, []
        best = [depth["best"][0] for depth in depths]
        settled = len(best) - 1
        while settled > 0 and best[settled - 1]["id"] == best[-1]["id"]:
            settled -= 1
        return settled, best

    def case(self, page, asked):
        settled, _ = self.settled(page)
        return "waiting" if settled is None else "" if settled > 1 else "early"

    def values(self, page, asked):
        settled, best = self.settled(page)
        if settled is None:
            return {}
        before = word_html(best[max(settled - 1, 0)]["shown"])
        return {"end": word_html(best[-1]["shown"]), "settled": str(settled), "before": before}

    def options(self, page, asked):
        settled, best = self.settled(page)
        if settled is None or len(best) < 3:
            return []
        first = max(min(settled - 1, len(best) - CHOICES), 0)
        return [
            (page.words.html("tour.forming.block" if depth else "tour.forming.start", block=depth), depth == settled)
            for depth in range(first, first + CHOICES)
        ]


STEPS = [Projection(), MLP(), Plus(), Forming()]
