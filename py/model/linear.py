"""The products of a forward pass, each way that a matrix is held, kept to sizes that the browser's NumPy can count.

einsum on a matrix (out, in) runs along the memory of both; `x @ w` on GPT-2's own (in, out) layout takes seven to nine
times as long where NumPy has no BLAS, as in the browser (`make bench` shows both).

Shapes in comments: T tokens being computed, S tokens seen in all, H heads of D numbers each.
"""

from collections.abc import Iterator

import numpy as np

from model.checkpoint.quantization import Quantized
from model.kernel.kernel import Compiled

ROWS_AT_ONCE = 512  # of a weight matrix: the float32 copy of that many int8 rows is small and stays in the cache
MOST_STEPS = 2**31 - 1  # multiplications that one einsum may have where NumPy counts them in 32 bits, as in the browser


def linear(x: np.ndarray, w: np.ndarray | Quantized, b: np.ndarray | None = None) -> np.ndarray:
    """x (T, in) times the transpose of w (out, in), plus b (out,): the one place a weight matrix is multiplied."""
    if isinstance(w, Compiled):
        return w.kernel.linear(x, w, b)  # (T, out)
    if isinstance(w, Quantized) and w.scale.shape[1] == 1:
        y = with_scaled_rows(x, w)  # (T, out)
    else:
        y = in_pieces(x, w)  # (T, out)
    return y if b is None else y + b  # (T, out)


def in_pieces(x: np.ndarray, w: np.ndarray | Quantized) -> np.ndarray:
    """x (T, in) times the transpose of w (out, in), a few rows of w at a time, as float32."""
    products = []
    for piece in pieces(w.shape[0], x.size):
        rows = w[piece].astype(np.float32, copy=False)  # (rows, in)
        products.append(np.einsum("tk,nk->tn", x, rows))  # (T, rows)
    return np.concatenate(products, axis=1)  # (T, out)


def with_scaled_rows(x: np.ndarray, w: Quantized) -> np.ndarray:
    """The same where each row has one scale: the few results are scaled, not the many weights, in half the time."""
    return in_pieces(x, w.values) * w.scale[:, 0]  # (T, out)


def columns(w: np.ndarray | Quantized, first: int, end: int) -> np.ndarray:
    """The columns `first` to `end` - 1 of w (out, in), as float32 (out, end - first)."""
    if isinstance(w, Quantized):
        stretch = np.arange(first, end) * w.scale.shape[1] // w.shape[1]  # (end - first,) whose scale is a column's
        return w.values[:, first:end] * w.scale[:, stretch]  # (out, end - first)
    return w[:, first:end].astype(np.float32, copy=False)  # (out, end - first)


def match(q: np.ndarray, k: np.ndarray) -> np.ndarray:
    """For each head the product of every query with every key: q (T, H, D), k (S, H, D) -> (H, T, S)."""
    T, H, _ = q.shape
    products = np.empty((H, T, len(k)), q.dtype)  # (H, T, S)
    for rows in pieces(T, k.size):
        np.einsum("thd,shd->hts", q[rows], k, out=products[:, rows])  # (H, rows, S)
    return products


def mix(shares: np.ndarray, v: np.ndarray) -> np.ndarray:
    """For each head and token the values v (S, H, D), in shares (H, T, S) -> (T, H, D)."""
    H, T, _ = shares.shape
    mixed = np.empty((T, H, v.shape[2]), v.dtype)  # (T, H, D)
    for rows in pieces(T, v.size):
        np.einsum("hts,shd->thd", shares[:, rows], v, out=mixed[rows])  # (rows, H, D)
    return mixed


def pieces(rows: int, steps: int) -> Iterator[slice]:
    """All `rows`, up to ROWS_AT_ONCE at a time; fewer where each takes so many `steps` that einsum would refuse."""
    at_once = ROWS_AT_ONCE
    while at_once > 1 and at_once * steps > MOST_STEPS:
        at_once //= 2
    return (slice(start, min(start + at_once, rows)) for start in range(0, rows, at_once))
