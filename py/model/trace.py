"""What a forward pass leaves behind: every activation, in the order of computing, under TransformerLens's names.

T rows, one a token; S tokens seen in all, the last T of which are the rows. E = n_embd, H heads of D = E / H numbers
each, M = d_mlp, V vocabulary entries.
"""

from typing import NamedTuple

import numpy as np


class Embedding(NamedTuple):
    embed: np.ndarray  # (T, E) rows of wte
    pos_embed: np.ndarray  # (T, E) rows of wpe


class Block(NamedTuple):
    resid_pre: np.ndarray  # (T, E) the residual stream before this block
    ln1: np.ndarray  # (T, E)
    q: np.ndarray  # (T, H, D)
    k: np.ndarray  # (S, H, D)
    v: np.ndarray  # (S, H, D)
    scores: np.ndarray  # (H, T, S) scaled; minus infinity where the key comes after the query
    pattern: np.ndarray  # (H, T, S) their softmax: rows sum to 1
    z: np.ndarray  # (T, H, D) each head's output before c_proj
    attn_out: np.ndarray  # (T, E)
    resid_mid: np.ndarray  # (T, E)
    ln2: np.ndarray  # (T, E)
    mlp_pre: np.ndarray  # (T, M)
    mlp_post: np.ndarray  # (T, M) after GELU
    mlp_out: np.ndarray  # (T, E)
    resid_post: np.ndarray  # (T, E)


BLOCK = (  # the names of its fields in the forward pass, after "blocks.4."
    *("resid_pre", "ln1", "attn.q", "attn.k", "attn.v", "attn.scores", "attn.pattern", "attn.z", "attn_out"),
    *("resid_mid", "ln2", "mlp.pre", "mlp.post", "mlp_out", "resid_post"),
)


class Final(NamedTuple):
    ln_final: np.ndarray  # (1, E) of the last token
    logits: np.ndarray  # (1, V)


def field(name: str) -> str:
    """The field that holds the activation `name` of the forward pass: "attn.q" is in `q`, "mlp.pre" in `mlp_pre`."""
    return name.removeprefix("attn.").replace(".", "_")
