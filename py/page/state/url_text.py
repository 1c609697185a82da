"""Text in an address: percent-encoded, and read back as far as it can be understood.

JavaScript's own decodeURIComponent throws at what it cannot read, which MicroPython cannot catch; and MicroPython's
bytes.decode takes what is not UTF-8.
"""

PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
SIGNS = "-_.!~*'()"  # encodeURIComponent leaves these as they are, too
HEX = "0123456789abcdefABCDEF"
WIDTHS = ((1, 0x00, 0x80), (2, 0xC2, 0xE0), (3, 0xE0, 0xF0), (4, 0xF0, 0xF5))  # bytes of a character, by its first
SMALLEST = (0, 0x80, 0x800, 0x10000)  # code point that needs so many


def encoded(text):
    """As encodeURIComponent writes it."""
    pieces = []
    for c in text:
        pieces.append(c if c in PLAIN or c in SIGNS else "".join(["%{:02X}".format(byte) for byte in c.encode()]))
    return "".join(pieces)


def sturdy(text):
    """An encoded text with its signs encoded as well: mail programs take those for the end of an address, or for
    emphasis."""
    for sign in SIGNS:
        text = text.replace(sign, "%{:02X}".format(ord(sign)))
    return text


def decoded(value, last=False):
    """(text, whole): what `value` says, and whether all of it was understood.

    A % that begins no escape stands for itself: programs decode addresses. Bytes that are no UTF-8 stay as they are
    written. Where an address ends with this value (`last`), an escape or character that is cut off there is left out.
    """
    stretches = without_halves(value).split("%")
    pieces, waiting, whole = [stretches[0]], [], True
    for number, stretch in enumerate(stretches[1:]):
        end = last and number == len(stretches) - 2
        escape, rest = stretch[:2], stretch[2:]
        if len(escape) == 2 and escape[0] in HEX and escape[1] in HEX:
            waiting.append(escape)
            if not rest and number < len(stretches) - 2:
                continue  # the character may go on
            text, understood = characters(waiting, end and not rest)
        else:
            text, understood = characters(waiting, end)
            rest = "%" + stretch
            if end and all([c in HEX for c in stretch]):
                rest, understood = "", False
        pieces.append(text + rest)
        waiting, whole = [], whole and understood
    return "".join(pieces), whole


def characters(escapes, last):
    """(text, whole) of a run of escapes, a list of their two digits; `last` as for `decoded`."""
    data = [int(digits, 16) for digits in escapes]
    pieces, at, whole = [], 0, True
    while at < len(data):
        width, code = character(data, at)
        if width:
            pieces.append(chr(code))
            at += width
            continue
        whole = False
        if last and len(data) - at < needed(data[at]) and all([is_inner(byte) for byte in data[at + 1 :]]):
            break
        pieces.append("%" + escapes[at])
        at += 1
    return "".join(pieces), whole


def needed(first):
    """How many bytes a character takes that begins with the byte `first`, 0 where none does."""
    for width, least, beyond in WIDTHS:
        if least <= first < beyond:
            return width
    return 0


def is_inner(byte):
    return 0x80 <= byte < 0xC0


def character(data, at):
    """(width, code point) of the UTF-8 character at a place in a list of bytes, (0, 0) where there is none."""
    width = needed(data[at])
    tail = data[at + 1 : at + width]
    if not width or len(tail) < width - 1 or not all([is_inner(byte) for byte in tail]):
        return 0, 0
    code = data[at] & (0x7F >> (width if width > 1 else 0))
    for byte in tail:
        code = code << 6 | byte & 0x3F
    if code < SMALLEST[width - 1] or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return 0, 0
    return width, code


def without_halves(text):
    """Half surrogate pairs, which no UTF-8 can hold, as the sign for what cannot be read."""
    for c in text:
        if 0xD800 <= ord(c) < 0xE000:
            return "".join(["\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in text])
    return text
