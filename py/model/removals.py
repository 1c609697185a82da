"""Parts that a pass does without: an arrow of attention, a head, an MLP, a block, the position embedding; or an idea
that a line of its code stands for, see `edits.py`.

Cutting an arrow as in Geva et al., "Dissecting Recall of Factual Associations in Auto-Regressive Language Models",
2023, section 5; switching parts off as in Wang et al., "Interpretability in the Wild", 2023, section 2.2.

T tokens being computed, S tokens seen, E numbers a token, H heads of D numbers each, as in `gpt2.py`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from model.edits import EDITS


class Cut(NamedTuple):
    """One arrow: token `row` takes nothing from token `column`, and its other shares are scaled to sum to 1."""

    block: int
    head: int
    row: int
    column: int


class Off(NamedTuple):
    """A part that gives nothing; or, with `mean`, for every token the mean of what it gave over the text.

    part: "head", "mlp", "block" (its attention and its MLP), "position" (the position embedding, of any block), or the
    name of an edit, which the functions of the pass do without.
    """

    part: str
    block: int = 0
    head: int = 0
    mean: bool = False


class Own:
    """The pass is that of a reader's own version of the code, which has left `numbers`, see `received.py`."""

    block = head = 0

    def __init__(self, numbers: np.ndarray) -> None:
        self.numbers = numbers  # (count,) float32


Removal = Cut | Off | Own


def from_json(cuts: Sequence[Sequence], mean: bool = False) -> tuple[Removal, ...]:
    """["arrow", block, head, row, column], ["head", block, head], ["mlp", block], ["block", block], ["position"], or an
    edit such as ["mask"]."""
    return tuple(
        Cut(*rest) if part == "arrow" else Off(part, *rest)._replace(mean=mean and part not in EDITS)
        for part, *rest in cuts
    )


def to_json(removals: Iterable[Removal]) -> list[list]:
    """As `from_json` reads them; a reader's own version, which is handed over as text, is left out."""
    found: list[list] = []
    for removal in removals:
        if isinstance(removal, Cut):
            found.append(["arrow", *removal])
        elif isinstance(removal, Off):
            inside = {"head": (removal.block, removal.head), "mlp": (removal.block,), "block": (removal.block,)}
            found.append([removal.part, *inside.get(removal.part, ())])
    return found


def edits(removals: Iterable[Removal]) -> frozenset[str]:
    """The names of the edits among them."""
    return frozenset(one.part for one in removals if isinstance(one, Off) and one.part in EDITS)


def within(removals: Iterable[Removal], n_layer: int, n_head: int) -> tuple[Removal, ...]:
    """Those that are parts of a model with so many blocks and heads."""
    return tuple(one for one in removals if one.block < n_layer and one.head < n_head)


def own_of(removals: Iterable[Removal]) -> Own | None:
    """The reader's own version among them."""
    return next((one for one in removals if isinstance(one, Own)), None)


def first_row(removal: Removal) -> int:
    """The first token for which anything differs."""
    return removal.row if isinstance(removal, Cut) else 0


def takes_mean(removal: Removal) -> bool:
    """Whether it depends on every token of the text, those that come later too."""
    return isinstance(removal, Off) and removal.mean


def covers(removal: Removal, other: Removal) -> bool:
    """Whether `other` takes nothing away where there is `removal`: it is of the same part, or of one inside it, which
    has no mean to change either."""
    if not (isinstance(removal, Off) and isinstance(other, Off | Cut)):
        return removal == other
    if isinstance(other, Cut):
        return silences(removal, other.block, other.head) and not removal.mean
    if removal.block != other.block:
        return False
    same = removal.part == other.part and removal.head == other.head
    return same or (removal.part == "block" and other.part in ("head", "mlp") and not removal.mean)


def silences(removal: Removal, block: int, head: int) -> bool:
    """Whether nothing of what a head does reaches the stream."""
    if not isinstance(removal, Off) or removal.block != block:
        return False
    return removal.part == "block" or (removal.part == "head" and removal.head == head)


def names(removal: Removal) -> list[str]:
    """The activations that it alters."""
    if isinstance(removal, Own):
        return []
    prefix = f"blocks.{removal.block}."
    if isinstance(removal, Cut):
        return [prefix + "attn.pattern"]
    return {
        "head": [prefix + "attn.z"],
        "mlp": [prefix + "mlp_out"],
        "block": [prefix + "attn_out", prefix + "mlp_out"],
        "position": ["pos_embed"],
    }.get(removal.part, [])  # an edit's are computed without it


class Alterations:
    """What becomes of the activations of one pass with all of `removals`.

    The means are those of the first values that come, which must be of the whole text; they serve for all later ones.
    """

    def __init__(self, removals: Iterable[Removal]) -> None:
        self.by_name: dict[str, list[Removal]] = {}
        self.means: dict[tuple[str, Removal], np.ndarray] = {}  # (E,), of a head (D,)
        for removal in removals:
            for name in names(removal):
                self.by_name.setdefault(name, []).append(removal)

    def altered(self, name: str, value: np.ndarray, start: int) -> np.ndarray:
        """The activation `name` of the tokens from `start` on: heads' (T, H, D), a pattern (H, T, S), else (T, E)."""
        for removal in self.by_name.get(name, ()):
            if isinstance(removal, Cut):
                value = without_share(value, removal, start)
            elif isinstance(removal, Off):
                value = self._without(name, value, removal)
        return value

    def _without(self, name: str, value: np.ndarray, off: Off) -> np.ndarray:
        value = value.copy()
        part = value[:, off.head] if off.part == "head" else value  # a view
        if off.mean:
            part[:] = self.means.setdefault((name, off), part.mean(axis=0))
        else:
            part[:] = 0
        return value


def without_share(pattern: np.ndarray, cut: Cut, start: int) -> np.ndarray:
    """pattern (H, T, S), its first row the token `start`, less one share. A row that has no other stays at 0."""
    at = cut.row - start
    if not (0 <= at < pattern.shape[1] and cut.column < pattern.shape[2]):
        return pattern
    pattern = pattern.copy()  # (H, T, S)
    row = pattern[cut.head, at]  # (S,) a view
    row[cut.column] = 0
    rest = row.sum()
    if rest > 0:
        row /= rest
    return pattern
