"""Where a logit comes from: the terms whose sum it is, for any token or the difference of two."""

import numpy as np

from model import sampling
from model.explain.answers import LogitTerm, LogitTerms
from model.explain.block_answers import Named
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer
from model.what_if import logit_parts, logits_if

SAME = 1e-4  # of the largest term: float32 numbers differ by less from what they come to
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


def adds_up(found: LogitTerms) -> bool:
    """Whether the terms come to the logit: a reader's own version of the code may have made it otherwise."""
    values = [term["value"] for term in found["terms"]]
    return abs(sum(values) - found["total"]) <= SAME * max(map(abs, values))
