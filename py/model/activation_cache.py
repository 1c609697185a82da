"""The activations of a text that grows, by their names in the forward pass: new rows are written after the old ones.

Room is made ahead, so that another token costs its own rows and not a copy of everything before it. Of a long text only
what later tokens need is kept, the residual stream, keys and values: all of it would be a gigabyte for a thousand
tokens of GPT-2 124M.
"""

import numpy as np

SQUARES = {"attn.scores": -np.inf, "attn.pattern": 0}  # (H, T, T), growing in two directions: what hides the future
NEEDED = ("embed", "pos_embed", "attn.k", "attn.v", "resid_post")  # of a long text
FIRST_STREAM = "blocks.0.resid_pre"  # any other block begins with the `resid_post` of the one before


def short(name: str) -> str:
    """The name inside its block: "attn.q" for "blocks.4.attn.q"."""
    return name.split(".", 2)[2] if name.startswith("blocks.") else name


class ActivationCache:
    """Rows for at most `limit` tokens. What `rows` answers are views: rows after them may be written unseen."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.whole = True  # every activation is here, not just what later tokens need
        self.arrays: dict[str, np.ndarray] = {}  # (room, ...), a square (H, room, room)

    def rows(self, name: str, end: int, first: int = 0) -> np.ndarray:
        """Of the activation `name` the rows of the tokens from `first` up to `end`; a square's columns up to `end`."""
        if name.endswith(".resid_pre") and name != FIRST_STREAM:
            number = int(name.split(".")[1])
            name = f"blocks.{number - 1}.resid_post"
        values = self.arrays[name]
        return values[:, first:end, :end] if short(name) in SQUARES else values[first:end]

    def write(self, name: str, start: int, values: np.ndarray, whole: bool) -> None:
        """Put rows after the `start` rows before them, unless they are not needed; `whole`: all are."""
        inner = short(name)
        if inner == "resid_pre" and name != FIRST_STREAM:
            return
        if not whole and inner not in NEEDED and name != FIRST_STREAM:
            return
        square = inner in SQUARES
        end = start + values.shape[1 if square else 0]
        self._make_room(name, start, end, values)
        if square:
            self.arrays[name][:, start:end, :end] = values
        else:
            self.arrays[name][start:end] = values

    def keep_needed(self) -> None:
        """The text has become long: let go what no later token needs."""
        self.whole = False
        self.arrays = {n: a for n, a in self.arrays.items() if short(n) in NEEDED or n == FIRST_STREAM}

    def copy(self, n: int) -> "ActivationCache":
        """The first n tokens by themselves, for another text that begins with them."""
        other = ActivationCache(self.limit)
        if n:
            other.whole = self.whole
            for name in self.arrays:
                other.write(name, 0, self.rows(name, n), True)
        return other

    def _make_room(self, name: str, start: int, end: int, like: np.ndarray) -> None:
        old = self.arrays.get(name)
        square = short(name) in SQUARES
        if old is not None and end <= old.shape[1 if square else 0]:
            return
        room = min(self.limit, end + max(8, end // 4))
        if square:
            wider = np.full((len(like), room, room), SQUARES[short(name)], like.dtype)  # (H, room, room)
            if old is not None:
                wider[:, :start, :start] = old[:, :start, :start]
        else:
            wider = np.empty((room, *like.shape[1:]), like.dtype)  # (room, ...)
            if old is not None:
                wider[:start] = old[:start]
        self.arrays[name] = wider
