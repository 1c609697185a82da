"""What went wrong with a reader's code, as data for words that a beginner understands."""

import builtins
import difflib
import dis
import traceback
from typing import TypedDict

from model.sandbox import own, prompt
from model.sandbox.own import HandedOverError

KINDS = (  # the first that fits names the sentence; the order is from the particular to the general
    *(SyntaxError, NameError, KeyError, IndexError, ZeroDivisionError, ImportError, RecursionError, MemoryError),
    *(AttributeError, TypeError, ValueError, OSError, SystemExit, KeyboardInterrupt),
)
TOO_LARGE = ("array is too big", "Maximum allowed dimension exceeded")  # NumPy's words for more than it can count
LONGEST = 300  # characters
FILES = (prompt.FILE, own.FILE)


class Fault(TypedDict):
    fault: str  # the kind: the name of one of KINDS, what a HandedOverError has, "kept", "raised" or "other"
    text: str  # Python's own words, or of which activation it is
    line: int  # of the reader's code, 0 where there is none
    near: list[str]  # names that may have been meant


def fault_of(error: BaseException, names: dict[str, object]) -> Fault:
    if isinstance(error, HandedOverError):
        return {"fault": error.kind, "text": str(error), "line": line_of(error), "near": []}
    kind = next((known.__name__ for known in KINDS if isinstance(error, known)), "other")
    if isinstance(error, OverflowError) or (kind == "ValueError" and any(said in str(error) for said in TOO_LARGE)):
        kind = "MemoryError"
    if "read-only" in str(error):
        kind = "kept"
    if kind != "SystemExit" and is_raised_there(error):
        kind = "raised"
    text = f"{type(error).__name__}: {error}"
    return {"fault": kind, "text": text[:LONGEST], "line": line_of(error), "near": near(error, names)}


def line_of(error: BaseException) -> int:
    """The last line of the reader's code that Python was at."""
    if isinstance(error, SyntaxError) and error.filename in FILES:  # in another text it is where that was to be run
        return error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__, limit=-1000)
    lines = [frame.lineno for frame in frames if frame.filename in FILES and frame.name != "<lambda>"]  # of `within`
    return (lines[-1] if lines else 0) or 0


def is_raised_there(error: BaseException) -> bool:
    """Whether the reader's code says so itself, with `raise` or `assert`."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    if place is None or place.tb_frame.f_code.co_filename not in FILES:
        return False
    return place.tb_frame.f_code.co_code[place.tb_lasti] == dis.opmap["RAISE_VARARGS"]


def near(error: BaseException, names: dict[str, object]) -> list[str]:
    if isinstance(error, KeyError) and error.args and isinstance(error.args[0], str):
        trace = names.get("trace")
        return difflib.get_close_matches(error.args[0], list(trace) if isinstance(trace, dict) else [])
    if isinstance(error, NameError) and error.name:
        return difflib.get_close_matches(error.name, [*names, *dir(builtins)])
    return []
