"""The pinned distribution beside the present one."""

from page.next_token import compare
from page.panels.part import Part


class Compare(Part):
    async def fill(self):
        answer = await self.ask("compare", self.settings())
        text = "".join([token["shown"] for token in self.figure.answer["tokens"]])
        now = compare.label(text, answer["next"], self.words)
        return compare.comparison_table(answer, self.page.pin.label, now, self.words)

    def resampled(self):
        if self.page.pin.kept:
            self.page.dialog.fill_again()
        else:
            self.page.dialog.shut()


PART = Compare
