"""What one prediction owes to each part of the network: the same pass without it, one part after the other."""

from collections.abc import Iterable, Iterator

import numpy as np

from model import sampling
from model.explain.answers import Effect, Effects
from model.session import Session
from model.what_if import Cut, Off, Removal, logits_if


def without_any(session: Session, row: int, token: int, temperature: float) -> Effects:
    """The prediction of `token` after the token of the text at `row` with everything in place; no effects yet."""
    logits = logits_if(session, [], row)  # (V,)
    return {
        "row": row,
        "logit": float(logits[token]),
        "probability": probability(logits, token, temperature),
        "effects": [],
    }


def of_each(session: Session, changes: Iterable[Removal], row: int, token: int, temperature: float) -> Iterator[Effect]:
    """The same with each of `changes` by itself, as soon as it is computed: a caller may stop in between."""
    base = logits_if(session, [], row)  # (V,)
    for change in changes:
        logits = logits_if(session, [change], row)  # (V,)
        yield {
            "block": change.block,
            "head": None if isinstance(change, Off) and change.part != "head" else change.head,
            "column": change.column if isinstance(change, Cut) else None,
            "logit": float(logits[token]),
            "probability": probability(logits, token, temperature),
            "bits": divergence(base, logits),
        }


def probability(logits: np.ndarray, token: int, temperature: float) -> float:
    """The probability of one token of logits (V,)."""
    return float(sampling.sampled(logits, sampling.ranking(logits), temperature)[token])


def divergence(old: np.ndarray, new: np.ndarray) -> float:
    """How many bits a reader loses on average who takes `new` logits (V,) for `old` (Kullback and Leibler, 1951)."""
    p, q = (log_shares(logits) for logits in (old, new))  # each (V,)
    return float((np.exp(p) * (p - q)).sum() / np.log(2))


def log_shares(logits: np.ndarray) -> np.ndarray:
    """The logarithms of softmax, (V,)."""
    above = logits.astype(np.float64) - logits.max()  # (V,)
    return above - np.log(np.exp(above).sum())  # (V,)
