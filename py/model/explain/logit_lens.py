"""The answer forming: what the model would say if it stopped early (nostalgebraist, "interpreting GPT: the logit lens",
2020, https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru).

The final LayerNorm and the head are applied to the residual stream of the last token after the embedding and after
each block, as if the later blocks did not exist.
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

    Depths after a block also carry `picture`, the mean of that block's attention patterns. Each is given as soon as
    it is computed: a large vocabulary takes its time.
    """
    weights, config = session.weights, session.config
    for number in range(config.n_layer + 1):
        logits = session.program.unembed(session.stream(number)[-1:], weights, config, unchanged)  # (1, V)
        p = softmax(logits)[0]  # (V,)
        best = np.argsort(-p, kind="stable")[:BEST]  # (BEST,)
        depth: Depth = {"best": [token(int(i), p, tokenizer) for i in best]}
        if number:
            rows = session.pattern(number - 1, thumbnail_row(session))  # (H, rows, T)
            small = rows[:, :, -rows.shape[1] :].mean(axis=0)  # (rows, rows)
            depth["picture"] = shares_picture(small)
        yield depth


def token(i: int, probabilities: np.ndarray, tokenizer: Tokenizer) -> Word:
    return {"id": i, "shown": tokenizer.display(i), "probability": float(probabilities[i])}
