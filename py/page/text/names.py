"""Names of tokens of any length and script: what one reader's character is, and a name clipped in its middle.

A token may be 32 dashes, run from right to left, begin with an accent whose letter is in the token before, or be a part
of a character, which the worker then writes as its bytes.
"""

# Characters that stand on the one before them: Unicode's marks (Mn, Mc, Me), the later letters of a Hangul syllable, an
# emoji's skin and tags, and the joiner; ranges of code points, unassigned ones taken in where that makes fewer.
MARKS = (
    "300-36f 483-489 591-5bd 5bf 5c1-5c2 5c4-5c5 5c7 610-61a 64b-65f 670 6d6-6dc 6df-6e4 6e7-6e8 6ea-6ed 711 "
    "730-74a 7a6-7b0 7eb-7f3 7fd 816-819 81b-823 825-827 829-82d 859-85b 898-89f 8ca-8e1 8e3-903 93a-93c 93e-94f "
    "951-957 962-963 981-983 9bc 9be-9cd 9d7 9e2-9e3 9fe-a03 a3c-a51 a70-a71 a75 a81-a83 abc abe-acd ae2-ae3 "
    "afa-b03 b3c b3e-b57 b62-b63 b82 bbe-bcd bd7 c00-c04 c3c c3e-c56 c62-c63 c81-c83 cbc cbe-cd6 ce2-ce3 d00-d03 "
    "d3b-d3c d3e-d4d d57 d62-d63 d81-d83 dca-ddf df2-df3 e31 e34-e3a e47-e4e eb1 eb4-ebc ec8-ecd f18-f19 f35 f37 "
    "f39 f3e-f3f f71-f84 f86-f87 f8d-fbc fc6 102b-103e 1056-1059 105e-1060 1062-1064 1067-106d 1071-1074 "
    "1082-108d 108f 109a-109d 1160-11ff 135d-135f 1712-1715 1732-1734 1752-1753 1772-1773 17b4-17d3 17dd "
    "180b-180d 180f 1885-1886 18a9 1920-193b 1a17-1a1b 1a55-1a7f 1ab0-1b04 1b34-1b44 1b6b-1b73 1b80-1b82 "
    "1ba1-1bad 1be6-1bf3 1c24-1c37 1cd0-1cd2 1cd4-1ce8 1ced 1cf4 1cf7-1cf9 1dc0-1dff 200d 20d0-20f0 2cef-2cf1 "
    "2d7f 2de0-2dff 302a-302f 3099-309a a66f-a672 a674-a67d a69e-a69f a6f0-a6f1 a802 a806 a80b a823-a827 a82c "
    "a880-a881 a8b4-a8c5 a8e0-a8f1 a8ff a926-a92d a947-a953 a980-a983 a9b3-a9c0 a9e5 aa29-aa36 aa43 aa4c-aa4d "
    "aa7b-aa7d aab0 aab2-aab4 aab7-aab8 aabe-aabf aac1 aaeb-aaef aaf5-aaf6 abe3-abea abec-abed fb1e fe00-fe0f "
    "fe20-fe2f 101fd 102e0 10376-1037a 10a01-10a0f 10a38-10a3f 10ae5-10ae6 10d24-10d27 10eab-10eac 10f46-10f50 "
    "10f82-10f85 11000-11002 11038-11046 11070 11073-11074 1107f-11082 110b0-110ba 110c2 11100-11102 11127-11134 "
    "11145-11146 11173 11180-11182 111b3-111c0 111c9-111cc 111ce-111cf 1122c-11237 1123e 112df-112ea 11300-11303 "
    "1133b-1133c 1133e-1134d 11357 11362-11374 11435-11446 1145e 114b0-114c3 115af-115c0 115dc-115dd 11630-11640 "
    "116ab-116b7 1171d-1172b 1182c-1183a 11930-1193e 11940 11942-11943 119d1-119e0 119e4 11a01-11a0a 11a33-11a39 "
    "11a3b-11a3e 11a47 11a51-11a5b 11a8a-11a99 11c2f-11c3f 11c92-11cb6 11d31-11d45 11d47 11d8a-11d97 11ef3-11ef6 "
    "16af0-16af4 16b30-16b36 16f4f 16f51-16f92 16fe4-16ff1 1bc9d-1bc9e 1cf00-1cf46 1d165-1d169 1d16d-1d172 "
    "1d17b-1d182 1d185-1d18b 1d1aa-1d1ad 1d242-1d244 1da00-1da36 1da3b-1da6c 1da75 1da84 1da9b-1daaf 1e000-1e02a "
    "1e130-1e136 1e2ae 1e2ec-1e2ef 1e8d0-1e8d6 1e944-1e94a 1f3fb-1f3ff e0020-e01ef"
)
JOINER = 0x200D  # the character after it stands on it too: families and professions are emoji joined so
FLAG_LETTERS = (0x1F1E6, 0x1F1FF)  # two are one flag
WIDE = ((0x1100, 0x115F), (0x2E80, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F), (0xFF00, 0xFF60))
WIDE += ((0x1F300, 0x1FAFF), (0x20000, 0x3FFFD))  # emoji and rare Chinese characters
LEFTWARD = ((0x590, 0x8FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFE), (0x10800, 0x10FFF), (0x1E800, 0x1EFFF))
ISOLATE, END = "\u2068", "\u2069"  # Unicode's own bdi, for plain text


def ranges(written):
    pairs = [one.split("-") for one in written.split(" ")]
    return [(int(pair[0], 16), int(pair[-1], 16)) for pair in pairs]


MARK_RANGES = ranges(MARKS)


def within(code, ranges):
    return any([first <= code <= last for first, last in ranges])


def is_mark(character):
    """Whether it stands on the character before it."""
    code = ord(character)
    if code < MARK_RANGES[0][0]:
        return False
    low, high = 0, len(MARK_RANGES)
    while low < high:
        middle = (low + high) // 2
        if MARK_RANGES[middle][1] < code:
            low = middle + 1
        else:
            high = middle
    return low < len(MARK_RANGES) and MARK_RANGES[low][0] <= code


def characters(text):
    """The text in pieces that a reader takes for one character each."""
    pieces = []
    for one in text:
        last = pieces[-1] if pieces else ""
        is_flag = len(last) == 1 and within(ord(last), (FLAG_LETTERS,)) and within(ord(one), (FLAG_LETTERS,))
        if last and (is_mark(one) or ord(last[-1]) == JOINER or is_flag):
            pieces[-1] += one
        else:
            pieces.append(one)
    return pieces


def width(character):
    """In columns, as a terminal has them: a Chinese character or an emoji is two wide."""
    return 2 if within(ord(character[0]), WIDE) else 1


def clipped(text, room):
    """`text` in at most `room` columns, at least 7: of a longer one the beginning and, half as much, the end."""
    if 2 * len(text) <= room:
        return text
    pieces = characters(text)
    widths = [width(piece) for piece in pieces]
    if sum(widths) <= room:
        return text
    first, left = len(pieces), (room - 1) // 3
    while widths[first - 1] <= left:
        first -= 1
        left -= widths[first]
    last, left = 0, left + room - 1 - (room - 1) // 3
    while widths[last] <= left:
        left -= widths[last]
        last += 1
    return "".join(pieces[:last]) + "…" + "".join(pieces[first:])


def marked(shown):
    """A token with the spaces before it to be seen, and what its first mark stands on where that is not in it."""
    body = shown.lstrip(" ")
    return "␣" * (len(shown) - len(body)) + ("◌" if body and is_mark(body[0]) else "") + body


def label(shown, room):
    """A token where there is little room: without the spaces around it, unless that is all there is."""
    return clipped(marked(shown.strip(" ") or shown), room)


def isolated(text):
    """As plain text inside another: what runs from right to left leaves the order around it alone."""
    return ISOLATE + text + END if any([within(ord(one), LEFTWARD) for one in text]) else text
