"""The saved numbers are the run's own, all of them, and survive any table tool's reader."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from model import sampling
from model.explain import to_csv
from model.explain.pinned import Pinned
from model.gpt2 import softmax
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "tokenizer.json").read_text(encoding="utf-8"))
SETTINGS = {"temperature": 0.7, "top_k": 40, "top_p": None, "u": 0.5}


@pytest.fixture
def run(tiny):
    session = Session(tiny.weights, tiny.config)
    session.run(np.random.default_rng(8).integers(0, 97, 9).tolist())
    return session, Tokenizer.from_json(GOLDEN["tokenizer"]), sampling.ranking(session.final.logits[0])


def read(run, part, table="", pinned=None):
    session, tokenizer, order = run
    chosen = to_csv.Chosen(1, 1, table, pinned)
    text = to_csv.csv_of(part, session, tokenizer, order, SETTINGS, chosen)
    assert text[0] == to_csv.BYTE_ORDER_MARK
    rows = list(csv.reader(io.StringIO(text[1:], newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}
    return rows[0], rows[1:]


def test_vectors(run):
    session = run[0]
    header, rows = read(run, "embedding")
    assert header[:4] == ["vector", "position", "id", "token"]
    sums = np.array([row[4:] for row in rows if row[0] == "embedded"], float)
    assert np.array_equal(sums.astype(np.float32), session.stream(0))
    assert [int(row[2]) for row in rows[:9]] == session.ids
    _, rows = read(run, "table", "mlp_post")
    assert np.array_equal(np.array([row[4:] for row in rows], float).astype(np.float32), session.block(1).mlp_post)


def test_attention(run):
    session = run[0]
    _, rows = read(run, "attention_head")
    shares = np.zeros((9, 9), np.float32)
    for row in rows:
        shares[int(row[2]) - 1, int(row[4]) - 1] = float(row[7])
    assert np.array_equal(shares, session.block(1).pattern[1])
    _, rows = read(run, "all_heads")
    assert len(rows) == session.config.n_layer * session.config.n_head * 9 * 10 // 2
    _, square = read(run, "table", "pattern")
    assert square[0][4:] == [""] * 8 and float(square[8][11]) == float(shares[8, 8])
    _, square = read(run, "table", "scores")
    assert "" not in square[0][3:]


def test_next_and_compare(run):
    session, tokenizer, order = run
    logits = session.final.logits[0]
    sampled = sampling.sampled(logits, order, 0.7, 40)
    _, rows = read(run, "probabilities")
    assert [int(row[1]) for row in rows] == order.tolist()
    assert np.array_equal(np.array([row[4] for row in rows], float).astype(np.float32), softmax(logits)[order])
    assert np.array_equal(np.array([row[5] for row in rows], float), sampled[order])
    answer = {"entropy": {"sampled": 0}, "curve": {"ranks": [1], "sampled": [1]}}
    old = np.full(tokenizer.vocab_size, 1 / tokenizer.vocab_size)
    short = Pinned(old, answer, tokenizer, session, 1)
    short.beside = (tokenizer, old[: len(logits)])  # the tiny model has fewer tokens than the tokenizer
    _, rows = read(run, "compare", pinned=short)
    assert len(rows) == len(logits) and {float(row[2]) for row in rows} == {1 / tokenizer.vocab_size}


def test_the_terms_of_a_logit(run):
    """Of a token, and of the difference of two."""
    session = run[0]
    for asked, logit in (
        ("8 5", session.final.logits[0, 5]),
        ("8 5 40", np.subtract(*session.final.logits[0, [5, 40]])),
    ):
        header, rows = read(run, "logit_terms", asked)
        assert header == ["part", "block", "head", "adds"] and ["head", "3", "4"] in [row[:3] for row in rows]
        assert sum(float(row[3]) for row in rows) == pytest.approx(logit, abs=1e-4)


def test_the_answer_forming(run):
    header, rows = read(run, "logit_lens")
    assert header == ["after_block", "rank", "id", "token", "probability"]
    assert len({row[0] for row in rows}) == run[0].config.n_layer + 1
