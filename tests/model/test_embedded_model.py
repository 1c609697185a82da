"""The model that comes with the site is whole and knows as much English as on the day it was committed."""

import math
from pathlib import Path

import numpy as np
import pytest

from model.checkpoint.assemble import weights_from_shards
from model.checkpoint.layout import INDEX, read_index
from model.config import GPT2Config
from model.gpt2 import unchanged, unembed
from model.sampling import ranking
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer

MINI = Path(__file__).parents[2] / "weights" / "mini"
OWN_WORDS = Path(__file__).with_name("own_words.txt")
END_OF_TEXT = "<|endoftext|>"

# Of OWN_WORDS; `python -m build.train.evaluate weights/mini tests/model/own_words.txt` gives the same figure.
BITS_PER_BYTE = 1.198
# Of the faults tried on it, the mildest cost 0.06 (the last block's output projection transposed); the others of that
# kind 0.14 to 0.60, two blocks exchanged 0.15 to 1.66, ReLU for GELU 0.20, positions left out 0.76, ids moved by one
# 2.8. Between machines the figure differs by less than 0.001.
WORSE = 0.03
# A model trained for longer may be better, and then deserves its own figure above. At this size none is so much better:
# tokens would be left out, or seen before they are predicted.
BETTER = 0.25

# What any reader would say next. The model does not get every one of them.
EVERYDAY = {
    "World War": (" II",),
    "Thank you very": (" much",),
    "The little girl was very happy because": (" she",),
    "The United States of": (" America",),
    "New York": (" City",),
    "On the other": (" hand",),
    "one of the most": (" common", " important"),
    "Lily had a little dog. The dog ran to": (" the",),
    "Once upon a": (" time",),
    "The capital of France is": (" Paris",),
}


@pytest.fixture(scope="module")
def mini() -> tuple[Session, Tokenizer]:
    config = GPT2Config.from_json((MINI / "config.json").read_bytes())
    tokenizer = Tokenizer.from_json((MINI / "tokenizer.json").read_text(encoding="utf-8"))
    shards = [np.fromfile(MINI / name, np.uint8) for name in read_index((MINI / INDEX).read_bytes()).shards]
    return Session(weights_from_shards(shards, config), config), tokenizer


def bits(session: Session, window: list[int]) -> float:
    """What every token of the window but the first costs, given those before it."""
    session.run(window[:-1])
    streams = session.stream(session.config.n_layer)  # (T, E)
    logits = unembed(streams, session.weights, session.config, unchanged)  # (T, V)
    above = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)  # (T, V) at most 0
    nats = np.log(np.exp(above).sum(axis=1)) - above[np.arange(len(above)), window[1:]]  # (T,)
    return nats.sum() / math.log(2)


def test_own_words_cost_as_many_bits_as_when_it_was_committed(mini):
    session, tokenizer = mini
    documents = OWN_WORDS.read_text(encoding="utf-8").strip("\n").split(f"\n{END_OF_TEXT}\n")
    ids = tokenizer.encode("".join(END_OF_TEXT + document for document in documents))
    context = session.config.n_positions
    windows = [ids[start : start + context + 1] for start in range(0, len(ids) - 1, context)]
    measured = sum(bits(session, window) for window in windows) / sum(len(document.encode()) for document in documents)
    assert BITS_PER_BYTE - BETTER < measured < BITS_PER_BYTE + WORSE


def test_everyday_prompts_are_continued_as_a_reader_would(mini):
    session, tokenizer = mini
    ranks = {}
    for prompt, words in EVERYDAY.items():
        session.run(tokenizer.encode(prompt))
        order = ranking(session.final.logits[0]).tolist()  # V ids
        ids = [id for word in words for id in tokenizer.encode(word)]
        assert len(ids) == len(words), "each word must be one token"
        ranks[prompt] = 1 + min(order.index(id) for id in ids)
    assert sum(rank <= 5 for rank in ranks.values()) >= 7, f"ranks: {ranks}"
