"""Which models there are, and the reader's own."""

from page.panels.part import Part


class Picker(Part):
    needs_model = has_csv = False

    async def fill(self):
        return await self.page.models.html()

    def title(self):
        return self.words.html("panel.models")

    def clicked(self, event):
        self.page.models.clicked(event)

    def changed(self, event):
        self.page.models.chosen(event)


PART = Picker
