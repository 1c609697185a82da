"""The numbers of an opened part as CSV (RFC 4180), all of them and unrounded, one observation a line."""

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from model import sampling
from model.explain.answers import Sampling
from model.explain.block_view import STAGES, square, vectors
from model.explain.logit_lens import logit_lens
from model.explain.pinned import Pinned
from model.gpt2 import softmax
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer
from model.what_if import logit_parts

BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets take UTF-8 for something else


class Chosen(NamedTuple):
    """What the page shows."""

    block: int
    head: int
    table: str  # a strip or a step of the head, where a table is open; of a logit's terms row, token and minus
    pinned: Pinned | None


def csv_text(header: list[str], rows: Iterable[list]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return BYTE_ORDER_MARK + text.getvalue()


def named(session: Session, tokenizer: Tokenizer) -> list[list]:
    """The read tokens: [position from 1, id, text]."""
    return [[t + 1, i, tokenizer.display(i)] for t, i in enumerate(session.ids)]


def vector_rows(session: Session, tokenizer: Tokenizer, names: tuple[str, ...], block: int, head: int) -> str:
    """Vectors by TransformerLens's names, one line a vector and token, one column an entry."""
    every = vectors(session, block, head, 0)
    width = every[names[0]].shape[1]
    rows = (
        [name, *token, *vector]
        for name in names
        for token, vector in zip(named(session, tokenizer), every[name].tolist(), strict=True)
    )
    return csv_text(["vector", "position", "id", "token", *range(1, width + 1)], rows)


def attention_rows(session: Session, tokenizer: Tokenizer, blocks: Iterable[int], heads: Iterable[int]) -> str:
    """One line a pair of tokens that is not hidden: the scaled score q·k/√d and the share of attention."""
    tokens, heads = named(session, tokenizer), list(heads)

    def rows() -> Iterable[list]:
        for block in blocks:
            b = session.block(block)
            for head in heads:
                scores, shares = b.scores[head].tolist(), b.pattern[head].tolist()
                for t, (query, row) in enumerate(zip(tokens, shares, strict=True)):
                    for s in range(t + 1):
                        yield [block + 1, head + 1, query[0], query[2], *tokens[s][::2], scores[t][s], row[s]]

    header = ["block", "head", "query_position", "query", "key_position", "key", "score", "share"]
    return csv_text(header, rows())


def square_rows(session: Session, tokenizer: Tokenizer, name: str, block: int, head: int) -> str:
    """One step of a head as a square, rows listen; what is hidden stays empty."""
    values = square(session, name, block, head)  # (rows, rows)
    tokens = named(session, tokenizer)[-len(values) :]
    rows = (
        [*token, *(x if np.isfinite(x) and (name == "scores" or j <= i) else "" for j, x in enumerate(row))]
        for i, (token, row) in enumerate(zip(tokens, values.tolist(), strict=True))
    )
    return csv_text(["position", "id", "token", *(f"{position} {shown}" for position, _, shown in tokens)], rows)


def next_rows(session: Session, tokenizer: Tokenizer, order: np.ndarray, probabilities: np.ndarray) -> str:
    """The whole vocabulary, likeliest first; `probabilities` (V,) are the probabilities as sampled."""
    logits = session.final.logits[0]  # (V,)
    own = softmax(logits)  # (V,)
    rows = (
        [rank + 1, i, tokenizer.display(i), float(logits[i]), float(own[i]), float(probabilities[i])]
        for rank, i in enumerate(order.tolist())
    )
    return csv_text(["rank", "id", "token", "logit", "probability", "probability_sampled"], rows)


def logit_lens_rows(session: Session, tokenizer: Tokenizer) -> str:
    """What the model would say after each block; 0 is the embedding alone."""
    rows = (
        [depth, rank + 1, one["id"], one["shown"], one["probability"]]
        for depth, answer in enumerate(logit_lens(session, tokenizer))
        for rank, one in enumerate(answer["best"])
    )
    return csv_text(["after_block", "rank", "id", "token", "probability"], rows)


def term_rows(session: Session, row: int, token: int, minus: int | None = None) -> str:
    """What each part adds to the logit of `token` after the token of the text at `row`, less that of `minus`."""
    parts = logit_parts(session, token, row, minus)
    numbers = ([part.part, *("" if n is None else n + 1 for n in part[1:3]), part.value] for part in parts)
    return csv_text(["part", "block", "head", "adds"], numbers)


def compare_rows(pinned: Pinned | None, tokenizer: Tokenizer, order: np.ndarray, probabilities: np.ndarray) -> str:
    """Every token of the present vocabulary with both probabilities; empty where there is no pinned one."""
    old = pinned.probabilities_for(tokenizer) if pinned else np.full(len(order), np.nan)  # (V,)
    rows = (
        [i, tokenizer.display(i), "" if np.isnan(old[i]) else float(old[i]), float(probabilities[i])]
        for i in order.tolist()
    )
    return csv_text(["id", "token", "probability_pinned", "probability_now"], rows)


def csv_of(
    part: str, session: Session, tokenizer: Tokenizer, order: np.ndarray, settings: Sampling, chosen: Chosen
) -> str:
    """The CSV of an opened `part` of the page. Raises KeyError for a part without numbers."""
    block, head, name, pinned = chosen

    def probabilities() -> np.ndarray:
        logits = session.final.logits[0]  # (V,)
        return sampling.sampled(logits, order, settings["temperature"], settings["top_k"], settings["top_p"])

    def table() -> str:
        if name in STAGES:
            return square_rows(session, tokenizer, name, block, head)
        return vector_rows(session, tokenizer, (name,), block, head)

    config = session.config
    return {
        "embedding": lambda: vector_rows(session, tokenizer, ("token", "position", "embedded"), block, head),
        "attention_head": lambda: attention_rows(session, tokenizer, [block], [head]),
        "all_heads": lambda: attention_rows(session, tokenizer, range(config.n_layer), range(config.n_head)),
        "probabilities": lambda: next_rows(session, tokenizer, order, probabilities()),
        "logit_terms": lambda: term_rows(session, *map(int, name.split())),
        "logit_lens": lambda: logit_lens_rows(session, tokenizer),
        "compare": lambda: compare_rows(pinned, tokenizer, order, probabilities()),
        "table": table,
    }[part]()
