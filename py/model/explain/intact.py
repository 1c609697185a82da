"""The prediction of a run that does without some parts beside the one with every part in place."""

import numpy as np

from model import sampling
from model.explain.answers import Changed, Intact, Sampling
from model.explain.effects import divergence
from model.tokenizer.tokenizer import Tokenizer


def intact(old: np.ndarray, new: np.ndarray, tokenizer: Tokenizer, settings: Sampling, count: int) -> Intact:
    """`old` logits (V,) with every part in place, `new` (V,) without some: the `count` likeliest tokens of either.

    Probabilities are those under `settings`; `bits` is the divergence of the new distribution from the old at
    temperature 1.
    """
    before, now = shaped(old, settings), shaped(new, settings)  # each (V,)
    listed = sampling.ranking(old)[:count].tolist()
    listed += [i for i in sampling.ranking(new)[:count].tolist() if i not in listed]
    rows: list[Changed] = [
        {
            "id": i,
            "shown": tokenizer.display(i),
            "before": float(before[i]),
            "now": float(now[i]),
            "logit_before": float(old[i]),
            "logit_now": float(new[i]),
        }
        for i in listed
    ]
    return {"rows": rows, "bits": divergence(old, new)}


def shaped(logits: np.ndarray, settings: Sampling) -> np.ndarray:
    """The probabilities (V,) under `settings`."""
    temperature, top_k, top_p = settings["temperature"], settings["top_k"], settings["top_p"]
    return sampling.sampled(logits, sampling.ranking(logits), temperature, top_k, top_p)
