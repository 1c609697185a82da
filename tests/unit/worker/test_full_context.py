"""No product of a published GPT-2 at full context is too large for the browser's NumPy, which counts in 32 bits.

Tried by shape: no number is computed, so this holds on any machine.
"""

import math

import numpy as np
import pytest

from model.checkpoint.layout import nested, tensor_shapes
from model.config import GPT2Config
from model.gpt2 import block, unchanged, unembed

MOST = 2**31 - 1  # steps of a NumPy iterator where sizes have 32 bits

PUBLISHED = {  # n_embd, n_layer, n_head; 1,024 tokens of 50,257
    "distilgpt2": (768, 6, 12),
    "gpt2": (768, 12, 12),
    "gpt2-medium": (1024, 24, 16),
    "gpt2-large": (1280, 36, 20),
    "gpt2-xl": (1600, 48, 25),
    "twice the context": (2048, 2, 4),  # few heads: the products are as large with many, and the patterns take 2 GB
}


@pytest.fixture
def steps(monkeypatch):
    """The steps of every einsum that is asked for; each answers zeros."""
    asked = []

    def einsum(subscripts, *arrays, out=None):
        inputs, output = subscripts.split("->")
        sizes = {}
        for names, array in zip(inputs.split(","), arrays, strict=True):
            assert len(names) == array.ndim
            for name, size in zip(names, array.shape, strict=True):
                assert sizes.setdefault(name, size) == size
        asked.append(math.prod(sizes.values()))
        if out is None:
            return np.zeros([sizes[name] for name in output], np.float32)
        assert list(out.shape) == [sizes[name] for name in output]
        out[...] = 0
        return out

    monkeypatch.setattr(np, "einsum", einsum)
    return asked


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_product_of_a_block_and_the_head(name, steps):
    n_embd, n_layer, n_head = PUBLISHED[name]
    tokens = 2048 if name.startswith("twice") else 1024
    config = GPT2Config(50_257, tokens, n_embd, n_layer, n_head)
    zero = np.zeros((), np.float32)
    flat = {name: np.broadcast_to(zero, shape) for name, shape in tensor_shapes(config).items()}
    weights = nested(flat, config)
    x = np.broadcast_to(zero, (tokens, n_embd))
    stream = block(x, weights["h"][0], config, unchanged)
    unembed(stream[-1:], weights, config, unchanged)
    assert max(steps) <= MOST
    every = tokens * (n_embd * 12 * n_embd + 2 * tokens * n_embd) + 50_257 * n_embd
    assert sum(steps) == every, "each multiplication once"
