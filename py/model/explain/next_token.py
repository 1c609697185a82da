"""The next tokens with their probabilities, before and after the settings."""

import numpy as np

from model import sampling
from model.explain.answers import Candidate, NextTokens, Sampling
from model.explain.to_json import to_list
from model.gpt2 import softmax
from model.tokenizer.search import find_tokens
from model.tokenizer.tokenizer import Tokenizer

CURVE = 64  # points of the distribution's curve at most


def next_tokens(
    logits: np.ndarray, tokenizer: Tokenizer, order: np.ndarray, count: int, settings: Sampling, query: str = ""
) -> NextTokens:
    """The likeliest `count` next tokens by their logits (V,), or those that match a `query` (see `find_tokens`).

    For each the model's own probability, and the one after temperature, top-k and top-p.
    Each candidate's `sampled` is its `weight`, exp((logit - largest) / temperature), divided by `total`, the sum of
    the weights that were kept; `cut` names the rule that took it out. `outside` is what the tokens not listed have.
    """
    own = softmax(logits)  # (V,)
    temperature, top_k, top_p = settings["temperature"], settings["top_k"], settings["top_p"]
    drawn = sampling.sampled(logits, order, temperature, top_k, top_p)  # (V,)
    largest = float(logits[order[0]])
    weights = np.exp((logits.astype(np.float64) - largest) / temperature) if temperature else None  # (V,)
    kept = drawn > 0  # (V,)
    taken = sampling.draw(drawn, order, settings["u"])

    def candidate(rank: int) -> Candidate:
        i = int(order[rank])
        return {
            "id": i,
            "rank": rank + 1,
            "shown": tokenizer.display(i),
            "logit": float(logits[i]),
            "model": float(own[i]),
            "sampled": float(drawn[i]),
            "weight": None if weights is None else float(weights[i]),
            "cut": None if kept[i] or not temperature else sampling.cut_by(logits[i], logits, order, top_k, top_p),
        }

    ranks = find_tokens(query, order.tolist(), tokenizer) if query else range(min(count, len(order)))
    places = curve_ranks(len(order))  # (points,)
    tail = np.delete(order, ranks)  # the others
    return {
        "temperature": temperature,
        "top_k": top_k,
        "top_p": top_p,
        "u": settings["u"],
        "largest": largest,
        "total": None if weights is None else float(weights[kept].sum()),
        "kept": int(kept.sum()),
        "entropy": {"model": entropy(own), "sampled": entropy(drawn)},
        "curve": {
            "ranks": (places + 1).tolist(),
            "model": to_list(own[order[places]]),
            "sampled": to_list(drawn[order[places]]),
        },
        "drawn": {
            "id": taken,
            "rank": int(np.flatnonzero(order == taken)[0]) + 1,
            "shown": tokenizer.display(taken),
            "model": float(own[taken]),
            "sampled": float(drawn[taken]),
        },
        "candidates": [candidate(rank) for rank in ranks],
        "outside": {
            "count": len(tail),
            "model": float(own[tail].sum(dtype="float64")),
            "sampled": float(drawn[tail].sum(dtype="float64")),
        },
    }


def curve_ranks(size: int) -> np.ndarray:
    """Places in the ranking (points,), from 0, that a curve over the logarithm of the rank is drawn through."""
    return np.unique(np.geomspace(1, size, CURVE).round().astype(int)) - 1  # (points,)


def entropy(probabilities: np.ndarray) -> float:
    """How many bits a draw is worth on average (Shannon, 1948); what has probability 0 adds nothing."""
    p = probabilities[probabilities > 0].astype(np.float64)  # (kept,)
    return abs(float(-(p * np.log2(p)).sum()))  # a certain draw gives 0, not minus 0
