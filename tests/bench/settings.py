"""What a move of a slider costs the worker, with a vocabulary of GPT-2's size; run.mjs calls it in Pyodide."""

import json
from types import SimpleNamespace

import numpy as np
from bench import milliseconds

from model import sampling
from model.explain.next_token import next_tokens

SIZE = 50_257
SETTINGS = (  # temperature, top-k, top-p
    (0, None, None),
    (1, None, None),
    (0.7, 40, None),
    (0.7, None, 0.9),
    (1.5, 200, 0.95),
)


class Tokens:
    """Names alone: what a token is called does not change what a slider costs."""

    def display(self, i: int) -> str:
        return f" {i}"


def measure() -> None:
    """All that the worker does for one move: the answer of 12 tokens and its JSON text."""
    logits = np.random.default_rng(0).normal(-30, 5, SIZE).astype(np.float32)  # (V,)
    session = SimpleNamespace(final=SimpleNamespace(logits=logits[None]))
    order = sampling.ranking(logits)  # (V,)
    print(f"\nanother setting, {SIZE:,} entries: ms (temperature, top-k, top-p)")
    for temperature, top_k, top_p in SETTINGS:
        settings = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "u": 0.5}
        took, least = milliseconds(
            lambda s=settings: json.dumps(next_tokens(session.final.logits[0], Tokens(), order, 12, s)), 25
        )
        print(f"  {temperature!s:4} {top_k!s:5} {top_p!s:5} median {took:5.1f}   least {least:5.1f}")
