"""What if a part of the last pass were missing, see `removals.py`.

Each answer is made by the same program as the pass, from the first block and token that can differ: whatever comes
before is taken as it was. What the pass already did without is missing here too.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from model.gpt2 import unchanged, within
from model.linear import linear
from model.removals import Alterations, Cut, Off, Removal, covers, first_row, takes_mean
from model.session import OF_BEFORE, Session


def logits_if(session: Session, changes: Iterable[Removal], after: int | None = None) -> np.ndarray:
    """The logits (V,) after the token `after`, or the last one, with all of `changes` at once.

    Later tokens change nothing there, so they are left out, unless a mean is taken, which is one over the whole text.
    Without a change that comes before `after`, and of something that is still there, the logits are those of the pass.
    """
    program, w, config = session.program, session.weights, session.config
    last = len(session.ids) - 1 if after is None else after
    changes = [
        change
        for change in changes
        if first_row(change) <= last and not any(covers(removal, change) for removal in session.removals)
    ]
    if not changes and last == len(session.ids) - 1:
        return session.final.logits[0]  # (V,)
    if not changes:
        return program.unembed(session.stream(config.n_layer)[last : last + 1], w, config, unchanged)[0]  # (V,)
    if session.received:
        raise ValueError("code of the reader's, which is not run here")
    removals = [*session.removals, *changes]
    means = [removal for removal in removals if takes_mean(removal)]
    start = 0 if session.ahead else min(first_row(removal) for removal in [*changes, *means])
    end = len(session.ids) if means or session.ahead else last + 1
    whole = any(is_position(change) for change in changes)
    first = 0 if whole else min(change.block for change in changes)
    alterations = Alterations(removals)

    def through(name: str, value: np.ndarray) -> np.ndarray:
        if name.endswith(OF_BEFORE):
            value = np.concatenate([session.cache.rows(name, start), value])  # (S, H, D)
        return alterations.altered(name, value, start)

    x = program.embed(session.ids[:end], 0, w, through) if whole else session.stream(first)[start:end]  # (rows, E)
    for number in range(first, config.n_layer):
        x = program.block(x, w["h"][number], config, within(number, through))  # (rows, E)
    return program.unembed(x[last - start : last - start + 1], w, config, through)[0]  # (V,)


def parts(session: Session, kind: str, row: int, mean: bool = False) -> list[Removal]:
    """All the parts of a kind, each to be missing: "arrows" of the token `row`, "heads" or "mlps"."""
    blocks, heads = range(session.config.n_layer), range(session.config.n_head)
    if kind == "arrows":
        return [Cut(b, h, row, column) for b in blocks for h in heads for column in range(row + 1)]
    if kind == "heads":
        return [Off("head", b, h, mean) for b in blocks for h in heads]
    return [Off("mlp", b, mean=mean) for b in blocks]


def is_position(change: Removal) -> bool:
    return isinstance(change, Off) and change.part == "position"


class LogitPart(NamedTuple):
    """What one part of the network adds to a logit. `block` and `head` are None where they say nothing."""

    part: str  # "embed", "pos_embed", "head", "mlp", "bias"
    block: int | None
    head: int | None
    value: float


def logit_parts(session: Session, token: int, after: int, minus: int | None = None) -> list[LogitPart]:
    """The parts whose sum is the logit of `token` after the token of the text at `after`, in the order of computing;
    of its difference from the logit of `minus`, where one is given.

    The residual stream is a sum, so each of its terms has its own part, see `to_logit`. Biases of a block are one part,
    that of the last LayerNorm another, without block. A block that is switched off has no heads to add anything; what
    stands for it, a mean, counts with the biases.
    """
    w, config = session.weights, session.config
    add = to_logit(session, token, after, minus)

    def of(term: np.ndarray) -> float:
        """What a term (E,) of the residual stream adds."""
        return float(add(term))

    embedding = session.embedding
    parts = [
        LogitPart("embed", None, None, of(embedding.embed[after])),
        LogitPart("pos_embed", None, None, of(embedding.pos_embed[after])),
    ]
    for number, weights in enumerate(w["h"]):
        b = session.of_token(number, after)
        off = {removal.part for removal in session.removals if isinstance(removal, Off) and removal.block == number}
        apart = np.zeros((config.n_head, config.n_head, config.d_head), np.float32)  # (H, H, D) a head a row
        if "block" not in off:
            apart[np.arange(config.n_head), np.arange(config.n_head)] = b.z
        from_heads = linear(apart.reshape(config.n_head, -1), weights["attn.c_proj.weight"])  # (H, E)
        bias = np.zeros_like(b.mlp_out) if off & {"mlp", "block"} else weights["mlp.c_proj.bias"]  # (E,)
        parts += [LogitPart("head", number, h, of(term)) for h, term in enumerate(from_heads)]
        parts.append(LogitPart("mlp", number, None, of(b.mlp_out - bias)))
        parts.append(LogitPart("bias", number, None, of(b.attn_out - from_heads.sum(axis=0) + bias)))
    parts.append(LogitPart("bias", None, None, float(w["ln_f.bias"] @ direction(session, token, minus))))
    return parts


def to_logit(session: Session, token: int, after: int, minus: int | None = None) -> Callable[[np.ndarray], np.ndarray]:
    """What terms (..., E) of the residual stream of the token at `after` add to the logit of `token`, (...), less that
    of `minus`.

    The last LayerNorm, with its mean and scale held as they were, and the head are linear (Elhage et al., "A
    Mathematical Framework for Transformer Circuits", 2021). In float64, so that many terms of either sign still come to
    the logit.
    """
    w, config = session.weights, session.config
    x = session.stream(config.n_layer)[after].astype(np.float64)  # (E,)
    scale = np.sqrt(x.var() + config.layer_norm_epsilon)
    weighted = direction(session, token, minus) * w["ln_f.weight"] / scale  # (E,)
    return lambda terms: (terms - terms.mean(axis=-1, keepdims=True, dtype=np.float64)) @ weighted  # (...)


def direction(session: Session, token: int, minus: int | None) -> np.ndarray:
    """What the normalised stream is multiplied with for the logit of `token`, less that of `minus`: (E,) in float64."""
    embeddings = session.weights["wte.weight"][np.array([token, token if minus is None else minus])]  # (2, E)
    first, second = embeddings.astype(np.float64)  # each (E,)
    return first if minus is None else first - second  # (E,)
