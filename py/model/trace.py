"""What a forward pass leaves behind: every activation, under TransformerLens's names.

T rows, one a token. E = n_embd, H heads of D = E / H numbers each, V vocabulary entries.
"""

from collections import namedtuple
from typing import NamedTuple

import numpy as np


class Embedding(NamedTuple):
    token: np.ndarray  # (T, E) rows of wte
    position: np.ndarray  # (T, E) rows of wpe
    resid_pre: np.ndarray  # (T, E) their sum: the residual stream before the first block


class Attention(NamedTuple):
    """The first half of a block, in the order of the computation."""

    resid_pre: np.ndarray  # (T, E)
    ln1: np.ndarray  # (T, E)
    q: np.ndarray  # (T, H, D)
    k: np.ndarray  # (T, H, D)
    v: np.ndarray  # (T, H, D)
    attn_scores: np.ndarray  # (H, T, T) scaled by 1 / sqrt(D), the future at minus infinity
    pattern: np.ndarray  # (H, T, T) softmax of attn_scores: rows sum to 1
    z: np.ndarray  # (T, H, D) each head's output before c_proj
    attn_out: np.ndarray  # (T, E)
    resid_mid: np.ndarray  # (T, E)


class MLP(NamedTuple):
    """The second half."""

    ln2: np.ndarray  # (T, E)
    mlp_pre: np.ndarray  # (T, 4E)
    mlp_post: np.ndarray  # (T, 4E) after GELU
    mlp_out: np.ndarray  # (T, E)
    resid_post: np.ndarray  # (T, E)


# Both halves, each under its name: a NamedTuple's fields cannot be inherited.
Block = namedtuple("Block", Attention._fields + MLP._fields)


class Final(NamedTuple):
    ln_final: np.ndarray  # (T, E)
    logits: np.ndarray  # (T, V)


SQUARE = {"attn_scores": -np.inf, "pattern": 0.0}  # grow in two directions; what the future holds


def first_rows(part: Embedding | Block, n: int) -> Embedding | Block:
    """The activations of the first n tokens alone: what comes later never changes them."""
    return type(part)(*(a[:, :n, :n] if name in SQUARE else a[:n] for name, a in zip(part._fields, part, strict=True)))


def append_rows(old: Embedding | Block, new: Embedding | Block) -> Embedding | Block:
    """`new`, computed with `old` as its past, put below it."""
    joined = []
    for name, a, b in zip(old._fields, old, new, strict=True):
        if name in SQUARE:  # (H, T, T) above (H, t, T + t)
            wide = np.full((*a.shape[:2], b.shape[2]), SQUARE[name], a.dtype)  # (H, T, T + t)
            wide[:, :, : a.shape[2]] = a
            a = wide
        joined.append(np.concatenate([a, b], axis=1 if name in SQUARE else 0))  # T + t rows
    return type(old)(*joined)
