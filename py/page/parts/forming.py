"""What the model would say after each block."""

from page import forming
from page.part import Part


class Forming(Part):
    place = "#forming"

    async def fill(self):
        return forming.table((await self.ask("forming"))["depths"], self.words)


PART = Forming
