"""GPT-2's forward pass in NumPy: from token ids to the scores of every possible next token.

Radford et al., "Language Models are Unsupervised Multitask Learners", 2019. Everything the model computes is on this
page; the rest of the site loads weights, keeps results and draws them.

`change(name, value)` is called on every activation, in the order of computing, and the pass goes on with what it
answers. So a trace is kept, a part is switched off, a pass is watched or, by an exception, given up. Names are
TransformerLens's; those inside a block get its number in front: "blocks.4.attn.pattern".

Shapes in comments: T tokens being computed, S tokens seen in all (S = T unless earlier tokens are already known),
E = n_embd numbers a token, H heads of D = E / H numbers each, M = d_mlp numbers inside an MLP (in every published
GPT-2 4E), V entries in the vocabulary.

Weights `w` carry GPT-2's own names. Matrices are stored transposed to (out, in), see `linear`.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from model.config import GPT2Config
from model.linear import linear, match, mix

Change = Callable[[str, np.ndarray], np.ndarray]


def layer_norm(x: np.ndarray, g: np.ndarray, b: np.ndarray, eps: float) -> np.ndarray:
    """Bring each row to mean 0 and variance 1, then scale by g and shift by b (Ba et al., 2016)."""
    mean = x.mean(axis=-1, keepdims=True)  # (T, 1)
    variance = x.var(axis=-1, keepdims=True)  # (T, 1)
    return (x - mean) / np.sqrt(variance + eps) * g + b  # (T, E)


def gelu(x: np.ndarray) -> np.ndarray:
    """The tanh form GPT-2 was trained with (Hendrycks and Gimpel, 2016, section 2)."""
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))  # (T, M)


def softmax(x: np.ndarray) -> np.ndarray:
    """Positive shares that sum to 1 along the last axis; the maximum is taken off first so that exp cannot overflow."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))  # same shape as x
    return e / e.sum(axis=-1, keepdims=True)  # same shape as x


def attention(x: np.ndarray, w: dict, config: GPT2Config, change: Change) -> np.ndarray:
    """Each token gathers values of the tokens up to its own, in shares (Vaswani et al., 2017, section 3.2.1).

    x (T, E) -> (T, E). Of k and v `change` may answer with those of the tokens before x too: a trace keeps them.
    """
    T, E = x.shape
    qkv = linear(x, w["attn.c_attn.weight"], w["attn.c_attn.bias"])  # (T, 3E)
    q, k, v = (part.reshape(T, config.n_head, config.d_head) for part in np.split(qkv, 3, axis=1))  # each (T, H, D)
    q = change("attn.q", q)  # (T, H, D)
    k = change("attn.k", k)  # (S, H, D)
    v = change("attn.v", v)  # (S, H, D)
    scores = match(q, k) / math.sqrt(config.d_head)  # (H, T, S)
    future = np.triu(np.ones((T, len(k)), dtype=bool), k=len(k) - T + 1)  # (T, S) keys that come after the query
    scores = change("attn.scores", np.where(future, np.float32(-np.inf), scores))  # (H, T, S)
    pattern = change("attn.pattern", softmax(scores))  # (H, T, S)
    z = change("attn.z", mix(pattern, v))  # (T, H, D)
    return change("attn_out", linear(z.reshape(T, E), w["attn.c_proj.weight"], w["attn.c_proj.bias"]))  # (T, E)


def mlp(x: np.ndarray, w: dict, change: Change) -> np.ndarray:
    """Each token by itself through a wider layer and back: x (T, E) -> (T, E)."""
    pre = change("mlp.pre", linear(x, w["mlp.c_fc.weight"], w["mlp.c_fc.bias"]))  # (T, M)
    post = change("mlp.post", gelu(pre))  # (T, M)
    return change("mlp_out", linear(post, w["mlp.c_proj.weight"], w["mlp.c_proj.bias"]))  # (T, E)


def block(x: np.ndarray, w: dict, config: GPT2Config, change: Change) -> np.ndarray:
    """What attention and an MLP make of the residual stream x (T, E), each added to it; `w` are this block's."""
    x = change("resid_pre", x)  # (T, E)
    ln1 = change("ln1", layer_norm(x, w["ln_1.weight"], w["ln_1.bias"], config.layer_norm_epsilon))  # (T, E)
    x = x + attention(ln1, w, config, change)  # (T, E)
    x = change("resid_mid", x)  # (T, E)
    ln2 = change("ln2", layer_norm(x, w["ln_2.weight"], w["ln_2.bias"], config.layer_norm_epsilon))  # (T, E)
    x = x + mlp(ln2, w, change)  # (T, E)
    return change("resid_post", x)  # (T, E)


def embed(ids: list[int], start: int, w: dict, change: Change) -> np.ndarray:
    """What each token is plus where it stands, (T, E); the first of `ids` is at position `start`."""
    token = change("embed", w["wte.weight"][np.array(ids)])  # (T, E)
    position = change("pos_embed", w["wpe.weight"][start : start + len(ids)])  # (T, E)
    return token + position  # (T, E)


def unembed(x: np.ndarray, w: dict, config: GPT2Config, change: Change) -> np.ndarray:
    """Scores of every entry as the next token after each row of x (T, E): (T, V); no bias, weights as in `embed`."""
    ln_final = change("ln_final", layer_norm(x, w["ln_f.weight"], w["ln_f.bias"], config.layer_norm_epsilon))  # (T, E)
    return change("logits", linear(ln_final, w["wte.weight"]))  # (T, V)


def within(number: int, change: Change) -> Change:
    """`change` for the activations of one block: its number comes before their names."""
    return lambda name, value: change(f"blocks.{number}.{name}", value)


def unchanged(name: str, value: np.ndarray) -> np.ndarray:
    return value


def gpt2(
    ids: list[int], w: dict, config: GPT2Config, change: Change = unchanged, start: int = 0, rows: int = 1
) -> Iterator[np.ndarray]:
    """ids (T) -> the residual stream (T, E) after the embedding and after each block, then logits (rows, V).

    `*_, logits = gpt2(ids, w, config)` runs it to its end; a caller may also stop in between, or look at the clock. The
    logits are those of the last `rows` tokens. `ids` follow `start` tokens whose keys and values `change` knows.
    """
    x = embed(ids, start, w, change)  # (T, E)
    yield x
    for number, block_weights in enumerate(w["h"]):
        x = block(x, block_weights, config, within(number, change))  # (T, E)
        yield x
    yield unembed(x[-rows:], w, config, change)  # (rows, V)
