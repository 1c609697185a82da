"""Every line of a pass in the order in which they are done: those of a call before the line that makes the call.

Which lines run does not depend on the text, so it is a pass of one token that is watched, which costs little with any
model. What names stand for at a line is asked when it is looked at, see `code.py`.
"""

from collections import Counter
from collections.abc import Callable, Sized
from types import CodeType, FrameType

from model.arithmetic.source import Source
from model.code.again import again
from model.code.answers import Path, Steps
from model.code.listing import Listing, listing
from model.code.watch import caller_of, traced
from model.explain.answers import Sampling
from model.session import Session

ASIDE = ("within", "unchanged")  # they compute nothing


def steps(session: Session, settings: Sampling) -> Steps:
    """The lines of the functions in `gpt2.py`, as they read the last token of the run's text."""
    last = len(session.ids) - 1
    found = again(Source(session, settings), [("gpt2", 0)], last, last)
    recorder = Recorder(found.named, listing(session.program))
    traced(found.compute, recorder.entered)
    return {"calls": recorder.paths, "activations": [name for name, _ in found.named], "steps": recorder.steps}


class Call:
    """`number` is its place among the calls, `path` the way to it."""

    def __init__(self, number: int, path: Path) -> None:
        self.number, self.path = number, path
        self.made: Counter[str] = Counter()  # calls of each function so far
        self.lines = 0  # done so far
        self.line = 0  # the one that runs; 0 for none


class Recorder:
    """`computed` are the activations of the pass, one after the other as they come."""

    def __init__(self, computed: Sized, listing: Listing) -> None:
        self.computed = computed
        self.codes: dict[CodeType, str] = {
            listing.functions[name].__code__: name for name in listing.of_the_pass if name not in ASIDE
        }
        self.calls: dict[FrameType, Call] = {}
        self.paths: list[Path] = []
        self.steps: list[tuple[int, int, int, int]] = []

    def entered(self, frame: FrameType, event: str, argument: object) -> Callable | None:
        name = self.codes.get(frame.f_code)
        if event != "call" or name is None:
            return None
        if frame not in self.calls:  # else a generator goes on
            caller = caller_of(frame, self.codes)
            before, nth = [], 0
            if caller is not None:
                before, made = self.calls[caller].path, self.calls[caller].made
                nth = made[name]
                made[name] += 1
            self.calls[frame] = Call(len(self.paths), [*before, (name, nth)])
            self.paths.append(self.calls[frame].path)
        return self.inside

    def inside(self, frame: FrameType, event: str, argument: object) -> Callable:
        call = self.calls[frame]
        if event in ("line", "return") and call.line:
            self.steps.append((call.number, call.line, call.lines, len(self.computed)))
            call.lines += 1
        if event in ("line", "return"):
            call.line = frame.f_lineno if event == "line" else 0
        return self.inside
