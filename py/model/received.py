"""A pass that was computed elsewhere, by a reader's own version of `gpt2.py`: its activations come as bare numbers.

No name, text or shape comes with them: which number is what, the order of the pass says. T tokens, E numbers a token,
H heads of D numbers each, M numbers inside an MLP, V entries in the vocabulary, as in `gpt2.py`.
"""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np

from model import gpt2
from model.activation_cache import short
from model.config import GPT2Config
from model.removals import Own
from model.trace import BLOCK, Embedding, Final


class Place(NamedTuple):
    """An activation among the numbers."""

    name: str
    shape: tuple[int, ...]


def layout(config: GPT2Config, tokens: int) -> list[Place]:
    """Every activation of a pass over so many tokens, in the order in which its numbers come."""
    stream, heads = (tokens, config.n_embd), (tokens, config.n_head, config.d_head)
    square, wide = (config.n_head, tokens, tokens), (tokens, config.d_mlp)
    shapes: dict[str, tuple[int, ...]] = {
        "attn.q": heads,
        "attn.k": heads,
        "attn.v": heads,
        "attn.z": heads,
        "attn.scores": square,
    }
    shapes |= {"attn.pattern": square, "mlp.pre": wide, "mlp.post": wide}
    places = [Place(name, stream) for name in Embedding._fields]
    for number in range(config.n_layer):
        places += [Place(f"blocks.{number}.{name}", shapes.get(name, stream)) for name in BLOCK]
    sizes = (1, config.n_embd), (1, config.vocab_size)
    return places + [Place(name, shape) for name, shape in zip(Final._fields, sizes, strict=True)]


def count(config: GPT2Config, tokens: int) -> int:
    """How many numbers that is."""
    return sum(prod(place.shape) for place in layout(config, tokens))


def views(numbers: np.ndarray, config: GPT2Config, tokens: int) -> Iterator[tuple[str, np.ndarray]]:
    """Every activation by its name, each a view of its numbers among all of them, (count,)."""
    at = 0
    for name, shape in layout(config, tokens):
        yield name, numbers[at : at + prod(shape)].reshape(shape)
        at += prod(shape)


class Received:
    """It stands in the place of the program that would compute what the reader's `own` has left.

    After the last block it is the program of the page: what `gpt2.py` would say of a vector there.
    """

    unembed = staticmethod(gpt2.unembed)

    def __init__(self, own: Own) -> None:
        self.own = own

    @property
    def numbers(self) -> np.ndarray:
        return self.own.numbers  # (count,) float32

    def forget(self) -> None:
        """They have been read: each is in the cache by now."""
        self.own.numbers = self.numbers[:0].copy()

    def gpt2(
        self, ids: list[int], w: dict, config: GPT2Config, change: gpt2.Change, start: int = 0, rows: int = 1
    ) -> Iterator[np.ndarray]:
        """As the function of that name, for a whole text and its last token.

        Raises ValueError where there are more or fewer numbers than the pass has, or scores that are none.
        """
        if len(self.numbers) != count(config, len(ids)) or start or rows != 1:
            raise ValueError(f"{len(self.numbers)} numbers of {len(ids)} tokens")
        value = self.numbers[:0]
        for name, value in views(self.numbers, config, len(ids)):
            if short(name) == "attn.scores" and not value.max() < np.inf:  # NaN is not either
                raise ValueError(name)
            change(name, value)
            if name == "pos_embed" or name.endswith("resid_post"):
                yield value
        yield value  # (1, V)

    def looks_ahead(self, config: GPT2Config, tokens: int) -> bool:
        """Whether a token attends to later ones."""
        every = views(self.numbers, config, tokens)
        return any(short(name) == "attn.pattern" and bool(np.triu(value, 1).any()) for name, value in every)
