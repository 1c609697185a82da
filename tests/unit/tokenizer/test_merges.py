"""The merges that are shown, against Hugging Face's `tokenizers` and the list of merges itself."""

import json
from itertools import pairwise

import numpy as np
import pytest
import tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st

from model.explain.guess import guess
from model.explain.merges import LONGEST, MOST, merges_of
from model.sampling import ranking, sampled
from model.tokenizer.tokenizer import Tokenizer
from tests.unit.tokenizer.test_tokenizer_library import texts

SIZES = [400, 8192, 50_257]


@pytest.fixture(scope="module")
def pairs(tokenizer_json):
    """For each vocabulary our tokenizer, the library's, and the rank of each merge in the file."""
    found = []
    for size in SIZES:
        file = tokenizer_json(size)
        merges = [tuple(one) for one in json.loads(file)["model"]["merges"]]
        ranks = {merge: rank for rank, merge in enumerate(merges)}
        found.append((Tokenizer.from_json(file), tokenizers.Tokenizer.from_str(file), ranks))
    return found


@settings(max_examples=300, deadline=None, database=None)
@given(text=texts)
def test_the_last_step_has_the_librarys_tokens_and_each_merges_the_pair_that_stands_first(pairs, text):
    for ours, theirs, ranks in pairs:
        ids = []
        pieces = ours.pieces(text)
        assert "".join(piece.text for piece in pieces) == text
        for number, piece in enumerate(pieces):
            answer = merges_of(text, ours, number, 0)
            ids += [token["id"] for token in answer["tokens"]]
            if answer["kind"] != "word":
                continue
            symbols = [byte["letter"] for byte in answer["bytes"]]
            for step in answer["steps"]:
                found = [ranks[pair] for pair in pairwise(symbols) if pair in ranks]
                left, right = symbols[step["left"] : step["left"] + 2]
                assert step["rank"] == ranks[left, right] == min(found) and step["others"] == len(found) - 1
                symbols[step["left"] : step["left"] + 2] = [left + right]
            assert not any(pair in ranks for pair in pairwise(symbols))
            assert [theirs.token_to_id(symbol) for symbol in symbols] == [token["id"] for token in answer["tokens"]]
            assert bytes(byte["value"] for byte in answer["bytes"]) == piece.text.encode()
            assert [one["bytes"] for one in answer["characters"]] == [len(one.encode()) for one in piece.text]
        assert ids == theirs.encode(text).ids


def test_only_the_piece_asked_for_is_worked_out(pairs):
    ours = pairs[1][0]
    long = "word " * 5000 + "x" * (LONGEST + 1)
    answer = merges_of(long, ours, -1, 10**6)
    assert len(answer["pieces"]) == MOST and answer["first"] + MOST == len(ours.pieces(long))
    assert answer["kind"] == "long" and answer["steps"] == [] and answer["tokens"]
    assert merges_of(long, ours, 2500, 0)["tokens"] == [{"id": ours.encode(" word")[0], "shown": " word"}]
    assert merges_of("", ours, -1, 0)["kind"] == "none"
    assert merges_of("<|endoftext|>", ours, -1, 0)["kind"] == "added"


@pytest.mark.parametrize("token", range(9))
def test_the_piece_is_that_of_a_token(pairs, token):
    """One that was not typed has the last."""
    ours = pairs[1][0]
    text = "A 你好 cat"  # one token, seven, one
    answer = merges_of(text, ours, -1, token)
    assert answer["piece"] == (0 if token == 0 else 1 if token < 8 else 2)
    assert merges_of(text, ours, -1, 99)["piece"] == 2


SETTINGS = {"temperature": 0.8, "top_k": None, "top_p": None, "u": 0.5}


@settings(max_examples=200, deadline=None, database=None)
@given(word=texts.filter(bool), seed=st.integers(0, 2**32 - 1))
def test_a_guess_is_the_words_own_token_with_or_without_the_space_before_it(pairs, word, seed):
    ours, theirs, _ = pairs[1]
    logits = np.random.default_rng(seed).normal(0, 4, ours.vocab_size).astype(np.float32)  # (V,)
    order = ranking(logits)  # (V,)
    answer = guess(word, logits, order, ours, SETTINGS)
    every = [theirs.encode(text).ids for text in (word, " " + word)]
    spelled = [ids for ids in every if theirs.decode(ids[:1], skip_special_tokens=False).strip()] or every
    assert [answer["id"], answer["tokens"]] in [[ids[0], len(ids)] for ids in spelled]
    assert (answer["tokens"] == 1) == any(len(ids) == 1 for ids in spelled)
    assert order[answer["rank"] - 1] == answer["id"] and answer["of"] == len(order)
    assert answer["sampled"] == pytest.approx(float(sampled(logits, order, 0.8)[answer["id"]]))
    same = [ids for ids in spelled if (len(ids) == 1) == (answer["tokens"] == 1)]
    assert logits[answer["id"]] == max(logits[ids[0]] for ids in same)


def test_half_a_character_is_no_guess_but_harms_nothing(pairs):
    logits = np.zeros(pairs[0][0].vocab_size, np.float32)  # (V,)
    assert guess("\ud800", logits, ranking(logits), pairs[0][0], SETTINGS)["shown"].strip() == "?"
