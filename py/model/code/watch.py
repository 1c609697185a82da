"""One call of a function watched while it runs: what its names stand for before and after each of its lines.

`sys.settrace` says when a line is about to run, and Python shows the names of the function then.
"""

import sys
from collections import Counter
from collections.abc import Callable, Sized
from types import CodeType, FrameType
from typing import NamedTuple

import numpy as np

from model.code.answers import Path
from model.code.listing import Listing


class Held(NamedTuple):
    """What a name stands for: the thing itself and, of an array, its numbers as they were then."""

    thing: object
    then: object


Names = dict[str, Held]


class Line(NamedTuple):
    number: int
    before: Names
    after: Names
    calls: Path  # of functions that can be read, made while it ran
    reached: int  # activations that the pass had computed when it was done


class Watch:
    """Follows a path of calls down to its last one, and records that.

    `computed` are the activations of the pass, one after the other as they come.
    """

    def __init__(self, path: Path, computed: Sized, listing: Listing) -> None:
        self.path, self.computed = path, computed
        self.codes: dict[CodeType, str] = {made.__code__: name for name, made in listing.functions.items()}
        self.frames: list[FrameType] = []  # along the path, as far as it has been entered
        self.counts: list[Counter[str]] = [Counter()]  # calls of each function so far, by the depth of the caller
        self.begun: list[Line] = []  # as they begin
        self.ended: Names = {}
        self.reached = 0

    def follow(self, computing: Callable[[], object]) -> list[Line]:
        """The lines of the watched call in the order in which they ran, while `computing` computes."""
        traced(computing, self.entered)
        after = [(line.before, line.reached) for line in self.begun[1:]] + [(self.ended, self.reached)]
        return [
            line._replace(after=names, reached=reached)
            for line, (names, reached) in zip(self.begun, after, strict=True)
        ]

    def entered(self, frame: FrameType, event: str, argument: object) -> Callable | None:
        name = self.codes.get(frame.f_code)
        if event != "call" or name is None:
            return None
        if frame in self.frames:  # a generator goes on
            return self.inside if self.whole and frame is self.frames[-1] else None
        if self.frames and caller_of(frame, self.codes) is not self.frames[-1]:
            return None
        depth, counts = len(self.frames), self.counts[-1]
        nth = counts[name]
        counts[name] += 1
        if self.whole:
            self.begun[-1].calls.append((name, nth))
        elif (name, nth) == self.path[depth]:
            self.frames.append(frame)
            self.counts.append(Counter())
            return self.inside if self.whole else None
        return None

    @property
    def whole(self) -> bool:
        """The path has been entered to its end."""
        return len(self.frames) == len(self.path)

    def inside(self, frame: FrameType, event: str, argument: object) -> Callable:
        if event == "line":
            self.begun.append(Line(frame.f_lineno, self.names(frame), {}, [], len(self.computed)))
        elif event == "return":
            self.ended, self.reached = self.names(frame), len(self.computed)
        return self.inside

    def names(self, frame: FrameType) -> Names:
        known = self.begun[-1].before if self.begun else {}
        return {name: held(thing, known.get(name)) for name, thing in frame.f_locals.items()}


def traced(computing: Callable[[], object], entered: Callable) -> None:
    """Compute while `entered` hears of every call, as `sys.settrace` has it."""
    before = sys.gettrace()
    sys.settrace(entered)
    try:
        computing()
    finally:
        sys.settrace(before)


def held(thing: object, known: Held | None) -> Held:
    """An array may be written in place later; as long as it is not, one copy serves all lines."""
    if not isinstance(thing, np.ndarray):
        return Held(thing, thing)
    if known is not None and known.thing is thing:
        then = known.then
        if isinstance(then, np.ndarray) and np.array_equal(then, thing, equal_nan=True):
            return known
    return Held(thing, thing.copy())


def caller_of(frame: FrameType, codes: dict[CodeType, str]) -> FrameType | None:
    """The call that can be read in which another was made."""
    caller = frame.f_back
    while caller is not None and caller.f_code not in codes:
        caller = caller.f_back
    return caller
