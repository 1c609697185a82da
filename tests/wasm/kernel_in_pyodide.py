"""The compiled products against NumPy in float64, on Pyodide's own memory; test_kernel.py runs this there."""

from itertools import product
from pathlib import Path

import kernels
import numpy as np
import pytest

from model.checkpoint.assemble import weights_from_shards
from model.checkpoint.layout import INDEX, is_quantized, nested, read_index
from model.checkpoint.quantization import Quantized, quantize_groups, quantize_rows
from model.config import GPT2Config
from model.gpt2 import gpt2
from model.kernel.kernel import Compiled, Kernel, multiplied_by
from model.linear import linear
from model.session import Session
from tests.model.conftest import forward_golden, rounded_golden, tiny  # noqa: F401 - fixtures

MINI = Path(__file__).parents[2] / "weights" / "mini"
BUILDS = ("relaxed", "simd")
TOKENS = (*range(1, 15), 17, 29)
OUT = (*range(1, 6), 15, 16, 17, 33)
STRETCHES = ((1, 1), (1, 3), (1, 4), (1, 31), (1, 64), (2, 4), (3, 32), (5, 3), (2, 9))  # scales a row, of so many each
GUARD = 1234.5


@pytest.fixture(params=BUILDS)
def kernel(request):
    return Kernel(getattr(kernels, request.param))


def matrix(random, n_out, stretches, size):
    """Rows of small whole numbers with their scales."""
    values = random.integers(-128, 128, (n_out, stretches * size), np.int8)  # (out, in)
    return Quantized(values, random.uniform(0.01, 1, (n_out, stretches)).astype(np.float32))


def assert_product(y, x, w, b):
    """y is x times the transpose of w plus b, as near as float32 comes."""
    x, w = x.astype(np.float64), w.astype(np.float64)  # (T, in), (out, in)
    b = np.zeros(len(w)) if b is None else b.astype(np.float64)  # (out,)
    assert y.dtype == np.float32 and y.shape == (len(x), len(w))
    most = np.abs(x) @ np.abs(w).T + np.abs(b)  # (T, out)
    assert (np.abs(y - (x @ w.T + b)) <= 1e-6 * most).all()


@pytest.mark.parametrize("tokens", TOKENS)
def test_every_shape(kernel, tokens):
    random = np.random.default_rng(tokens)
    for n_out, (stretches, size), biased in product(OUT, STRETCHES, (True, False)):
        x = random.standard_normal((tokens, stretches * size), np.float32)  # (T, in)
        b = random.standard_normal(n_out, np.float32) if biased else None  # (out,)
        w = matrix(random, n_out, stretches, size)
        assert_product(linear(x, Compiled(w, kernel), b), x, w[:], b)
        assert_product(kernel.linear(x, w[:], b), x, w[:], b)


@pytest.mark.parametrize("tokens", (1, 2, 5, 13))
def test_nothing_is_written_beside_the_result(kernel, tokens, monkeypatch):
    made, empty = [], np.empty

    def guarded(shape, dtype):
        size = int(np.prod(shape))
        made.append(np.full(size + 16, GUARD, dtype))
        return made[-1][8 : size + 8].reshape(shape)

    random = np.random.default_rng(0)
    x, b = random.standard_normal((tokens, 70), np.float32), np.ones(7, np.float32)  # (T, in), (out,)
    w = [matrix(random, 7, 1, 70), matrix(random, 7, 2, 35)]
    monkeypatch.setattr(np, "empty", guarded)
    for held in (Compiled(w[0], kernel), Compiled(w[1], kernel), w[0][:]):
        kernel.linear(x, held, b)
    monkeypatch.setattr(np, "empty", empty)
    assert len(made) == 4  # three results, and the room for all of them
    assert all((array[:8] == GUARD).all() and (array[-8:] == GUARD).all() for array in made)


@pytest.mark.parametrize("tokens", (1, 3, 6, 13))
@pytest.mark.parametrize("bad", (np.nan, np.inf, -np.inf))
def test_what_is_no_number_is_none_in_the_same_places(kernel, tokens, bad):
    random = np.random.default_rng(3)
    for place in (0, 5, 34):
        x = random.standard_normal((tokens, 35), np.float32)  # (T, in)
        x[tokens // 2, place] = bad
        w = matrix(random, 6, 5, 7)
        w.values[2, place] = 0
        for held in (w, Quantized(w.values, w.scale[:, :1].copy())):
            found, expected = linear(x, Compiled(held, kernel)), linear(x, held)  # each (T, out)
            np.testing.assert_array_equal(found[~np.isfinite(found)], expected[~np.isfinite(expected)])
        weights = w[:]  # (out, in)
        weights[3, place] = bad
        found, expected = kernel.linear(x, weights), linear(x, weights)  # each (T, out)
        np.testing.assert_array_equal(np.isfinite(found), np.isfinite(expected))
        np.testing.assert_array_equal(found[~np.isfinite(found)], expected[~np.isfinite(expected)])


def test_nothing_to_multiply(kernel):
    w = Compiled(matrix(np.random.default_rng(0), 3, 1, 4), kernel)
    none = Compiled(Quantized(np.zeros((3, 0), np.int8), np.ones((3, 1), np.float32)), kernel)
    b = np.arange(3, dtype=np.float32)  # (out,)
    assert linear(np.zeros((0, 4), np.float32), w, b).shape == (0, 3)
    np.testing.assert_array_equal(linear(np.zeros((2, 0), np.float32), none, b), [b, b])


def test_what_is_not_contiguous_is_copied_or_refused(kernel):
    random = np.random.default_rng(1)
    w, b = matrix(random, 6, 1, 8), np.ones(6, np.float32)  # (out, in), (out,)
    x = random.standard_normal((8, 5))  # (in, T) float64
    assert_product(linear(x.T, Compiled(w, kernel), b), x.T.astype(np.float32), w[:], b)
    wide = matrix(random, 6, 4, 8)
    for held in (
        Quantized(w.values[:, ::2], w.scale),
        Quantized(w.values.astype(np.int16), w.scale),
        Quantized(w.values, w.scale.astype(np.float64)),
        Quantized(w.values, w.scale[:5]),
        Quantized(w.values, wide.scale[:, :3].copy()),
        Quantized(wide.values, wide.scale[:, ::2]),
    ):
        with pytest.raises(ValueError):
            Compiled(held, kernel)
    fits = np.zeros((2, 8), np.float32)  # (T, in)
    for arguments in (
        (np.zeros((2, 7), np.float32), Compiled(w, kernel), b),
        (fits, Compiled(w, kernel), b[:5]),
        (fits, Compiled(w, kernel), b.astype(np.float64)),
        (fits, Compiled(w, kernel), np.ones(12, np.float32)[::2]),
        (fits, w[:].T.copy().T, b),
        (fits, w[:].astype(np.float64), b),
    ):
        with pytest.raises(ValueError):
            kernel.linear(*arguments)


def test_it_is_right_after_the_memory_has_grown(kernel):
    random = np.random.default_rng(2)
    w = matrix(random, 48, 1, 96)
    held, x = Compiled(w, kernel), random.standard_normal((7, 96), np.float32)  # (T, in)
    before = linear(x, held)  # (T, out)
    for size in (100, 200):
        more = np.ones(size << 18, np.float32)  # 100 and 200 MB
        np.testing.assert_array_equal(linear(x, held), before)
        late = Compiled(matrix(random, 48, 3, 32), kernel)  # beyond what there was
        assert_product(linear(x, late), x, late[:], None)
        del more


@pytest.mark.parametrize(("held", "rounded"), (("int8", quantize_rows), ("int4", quantize_groups)))
def test_logits_with_rounded_weights(kernel, tiny, forward_golden, rounded_golden, held, rounded):  # noqa: F811
    """Hugging Face computes with the rounded weights as float64; NumPy's two ways are tested in tests/model."""
    flat = {name: rounded(w) if is_quantized(name, w.shape) else w for name, w in tiny.flat.items()}
    weights = multiplied_by(kernel, nested(flat, tiny.config))
    for length in (1, 7, 64):
        *_, logits = gpt2(forward_golden[f"{length}/ids"].tolist(), weights, tiny.config, rows=length)
        np.testing.assert_allclose(logits, rounded_golden[f"{length}/{held}"], rtol=0, atol=2e-4)


@pytest.mark.parametrize("tokens", (1, 6, 16, 64))
def test_a_whole_pass_is_numpys(kernel, tokens):
    """The embedded model: every activation to 1e-5 of the largest, for a text and for one token more."""
    config = GPT2Config.from_json((MINI / "config.json").read_bytes())
    shards = [np.fromfile(MINI / name, np.uint8) for name in read_index((MINI / INDEX).read_bytes()).shards]
    weights = weights_from_shards(shards, config, "int8")
    ids = np.random.default_rng(tokens).integers(0, config.vocab_size, tokens + 1).tolist()
    sessions = [Session(held, config) for held in (weights, multiplied_by(kernel, weights))]
    for text in (ids[:-1], ids):
        for session in sessions:
            session.run(text)
        ours, numpys = (one.final.logits for one in reversed(sessions))  # (1, V)
        assert np.abs(ours - numpys).max() <= 1e-5 * np.abs(numpys).max()
