"""The pinned distribution beside the present one."""

from page.next_token import compare
from page.panels.part import Part


class Compare(Part):
    async def fill(self):
        answer = await self.ask("compare", self.settings())
        pin = self.page.pin
        now = compare.label(pin.text(), pin.shown, answer["next"], self.words)
        return compare.comparison_table(answer, pin.label, now, self.words)

    def resampled(self):
        if self.page.pin.kept:
            self.page.dialog.fill_again()
        else:
            self.page.dialog.shut()


PART = Compare
