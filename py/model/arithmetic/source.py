"""Where the numbers of a calculation are taken from: the run's activations, by their addresses, and the weights.

T tokens, E = n_embd, H heads of D numbers each, V entries in the vocabulary.
"""

import numpy as np

from model import sampling
from model.arithmetic.address import Address
from model.checkpoint.quantization import Quantized
from model.explain.answers import Sampling
from model.linear import columns
from model.session import Session
from model.trace import Embedding, field


class Source:
    """`settings` shape the distribution that the probabilities are of."""

    def __init__(self, session: Session, settings: Sampling) -> None:
        self.session = session
        self.settings = settings
        self.rows: dict[tuple[int | None, str, int], np.ndarray] = {}  # by block, activation and token
        self.vectors: dict[Address, np.ndarray] = {}  # by the address of their first number

    def vector(self, address: Address) -> np.ndarray:
        """The numbers (n,) along the last axis, among which the one at `address` stands, as float64."""
        first = address._replace(place=(*address.place[:-1], 0))
        if first not in self.vectors:
            self.vectors[first] = self.taken(first)
        return self.vectors[first]

    def taken(self, address: Address) -> np.ndarray:
        if address.is_weight:
            return self.weight_row(address).astype(np.float64)  # (n,)
        first, second = address.place[:2]
        if address.axes[0] == "head":  # (H, T) of a token
            return self.of_token(address, second)[first].astype(np.float64)  # (T,)
        values = self.of_token(address, first)  # (n,), or (H, D)
        return (values[second] if values.ndim == 2 else values).astype(np.float64)  # (n,)

    def value(self, address: Address) -> float:
        return float(self.vector(address)[address.place[-1]])

    def of_token(self, address: Address, row: int) -> np.ndarray:
        """What an activation holds of one token: (E,), (M,), (H, D), (H, T) or (V,)."""
        key = (address.block, address.name, row)
        if key not in self.rows:
            self.rows[key] = self.computed(*key)
        return self.rows[key]

    def computed(self, block: int | None, name: str, row: int) -> np.ndarray:
        if block is not None:
            return getattr(self.session.of_token(block, row), field(name))
        if name in Embedding._fields:
            return getattr(self.session.embedding, name)[row]  # (E,)
        if name != "probabilities":
            return self.unembedded(row)[name]
        logits, settings = self.of_token(Address("logits", None, (row, 0)), row), self.settings  # (V,)
        order = sampling.ranking(logits)  # (V,)
        return sampling.sampled(logits, order, settings["temperature"], settings["top_k"], settings["top_p"])  # (V,)

    def unembedded(self, row: int) -> dict[str, np.ndarray]:
        """What the model makes of a token's vector after the last block: "ln_final" (E,) and "logits" (V,).

        Raises ValueError where that is not known.
        """
        session = self.session
        if row == len(session.ids) - 1:
            return {name: values[0] for name, values in session.final._asdict().items()}
        if session.received:
            raise ValueError("code of the reader's, which has run for the last token alone")
        seen = {}

        def keep(name: str, value: np.ndarray) -> np.ndarray:
            seen[name] = value[0]
            return value

        stream = session.stream(session.config.n_layer)[row : row + 1]  # (1, E)
        session.program.unembed(stream, session.weights, session.config, keep)
        return seen

    # Weights

    def array(self, address: Address) -> np.ndarray | Quantized:
        return array_of(self.session.weights, address)

    def weight_row(self, address: Address) -> np.ndarray:
        """(n,) of a matrix, of a vector the whole."""
        array = self.array(address)
        if isinstance(array, Quantized) or array.ndim == 2:
            return array[np.array(address.place[:1])][0]  # (n,)
        return array

    def held(self, address: Address) -> tuple[int, float] | None:
        """Where a weight is held rounded: its whole number and the scale of its row or group; else None."""
        array = self.array(address)
        if not isinstance(array, Quantized):
            return None
        row, column = address.place
        group = column * array.scale.shape[1] // array.shape[1]
        return int(array.values[row, column]), float(array.scale[row, group])

    def column_of_weight(self, address: Address) -> np.ndarray:
        """All the weights (out,) that a number of the input meets."""
        i = address.place[1]
        return columns(self.array(address), i, i + 1)[:, 0]  # (out,)


def array_of(weights: dict, address: Address) -> np.ndarray | Quantized:
    """The array that a weight stands in."""
    return weights[address.name] if address.block is None else weights["h"][address.block][address.name]
