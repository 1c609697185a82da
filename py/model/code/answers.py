"""What is answered about the code that computes the run, field by field."""

from typing import TypedDict

from model.arithmetic.answers import Look, Shown
from model.edits import Edit

Path = list[
    tuple[str, int]
]  # from the pass down to one call: functions, and how many calls of it the caller made before


class Piece(TypedDict):
    """A few characters of a line that belong together."""

    text: str
    kind: str  # "keyword", "string", "comment", "number", "read", "made", "call", "key", "" for anything else
    name: str  # whose value it stands for: of "read" and "made"; of a "key" the array; of a "call" the function


class Seen(TypedDict):
    """What a name stands for. Of an array all fields say something; of anything else `text` alone."""

    text: str
    shape: list[int]
    least: Shown
    most: Shown
    look: Look | None
    at: str  # the address of one of its numbers, "" where none of them has one


class Visit(TypedDict):
    """A line that has run: what its names stood for before it and after it, as places in `values`."""

    line: int
    read: dict[str, int]
    made: dict[str, int]
    calls: Path  # of functions whose code can be read, in their order
    reached: str  # the last activation that the pass had computed when the line was done, as far as it was watched


class Steps(TypedDict):
    """Every line of the pass that runs, in the order in which they are done."""

    calls: list[Path]
    activations: list[str]  # in the order of computing
    steps: list[tuple[int, int, int, int]]  # call, line, which of its visits, activations computed by then


class Edits(TypedDict):
    edits: list[Edit]


class Archive(TypedDict):
    data: bytes  # it does not cross: the page gets an address of it


class Code(TypedDict):
    """A call of a function: its lines, those that made the number, and every line that ran, in its order."""

    file: str
    function: str
    path: Path
    first: int  # the number of the first line in its file
    lines: list[list[Piece]]
    changed: list[int]  # the numbers of those that an edit has made
    keys: dict[str, str]  # by the names of arrays that stand in it, the address of a number of each
    marked: list[int]  # the first and the last line of what made the number
    visits: list[Visit]
    values: list[Seen]
