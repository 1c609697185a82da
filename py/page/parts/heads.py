"""Every head of every block in small: choosing one shows it in the picture."""

from page import heads
from page.browser.dom import write
from page.part import Part


class Heads(Part):
    place = "#pattern"

    async def fill(self):
        view = self.figure.view
        return heads.grid((await self.ask("heads"))["blocks"], (view["block"], view["head"]), self.words)

    def clicked(self, event):
        head = event.target.closest(".head")
        if head:
            self.page.state.set(block=int(head.getAttribute("data-block")), head=int(head.getAttribute("data-head")))
            self.page.state.set(part="")

    def hovered(self, event):
        head = event.target.closest(".head")
        if head:
            write("head-caption", head.getAttribute("aria-label"))


PART = Heads
