"""Why a file cannot be used, in a form that can be said in the reader's own language."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NotRequired, TypedDict, Unpack, final

KINDS = {  # the text error.KIND in page/text says each; the values it has places for, beside file and detail
    "empty": (),
    "zeros": (),
    "pointer": (),
    "page": (),
    "note": ("begin",),
    "pickle": (),
    "packed": ("format",),
    "other_format": ("format",),
    "unknown": (),
    "cut": ("expected", "size"),
    "cut_early": ("least", "size"),
    "corrupt": (),
    "json": (),
    "config": (),
    "other_model": ("family",),
    "no_tensors": (),
    "no_gpt2": ("tensors",),
    "lacking": ("tensor",),
    "extra": ("tensors",),
    "shape": ("tensor", "expected", "found"),
    "form": ("form",),
    "runaway": ("tensor",),
    "head": (),
    "twice": ("tensors",),
    "tokenizer": (),
    "vocab_json": (),
    "other_tokenizer": ("part",),
    "vocabulary": ("tokens", "rows"),
    "unusable": (),
}


class Places(TypedDict, total=False):
    """What the text error.KIND has places for; KINDS says which."""

    begin: str
    expected: str
    family: str
    format: str
    form: str
    found: str
    least: str
    part: str
    rows: str
    size: str
    tensor: str
    tensors: str
    tokens: str


class Refusal(Places):
    """Why a file cannot be used."""

    detail: str  # for developers
    file: NotRequired[str]


@final
class Failure(Places):
    """Instead of an answer. `error` is a kind: the text error.KIND in page/text says it."""

    error: str
    file: str  # what it is about
    detail: NotRequired[str]


class FileError(ValueError):
    """`kind` names the sentence that a reader is told, and `values` fill its places; the message is for developers."""

    kind = "unusable"

    def __init__(self, detail: str, kind: str | None = None, **places: Unpack[Places]) -> None:
        super().__init__(detail)
        self.kind = kind or type(self).kind
        if {*places} != {*KINDS[self.kind]}:
            raise TypeError(f"a file error of the kind {self.kind} says {KINDS[self.kind]}, not {[*places]}")
        self.values: Refusal = {"detail": detail, **places}

    def answer(self) -> Failure:
        """What the worker tells the page."""
        return {"error": self.kind, "file": "", **self.values}


@contextmanager
def reading(file: str) -> Iterator[None]:
    """A FileError in here names `file`, unless it names one already."""
    try:
        yield
    except FileError as error:
        error.values.setdefault("file", file)
        raise


def shortened(value: object, length: int = 60) -> str:
    """A value from a file that anyone may have made, for a sentence: it may be megabytes long."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"


class DownloadError(Exception):
    """Why a file does not come. `kind`:

    "missing", the server has no such file; "refused", it, or what stands before it, does not give it out;
    "unreachable", no answer; "damaged", wrong bytes; "unreadable", a file of the reader's own that is gone.
    """

    def __init__(self, kind: str, file: str) -> None:
        super().__init__(f"{kind}: {file}")
        self.kind = kind
        self.file = file
