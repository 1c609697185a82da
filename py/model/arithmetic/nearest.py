"""Which tokens a token is like, by what the model has learned about each."""

import numpy as np

from model.arithmetic.answers import Nearest
from model.checkpoint.quantization import Quantized
from model.tokenizer.tokenizer import Tokenizer

NEAREST = 10
ROWS_AT_ONCE = 4096  # of the embedding matrix


def nearest(embeddings: np.ndarray | Quantized, tokenizer: Tokenizer, token: int) -> Nearest:
    """By the cosine of the angle between their embeddings (V, E), from 1, the same direction, to -1."""
    own = embeddings[np.array([token])][0]  # (E,)
    cosines = []
    for start in range(0, tokenizer.token_count, ROWS_AT_ONCE):
        rows = embeddings[start : min(start + ROWS_AT_ONCE, tokenizer.token_count)]  # (rows, E)
        lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(own)  # (rows,)
        cosines.append(np.einsum("vn,n->v", rows, own) / np.maximum(lengths, np.finfo(np.float32).tiny))
    found = np.concatenate(cosines)  # (token_count,)
    if token < len(found):
        found[token] = -np.inf
    best = np.argsort(-found, kind="stable")[:NEAREST]  # (NEAREST,)
    return {"tokens": [{"id": i, "shown": tokenizer.display(i), "cosine": float(found[i])} for i in best.tolist()]}
