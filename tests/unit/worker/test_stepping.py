"""Stepping through a whole pass holds little beside the run itself."""

import tracemalloc

import numpy as np

from model.checkpoint.layout import nested
from model.code.code import code
from model.config import GPT2Config
from model.session import Session
from tests.model.arithmetic.test_inspect import random_weights
from tests.model.code.test_code import SETTINGS

CONFIG = GPT2Config(vocab_size=100, n_positions=128, n_embd=96, n_layer=12, n_head=4)


def test_the_activations_of_a_pass_are_not_held_twice():
    session = Session(nested({name: w / 10 for name, w in random_weights(CONFIG).items()}, CONFIG), CONFIG)
    session.run(np.random.default_rng(1).integers(0, 100, 100).tolist())
    held = sum(array.nbytes for number in range(CONFIG.n_layer) for array in session.block(number))
    tracemalloc.start()
    found = code(session, SETTINGS, "blocks.3.resid_post[9, 0]", [("gpt2", 0)])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < held / 3
    streams = [one["at"] for one in found["values"] if one["shape"] == [100, 96]]
    assert [f"blocks.{number}.resid_post[9, 0]" in streams for number in range(CONFIG.n_layer)] == [True] * 12
