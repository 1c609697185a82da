"""One text being looked at: its tokens, everything the model computed for them, and how little a change costs.

A token's activations depend on the tokens before it alone, so a new text keeps those of the longest beginning it
shares with the old one (what is usually called a KV cache, kept here for every activation because all are shown).
"""

from collections.abc import Iterator
from time import perf_counter

from model.config import GPT2Config
from model.gpt2 import gpt2, unembed
from model.growing import Growing
from model.timing import Timing
from model.trace import Attention, Block, Embedding, Final

LARGEST = 1e17  # of an activation: a vector of such numbers still has a length, and a LayerNorm, in float32


class TooLargeError(ArithmeticError):
    """The model's numbers for a text run away, or are no numbers at all, so there is nothing to show of it."""


class Session:
    def __init__(self, weights: dict, config: GPT2Config) -> None:
        self.weights = weights
        self.config = config
        self.ids: list[int] = []
        self.parts = [Growing(config.n_positions) for _ in range(config.n_layer + 1)]
        self.embedding: Embedding | None = None
        self.blocks: list[Block] = []
        self.final: Final | None = None  # of the last token alone: its logits are the prediction
        self.timing: Timing | None = None

    def steps(self, ids: list[int]) -> Iterator[int]:
        """Compute `ids`, yielding after each part (embedding, attention, MLP) the number of whole blocks done.

        No value of the session changes until the last step, so a caller may stop at any yield and lose nothing.
        Raises ValueError when there is no token or more than the model can read, TooLargeError when the model's
        numbers run away on this text.
        """
        if not 0 < len(ids) <= self.config.n_positions:
            raise ValueError(f"between 1 and {self.config.n_positions} tokens, not {len(ids)}")
        before, kept = len(self.ids), common_prefix(self.ids, ids)
        # Behind the last token there is room to write; a text that changes in its middle needs rows of its own.
        parts = self.parts if kept in (before, len(ids)) else [part.copy(kept) for part in self.parts]
        seconds = []  # of the embedding, then of attention and MLP in turn
        if kept < len(ids):
            past = [part.rows(kept) for part in parts[1:]] if kept else None
            started = perf_counter()
            for part in gpt2(ids[kept:], self.weights, self.config, past):
                seconds.append(perf_counter() - started)
                done = (len(seconds) - 1) // 2  # whole blocks
                if not isinstance(part, Attention):
                    check(part)
                    if past and done:
                        past[done - 1] = None  # used: if the part has to move to find room, its old place can go
                    parts[done].write(kept, part)
                    if parts is self.parts and before:
                        self._see_again(done)
                yield done
                started = perf_counter()
        started = perf_counter()
        rows = [part.rows(len(ids)) for part in parts]
        final = unembed(rows[-1].resid_post[-1:], self.weights, self.config)
        check(final)
        self.timing = Timing(
            len(ids) - kept, len(ids), sum(seconds[:1]), seconds[1::2], seconds[2::2], perf_counter() - started
        )
        self.ids, self.parts, self.embedding, self.blocks, self.final = list(ids), parts, rows[0], rows[1:], final

    def _see_again(self, number: int) -> None:
        """The same rows of a part where they are now, see above."""
        rows = self.parts[number].rows(len(self.ids))
        if number:
            self.blocks[number - 1] = rows
        else:
            self.embedding = rows

    def run(self, ids: list[int]) -> None:
        """All the steps at once."""
        for _ in self.steps(ids):
            pass


def check(part: Embedding | Block | Final) -> None:
    """Raises TooLargeError unless every activation of a part is a number up to LARGEST: all of them are drawn."""
    for name, values in part._asdict().items():
        if not (values.min() >= -LARGEST and values.max() <= LARGEST):  # NaN is neither
            raise TooLargeError(name)


def common_prefix(a: list[int], b: list[int]) -> int:
    """How many entries a and b share at their beginning."""
    same = 0
    while same < min(len(a), len(b)) and a[same] == b[same]:
        same += 1
    return same
