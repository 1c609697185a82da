"""Change a word, see what changed: another text takes the place of the present one, which stays beside it, pinned."""

import asyncio

from page.browser.dom import by_id, fill, on, put_value, text_as_json, value_as_json
from page.state import examples


class OtherText:
    def __init__(self, page):
        self.page = page
        on(by_id("other"), "beforetoggle", self.toggled)  # before the reader can type
        on(by_id("other"), "click", self.clicked)
        on(by_id("other-text"), "keydown", self.pressed)

    def toggled(self, event):
        """It opens with the reader's own text, and what is offered for that."""
        if event.newState == "open":
            text = value_as_json(by_id("prompt"))
            put_value(by_id("other-text"), text)
            near = [many for many in examples.CHANGED if any([text_as_json(one) == text for one in many])]
            offered = [one for many in near for one in many if text_as_json(one) != text]
            fill("offers", examples.offers(offered))
            by_id("offers-label").hidden = not offered

    def clicked(self, event):
        offer = event.target.closest(".example")
        if offer:
            self.take(text_as_json(offer.value))
        elif event.target.closest("#other-compare"):
            self.take(value_as_json(by_id("other-text")))

    def pressed(self, event):
        if event.key == "Enter" and not event.shiftKey and not event.isComposing:
            event.preventDefault()
            self.take(value_as_json(by_id("other-text")))

    def take(self, text):
        by_id("other").hidePopover()
        asyncio.create_task(self.compare(text))

    async def compare(self, text):
        if await self.page.pin.put():
            self.page.runs.choose(text)
