"""What one prediction owes to each part of the network: the same pass without it, one part after the other."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache

import numpy as np

from model import sampling
from model.explain.answers import Arrow, Effect, Effects
from model.explain.block_view import taken_in
from model.removals import Cut, Off, Removal
from model.session import Session
from model.what_if import logit_parts, logits_if, to_logit

LEAST = 0.01  # of probability: an arrow that lowers it by less does not matter much
CARRIES = 0.1  # of all that a token takes in: with less from the first token, it only rests there


def without_any(session: Session, row: int, token: int, temperature: float) -> Effects:
    """The prediction of `token` after the token of the text at `row` with everything in place; no effects yet."""
    logits = logits_if(session, [], row)  # (V,)
    return {
        "row": row,
        "logit": float(logits[token]),
        "probability": probability(logits, token, temperature),
        "effects": [],
    }


def of_each(session: Session, changes: Iterable[Removal], row: int, token: int, temperature: float) -> Iterator[Effect]:
    """The same with each of `changes` by itself, as soon as it is computed: a caller may stop in between."""
    base, direct = logits_if(session, [], row), direct_parts(session, row, token)  # (V,)
    for change in changes:
        logits = logits_if(session, [change], row)  # (V,)
        yield {
            "block": change.block,
            "head": None if isinstance(change, Off) and change.part != "head" else change.head,
            "column": change.column if isinstance(change, Cut) else None,
            "share": share_of(session, change) if isinstance(change, Cut) else None,
            "direct": direct(change),
            "logit": float(logits[token]),
            "probability": probability(logits, token, temperature),
            "bits": divergence(base, logits),
        }


def share_of(session: Session, arrow: Cut) -> float:
    """How much of its row's attention the arrow has."""
    return float(session.activation(arrow.block, "attn.pattern", arrow.row)[arrow.head, 0, arrow.column])


def direct_parts(session: Session, row: int, token: int) -> Callable[[Removal], float]:
    """What an arrow, head or MLP adds to the logit of `token` after `row` by itself, see `what_if.logit_parts`.

    Nothing is missing here: what other parts make of it, and of the text without it, is left out. The parts of a
    head's arrows sum to that of the head.
    """
    own = {(p.block, p.head): p.value for p in logit_parts(session, token, row) if p.part in ("head", "mlp")}
    to_this = to_logit(session, token, row)

    @cache
    def of_arrows(block: int, head: int) -> np.ndarray:
        return to_this(taken_in(session, block, head, row))  # (T,)

    def of(part: Removal) -> float:
        if isinstance(part, Cut):
            return float(of_arrows(part.block, part.head)[part.column])
        whole = isinstance(part, Off) and part.part != "head"
        return own[part.block, None if whole else part.head]

    return of


def most_telling(session: Session, found: Effects) -> Arrow | None:
    """Of the arrows in `found`, the one whose cutting lowers the probability most, by LEAST or more; else None.

    Left out are a token's arrow to itself and to the token just before it, which say little of the text; and to the
    first token, where a head that has nothing to do puts its attention (Xiao et al., "Efficient Streaming Language
    Models with Attention Sinks", 2023), unless more than CARRIES of all that the head takes in comes from there.
    """
    row, before = found["row"], found["probability"]
    for effect in sorted(found["effects"], key=lambda effect: effect["probability"]):
        block, head, column = effect["block"], effect["head"], effect["column"]
        if before - effect["probability"] < LEAST:
            return None
        if head is None or column is None or column >= row - 1:
            continue
        if column > 0 or carries(session, block, head, row, column):
            share = share_of(session, Cut(block, head, row, column))
            return Arrow(
                block=block,
                head=head,
                row=row,
                column=column,
                share=share,
                before=before,
                after=effect["probability"],
            )
    return None


def carries(session: Session, block: int, head: int, row: int, column: int) -> bool:
    """Whether more than CARRIES of all that the head takes in at `row` comes from `column`."""
    lengths = np.linalg.norm(taken_in(session, block, head, row), axis=-1)  # (T,)
    return bool(lengths[column] > CARRIES * lengths.sum())


def probability(logits: np.ndarray, token: int, temperature: float) -> float:
    """The probability of one token of logits (V,)."""
    return float(sampling.sampled(logits, sampling.ranking(logits), temperature)[token])


def divergence(old: np.ndarray, new: np.ndarray) -> float:
    """How many bits a reader loses on average who takes `new` logits (V,) for `old` (Kullback and Leibler, 1951)."""
    p, q = (log_shares(logits) for logits in (old, new))  # each (V,)
    return float((np.exp(p) * (p - q)).sum() / np.log(2))


def log_shares(logits: np.ndarray) -> np.ndarray:
    """The logarithms of softmax, (V,)."""
    above = logits.astype(np.float64) - logits.max()  # (V,)
    return above - np.log(np.exp(above).sum())  # (V,)
