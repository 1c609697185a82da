"""Why a file cannot be used, in a form that can be said in the reader's own language."""

from collections.abc import Iterator
from contextlib import contextmanager


class FileError(ValueError):
    """`kind` names the sentence a reader is told, error.KIND in page/text, and `values` fill its places.

    The message says the same to a developer; a sentence may quote it as {detail}.
    """

    kind = "unusable"

    def __init__(self, detail: str, kind: str | None = None, **values: str) -> None:
        super().__init__(detail)
        self.kind = kind or type(self).kind
        self.values = {"detail": detail, **values}

    def answer(self) -> dict:
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
