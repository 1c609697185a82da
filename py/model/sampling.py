"""From logits to one token: temperature, then top-k, then top-p, then a draw.

The distribution and the draw are separate: a setting reshapes the distribution, one number u in [0, 1) picks from it.
Top-p: Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020, section 3.1. Ties at the border of
top-k are all kept, as in Hugging Face `transformers`.
"""

from typing import Literal

import numpy as np

from model.gpt2 import softmax

Rule = Literal["top-k", "top-p"]  # what may take an entry out


def ranking(logits: np.ndarray) -> np.ndarray:
    """Vocabulary ids (V,), likeliest first; equal logits in order of id. No setting changes this order.

    Raises ValueError for a NaN, for plus infinity, and when no entry is above minus infinity.
    """
    if logits.size == 0 or np.isnan(logits).any() or not np.isfinite(logits.max()):
        raise ValueError("logits must hold numbers, at least one of them finite and none plus infinity")
    return np.argsort(-logits, kind="stable")  # (V,)


def sampled(
    logits: np.ndarray, order: np.ndarray, temperature: float, top_k: int | None = None, top_p: float | None = None
) -> np.ndarray:
    """The probability (V,) with which each entry is drawn. `order` is `ranking(logits)`, made once for many settings.

    temperature 0 is greedy: the likeliest entry takes all. Raises ValueError for settings out of range.
    """
    check_settings(temperature, top_k, top_p)
    if temperature == 0:
        one = np.zeros_like(logits)  # (V,)
        one[order[0]] = 1
        return one
    # At most 0, so that a tiny temperature brings minus infinity at worst; in float32 it would itself become 0.
    with np.errstate(over="ignore"):
        scaled = (logits - logits[order[0]]).astype(np.float64) / temperature  # (V,)
    if top_k is not None and top_k < len(order):
        scaled = np.where(logits < logits[order[top_k - 1]], -np.inf, scaled)  # (V,)
    probabilities = softmax(scaled)  # (V,)
    if top_p is not None and top_p < 1:  # at 1 rounding could drop the tail
        ranked = probabilities[order]  # (V,)
        before = np.cumsum(ranked) - ranked  # (V,) the mass of all likelier entries
        probabilities[order[before >= top_p]] = 0  # never the likeliest: nothing comes before it
        probabilities /= probabilities.sum()
    return probabilities


def cut_by(logit: float, logits: np.ndarray, order: np.ndarray, top_k: int | None, top_p: float | None) -> Rule | None:
    """The rule that gave an entry probability 0: "top-k" when it is below the k-th largest, else "top-p".

    None when no rule did: at a low temperature an exponential can be too small for a float.
    """
    if top_k is not None and top_k < len(order) and logit < logits[order[top_k - 1]]:
        return "top-k"
    return "top-p" if top_p is not None and top_p < 1 else None


def check_settings(temperature: float, top_k: int | None, top_p: float | None) -> None:
    """Raises ValueError with a sentence for settings out of range (NaN included)."""
    if not 0 <= temperature < np.inf:
        raise ValueError(f"temperature must be 0 or more, not {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top-k must be 1 or more, not {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"top-p must be above 0 and at most 1, not {top_p}")


def draw(probabilities: np.ndarray, order: np.ndarray, u: float) -> int:
    """The id at u, in [0, 1), on a strip where each entry is as wide as its probability, likeliest first."""
    if not 0 <= u < 1:
        raise ValueError(f"u must lie in [0, 1), not {u}")
    edges = np.cumsum(probabilities[order], dtype=np.float64)  # (V,) right edges
    return int(order[np.searchsorted(edges, u * edges[-1], side="right")])
