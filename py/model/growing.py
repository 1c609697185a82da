"""The activations of one part of the network for a text that grows: new rows are written behind the old ones.

Room is made ahead, so that another token costs its own rows and not a copy of everything before it: what GPT-2 124M
keeps of a thousand tokens is more than a gigabyte.
"""

import numpy as np

from model.trace import Block, Embedding

SQUARE = "pattern"  # (H, T, T): grows in two directions; what a token cannot see is 0


class Growing:
    """Rows for at most `limit` tokens. `rows(n)` are views: rows behind them may be written without their changing."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.kind: type[Embedding | Block] | None = None
        self.arrays: dict[str, np.ndarray] = {}
        self.room = 0  # tokens

    def rows(self, n: int) -> Embedding | Block:
        """The activations of the first n tokens."""
        return self.kind(*(a[:, :n, :n] if name == SQUARE else a[:n] for name, a in self.arrays.items()))

    def write(self, start: int, part: Embedding | Block) -> None:
        """Put what was computed for the tokens from `start` on behind those before them."""
        self.kind = type(part)
        end = start + len(part[0])
        if end > self.room:
            self._make_room(start, end, part)
        for name, values in part._asdict().items():
            if name == SQUARE:
                self.arrays[name][:, start:end, :end] = values
            else:
                self.arrays[name][start:end] = values

    def copy(self, n: int) -> "Growing":
        """The first n tokens by themselves, for another text that begins with them."""
        other = Growing(self.limit)
        if n:
            other._make_room(0, n, self.rows(n))
            other.write(0, self.rows(n))
        return other

    def _make_room(self, start: int, end: int, like: Embedding | Block) -> None:
        self.room = min(self.limit, end + max(8, end // 4))
        for name, values in like._asdict().items():
            if name == SQUARE:
                wider = np.zeros((len(values), self.room, self.room), values.dtype)  # (H, room, room)
                if start:
                    wider[:, :start, :start] = self.arrays[name][:, :start, :start]
            else:
                wider = np.empty((self.room, *values.shape[1:]), values.dtype)  # (room, ...)
                if start:
                    wider[:start] = self.arrays[name][:start]
            self.arrays[name] = wider  # one by one, so that each old array can go before the next new one comes
