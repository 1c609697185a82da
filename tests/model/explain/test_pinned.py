"""A pinned distribution beside another: matched token by token, also across vocabularies."""

from types import SimpleNamespace

import numpy as np
import pytest

from model import sampling
from model.explain.pinned import ROWS, Pinned


class Vocabulary:
    """As much of a tokenizer as matching needs."""

    def __init__(self, *tokens):
        self.tokens = tokens
        self.vocab_size = len(tokens)

    def token_bytes(self, i):
        return self.tokens[i].encode()

    def display(self, i):
        return self.tokens[i]


def pinned(shares, vocabulary):
    answer = {"entropy": {"sampled": 1.5}, "curve": {"ranks": [1, 2], "sampled": [0.5, 0.25]}}
    return Pinned(np.array(shares, np.float32), answer, vocabulary, SimpleNamespace(ids=[0, 1]), 1)


def test_equal_disjoint_and_half():
    words = Vocabulary("a", "b", "c")
    one = pinned([0.5, 0.5, 0], words)
    for now, overlap in (([0.5, 0.5, 0], 1), ([0, 0, 1], 0), ([0, 0.5, 0.5], 0.5)):
        line = one.line(np.array(now, np.float32), words, [2, 0])
        assert line["overlap"] == pytest.approx(overlap)
        assert line["probabilities"] == [0, 0.5]
        assert line["text"] == "ab"
        assert (line["ranks"], line["sampled"], line["entropy"]) == ([1, 2], [0.5, 0.25], 1.5)


def test_another_vocabulary_is_matched_by_bytes():
    one = pinned([0.6, 0.3, 0.1], Vocabulary("a", "only old", "b"))
    new = Vocabulary("only new", "b", "a")
    now = np.array([0.2, 0.5, 0.3], np.float32)
    line = one.line(now, new, [0, 1, 2])
    assert line["probabilities"] == [None, pytest.approx(0.1), pytest.approx(0.6)]
    assert line["overlap"] == pytest.approx(0.1 + 0.3)
    assert line["rises"] == {"shown": "b", "pinned": pytest.approx(0.1), "now": pytest.approx(0.5)}
    assert line["falls"] == {"shown": "a", "pinned": pytest.approx(0.6), "now": pytest.approx(0.3)}
    rows = {row["shown"]: (row["pinned"], row["now"]) for row in one.rows(now, new)}
    assert set(rows) == {"a", "b", "only old", "only new"}
    assert rows["only old"] == (pytest.approx(0.3), None)
    assert rows["only new"] == (None, pytest.approx(0.2))
    assert rows["a"] == (pytest.approx(0.6), pytest.approx(0.3))


def test_entries_without_a_token_are_matched_by_their_number():
    padded = Vocabulary("a", "b", "", "")
    one = pinned([0.1, 0.2, 0.3, 0.4], padded)
    now = np.array([0.4, 0.3, 0.2, 0.1], np.float32)
    assert one.line(now, padded, [2, 3])["probabilities"] == [pytest.approx(0.3), pytest.approx(0.4)]
    assert one.line(now[:3], Vocabulary("b", "a", ""), [0, 2])["probabilities"] == [
        pytest.approx(0.2),
        pytest.approx(0.3),
    ]
    assert one.line(now, Vocabulary("a", "b", "c", "d"), [2, 3])["probabilities"] == [None, None]


def test_rows_are_those_with_the_largest_share_in_either():
    words = Vocabulary(*(f"t{i}" for i in range(97)))
    logits = np.random.default_rng(3).normal(0, 3, 97).astype(np.float32)  # (V,)
    order = sampling.ranking(logits)
    old, new = (sampling.sampled(logits, order, t) for t in (0.3, 3))
    one = pinned(old, words)
    rows = one.rows(new, words)
    assert len(rows) == ROWS
    largest = [max(row["pinned"], row["now"]) for row in rows]
    assert largest == sorted(largest, reverse=True)
    assert largest[0] == pytest.approx(max(old.max(), new.max()))
    assert one.line(new, words, [])["overlap"] == pytest.approx(np.minimum(old, new).sum(), rel=1e-5)
