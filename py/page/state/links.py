"""The text of a link to the page, behind its #: how what is seen is written, and read again.

Programs that pass a link on decode it, encode it again, escape it or cut it. What can be understood is kept, and what
cannot is named; a checksum reveals damage that parsing cannot.
"""

import binascii

from page.figure import addresses
from page.lessons.glossary.terms import TERMS
from page.lessons.tour import chapters
from page.panels import parts
from page.state import removed, url_text

HIDEABLE = ("models", "examples", "generate", "temperature", "top-k", "top-p", "draw", "curve", "forming")
LONGEST = 6000  # characters of an encoded text in a link

# name, kind, value when the link does not say; whole numbers count from 1 as readers do
FIELDS = (
    ("text", "text", None),  # as encodeURIComponent writes it
    ("with", "text", None),  # the text that is laid beside it
    ("own", "text", None),  # what a version of the code changes, see model/code/difference.py
    ("model", "model", ""),  # its name, "" for the embedded one
    ("block", "number", 1),  # else that of the number that is open
    ("head", "number", 1),  # and so is this
    ("token", "number", 0),  # 0 is the last one
    ("open", "part", ""),
    ("at", "address", ""),  # of the number that is open, or the term of the glossary
    ("code", "number", 0),  # 1: beside the open number the code that made it
    ("tour", "step", ""),  # of the guided tour
    ("t", "decimal", None),  # temperature
    ("k", "number", 0),  # top-k, 0 is off
    ("p", "decimal", None),  # top-p
    ("seed", "number", None),
    ("draw", "number", 0),
    ("cut", "removed", ()),  # what the model does without
    ("mean", "number", 0),  # 1: a part that is switched off gives its mean
    ("withcut", "removed", ()),  # the same two of the text that is laid beside it
    ("withmean", "number", 0),
    ("hide", "names", ""),  # of HIDEABLE, with commas between: what a teacher leaves out
)
AMPERSANDS = ("amp;", "#38;", "#x26;")  # what follows an & that HTML escapes
TEXTS = tuple([name for name, kind, _ in FIELDS if kind == "text"])
KNOWN = ("check",) + tuple([name for name, _, _ in FIELDS])
DIGITS = "0123456789"
NAME = url_text.PLAIN + "-_."
DECIMALS = 7

# What a program may have done to a whole link, undone. Whether it had been done, only the checksum can tell.
SPLIT = ("%E2%80%8B", "%E2%81%A0", "%EF%BB%BF", "%C2%AD", "%0D", "%0A")  # put in where an address may be broken
ESCAPED = (
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", '"'),
    ("&#39;", "'"),
    ("&#039;", "'"),
    ("&#x27;", "'"),
    ("&amp;", "&"),
)
UNDONE = (
    lambda link: link,
    lambda link: url_text.decoded(link)[0],  # encoded once more
    lambda link: link.replace("+", "%20"),  # a form's way to write spaces
    lambda link: url_text.decoded(link)[0].replace("+", "%20"),
    lambda link: without(link, SPLIT, ""),
    lambda link: replaced(link, ESCAPED),  # decoded, then escaped for HTML
    lambda link: link.replace("=3D", "="),  # mail's quoted-printable
) + tuple(
    [lambda link, mark=mark: without(link, (mark,), "&") for mark in SPLIT]
)  # of a text that has such marks itself


def without(link, marks, after):
    """The link without these marks where `after` follows them."""
    return replaced(link, [(form + after, after) for mark in marks for form in (mark, mark.lower())])


def replaced(text, pairs):
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def read(fragment):
    """The part of an address after # -> a value for every field; what cannot be understood counts as not said."""
    return understood(fragment)[0]


def understood(fragment):
    """(said, lost): a value for every field, and what could not be understood, as the link says it.

    A `lost` "check" means that the link as a whole is not the one that was written.
    """
    first = None
    for undo in UNDONE:
        written, last = fields(undo(fragment.lstrip("#")))
        said, lost = values(written, last)
        if written.get("check") == checksum(said):
            return said, []
        if first is None or not first[0]:
            first = written, said, lost
        if written and "check" not in written:
            break  # an older link, or one written by hand
    written, said, lost = first
    return said, lost + ["check"] if "check" in written else lost


def names_place(fragment):
    """Whether the part of an address after # says which text, block, head or token it is of."""
    written, last = fields(fragment.lstrip("#"))
    place = place_of(values(written, last)[0]["at"])
    return any([name in written or name in place for name in ("text", "block", "head", "token")])


def fields(link):
    """({name: value as it stands}, the last name); an & that begins no field belongs to the text before it."""
    said, last = {}, ""
    pieces = link.split("&")
    for number, piece in enumerate(pieces):
        name, equals, value = piece.partition("=")
        for escape in AMPERSANDS:
            name = name.replace(escape, "")
        if equals and name in KNOWN:
            said[name] = value
            last = name
        elif last in TEXTS and not ("check" in said and number == len(pieces) - 1 and begins_field(piece)):
            said[last] += "&" + piece
    return said, last


def begins_field(piece):
    """Whether a link was cut here in the middle of a field's name."""
    return any([name.startswith(piece) for name in KNOWN + AMPERSANDS])


def values(written, last):
    """(said, lost) of fields as they stand; the link ends with the field `last`."""
    said, lost = {}, []
    for name, kind, default in FIELDS:
        said[name] = default
        if name not in written:
            continue
        text, whole = url_text.decoded(written[name], name == last)
        if kind == "text":
            value = url_text.encoded(text)
            short = shortened(value)
            whole = whole and short == value
            value = short if short or whole else None
        else:
            value = READERS[kind](without_ending(text))
            whole = value is not None
        if value is not None:
            said[name] = value
        if not whole:
            lost.append(name if kind == "text" else name + "=" + text[:20])
    for name, number in place_of(said["at"]).items():
        if name not in written:
            said[name] = number
    return said, lost


def without_ending(text):
    """Without what was appended to a link or stood after it: a tracker's query, a full stop, a bracket."""
    for sign in "&?#|":
        text = text.split(sign)[0]
    text = text.strip()
    while text and text[-1] not in url_text.PLAIN:
        text = text[:-1]
    return text


def shortened(text):
    """The beginning of an encoded text as far as a link carries it, to the end of a character."""
    if len(text) <= LONGEST:
        return text
    begun, _ = url_text.decoded(text[:LONGEST], True)
    return url_text.encoded(begun)


def whole_number(value):
    return int(value) if value and all([c in DIGITS for c in value]) and len(value) < 7 else None


def decimal(value):
    """A number such as 0.8, .5 or 1e-05; at most seven decimals of it count."""
    size, e, power = value.lower().partition("e")
    whole, _, rest = size.partition(".")
    places = power[1:] if power[:1] in ("-", "+") else power
    if not whole + rest or not all([c in DIGITS for c in whole + rest + places]) or (e and not places):
        return None
    if len(value) > 40 or len(places) > 2:
        return None
    number = round(float(value), DECIMALS)
    return number if number < 10**8 else None


def part(value):
    return value if value in parts.linked() else None


def address(value):
    """Of a number: "blocks.4.attn.z-6-3-16" for the worker's "blocks.4.attn.z[6, 3, 16]", whose brackets and commas
    few programs leave in a link. Of the glossary, a term."""
    if value in TERMS:
        return value
    name, *place = value.split("-")
    fits = len(value) <= 60 and name and place and all([c in url_text.PLAIN + "_." for c in name])
    if not fits or not all([number and all([c in DIGITS for c in number]) for number in place]):
        return None
    return name + "[" + ", ".join(place) + "]"


def place_of(address):
    """The block and head that the address of a number names, counting from 1 as links do."""
    parts = address.split(".")
    if parts[0] != "blocks" or len(parts) < 3 or whole_number(parts[1]) is None:
        return {}
    head = addresses.head_of(address)
    return {"block": int(parts[1]) + 1} if head is None else {"block": int(parts[1]) + 1, "head": head + 1}


def written_address(address):
    return address.replace("[", "-").replace(", ", "-").replace("]", "")


def model(value):
    return value if 0 < len(value) <= 60 and all([c in NAME for c in value]) else None


def names(value):
    said = [name.strip() for name in value.split(",")]
    return ",".join([name for name in HIDEABLE if name in said])


def step(value):
    return value if value in chapters.NAMES else None


READERS = {
    "model": model,
    "number": whole_number,
    "decimal": decimal,
    "part": part,
    "step": step,
    "address": address,
    "names": names,
    "removed": removed.read,
}


def write(said):
    """The other way round, naming only what differs from the default, and from the place of the number that is open."""
    pieces, place = [], place_of(said["at"])
    for name, kind, default in FIELDS:
        if said[name] != default or said[name] != place.get(name, default):
            pieces.append(name + "=" + WRITERS[kind](said[name]))
    return "&".join(pieces)


def written_decimal(number):
    text = "{:.{}f}".format(number, DECIMALS).rstrip("0")
    return text[:-1] if text.endswith(".") else text


WRITERS = {
    "text": url_text.sturdy,
    "model": str,
    "number": str,
    "part": str,
    "step": str,
    "address": written_address,
    "decimal": written_decimal,
    "removed": removed.written,
    "names": lambda value: value.replace(",", "%2C"),
}


def checksum(said):
    """CRC-32 of what `write` writes."""
    return str(binascii.crc32(write(said).encode()))


def link(said):
    """What `write` writes, and before it its checksum: what is cut off a link is its end."""
    written = write(said)
    return "check=" + checksum(said) + "&" + written if written else ""
