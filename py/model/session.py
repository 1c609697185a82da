"""One text being looked at: its tokens, everything the model computed for them, and how little a change costs.

A token's activations depend on the tokens before it alone, so a new text keeps those of the longest beginning it
shares with the old one (what is usually called a KV cache, kept here for every activation because all are shown).
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from model.activation_cache import SQUARES, ActivationCache
from model.config import GPT2Config
from model.edits import AHEAD, program
from model.received import Received
from model.removals import Alterations, Removal, edits, own_of, takes_mean
from model.timing import Stopwatch
from model.trace import BLOCK, Block, Embedding, Final, field

LARGEST = 1e17  # of an activation: a vector of such numbers still has a length, and a LayerNorm, in float32
LONG = 128  # tokens of which every activation is kept; of a longer text they are computed again when looked at
OF_BEFORE = ("attn.k", "attn.v")  # a pass over new tokens needs those of the tokens before


class RunawayError(ArithmeticError):
    """The model's numbers for a text run away, or are no numbers at all, so there is nothing to show of it."""


class EnoughError(Exception):
    """What was wanted of a pass is there."""


class Session:
    """`removals` are what every pass of it does without, see `removals.py`."""

    def __init__(self, weights: dict, config: GPT2Config, removals: tuple[Removal, ...] = ()) -> None:
        self.weights = weights
        self.config = config
        self.removals = removals
        self.alterations = Alterations(removals)  # of the last pass
        own = own_of(removals)
        self.received = Received(own) if own else None
        self.program: Any = self.received or program(edits(removals))  # of which Received has less
        # Whether a token's numbers depend on later tokens too: then nothing of a shorter text can be kept.
        self.ahead = AHEAD in edits(removals)
        self.ids: list[int] = []
        self.cache = ActivationCache(self.config.n_positions)
        # Of the last token alone: its logits are the prediction. There is none yet.
        self.final = Final(*np.empty((2, 0, 0), np.float32))  # each (0, 0)
        self.timing = Stopwatch().timing(0, 0)
        self.again: tuple[int, int, Block] | None = None  # the block that was last computed again, see `block`

    def steps(self, ids: list[int]) -> Iterator[int]:
        """Compute `ids`, yielding after the embedding and after each block the number of blocks done.

        No value of the session changes until the last step, so a caller may stop at any yield and lose nothing.
        Raises ValueError when there is no token or more than the model can read, RunawayError when the model's
        numbers run away on this text.
        """
        if not 0 < len(ids) <= self.config.n_positions:
            raise ValueError(f"between 1 and {self.config.n_positions} tokens, not {len(ids)}")
        kept, end = common_prefix(self.ids, ids), len(ids)
        if (self.ahead or any(takes_mean(removal) for removal in self.removals)) and ids != self.ids:
            kept = 0
        if not self.cache.whole and end <= LONG:
            kept = 0  # a short text has all of its activations kept, also after a long one
        # After the last token there is room to write; a text that changes in its middle needs rows of its own.
        cache = self.cache if kept in (len(self.ids), end) else self.cache.copy(kept)
        whole = cache.whole and end <= LONG
        if self.received:  # its numbers come with everything missing that is to be
            self.ahead = self.received.looks_ahead(self.config, end)
        altered = () if self.received else self.removals
        alterations = Alterations(altered) if kept < end else self.alterations
        watch, final = Stopwatch(), {}

        def keep(name: str, value: np.ndarray) -> np.ndarray:
            watch.passed(name)
            value = alterations.altered(name, value, kept)
            check(name, value)
            if name in Final._fields:
                final[name] = value  # (1, E) or (1, V)
                return value
            cache.write(name, kept, value, whole)
            return cache.rows(name, end) if name.endswith(OF_BEFORE) else value

        if kept < end:
            computing = self.program.gpt2(ids[kept:], self.weights, self.config, keep, kept)
            for done, _ in enumerate(computing):
                if done <= self.config.n_layer:
                    yield done
                    watch.start()
        else:
            yield self.config.n_layer
            last = f"blocks.{self.config.n_layer - 1}.resid_post"
            self.program.unembed(cache.rows(last, end, end - 1), self.weights, self.config, keep)
        if not whole:
            cache.keep_needed()
        self.timing = watch.timing(end - kept, end)
        self.ids, self.cache, self.final, self.again = list(ids), cache, Final(**final), None
        self.alterations = alterations
        if self.received:
            self.received.forget()

    def run(self, ids: list[int]) -> None:
        """All the steps at once."""
        for _ in self.steps(ids):
            pass

    def frozen(self) -> "Session":
        """The same text with all that was computed of it, which no later pass of this session changes."""
        other = Session(self.weights, self.config)
        vars(other).update(vars(self), cache=self.cache.copy(len(self.ids)))
        return other

    @property
    def embedding(self) -> Embedding:
        return Embedding(*(self.cache.rows(name, len(self.ids)) for name in Embedding._fields))

    def stream(self, blocks: int) -> np.ndarray:
        """The residual stream (T, E) after so many blocks."""
        name = f"blocks.{blocks - 1}.resid_post" if blocks else "blocks.0.resid_pre"
        return self.cache.rows(name, len(self.ids))

    def block(self, number: int, first: int = 0) -> Block:
        """What block `number` computed for the tokens from `first` on; keys and values are those of all tokens.

        Of a long text it is computed again by the same functions from what was kept, and the last answer is held.
        """
        end = len(self.ids)
        if self.cache.whole:
            return Block(*(self._kept(f"blocks.{number}.", name, end, first) for name in BLOCK))
        if self.again is None or self.again[:2] != (number, first):
            self.again = None  # its memory first
            found = Block(**self._computed_again(number, first))
            if end - first > LONG:
                return found
            self.again = (number, first, found)
        return self.again[2]

    def of_token(self, number: int, row: int) -> Block:
        """What block `number` computed for the token at `row`: (E,), (H, D), (M,); scores and shares (H, T).

        Of a long text it is computed again, for that token alone.
        """
        end, prefix = len(self.ids), f"blocks.{number}."
        if self.cache.whole:
            rows = {name: self.cache.rows(prefix + name, end, row) for name in BLOCK}
            return Block(*(values[:, 0] if name in SQUARES else values[0] for name, values in rows.items()))
        seen: dict[str, np.ndarray] = {}

        def keep(name: str, value: np.ndarray) -> np.ndarray:
            if name in OF_BEFORE:
                seen[name] = value[0]  # (H, D)
                return self.cache.rows(prefix + name, end if self.ahead else row + 1)  # (S, H, D)
            value = self.alterations.altered(prefix + name, value, row)
            if name in SQUARES:
                seen[name] = np.full((len(value), end), SQUARES[name], value.dtype)  # (H, T)
                seen[name][:, : value.shape[2]] = value[:, 0]
            else:
                seen[name] = value[0]
            return value

        self.program.block(self.stream(number)[row : row + 1], self.weights["h"][number], self.config, keep)
        return Block(*(seen[name] for name in BLOCK))

    def activation(self, number: int, name: str, first: int = 0) -> np.ndarray:
        """One activation of block `number`, "attn.pattern" (H, rows, T) or "resid_mid" (rows, E): of a long text
        without what comes after it in the block."""
        if self.cache.whole:
            return self.cache.rows(f"blocks.{number}.{name}", len(self.ids), first)
        return self._computed_again(number, first, name)[field(name)]

    def _kept(self, prefix: str, name: str, end: int, first: int) -> np.ndarray:
        return self.cache.rows(prefix + name, end, 0 if name in OF_BEFORE else first)

    def _computed_again(self, number: int, first: int, last: str = "resid_post") -> dict[str, np.ndarray]:
        """The activations of a block by field, up to the one named `last`."""
        seen, end = {}, len(self.ids)

        def keep(name: str, value: np.ndarray) -> np.ndarray:
            if name in OF_BEFORE:
                value = self.cache.rows(f"blocks.{number}.{name}", end)  # (S, H, D)
            value = self.alterations.altered(f"blocks.{number}.{name}", value, first)
            seen[field(name)] = value
            if name == last:
                raise EnoughError
            return value

        with suppress(EnoughError):
            self.program.block(self.stream(number)[first:], self.weights["h"][number], self.config, keep)
        return seen


def check(name: str, values: np.ndarray) -> None:
    """Raises RunawayError unless an activation's every number is one up to LARGEST: all of them are drawn."""
    if name.endswith("attn.scores"):  # minus infinity hides the future; other faults are seen in the pattern
        return
    if np.vdot(values, values) <= LARGEST**2:  # one look at each number instead of two; not so with a NaN
        return
    if not (values.min() >= -LARGEST and values.max() <= LARGEST):  # NaN is neither
        raise RunawayError(field(name.split(".", 2)[-1]))


def common_prefix(a: Sequence, b: Sequence) -> int:
    """How many entries a and b share at their beginning."""
    same = 0
    while same < min(len(a), len(b)) and a[same] == b[same]:
        same += 1
    return same
