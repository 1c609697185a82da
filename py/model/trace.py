"""What a forward pass leaves behind: every activation, under TransformerLens's names.

T rows, one a token. E = n_embd, H heads of D = E / H numbers each, M = d_mlp, V vocabulary entries.
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
    pattern: np.ndarray  # (H, T, T) softmax of `gpt2.attention_scores` of q and k: rows sum to 1
    z: np.ndarray  # (T, H, D) each head's output before c_proj
    attn_out: np.ndarray  # (T, E)
    resid_mid: np.ndarray  # (T, E)


class MLP(NamedTuple):
    """The second half."""

    ln2: np.ndarray  # (T, E)
    mlp_pre: np.ndarray  # (T, M)
    mlp_post: np.ndarray  # (T, M) after GELU
    mlp_out: np.ndarray  # (T, E)
    resid_post: np.ndarray  # (T, E)


# Both halves, each under its name: a NamedTuple's fields cannot be inherited.
Block = namedtuple("Block", Attention._fields + MLP._fields)


class Final(NamedTuple):
    ln_final: np.ndarray  # (T, E)
    logits: np.ndarray  # (T, V)
