"""GPT-2's forward pass in NumPy: from token ids to the scores of every possible next token.

Radford et al., "Language Models are Unsupervised Multitask Learners", 2019. Everything the model computes is on this
page; the rest of the site loads weights, keeps results and draws them.

Shapes in comments: T tokens being computed, S tokens seen in all (S = T unless earlier tokens are already known),
E = n_embd numbers a token, H heads of D = E / H numbers each, M = d_mlp numbers inside an MLP (in every published
GPT-2 4E), V entries in the vocabulary.

Weights carry GPT-2's own names. Matrices are stored transposed to (out, in), see `linear`.
"""

import math
from collections.abc import Iterator

import numpy as np

from model.config import GPT2Config
from model.quantization import Quantized
from model.trace import MLP, Attention, Block, Embedding, Final

ROWS_AT_ONCE = 512  # of a weight matrix: the float32 copy of that many int8 rows is small and stays in the cache
MOST_STEPS = 2**31 - 1  # multiplications that one einsum may have where NumPy counts them in 32 bits, as in the browser


def pieces(rows: int, steps: int) -> Iterator[slice]:
    """All `rows`, up to ROWS_AT_ONCE at a time; fewer where each takes so many `steps` that einsum would refuse."""
    at_once = ROWS_AT_ONCE
    while at_once > 1 and at_once * steps > MOST_STEPS:
        at_once //= 2
    return (slice(start, min(start + at_once, rows)) for start in range(0, rows, at_once))


def linear(x: np.ndarray, w: np.ndarray | Quantized, b: np.ndarray | None = None) -> np.ndarray:
    """x (T, in) times the transpose of w (out, in), plus b (out,): the one place a weight matrix is multiplied.

    einsum on (out, in) runs along the memory of both; `x @ w` on GPT-2's own (in, out) layout takes seven to nine
    times as long where NumPy has no BLAS, as in the browser (`make bench` shows both).
    """
    one_scale_a_row = isinstance(w, Quantized) and w.scale.shape[1] == 1
    matrix = w.values if one_scale_a_row else w  # (out, in)
    products = []
    for piece in pieces(w.shape[0], x.size):
        rows = matrix[piece].astype(np.float32, copy=False)  # (rows, in)
        products.append(np.einsum("tk,nk->tn", x, rows))  # (T, rows)
    y = np.concatenate(products, axis=1)  # (T, out)
    if one_scale_a_row:
        y *= w.scale[:, 0]  # (T, out) the few results are scaled, not the many weights: the same sums in half the time
    return y if b is None else y + b  # (T, out)


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


def attention_scores(q: np.ndarray, k: np.ndarray) -> np.ndarray:
    """How well each query matches each key, scaled; minus infinity where the key comes later (H, T, S).

    q (T, H, D) belongs to the last T of the S tokens whose k (S, H, D) is given.
    """
    T, H, D = q.shape
    S = len(k)
    scores = np.empty((H, T, S), q.dtype)  # (H, T, S)
    for rows in pieces(T, k.size):
        np.einsum("thd,shd->hts", q[rows], k, out=scores[:, rows])  # (H, rows, S)
    scores /= math.sqrt(D)  # (H, T, S)
    future = np.triu(np.ones((T, S), dtype=bool), k=S - T + 1)  # (T, S)
    return np.where(future, np.float32(-np.inf), scores)  # (H, T, S)


def attention(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each query gathers the values of the tokens up to its own, in shares (Vaswani et al., 2017, section 3.2.1).

    Shapes as in `attention_scores`, v (S, H, D). Returns the shares, pattern (H, T, S), and what they gather,
    z (T, H, D).
    """
    pattern = softmax(attention_scores(q, k))  # (H, T, S)
    z = np.empty(q.shape, q.dtype)  # (T, H, D)
    for rows in pieces(len(q), v.size):
        np.einsum("hts,shd->thd", pattern[:, rows], v, out=z[rows])  # (rows, H, D)
    return pattern, z


def attention_part(x: np.ndarray, w: dict, config: GPT2Config, past: Block | None = None) -> Attention:
    """The first half of a block on x (T, E); `past` holds the keys and values of the tokens before these."""
    T, E = x.shape
    heads = (T, config.n_head, config.d_head)

    ln1 = layer_norm(x, w["ln_1.weight"], w["ln_1.bias"], config.layer_norm_epsilon)  # (T, E)
    qkv = linear(ln1, w["attn.c_attn.weight"], w["attn.c_attn.bias"])  # (T, 3E)
    q, k, v = (qkv[:, i * E : (i + 1) * E].reshape(heads) for i in range(3))  # each (T, H, D)
    keys = k if past is None else np.concatenate([past.k, k])  # (S, H, D)
    values = v if past is None else np.concatenate([past.v, v])  # (S, H, D)
    pattern, z = attention(q, keys, values)  # (H, T, S), (T, H, D)
    attn_out = linear(z.reshape(T, E), w["attn.c_proj.weight"], w["attn.c_proj.bias"])  # (T, E)
    return Attention(x, ln1, q, k, v, pattern, z, attn_out, x + attn_out)


def mlp_part(x: np.ndarray, w: dict, config: GPT2Config) -> MLP:
    """The second half, on the residual stream x (T, E) that attention has added to."""
    ln2 = layer_norm(x, w["ln_2.weight"], w["ln_2.bias"], config.layer_norm_epsilon)  # (T, E)
    mlp_pre = linear(ln2, w["mlp.c_fc.weight"], w["mlp.c_fc.bias"])  # (T, M)
    mlp_post = gelu(mlp_pre)  # (T, M)
    mlp_out = linear(mlp_post, w["mlp.c_proj.weight"], w["mlp.c_proj.bias"])  # (T, E)
    return MLP(ln2, mlp_pre, mlp_post, mlp_out, x + mlp_out)


def embed(ids: list[int], start: int, w: dict) -> Embedding:
    """What each token is plus where it stands; the first of `ids` (T of them) is at position `start`."""
    token = w["wte.weight"][np.array(ids)]  # (T, E)
    position = w["wpe.weight"][start : start + len(ids)]  # (T, E)
    return Embedding(token, position, token + position)  # each (T, E)


def unembed(x: np.ndarray, w: dict, config: GPT2Config) -> Final:
    """Scores of every vocabulary entry as the next token, for each row of x (T, E); no bias, weights as in `embed`."""
    ln_final = layer_norm(x, w["ln_f.weight"], w["ln_f.bias"], config.layer_norm_epsilon)  # (T, E)
    logits = linear(ln_final, w["wte.weight"])  # (T, V)
    return Final(ln_final, logits)


def gpt2(
    ids: list[int], w: dict, config: GPT2Config, past: list[Block] | None = None
) -> Iterator[Embedding | Attention | Block]:
    """The embedding, then for each block its attention and the whole block, each yielded as soon as it is computed.

    A caller may stop in between, or look at the clock. `ids` are the new tokens; `past`, one Block for each layer,
    holds what is known of the tokens before them. `unembed` of the last block's `resid_post` gives the logits.
    """
    embedding = embed(ids, len(past[0].k) if past else 0, w)
    yield embedding
    x = embedding.resid_pre  # (T, E)
    for layer, block_weights in enumerate(w["h"]):
        first_half = attention_part(x, block_weights, config, past[layer] if past else None)
        yield first_half
        block = Block(*first_half, *mlp_part(first_half.resid_mid, block_weights, config))
        yield block
        x = block.resid_post  # (T, E)
