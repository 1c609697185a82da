"""What a link to the page carries, declared once: everything else follows from it and the model."""

PARTS = ("embedding", "head", "heads", "next", "forming")  # parts that open

# name, kind, value when the link does not say; whole numbers count from 1 as readers do
FIELDS = (
    ("block", "number", 1),
    ("head", "number", 1),
    ("token", "number", 0),  # 0 is the last one
    ("open", "part", ""),
)


def read(fragment):
    """The part of an address after # -> a value for every field; what cannot be understood counts as not said."""
    said = {}
    for pair in fragment.lstrip("#").split("&"):
        name, _, value = pair.partition("=")
        said[name] = value
    state = {}
    for name, kind, default in FIELDS:
        value = said.get(name, "")
        state[name] = default
        if kind == "number" and value.isdigit() and len(value) < 7:
            state[name] = int(value)
        elif kind == "part" and value in PARTS:
            state[name] = value
    return state


def write(state):
    """The other way round, naming only what differs from the default."""
    return "&".join([name + "=" + str(state[name]) for name, _, default in FIELDS if state[name] != default])
