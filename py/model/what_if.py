"""What if a part of the last pass were missing: an arrow of attention, a head, an MLP, a block, the positions.

Each answer is made by the same program as the pass, through `change`, from the first block and token that can differ:
whatever comes before is taken as it was. Cutting an arrow as in Geva et al., "Dissecting Recall of Factual
Associations in Auto-Regressive Language Models", 2023, section 5; switching parts off as in Wang et al.,
"Interpretability in the Wild", 2023, section 2.2.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from model.gpt2 import unchanged, within
from model.linear import linear
from model.session import OF_BEFORE, Session


class Cut(NamedTuple):
    """One arrow: token `row` takes nothing from token `column`, and its other shares are scaled to sum to 1."""

    block: int
    head: int
    row: int
    column: int


class Off(NamedTuple):
    """A part that gives nothing; or, with `mean`, for every token the mean of what it gave over the text.

    part: "head", "mlp", "block" (its attention and its MLP), "position" (the position embedding, of any block).
    """

    part: str
    block: int = 0
    head: int = 0
    mean: bool = False


Removal = Cut | Off
Alter = Callable[[np.ndarray], np.ndarray]


def logits_if(session: Session, changes: Iterable[Removal], after: int | None = None) -> np.ndarray:
    """The logits (V,) after the token `after`, or the last one, with all of `changes` at once.

    Later tokens change nothing there, so they are left out, from a mean too. Without a change that comes before
    `after` the logits are those of the pass.
    """
    program, w, config = session.program, session.weights, session.config
    end = (len(session.ids) - 1 if after is None else after) + 1
    changes = [change for change in changes if first_row(change) < end]
    if not changes:
        return program.unembed(session.stream(config.n_layer)[end - 1 : end], w, config, unchanged)[0]  # (V,)
    start = min(first_row(change) for change in changes)
    whole = any(is_position(change) for change in changes)
    first = 0 if whole else min(change.block for change in changes)
    alterations: dict[str, list[Alter]] = {}
    for change in changes:
        for name, alter in altered(change, session, start):
            alterations.setdefault(name, []).append(alter)

    def through(name: str, value: np.ndarray) -> np.ndarray:
        if name.endswith(OF_BEFORE):
            value = np.concatenate([session.cache.rows(name, start), value])  # (S, H, D)
        for alter in alterations.get(name, ()):
            value = alter(value)
        return value

    x = program.embed(session.ids[:end], 0, w, through) if whole else session.stream(first)[start:end]  # (rows, E)
    for number in range(first, config.n_layer):
        x = program.block(x, w["h"][number], config, within(number, through))  # (rows, E)
    return program.unembed(x[-1:], w, config, through)[0]  # (V,)


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


def first_row(change: Removal) -> int:
    """The first token for which anything differs."""
    return change.row if isinstance(change, Cut) else 0


def altered(change: Removal, session: Session, start: int) -> list[tuple[str, Alter]]:
    """The activations that `change` alters, of the tokens from `start` on, each with what becomes of it."""
    prefix = f"blocks.{change.block}."
    if isinstance(change, Cut):
        return [(prefix + "attn.pattern", lambda pattern: without_share(pattern, change, start))]
    names = {
        "head": [prefix + "attn.z"],
        "mlp": [prefix + "mlp_out"],
        "block": [prefix + "attn_out", prefix + "mlp_out"],
        "position": ["pos_embed"],
    }[change.part]

    def off(values: np.ndarray) -> np.ndarray:
        """values (T, H, D) of heads, else (T, E), for all tokens."""
        values = values.copy()
        part = values[:, change.head] if change.part == "head" else values  # a view
        part[:] = part.mean(axis=0) if change.mean else 0
        return values

    return [(name, off) for name in names]


def without_share(pattern: np.ndarray, cut: Cut, start: int) -> np.ndarray:
    """pattern (H, T, S), its first row the token `start`, less one share. A row that has no other stays at 0."""
    pattern = pattern.copy()  # (H, T, S)
    row = pattern[cut.head, cut.row - start]  # (S,) a view
    row[cut.column] = 0
    rest = row.sum()
    if rest > 0:
        row /= rest
    return pattern


class LogitPart(NamedTuple):
    """What one part of the network adds to a logit. `block` and `head` are None where they say nothing."""

    part: str  # "embed", "pos_embed", "head", "mlp", "bias"
    block: int | None
    head: int | None
    value: float


def logit_parts(session: Session, token: int, after: int) -> list[LogitPart]:
    """The parts whose sum is the logit of `token` after the token of the text at `after`, in the order of computing.

    The residual stream is a sum, and the last LayerNorm, with its mean and scale held as they were, and the head are
    linear: so each term of the stream has its own part of the logit (Elhage et al., "A Mathematical Framework for
    Transformer Circuits", 2021). Biases of a block are one part, that of the last LayerNorm another, without block.
    """
    w, config = session.weights, session.config
    x = session.stream(config.n_layer)[after]  # (E,)
    direction = w["wte.weight"][np.array([token])][0]  # (E,)
    weighted = direction * w["ln_f.weight"] / np.sqrt(x.var() + config.layer_norm_epsilon)  # (E,)

    def of(term: np.ndarray) -> float:
        """What a term (E,) of the residual stream adds."""
        return float((term - term.mean()) @ weighted)

    embedding = session.embedding
    parts = [
        LogitPart("embed", None, None, of(embedding.embed[after])),
        LogitPart("pos_embed", None, None, of(embedding.pos_embed[after])),
    ]
    for number, weights in enumerate(w["h"]):
        b = session.block(number, after)
        apart = np.zeros((config.n_head, config.n_head, config.d_head), np.float32)  # (H, H, D) a head a row
        apart[np.arange(config.n_head), np.arange(config.n_head)] = b.z[0]
        from_heads = linear(apart.reshape(config.n_head, -1), weights["attn.c_proj.weight"])  # (H, E)
        parts += [LogitPart("head", number, h, of(term)) for h, term in enumerate(from_heads)]
        parts.append(LogitPart("mlp", number, None, of(b.mlp_out[0] - weights["mlp.c_proj.bias"])))
        biases = weights["attn.c_proj.bias"] + weights["mlp.c_proj.bias"]  # (E,)
        parts.append(LogitPart("bias", number, None, of(biases)))
    parts.append(LogitPart("bias", None, None, float(direction @ w["ln_f.bias"])))
    return parts
