"""The code that made a number of the run, with what its names stood for, line by line."""

import numpy as np

from model import gpt2
from model.arithmetic.address import INSIDE, OUTSIDE, WEIGHTS, WEIGHTS_OF_A_BLOCK, Address, parse, sizes
from model.arithmetic.answers import Look
from model.arithmetic.inspect import summary
from model.arithmetic.source import Source
from model.arithmetic.whole import look
from model.checkpoint.quantization import Quantized
from model.code.again import again
from model.code.answers import Code, Path, Seen, Visit
from model.code.listing import Listing, listing
from model.code.place import place_of
from model.code.watch import Held, Line, Names, Watch
from model.explain.answers import Sampling
from model.session import Session

CELLS = 32  # of a small picture of an array, along each side, at most
LONGEST = 40  # characters of what is no array


def code(session: Session, settings: Sampling, written: str, path: Path) -> Code:
    """The call in which the number at an address comes about, or the one at the end of `path`, if that is not empty.

    Raises ValueError where this run has no such number or call, or is of code that is not run here.
    """
    if session.received:
        raise ValueError("code of the reader's, which is not run here")
    address = parse(written, session.config, len(session.ids))
    known = listing(session.program)
    place = place_of(address, known)
    row = row_of(address, session)
    path = path or place.path
    if not {name for name, _ in path} <= known.functions.keys():
        raise ValueError(f"no such path: {path}")
    found = again(Source(session, settings), path, row, 0 if session.cache.whole else row)
    ran = Watch(found.path, found.named, known).follow(found.compute)
    if not ran:
        raise ValueError(f"no such call: {path}")
    function = path[-1][0]
    marked: list[int] = []
    if path == place.path:
        marked = list(place.lines or (ran[-1].number, ran[-1].number))
    names = {id(value): name for name, value in found.named}
    values = Values(names, address, session)
    return {
        "file": f"py/{known.functions[function].__module__.replace('.', '/')}.py",
        "function": function,
        "path": path,
        "first": known.sources[function][1],
        "lines": known.lines[function],
        "changed": changed_lines(known, function),
        "marked": marked,
        "keys": keys_of(function, path, known, values),
        "visits": [visit(line, found.named, values) for line in ran],
        "values": values.seen,
    }


def changed_lines(known: Listing, function: str) -> list[int]:
    """Those that an edit has made, by their numbers."""
    text, first = known.sources[function]
    original = listing(gpt2)
    if function not in original.of_the_pass:
        return []
    pairs = zip(text.splitlines(), original.sources[function][0].splitlines(), strict=True)
    return [number for number, (line, ours) in enumerate(pairs, first) if line != ours]


def keys_of(function: str, path: Path, known: Listing, values: "Values") -> dict[str, str]:
    """By the names of arrays that stand in a function, the address of a number of each."""
    block = next((number for name, number in path if name == "block"), None)
    names = {piece["name"] for line in known.lines[function] for piece in line if piece["kind"] == "key"}
    found = {}
    for name in names:
        inside = block if name in INSIDE or name in WEIGHTS_OF_A_BLOCK else None
        if name in WEIGHTS or name in WEIGHTS_OF_A_BLOCK:
            axes = (WEIGHTS if inside is None else WEIGHTS_OF_A_BLOCK)[name]
            found[name] = str(Address(name, inside, (0,) * len(axes)))
        else:
            found[name] = values.address_in(name if inside is None else f"blocks.{inside}.{name}")
    return found


def row_of(address: Address, session: Session) -> int:
    """The token that a number is of; of a weight the last one."""
    last = len(session.ids) - 1
    if address.is_weight:
        return last
    return address.place[address.axes.index("row")]


def visit(line: Line, named: list[tuple[str, np.ndarray | None]], values: "Values") -> Visit:
    return {
        "line": line.number,
        "read": values.of(line.before),
        "made": values.of(line.after),
        "calls": line.calls,
        "reached": named[line.reached - 1][0] if line.reached else "",
    }


class Values:
    """Each value that a name stood for once, however many lines it serves.

    `names` are those of activations, by the identity of their arrays.
    """

    def __init__(self, names: dict[int, str], address: Address, session: Session) -> None:
        self.names, self.address, self.session = names, address, session
        self.places: dict[tuple[int, int], int] = {}  # by the identity of what was held
        self.held: list[Held] = []  # so that no identity is used again
        self.seen: list[Seen] = []

    def of(self, names: Names) -> dict[str, int]:
        return {name: self.place(held) for name, held in names.items()}

    def place(self, held: Held) -> int:
        key = id(held.thing), id(held.then)
        if key not in self.places:
            self.places[key] = len(self.seen)
            self.held.append(held)
            self.seen.append(self.described(held))
        return self.places[key]

    def described(self, held: Held) -> Seen:
        value = held.then
        if isinstance(value, np.ndarray | Quantized) and value.shape:
            return array(value, self.address_in(self.names.get(id(held.thing), "")))
        return {"text": in_words(value), "shape": [], "least": "", "most": "", "look": None, "at": ""}

    def address_in(self, name: str) -> str:
        """Of the number in the activation `name` that stands where the address does, as far as both count the same."""
        if not name:
            return ""
        inner, block = (name.split(".", 2)[2], int(name.split(".")[1])) if name.startswith("blocks.") else (name, None)
        axes = (OUTSIDE if block is None else INSIDE)[inner]
        own = {} if self.address.is_weight else dict(zip(self.address.axes, self.address.place, strict=True))
        row = row_of(self.address, self.session)
        limits = sizes(self.session.config, len(self.session.ids))
        known = {"row": row, "column": row, **own}
        place = tuple(min(known.get(axis, 0), limits[axis] - 1) for axis in axes)
        return str(Address(inner, block, place))


def array(value: np.ndarray | Quantized, at: str) -> Seen:
    shape = list(value.shape)
    numbers = value.values if isinstance(value, Quantized) else value
    if numbers.dtype == bool or isinstance(value, Quantized):
        least = most = ""
    else:
        known = numbers[np.isfinite(numbers)]  # (known,)
        least, most = (summary(float(known.min())), summary(float(known.max()))) if known.size else ("", "")
    return {"text": "", "shape": shape, "least": least, "most": most, "look": small(value), "at": at}


def small(value: np.ndarray | Quantized) -> Look | None:
    """Of an array with more than two axes all but the last run down."""
    if 0 in value.shape:
        return None
    flat = value if isinstance(value, Quantized) else value.reshape(-1, value.shape[-1])  # (rows, last)
    return look(flat, 0, 0, flat.shape[0], flat.shape[1], CELLS)


def in_words(value: object) -> str:
    """A number or a short text as Python writes it; of anything else, what kind of thing it is."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.6g}"
    if value is None or isinstance(value, bool | int | str):
        return repr(value)[:LONGEST]
    if isinstance(value, list | tuple) and len(repr(value)) <= LONGEST:
        return repr(value)
    if isinstance(value, list | tuple | dict):
        return f"{type(value).__name__}, {len(value)}"
    return getattr(value, "__name__", type(value).__name__)
