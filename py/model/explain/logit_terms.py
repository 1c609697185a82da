"""Where a logit comes from: the terms whose sum it is, for any token or the difference of two."""

import numpy as np

from model import sampling
from model.explain.answers import LogitTerm, LogitTerms
from model.explain.block_answers import Named
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer
from model.what_if import logit_parts, logits_if

LISTED = 20  # tokens to choose from, the likeliest ones


def logit_terms(session: Session, tokenizer: Tokenizer, token: int, minus: int, row: int) -> LogitTerms:
    """The terms of the logit of `token` after the token of the text at `row`, less those of `minus`.

    A `token` that the vocabulary lacks, such as -1, is the likeliest there; such a `minus`, or the same one, is none.
    """
    logits = logits_if(session, [], row)  # (V,)
    likeliest = sampling.ranking(logits)[:LISTED].tolist()
    if not 0 <= token < len(logits):
        token = likeliest[0]
    other = minus if 0 <= minus < len(logits) and minus != token else None
    chosen = [one for one in (token, other) if one is not None]
    terms: list[LogitTerm] = [
        {"part": part.part, "block": part.block, "head": part.head, "value": part.value}
        for part in logit_parts(session, token, row, other)
    ]

    def named(number: int) -> Named:
        return {"id": number, "shown": tokenizer.display(number)}

    return {
        "row": row,
        "token": named(token),
        "minus": None if other is None else named(other),
        "total": float(np.float64(logits[token]) - (0 if other is None else logits[other])),
        "terms": terms,
        "candidates": [named(one) for one in dict.fromkeys(likeliest + chosen)],
    }
