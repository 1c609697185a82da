"""How long the parts of a forward pass took, and how many operations they were."""

from time import perf_counter
from typing import NamedTuple

from model.config import GPT2Config


class Timing(NamedTuple):
    """Seconds of the last pass; of each block its attention and its MLP. Tokens known from before cost nothing."""

    tokens: int  # computed in this pass
    seen: int  # in all, those of before among them
    embedding: float
    attention: list[float]
    mlp: list[float]
    head: float  # final LayerNorm and logits, of the last token alone

    @property
    def total(self) -> float:
        return self.embedding + sum(self.attention) + sum(self.mlp) + self.head

    def operations(self, config: GPT2Config) -> int:
        """Floating-point operations in the products, a multiplication and an addition each; the rest is small.

        A block multiplies every token with the weights of its matrices, 12 E^2 in GPT-2 (Kaplan et al., "Scaling Laws
        for Neural Language Models", 2020, table 1), and compares it with, and mixes, all the tokens seen.
        """
        E, M = config.n_embd, config.d_mlp
        block = self.tokens * (4 * E * E + 2 * E * M + 2 * self.seen * E)
        return 2 * (len(self.mlp) * block + config.vocab_size * E)


class Stopwatch:
    """Takes the time of a pass by the activations that end its parts."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {"pos_embed": [], "resid_mid": [], "resid_post": [], "logits": []}
        self.start()

    def start(self) -> None:
        """The pass goes on: what came before, a pause, does not count."""
        self.started = perf_counter()

    def passed(self, name: str) -> None:
        """The activation `name` is there."""
        part = self.seconds.get(name.rpartition(".")[2])
        if part is not None:
            now = perf_counter()
            part.append(now - self.started)
            self.started = now

    def timing(self, tokens: int, seen: int) -> Timing:
        embedding, attention, mlp, head = self.seconds.values()
        return Timing(tokens, seen, sum(embedding), attention, mlp, sum(head))
