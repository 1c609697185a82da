"""The forward pass against Hugging Face's on the same weights."""

import numpy as np
import pytest

from model.gpt2 import attention_scores, gpt2, linear, unembed
from model.trace import Attention, Block, Embedding

TOLERANCE = 2e-4
LENGTHS = (1, 2, 7, 33, 64)


def assert_close(name, actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE, err_msg=name)
    assert actual.dtype == np.float32, name


@pytest.mark.parametrize("length", LENGTHS)
def test_logits_of_every_position(tiny, forward_golden, length):
    *_, last = gpt2(forward_golden[f"{length}/ids"].tolist(), tiny.weights, tiny.config)
    logits = unembed(last.resid_post, tiny.weights, tiny.config).logits
    expected = forward_golden[f"{length}/logits"]
    assert_close("logits", logits, expected)
    assert (logits.argmax(axis=1) == expected.argmax(axis=1)).all()


@pytest.mark.parametrize("length", (1, 7, 64))
def test_every_activation(tiny, forward_golden, length):
    embedding, *parts = gpt2(forward_golden[f"{length}/ids"].tolist(), tiny.weights, tiny.config)
    assert [type(part) for part in (embedding, *parts)] == [Embedding, *[Attention, Block] * tiny.config.n_layer]
    blocks = parts[1::2]
    assert_close("token", embedding.token, forward_golden[f"{length}/token"])
    assert_close("position", embedding.position, forward_golden[f"{length}/position"])
    assert_close("resid_pre", embedding.resid_pre, forward_golden[f"{length}/h.0.resid_pre"])
    for i, block in enumerate(blocks):
        for name in Block._fields:
            assert_close(f"h.{i}.{name}", getattr(block, name), forward_golden[f"{length}/h.{i}.{name}"])
        scores = attention_scores(block.q, block.k)
        assert_close(f"h.{i}.attn_scores", scores, forward_golden[f"{length}/h.{i}.attn_scores"])
    final = unembed(blocks[-1].resid_post, tiny.weights, tiny.config)
    assert_close("ln_final", final.ln_final, forward_golden[f"{length}/ln_final"])


def test_golden_attention_is_far_from_even(forward_golden):
    """Else a pass that confused heads or keys could agree."""
    for i in range(3):
        pattern = forward_golden[f"64/h.{i}.pattern"]  # (H, T, T)
        assert (pattern[:, -1].max(axis=-1) > 5 / 64).all()
        assert np.abs(pattern[0] - pattern[1:]).max(axis=(1, 2)).min() > 0.2


def test_the_largest_product_of_gpt2_medium_at_full_context():
    """2^31 steps for 512 rows at once: where NumPy counts in 32 bits, as inside Pyodide, one einsum refuses so many."""
    x = np.ones((1024, 4096), np.float32)  # (T, in)
    w = np.ones((512, 4096), np.float32)  # (out, in)
    assert (linear(x, w) == 4096).all()
