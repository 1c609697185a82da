"""Every attention head in small, and where it looks."""

import numpy as np

from model.explain.block_answers import Look, SmallHead
from model.explain.block_view import first_row
from model.explain.logit_lens import thumbnail_row
from model.explain.pictures.colours import shares_picture
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer


def attention_heads(session: Session, tokenizer: Tokenizer, row: int) -> list[list[SmallHead]]:
    """For each block, each head: its pattern as a small picture, the token to which the one at `row` gives most, and
    the shares that go to each of `targets`: of all drawn tokens on average, and of the one at `row`."""
    first, small = first_row(session), thumbnail_row(session)
    looked_at = targets(session.ids, first)
    answer: list[list[SmallHead]] = []
    for number in range(session.config.n_layer):
        heads: list[SmallHead] = []
        for pattern in session.activation(number, "attn.pattern", first):  # (rows, T)
            own = pattern[row - first]  # (T,)
            most = int(own.argmax())
            heads.append(
                {
                    "picture": shares_picture(pattern[small - first :, small:]),
                    "most": tokenizer.display(session.ids[most]),
                    "position": most,
                    "share": float(own[most]),
                    "looks": {name: look(pattern, mask, row - first) for name, mask in looked_at.items()},
                }
            )
        answer.append(heads)
    return answer


def targets(ids: list[int], first: int) -> dict[str, np.ndarray]:
    """What a head may look at, by name: for each token from `first` on, which tokens (rows, T) are it.

    The text's first token has no choice but to look at itself, so it has none.
    """
    asking, asked = np.arange(first, len(ids))[:, None], np.arange(len(ids))  # (rows, 1), (T,)
    chooses = asking > 0  # (rows, 1)
    return {
        "itself": chooses & (asked == asking),
        "before": chooses & (asked == asking - 1),
        "first": chooses & (asked == 0),
        "same": np.equal.outer(ids[first:], ids) & (asked < asking),
    }


def look(pattern: np.ndarray, mask: np.ndarray, row: int) -> Look:
    """The share of `pattern` (rows, T) that goes to where `mask` (rows, T) is true: on average over the rows that have
    any such token, and of one row; None where there is none."""
    has = np.asarray(mask.any(axis=1))  # (rows,)
    shares = (pattern * mask).sum(axis=1)  # (rows,)
    return {
        "mean": float(shares[has].mean()) if has.any() else None,
        "row": float(shares[row]) if has[row] else None,
    }
