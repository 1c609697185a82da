"""The page's address as a link to what is seen: text, block, head, token, open part, settings and draw."""

from page import state
from page.dom import by_id, encoded_value, fragment, leave_out, remember
from page.examples import EXAMPLES, TEMPERATURE


class Link:
    def __init__(self, controls):
        self.controls = controls
        self.state = state.read(fragment())
        self.left_out = False  # the text is too long for a link

    def chosen(self):
        """(block, head, row) counted from 0; row -1 is the last token."""
        return self.state["block"] - 1, self.state["head"] - 1, self.state["token"] - 1

    def remember(self):
        """Keep the address up to date."""
        controls = self.controls
        said = dict(self.state)
        said.update(
            {
                "t": None if controls.temperature == TEMPERATURE else controls.temperature,
                "k": controls.top_k or 0,
                "p": controls.top_p,
                "seed": controls.seed,
                "draw": controls.draw,
            }
        )
        remember(state.write(said))

    def remember_text(self):
        """The text has been read by the model, so it holds no half characters."""
        field = by_id("prompt")
        self.state["text"] = None if field.value == EXAMPLES[0] else encoded_value(field, state.LONGEST)
        self.left_out = self.state["text"] is None and field.value != EXAMPLES[0]
        self.remember()

    def follow(self):
        """The reader came here by another link."""
        self.state = state.read(fragment())
        self.restore()

    def hide(self, names):
        """Leave parts out of the page, and of what the link opens."""
        self.state["hide"] = names
        leave_out(names)
        self.remember()

    def restore(self):
        """Text and settings as the link says; what it does not say stays."""
        link, controls = self.state, self.controls
        leave_out(link["hide"])
        text = None if link["text"] is None else state.decoded(link["text"])
        if text is not None:
            by_id("prompt").value = text
        if link["seed"] is not None:
            controls.seed, controls.draw = link["seed"], link["draw"]
        controls.set(
            TEMPERATURE if link["t"] is None else min(link["t"], 5),
            min(link["k"], 200) or None,
            None if link["p"] is None or not 0.05 <= link["p"] < 1 else link["p"],
        )
