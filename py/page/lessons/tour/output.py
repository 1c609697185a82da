"""From the last vector to the next token."""

from page.figure.sentence import rounded
from page.lessons.tour.step import Step
from page.next_token.needle import decimal
from page.text.markup import escape, word_html
from page.text.numbers import grouped, short, signed

WARM = 2  # a temperature


class Logits(Step):
    """Radford et al. (2018), section 3.1; the embedding is used again: Press and Wolf, "Using the Output Embedding to
    Improve Language Models" (2017)."""

    name = "logits"
    light = ".next-column, .mark-lnf"

    def values(self, page, asked):
        following = page.figure.answer["next"]
        outside = following["outside"]
        return {
            "largest": escape(signed(following["largest"])),
            "listed": str(len(following["candidates"])),
            "inside": rounded(1 - outside["model"]),
            "outside": rounded(outside["model"]),
        }


class Temperature(Step):
    """Ackley et al., "A Learning Algorithm for Boltzmann Machines" (1985); as a divisor of logits: Hinton et al.,
    "Distilling the Knowledge in a Neural Network" (2015), section 2."""

    name = "temperature"
    light = ".settings, #candidates"
    answers, right = 3, 2

    async def asked(self, page):
        return await page.client.ask_of_run("likeliest", len(page.figure.answer["tokens"]) - 1, WARM)

    def case(self, page, asked):
        return "" if asked else "waiting"

    def values(self, page, asked):
        best = page.figure.answer["next"]["candidates"][0]
        values = {"one": rounded(best["model"]), "temperature": short(page.state.temperature)}
        if asked:
            values["two"] = rounded(asked["tokens"][0]["probability"])
        return values


class Draw(Step):
    """Top-k: Fan et al., "Hierarchical Neural Story Generation" (2018). Top-p: Holtzman et al., "The
    Curious Case of Neural Text Degeneration" (2020), section 3.1."""

    name = "draw"
    light = ".settings, #needle, #draw-sentence"

    def values(self, page, asked):
        following = page.figure.answer["next"]
        return {
            "kept": grouped(following["kept"]),
            "u": decimal(following["u"]),
            "drawn": word_html(following["drawn"]["shown"]),
            "drawn_share": rounded(following["drawn"]["sampled"]),
        }


STEPS = [Logits(), Temperature(), Draw()]
