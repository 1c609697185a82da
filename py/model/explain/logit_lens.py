"""The answer forming: what the model would say if it stopped early (nostalgebraist, "interpreting GPT: the logit lens",
2020, https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru).

The final LayerNorm and the head are applied to the residual stream of the last token after the embedding, after each
block's attention and after each block, as if the rest did not exist. The model was not trained to stop there. Where a
reader's own version of the code has run, they are those of the original.
"""

from collections.abc import Iterator

import numpy as np

from model.explain.block_answers import Depth, Word
from model.explain.pictures.colours import shares_picture
from model.gpt2 import softmax, unchanged
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer

BEST = 5  # predictions a depth
THUMBNAIL = 48  # tokens, the last ones, in a small picture


def thumbnail_row(session: Session) -> int:
    """The first token of a small picture."""
    return max(0, len(session.ids) - THUMBNAIL)


def logit_lens(session: Session, tokenizer: Tokenizer) -> Iterator[Depth]:
    """For each depth, from the embedding alone to all blocks: the likeliest tokens with their probabilities.

    Depths after a block also carry `mid`, the likeliest token after that block's attention, and `picture`, the mean of
    its attention patterns. Each is given as soon as it is computed: a large vocabulary takes its time.
    """
    last = len(session.ids) - 1
    (best,) = likeliest(session.stream(0)[last:], session, tokenizer)
    yield {"best": best}
    for block in range(session.config.n_layer):
        stream = [session.activation(block, "resid_mid", last), session.stream(block + 1)[last:]]  # each (1, E)
        mid, best = likeliest(np.concatenate(stream), session, tokenizer)
        rows = session.activation(block, "attn.pattern", thumbnail_row(session))  # (H, rows, T)
        small = rows[:, :, -rows.shape[1] :].mean(axis=0)  # (rows, rows)
        yield {"best": best, "mid": mid[0], "picture": shares_picture(small)}


def says(session: Session, tokenizer: Tokenizer, block: int, row: int) -> dict[str, Word]:
    """The likeliest token after the one at `row` before this block, after its attention and after its MLP, by the name
    of the residual stream there."""
    mid = session.activation(block, "resid_mid", row)[0]  # (E,)
    stream = np.stack([session.stream(block)[row], mid, session.stream(block + 1)[row]])  # (3, E)
    best = likeliest(stream, session, tokenizer)
    return {name: words[0] for name, words in zip(("resid_pre", "resid_mid", "resid_post"), best, strict=True)}


def likeliest(stream: np.ndarray, session: Session, tokenizer: Tokenizer) -> list[list[Word]]:
    """The BEST tokens by each row of stream (rows, E), with their probabilities at temperature 1."""
    logits = session.program.unembed(stream, session.weights, session.config, unchanged)  # (rows, V)
    found: list[list[Word]] = []
    for p in softmax(logits):  # (V,)
        best = np.argsort(-p, kind="stable")[:BEST].tolist()
        found.append([{"id": i, "shown": tokenizer.display(i), "probability": float(p[i])} for i in best])
    return found
