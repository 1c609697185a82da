"""The picture as a whole: puts an answer of the worker on the page and draws the ribbons between its columns."""

from page import candidates, heads, prompt, ribbons
from page.dom import all_of, by_id, fill, rectangle, write

PIXELS_OF_FAN = 200  # thickness of all next-token ribbons together where they leave the last token


class Figure:
    def __init__(self, words):
        self.words = words
        self.answer = None  # the prepared one, then that of the last prediction

    def draw(self, answer):
        """Everything, for the prepared example or after a run of the model."""
        self.answer = answer
        fill("tokens", prompt.column(answer, self.words))
        fill("heads", heads.grid(answer["heads"], self.words))
        self.caption(None)
        self.draw_next(answer["next"])

    def draw_next(self, following):
        """The next-token list alone, after a change of temperature."""
        self.answer["next"] = following
        fill("candidates", candidates.table(following, self.words))
        write("temperature-formula", candidates.formula(following["temperature"], self.words))
        self.draw_ribbons()

    def translate(self, words):
        """The same picture in another language."""
        self.words = words
        if self.answer is not None:
            self.draw(self.answer)

    def caption(self, button):
        """Say what the head under the pointer does."""
        if button is None:
            write("head-caption", self.words.say("heads.hint"))
        else:
            write("head-caption", button.getAttribute("aria-label"))

    def draw_ribbons(self):
        """Measure the columns where CSS has put them and connect them; on a narrow screen they stack, so nothing to."""
        if self.answer is None:
            return
        following = self.answer["next"]
        figure = by_id("figure")
        tokens = [rectangle(element, figure) for element in all_of("#tokens li")]
        rows = [rectangle(row, figure) for row in all_of("#candidates tbody tr, #candidates .outside")]
        grid = rectangle(by_id("heads"), figure)
        if rows[0][0] < grid[0] + grid[2]:
            fill("ribbons", "")
            return
        shares = [one["sampled"] for one in following["candidates"]] + [following["outside"]["sampled"]]
        thick = min(PIXELS_OF_FAN, grid[3])
        source = (grid[0], grid[1] + grid[3] - thick, grid[2], thick)
        fill("ribbons", ribbons.into(tokens, grid) + ribbons.fan(source, rows, shares))
