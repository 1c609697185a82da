"""Try it: tasks about the reader's own text, checked on the model's own numbers. All there is to it is compiled when it
is first opened, so that the page starts no later for it: see `main.py` and `panels/tasks/asking.py`."""

from page.panels.part import Part


class TryIt(Part):
    link = "try"
    has_csv = False
    asking = None

    def title(self):
        return self.words.html("panel.try_it")

    async def fill(self):
        if self.asking is None:
            from page.panels.tasks.asking import Asking

            self.asking = Asking(self)
        if self.page.recorded.stands_in:
            return '<p class="note">' + self.words.html("error.recorded") + "</p>"
        return await self.asking.fill()

    def ready(self):
        self.asking.ready()

    def turned(self):
        self.asking.turned()

    def resampled(self):
        self.asking.resampled()

    def closed(self):
        self.asking.closed()

    def clicked(self, event):
        self.asking.clicked(event)

    def changed(self, event):
        self.asking.changed(event)

    def typed(self, event):
        self.asking.typed(event)

    def pressed(self, event):
        self.asking.pressed(event)


PART = TryIt
