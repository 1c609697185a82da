"""Writing on, comparing, and what is inside."""

from page.figure.sentence import predictions_sentence
from page.lessons.tour.step import Step
from page.state.examples import QUEEN
from page.text.markup import word_html
from page.text.numbers import grouped


class WriteOn(Step):
    """Keys and values are kept: Pope et al., "Efficiently Scaling Transformer Inference" (2022). That the earlier
    ones stay as they are: Vaswani et al. (2017), section 3.2.3."""

    name = "write"
    light = "#append, #run"
    answers, right = 2, 2

    def case(self, page, asked):
        answer = page.figure.answer
        full = answer["count"] >= answer["n_positions"]
        return "waiting" if not page.figure.is_live else "full" if full else ""

    def values(self, page, asked):
        answer = page.figure.answer
        values = {"drawn": word_html(answer["next"]["drawn"]["shown"])}
        if page.figure.is_live:
            values["computed"] = grouped(answer["computed"])
        return values


class Change(Step):
    name = "change"
    light = "#open-other, #beside"

    def case(self, page, asked):
        return "compared" if "pinned" in page.figure.answer["next"] else ""

    def values(self, page, asked):
        return {"moved": predictions_sentence(page.figure.answer["next"], page.words)}


class Inside(Step):
    """What a model has of its texts: Bender et al., "On the Dangers of Stochastic Parrots" (2021), section 4; errors
    too: Lin et al., "TruthfulQA: Measuring How Models Mimic Human Falsehoods" (2022); facts as weights: Meng et al.,
    "Locating and Editing Factual Associations in GPT" (2022). Dropout, in training alone: Srivastava et al., "Dropout:
    A Simple Way to Prevent Neural Networks from Overfitting" (2014); the embedded model was trained without."""

    name = "inside"
    light = "#sentence"
    answers, right = 2, 1
    offers = QUEEN

    async def asked(self, page):
        return await page.client.ask_of_run("about") if page.figure.is_live else None

    def case(self, page, asked):
        return "" if asked else "waiting"

    def values(self, page, asked):
        return {"parameters": grouped(asked["parameters"])} if asked else {}


STEPS = [WriteOn(), Change(), Inside()]
