"""What each token is, plus where it stands."""

from page import embedding
from page.part import Part, reading


class Embedding(Part):
    place = "#embedding"

    async def fill(self):
        return embedding.rows(self.figure.answer, self.figure.view, self.words) + reading(self.words)


PART = Embedding
