"""What a link to the page carries, declared once: everything else follows from it and the model."""

HIDEABLE = ("models", "examples", "generate", "temperature", "top-k", "top-p", "draw", "curve", "forming")
PARTS = ("embedding", "head", "heads", "next", "forming")  # parts that open
LONGEST = 6000  # characters of a text in a link; a longer one is left out

# name, kind, value when the link does not say; whole numbers count from 1 as readers do
FIELDS = (
    ("text", "text", None),  # as encodeURIComponent writes it
    ("model", "model", ""),  # its name, "" for the embedded one
    ("block", "number", 1),
    ("head", "number", 1),
    ("token", "number", 0),  # 0 is the last one
    ("open", "part", ""),
    ("t", "decimal", None),  # temperature
    ("k", "number", 0),  # top-k, 0 is off
    ("p", "decimal", None),  # top-p
    ("seed", "number", None),
    ("draw", "number", 0),
    ("hide", "names", ""),  # of HIDEABLE, with commas between: what a teacher leaves out
)
NAME = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
ENCODED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()%"


def read(fragment):
    """The part of an address after # -> a value for every field; what cannot be understood counts as not said."""
    said = {}
    for pair in fragment.lstrip("#").split("&"):
        name, _, value = pair.partition("=")
        said[name] = value
    state = {}
    for name, kind, default in FIELDS:
        understood = READERS[kind](said[name]) if name in said else None
        state[name] = default if understood is None else understood
    return state


def whole_number(value):
    return int(value) if value and all([c in "0123456789" for c in value]) and len(value) < 7 else None


def decimal(value):
    digits = value.replace(".", "", 1)
    return float(value) if digits and all([c in "0123456789" for c in digits]) and len(value) < 9 else None


def part(value):
    return value if value in PARTS else None


def model(value):
    return value if 0 < len(value) <= 60 and all([c in NAME for c in value]) else None


def names(value):
    return ",".join([name for name in HIDEABLE if name in value.split(",")])


def encoded_text(value):
    return value if len(value) <= LONGEST and all([c in ENCODED for c in value]) else None


def decoded(text):
    """The text that encodeURIComponent wrote so; None for an address that was cut in the middle of a character.

    JavaScript's own function would throw, which MicroPython cannot catch.
    """
    stretches = text.split("%")
    found = stretches[0].encode()
    for stretch in stretches[1:]:
        code = stretch[:2].lower()
        if len(code) < 2 or not all([c in "0123456789abcdef" for c in code]):
            return None
        found += bytes([int(code, 16)]) + stretch[2:].encode()
    try:
        return found.decode()
    except UnicodeError:
        return None


READERS = {
    "model": model,
    "number": whole_number,
    "decimal": decimal,
    "part": part,
    "names": names,
    "text": encoded_text,
}


def write(state):
    """The other way round, naming only what differs from the default."""
    return "&".join([name + "=" + str(state[name]) for name, _, default in FIELDS if state[name] != default])
