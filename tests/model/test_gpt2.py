"""The forward pass against Hugging Face's on the same weights."""

import numpy as np
import pytest

from model.checkpoint.layout import is_quantized, nested
from model.checkpoint.quantization import quantize_groups, quantize_rows
from model.gpt2 import gpt2
from model.linear import linear
from model.trace import BLOCK, Block, field

TOLERANCE = 2e-4
LENGTHS = (1, 2, 7, 33, 64)


def assert_close(name, actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=TOLERANCE, err_msg=name)
    assert actual.dtype == np.float32, name


@pytest.mark.parametrize("length", LENGTHS)
def test_logits_of_every_position(tiny, forward_golden, length):
    *_, logits = gpt2(forward_golden[f"{length}/ids"].tolist(), tiny.weights, tiny.config, rows=length)
    expected = forward_golden[f"{length}/logits"]
    assert_close("logits", logits, expected)
    assert (logits.argmax(axis=1) == expected.argmax(axis=1)).all()


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(("held", "quantize"), (("int8", quantize_rows), ("int4", quantize_groups)))
def test_logits_with_rounded_weights(tiny, forward_golden, rounded_golden, length, held, quantize):
    """Hugging Face computes with the rounded weights as float64."""
    flat = {name: quantize(w) if is_quantized(name, w.shape) else w for name, w in tiny.flat.items()}
    ids, weights = forward_golden[f"{length}/ids"].tolist(), nested(flat, tiny.config)
    *_, logits = gpt2(ids, weights, tiny.config, rows=length)
    assert_close(held, logits, rounded_golden[f"{length}/{held}"])


@pytest.mark.parametrize("length", (1, 7, 64))
def test_every_activation(tiny, forward_golden, length):
    seen = {}

    def keep(name, value):
        seen[name] = value
        return value

    streams = list(gpt2(forward_golden[f"{length}/ids"].tolist(), tiny.weights, tiny.config, keep, rows=length))
    assert list(seen) == [
        *("embed", "pos_embed"),
        *(f"blocks.{i}.{name}" for i in range(tiny.config.n_layer) for name in BLOCK),
        *("ln_final", "logits"),
    ], "every activation, in the order of computing"
    assert tuple(field(name) for name in BLOCK) == Block._fields
    golden = {"embed": "token", "pos_embed": "position", "scores": "attn_scores"}  # what the golden file calls them
    for name, value in seen.items():
        if name.startswith("blocks."):
            _, i, inner = name.split(".", 2)
            name = f"h.{i}.{golden.get(field(inner), field(inner))}"
        if name != "logits":
            assert_close(name, value, forward_golden[f"{length}/{golden.get(name, name)}"])
    for i, stream in enumerate(streams[:-1]):
        assert stream is seen[f"blocks.{i - 1}.resid_post"] if i else np.array_equal(stream, seen["blocks.0.resid_pre"])


def test_the_pass_goes_on_with_what_change_answers(tiny):
    """A head switched off: its part of z is 0, and attn_out is what the other heads give."""
    seen = {}

    def change(name, value):
        if name == "blocks.1.attn.z":
            value = value.copy()
            value[:, 2] = 0
        seen[name] = value
        return value

    for _ in gpt2([5, 6, 7], tiny.weights, tiny.config, change):
        pass
    w = tiny.weights["h"][1]
    rest = linear(seen["blocks.1.attn.z"].reshape(3, -1), w["attn.c_proj.weight"], w["attn.c_proj.bias"])
    assert np.array_equal(seen["blocks.1.attn_out"], rest)
    assert np.array_equal(seen["blocks.1.resid_mid"], seen["blocks.1.resid_pre"] + rest)


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
