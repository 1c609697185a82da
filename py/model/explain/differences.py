"""Two runs side by side: which token of one is which of the other, and how far their numbers are apart.

What both texts begin and end with is aligned, the rest as `difflib` does it, and where as many tokens were replaced as
stand there now, one by one: so one changed word leaves every token its partner. What has no partner is new. Nothing is
computed anew: all of it is read from what both runs have kept.
"""

from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher

import numpy as np

from model.explain.block_answers import Apart, Beside, Looked, MostMoved
from model.explain.block_view import first_row, vectors
from model.explain.pictures.colours import diverging_picture
from model.explain.to_json import to_list
from model.session import Session, common_prefix
from model.tokenizer.tokenizer import Tokenizer

LEAST = 1e-3  # what differs by less is the same: the order of adding float32 numbers alone makes such differences
POINTS = 0.25  # a share that differs by so much has the full colour


def aligned(now: Sequence[Hashable], other: Sequence[Hashable]) -> list[int | None]:
    """For each entry of `now` the place of its partner in `other`, None where it has none; places only grow."""
    begun = common_prefix(now, other)
    ended = common_prefix(now[begun:][::-1], other[begun:][::-1])  # or a changed word is taken for its neighbour
    stretches = SequenceMatcher(None, now[begun : len(now) - ended], other[begun : len(other) - ended], autojunk=False)
    pairs: list[int | None] = [*range(begun), *[None] * (len(now) - begun)]
    for kind, start, end, other_start, other_end in stretches.get_opcodes():
        if kind == "equal" or (kind == "replace" and end - start == other_end - other_start):
            pairs[begun + start : begun + end] = range(begun + other_start, begun + other_end)
    pairs[len(now) - ended :] = range(len(other) - ended, len(other))
    return pairs


def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How far rows (rows, numbers) are apart, as a part of their mean length: 0 for equal ones, 2 for opposite ones."""
    a, b = a.astype(np.float64), b.astype(np.float64)  # squares may be too large for float32
    lengths = (np.linalg.norm(a, axis=-1) + np.linalg.norm(b, axis=-1)) / 2  # (rows,)
    return np.linalg.norm(a - b, axis=-1) / np.maximum(lengths, np.finfo(np.float64).tiny)  # (rows,)


def comparable(a: Session, b: Session) -> bool:
    """Whether both have the same blocks, heads and sizes."""
    return all(getattr(a.config, name) == getattr(b.config, name) for name in ("n_layer", "n_head", "n_embd", "d_mlp"))


def differences(
    session: Session, tokenizer: Tokenizer, other: Session, other_tokenizer: Tokenizer, block: int, head: int, row: int
) -> Beside | None:
    """How the picture of one block and head, and of the token at `row`, differs from that of the `other` run.

    None where nothing does, or where the models have other sizes.
    """
    if not comparable(session, other):
        return None
    first, other_first = first_row(session), first_row(other)
    tokens, other_tokens = names_of(session, tokenizer), names_of(other, other_tokenizer)
    pairs = drawn_pairs(session, tokens, other, other_tokens)
    here = [i for i, pair in enumerate(pairs) if pair is not None]
    there = [pair - other_first for pair in pairs if pair is not None]

    # Attention

    shares = session.activation(block, "attn.pattern", first)[head][:, first:]  # (rows, rows)
    other_shares = other.activation(block, "attn.pattern", other_first)[head]  # (other rows, T of the other)
    change = shares.astype(np.float64)  # (rows, rows) what goes to a new token is new
    change[np.ix_(here, here)] -= other_shares[:, other_first:][np.ix_(there, there)]
    change[[i for i, pair in enumerate(pairs) if pair is None]] = 0  # a new token has no shares to compare with

    # Vectors

    def apart(a: np.ndarray, b: np.ndarray) -> list[float | None]:
        found: list[float | None] = [None] * len(pairs)
        for i, distance in zip(here, distances(a[here], b[there]).tolist(), strict=True):
            found[i] = distance
        return found

    mine, others = everything(session, block, head, first), everything(other, block, head, other_first)
    moved = {name: apart(values, others[name]) for name, values in mine.items()}
    pair, most = pairs[row - first], None
    if pair is None:
        moved["value"] = [None] * len(pairs)
    else:
        weighted = [
            pattern[at][:, None] * vectors["head_v"]
            for pattern, at, vectors in (
                (shares, row - first, mine),
                (other_shares[:, other_first:], pair - other_first, others),
            )
        ]  # (rows, D) each: what the chosen token takes in, before the output projection
        moved["value"] = apart(*weighted)
        place = int(other_shares[pair - other_first].argmax())
        share = float(other_shares[pair - other_first, place])
        most = Looked(row=place, shown=other_tokenizer.display(other.ids[place]), share=share)
    largest = max((d for values in moved.values() for d in values if d is not None), default=0.0)
    is_new = len(here) < len(pairs) or len(session.ids) != len(other.ids)
    if not is_new and largest < LEAST and np.abs(change).max() < LEAST:
        return None
    names = [
        None if pair is None or tokens[first + i] == other_tokens[pair] else other_tokenizer.display(other.ids[pair])
        for i, pair in enumerate(pairs)
    ]
    return {
        "apart": "text" if tokens != other_tokens else apart_by(session, other),
        "pairs": pairs,
        "names": names,
        "moved": moved,
        "pattern": diverging_picture(change, POINTS),
        "full": POINTS,
        "points": to_list(change[row - first, : row - first + 1]),
        "most": most,
    }


def apart_by(session: Session, other: Session) -> Apart:
    """What the other run of the same text is, beside this one."""
    if session.weights is not other.weights:
        return "model"
    if not other.removals:
        return "uncut"
    return "recut" if session.removals else "cut"


def most_moved(
    session: Session, tokenizer: Tokenizer, other: Session, other_tokenizer: Tokenizer, row: int
) -> MostMoved | None:
    """The block and head in which the attention of the token at `row` differs most from that of its partner, and where.

    None where it has no partner, nothing differs, or the models have other sizes.
    """
    if not comparable(session, other):
        return None
    first = first_row(session)
    pairs = drawn_pairs(session, names_of(session, tokenizer), other, names_of(other, other_tokenizer))
    pair = pairs[row - first]
    if pair is None:
        return None
    partners = np.array([len(other.ids) if p is None else p for p in pairs])  # (rows,) the last: nothing
    found: MostMoved | None = None
    for block in range(session.config.n_layer):
        now = session.activation(block, "attn.pattern", row)[:, 0, first:]  # (H, rows)
        before = other.activation(block, "attn.pattern", pair)[:, 0]  # (H, T of the other)
        change = now - np.pad(before, ((0, 0), (0, 1)))[:, partners]  # (H, rows)
        head, column = (int(i) for i in np.unravel_index(np.abs(change).argmax(), change.shape))
        points = float(change[head, column])
        if abs(points) >= max(LEAST, abs(found["points"]) if found else 0):
            found = {"block": block, "head": head, "row": row, "column": first + column, "points": points}
    return found


def names_of(session: Session, tokenizer: Tokenizer) -> list[bytes | int]:
    """What the tokens of a text are matched by, also across vocabularies."""
    return [tokenizer.token_bytes(i) or i for i in session.ids]


def drawn_pairs(session: Session, tokens: Sequence, other: Session, other_tokens: Sequence) -> list[int | None]:
    """Of each drawn token the partner, where that would be drawn too."""
    pairs = aligned(tokens, other_tokens)[first_row(session) :]
    return [None if pair is None or pair < first_row(other) else pair for pair in pairs]


def everything(session: Session, block: int, head: int, first: int) -> dict[str, np.ndarray]:
    """What is compared of each token from `first` on, (rows, numbers) each: see `vectors`, and the heads together."""
    z = session.activation(block, "attn.z", first)  # (rows, H, D)
    return {**vectors(session, block, head, first), "heads": z.reshape(len(z), -1)}
