"""How long the parts of a forward pass took, and how many operations they were."""

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
