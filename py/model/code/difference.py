"""A reader's own version of `gpt2.py`, as what it changes: so short that it fits into a link.

The first line says which text was changed, by its CRC-32. Then, for each change, a line "@LINE,COUNT" with the first
line of ours that gives way and how many do, and the lines that stand there instead, each after a "+".
"""

import binascii
import difflib
import inspect
from typing import TypedDict

from model import gpt2
from model.edits import edited


class Changed(TypedDict):
    """A stretch of lines: where the new ones stand, what stood there, and what stands there."""

    line: int
    old: list[str]
    new: list[str]


class Version(TypedDict):
    """`text` is the whole file; `changes` what differs, written, "" for nothing; `changed` the same to be shown."""

    text: str
    changes: str
    changed: list[Changed]


class Misfit(TypedDict):
    """Instead of a version: the changes are of another text than ours, or are none."""

    misfit: bool


def ours() -> str:
    return inspect.getsource(gpt2)


def version(text: str) -> Version:
    """What a text changes; spaces at the ends of lines, and empty lines at the end, are no change."""
    old = ours().rstrip("\n").split("\n")
    new = [line.rstrip(" \t") for line in text.rstrip().split("\n")]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    changed: list[Changed] = []
    pieces = []
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind != "equal":
            changed.append({"line": j + 1, "old": old[i:i_end], "new": new[j:j_end]})
            pieces += [f"@{i + 1},{i_end - i}", *(f"+{line}" for line in new[j:j_end])]
    changes = "\n".join([mark(), *pieces]) if pieces else ""
    return {"text": text, "changes": changes, "changed": changed}


def with_edits(names: list[str]) -> Version:
    """Our text with these of `edits.py`."""
    return version(edited(names))


def restored(changes: str) -> Version | Misfit:
    """The version that such changes make."""
    said, *rest = changes.split("\n")
    lines, end = ours().rstrip("\n").split("\n"), None
    starts = [number for number, line in enumerate(rest) if line.startswith("@")]
    try:
        if said != mark() or "\r" in changes or (rest and starts[:1] != [0]):
            return {"misfit": True}
        for start, stop in reversed(list(zip(starts, [*starts[1:], len(rest)], strict=True))):
            first, count = (int(part) for part in rest[start][1:].split(","))
            new = rest[start + 1 : stop]
            if not 1 <= first <= first + count <= (end or len(lines) + 1) or any(line[:1] != "+" for line in new):
                return {"misfit": True}
            lines[first - 1 : first - 1 + count] = [line[1:] for line in new]
            end = first
    except ValueError:
        return {"misfit": True}
    return version("\n".join(lines) + "\n")


def mark() -> str:
    """Which text of ours it is."""
    return f"{binascii.crc32(ours().encode()):08x}"
