"""How the last run went, and how the weights are held."""

from page import about
from page.part import Part


class Run(Part):
    place = "#open-run"
    has_numbers = has_link = False

    async def fill(self):
        return about.part(await self.ask("about"), self.page.models.coming is not None, self.words)

    def changed(self, event):
        self.page.models.chosen(event)


PART = Run
