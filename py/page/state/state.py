"""What is seen, as one list of fields: whoever changes one sets it here, whoever shows one listens for it.

It is what the reader wants; the picture follows when the model has answered. A link is these fields, written, see
`address.py`; so to go to another state, by a link, an example or the timeline, is to set them. Blocks, heads and tokens
count from 0.
"""

from page.state.examples import TEMPERATURE

LAST = -1  # as a token: the last one, however long the text is
NUMBER = (int, float)

FIELDS = (  # name, type, value at first
    ("text", str, ""),  # what the reader typed, as JSON: see `dom.value_as_json`
    ("generated", tuple, ()),  # ids of the tokens appended to it
    ("removed", tuple, ()),  # what the model does without, see removed.py
    ("draft", str, ""),  # what the reader's own text of gpt2.py changes, as `difference.py` writes it; "" for nothing
    ("mean", bool, False),  # a part that is switched off gives its mean, not nothing
    ("beside", str, ""),  # the text that is pinned beside it, as such JSON; "" for none
    ("beside_removed", tuple, ()),  # what the model does without as it reads that
    ("beside_mean", bool, False),
    ("model", str, ""),  # as links name it: "" for the embedded one and for a reader's own
    ("block", int, 0),
    ("head", int, 0),
    ("token", int, LAST),  # the one that explains itself
    ("part", str, ""),  # the open one
    ("shown", tuple, ()),  # what of it, where there is a choice
    ("code", bool, False),  # beside an open number the code that made it
    ("step", str, ""),  # of the tour; "" where it is closed
    ("temperature", NUMBER, TEMPERATURE),
    ("top_k", int, None),  # None is off
    ("top_p", NUMBER, None),
    ("seed", int, 0),
    ("draw", int, 0),  # how often the reader has asked for another
    ("language", str, "en"),
    ("hide", str, ""),  # what a teacher leaves out, of `links.HIDEABLE`, with commas between
    ("threshold", NUMBER, 0),  # share of the whole below which a contribution is not drawn
)
TYPES = {name: kind for name, kind, _ in FIELDS}
READ = {
    "text",
    "generated",
    "removed",
    "mean",
}  # what the model reads, and without what: it is asked with all other fields as they are by then
SETTINGS = ("temperature", "top_k", "top_p", "seed", "draw")  # what shapes the distribution, and the draw


class State:
    def __init__(self):
        self.listeners = []
        for name, _, first in FIELDS:
            setattr(self, name, first)

    def listen(self, changed, *names):
        """Call `changed` with the names of the fields that have changed, whenever one of these has."""
        self.listeners.append((changed, set(names)))

    def set(self, **values):
        """Change fields and tell who listens; the names of those that are others now.

        Another text has nothing generated after it, and another part shows what it shows at first, unless it is said.
        """
        if "text" in values and "generated" not in values:
            values["generated"] = ()
        if "part" in values and "shown" not in values:
            values["shown"] = ()
        for name in values:
            if not (isinstance(values[name], TYPES[name]) or values[name] is None):
                raise TypeError(name)
        changed = set([name for name in values if getattr(self, name) != values[name]])
        for name in changed:
            setattr(self, name, values[name])
        for listener, names in self.listeners:
            if changed & names:
                listener(changed)
        return changed
