"""The answer forming: what the model would say if it stopped early (nostalgebraist, "interpreting GPT: the logit lens",
2020, https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru).

The final LayerNorm and the head are applied to the residual stream of the last token after the embedding and after
each block, as if the later blocks did not exist.
"""

import numpy as np

from model.gpt2 import softmax, unembed
from model.raster import shares_picture
from model.session import Session
from model.tokenizer import Tokenizer

BEST = 5  # predictions a depth
THUMBNAIL = 48  # tokens, the last ones, in a small picture


def lens(session: Session, tokenizer: Tokenizer) -> list[dict]:
    """For each depth, from the embedding alone to all blocks: the likeliest tokens with their probabilities.

    Depths after a block also carry `picture`, the mean of that block's attention patterns.
    """
    stream = [session.blocks[0].resid_pre[-1], *(b.resid_post[-1] for b in session.blocks)]  # each (E,)
    probabilities = softmax(unembed(np.stack(stream), session.weights, session.config).logits)  # (L + 1, V)
    depths = []
    for p in probabilities:  # (V,)
        best = np.argsort(-p, kind="stable")[:BEST]  # (BEST,)
        depths.append({"best": [token(int(i), p, tokenizer) for i in best]})
    for depth, block in zip(depths[1:], session.blocks, strict=True):
        small = block.pattern[:, -THUMBNAIL:, -THUMBNAIL:].mean(axis=0)  # (rows, rows)
        depth["picture"] = shares_picture(small)
    return depths


def token(i: int, probabilities: np.ndarray, tokenizer: Tokenizer) -> dict:
    return {"id": i, "shown": tokenizer.display(i), "share": float(probabilities[i])}
