"""One block and one head of the current run, as the page draws them: plain dicts and lists of this run's values."""

from itertools import pairwise

import numpy as np

from model.explain.block_answers import BlockView, HeatmapCell, Score, Stage, Stages, Table
from model.explain.pictures.colours import diverging_picture, shares_picture
from model.explain.pictures.heatmap import edges, heatmap_cell, heatmap_picture, means
from model.explain.to_json import to_list
from model.linear import columns, linear
from model.removals import silences
from model.session import Session

ROWS = 128  # tokens drawn at most, the last ones; all are computed
NUMBERS = 12  # tokens up to which a matrix also gets its numbers written into its cells
TALL, TALL_CELLS, TALL_GAP = 10, 32, 7  # up to so many tokens a row is tall, and a strip has room for more cells
LOW_CELLS, LOW_GAP = 16, 3
STAGES = ("scores", "masked", "pattern")  # of one head, squares: products; scaled, the future hidden; shares
IN_STAGES = ("head_q", "head_k", "head_v")  # drawn where a head is opened


def first_row(session: Session) -> int:
    """The first token that is drawn."""
    return max(0, len(session.ids) - ROWS)


def drawn_row(session: Session, row: int) -> int:
    """The drawn token nearest to `row`: the text may have become shorter or longer since the page asked."""
    return min(max(row, first_row(session)), len(session.ids) - 1)


def heatmap_shape(session: Session) -> tuple[int, int]:
    """Cells of every strip, no more than the shortest vector has numbers, and the pixels left free above and below."""
    shown = len(session.ids) - first_row(session)
    cells, gap = (TALL_CELLS, TALL_GAP) if shown <= TALL else (LOW_CELLS, LOW_GAP)
    return min(cells, session.config.d_head, session.config.d_mlp), gap


def vectors(session: Session, block: int, head: int, first: int) -> dict[str, np.ndarray]:
    """Everything drawn as strips, for the tokens from `first` on: (rows, E) each, but (rows, D) for those of one head
    and `mlp_post` (rows, M)."""
    b, embedding = session.block(block, first), session.embedding
    k, v = b.k[first:], b.v[first:]  # each (rows, H, D)
    return {
        "token": embedding.embed[first:],
        "position": embedding.pos_embed[first:],
        "embedded": session.stream(0)[first:],
        "resid_pre": b.resid_pre,
        "q": b.q.reshape(len(k), -1),
        "k": k.reshape(len(k), -1),
        "v": v.reshape(len(k), -1),
        "head_q": b.q[:, head],
        "head_k": k[:, head],
        "head_v": v[:, head],
        "z": b.z[:, head],
        "attn_out": b.attn_out,
        "resid_mid": b.resid_mid,
        "mlp_post": b.mlp_post,
        "mlp_out": b.mlp_out,
        "resid_post": b.resid_post,
    }


def block_view(session: Session, block: int, head: int, row: int) -> BlockView:
    """The picture's values for one block and head, and for the token at `row`, the one that explains itself.

    `shares`: how its attention is spread, from token `first` on; `contributions`: the lengths (Euclidean norms) of
    what it takes in from each of them, see `taken_in`. `most` is the token to which it gives most, `total` the sum of
    the contributions and `cancelled` how much of them is lost as they point apart (0: nothing, towards 1: all), all
    three among all tokens, drawn or not. `norms`: lengths along its residual stream.
    """
    first = first_row(session)
    b, at = session.block(block, first), row - first
    cells, gap = heatmap_shape(session)
    shares, seen = b.pattern[head, at], tokens_seen(session, row)  # (T,)
    parts = taken_in(session, block, head, row).astype(np.float64)  # (T, E) whose squares are too large for float32
    contributions = np.linalg.norm(parts, axis=-1)  # (T,)
    total, together = float(contributions.sum()), float(np.linalg.norm(parts.sum(axis=0)))
    most = int(shares.argmax())
    norms = {
        name: float(np.linalg.norm(getattr(b, name)[at]))
        for name in ("resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post")
    }
    return {
        "block": block,
        "head": head,
        "row": row,
        "first": first,
        "ahead": session.ahead,
        "n_layer": session.config.n_layer,
        "n_head": session.config.n_head,
        "n_embd": session.config.n_embd,
        "d_mlp": session.config.d_mlp,
        "cells": cells,
        "gap": gap,
        "heatmaps": {
            name: heatmap_picture(values, cells, gap)
            for name, values in vectors(session, block, head, first).items()
            if name not in IN_STAGES
        },
        "pattern": shares_picture(b.pattern[head, :, first:]),
        "shares": to_list(shares[first:seen]),
        "contributions": to_list(contributions[first:seen]),
        "total": total,
        "cancelled": max(0.0, 1 - together / total) if total else 0.0,
        "most": {"row": most, "share": float(shares[most])},
        "norms": norms,
    }


def tokens_seen(session: Session, row: int) -> int:
    """How many tokens of the text the token at `row` can take from: those up to its own, or all without the mask."""
    return len(session.ids) if session.ahead else row + 1


def taken_in(session: Session, block: int, head: int, row: int) -> np.ndarray:
    """What the head adds to the residual stream of the token at `row`, apart for each token it comes from: (T, E).

    The attention weight times the value, times this head's columns of the output projection: the transformed vectors
    of Kobayashi et al., "Attention is Not Only a Weight: Analyzing Transformers with Vector Norms", 2020. They sum to
    all that the head adds; the projection's bias belongs to no head. A head that is switched off takes in nothing.
    """
    first, size = first_row(session), session.config.d_head
    if any(silences(removal, block, head) for removal in session.removals):
        return np.zeros((len(session.ids), session.config.n_embd), np.float32)  # (T, E)
    b = session.block(block, first)
    weighted = b.pattern[head, row - first, :, None] * b.v[:, head]  # (T, D)
    projection = session.weights["h"][block]["attn.c_proj.weight"]  # (E, E): out, in
    return linear(weighted, columns(projection, head * size, (head + 1) * size))  # (T, E)


def read_heatmap(session: Session, name: str, block: int, head: int, row: int, cell: int) -> HeatmapCell:
    """One cell of the strip `name`, see `heatmap_cell`."""
    first = first_row(session)
    read = heatmap_cell(vectors(session, block, head, first)[name], row - first, cell, heatmap_shape(session)[0])
    return {"name": name, "row": row, **read}


def heatmap_table(session: Session, name: str, block: int, head: int) -> Table:
    """The strips `name` as numbers: for each token the cells' means, under the entries they stand for."""
    values, cells = vectors(session, block, head, first_row(session))[name], heatmap_shape(session)[0]
    starts = edges(values.shape[1], cells)  # (cells + 1,)
    heads = [[int(a) + 1, int(b)] for a, b in pairwise(starts)]
    return {"entries": heads, "rows": [to_list(row) for row in means(values, cells)]}


def square(session: Session, name: str, block: int, head: int) -> np.ndarray:
    """One step of a head for the drawn tokens (rows, rows): `scores`, the products; `masked`, scaled; `pattern`."""
    first = first_row(session)
    b = session.block(block, first)
    if name == "scores":  # of the future too: it is masked only in the next step
        return np.einsum("td,sd->ts", b.q[:, head], b.k[first:, head])  # (rows, rows)
    values = b.scores if name == "masked" else b.pattern  # (H, rows, T)
    return values[head, :, first:]  # (rows, rows)


def square_table(session: Session, name: str, block: int, head: int) -> Table:
    """The same as numbers; of what is masked, each row ends at the diagonal."""
    values = square(session, name, block, head)  # (rows, rows)
    return {
        "rows": [to_list(row if name == "scores" else row[: tokens_seen(session, i)]) for i, row in enumerate(values)]
    }


def stages(session: Session, block: int, head: int) -> Stages:
    """The three steps from queries and keys to shares: products, scaled and masked, softmax."""
    cells, gap = heatmap_shape(session)
    first = first_row(session)
    every = vectors(session, block, head, first)
    return {
        "block": block,
        "head": head,
        "first": first,
        "d_head": session.config.d_head,
        "cells": cells,
        "gap": gap,
        "heatmaps": {name: heatmap_picture(every[name], cells, gap) for name in (*IN_STAGES, "z")},
        "scores": stage(session, "scores", block, head),
        "masked": stage(session, "masked", block, head),
        "pattern": stage(session, "pattern", block, head),
    }


def stage(session: Session, name: str, block: int, head: int) -> Stage:
    """One of them; its colours end where its legend does, at the largest number."""
    values = square(session, name, block, head)  # (rows, rows)
    end = float(np.abs(values[np.isfinite(values)]).max())
    is_shares = name == "pattern"
    picture = shares_picture(values / end) if is_shares else diverging_picture(values, end)
    answer: Stage = {"picture": picture, "least": 0.0 if is_shares else -end, "most": end}
    if len(values) <= NUMBERS:
        answer["rows"] = square_table(session, name, block, head)["rows"]
    return answer


def one_score(session: Session, block: int, head: int, row: int, column: int) -> Score:
    """How much the token at `row` listens to the one at `column`, worked out from its query and the other's key.

    For a later token the score exists, but the mask hides it: `scaled`, `weight` and `share` are then None, None, 0.
    """
    first = first_row(session)
    b, at = session.block(block, first), row - first
    q, k = b.q[at, head], b.k[column, head]  # each (D,)
    products = q * k  # (D,)
    scaled = b.scores[head, at, : tokens_seen(session, row)]  # (seen,)
    weights = np.exp(scaled - scaled.max())  # (seen,)
    hidden = column >= len(scaled) or bool(np.isneginf(scaled[column]))
    return {
        "row": row,
        "column": column,
        "q": to_list(q),
        "k": to_list(k),
        "products": to_list(products),
        "sums": to_list(np.cumsum(products)),
        "d_head": len(q),
        "score": float(np.einsum("d,d->", q, k)),
        "scaled": None if hidden else float(scaled[column]),
        "largest": float(scaled.max()),
        "weight": None if hidden else float(weights[column]),
        "total": float(weights.sum()),
        "share": float(b.pattern[head, at, column]),
        "length": float(np.linalg.norm(b.v[column, head])),
    }
