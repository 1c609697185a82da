"""8 and 4 bits: what rounding may cost, and that precision int8 answers as precision float32 does."""

import numpy as np
import pytest

from model.checkpoint.assemble import weights_from_shards
from model.checkpoint.quantization import GROUP, Quantized, pack, quantize_groups, quantize_rows, unpack
from model.linear import ROWS_AT_ONCE, columns, linear
from model.session import Session


@pytest.mark.parametrize("deviation", (1e-30, 1e-3, 1.0, 1e30))
def test_no_weight_moves_by_more_than_half_a_step(deviation):
    w = np.random.default_rng(0).normal(0, deviation, (40, 64)).astype(np.float32)
    w[::2] *= 100  # rows of very different size
    rows = quantize_rows(w)
    step = np.abs(w).max(axis=1, keepdims=True) / 127
    assert (np.abs(rows[:] - w) <= step * 0.5001).all()
    assert rows.values.dtype == np.int8 and rows.scale.dtype == np.float32
    assert (np.abs(rows.values.astype(int)).max(axis=1) == 127).all()  # the whole range is used


def test_rows_of_zeros_stay_zeros():
    w = np.array([[0, 0, 0], [1, -2, 0.5], [1e-45, 0, 0]], np.float32)
    rows = quantize_rows(w)
    assert (rows[:][[0, 2]] == [[0, 0, 0]]).all()
    assert (rows.scale > 0).all()
    assert rows[:].shape == (3, 3)


@pytest.mark.parametrize("deviation", (1e-3, 1.0, 100.0))
def test_no_weight_of_a_group_moves_by_more_than_its_step(deviation):
    """Half a step, and a whole one for what lies opposite to the largest: 7 steps are all there is on that side."""
    w = np.random.default_rng(0).normal(0, deviation, (40, 4 * GROUP)).astype(np.float32)
    w[::2] *= 100
    groups = quantize_groups(w)
    step = np.abs(groups.scale).repeat(GROUP, axis=1)  # (40, 4 GROUP)
    moved = np.abs(groups[:] - w)
    opposite = w / groups.scale.repeat(GROUP, axis=1) > 7.5
    assert (moved[~opposite] <= step[~opposite] * 0.5001).all() and (moved <= step * 1.001).all()
    by_group = groups.values.reshape(40, 4, GROUP)
    assert (by_group.min(axis=2) == -8).all() and by_group.max() == 7  # all 16 steps are used
    assert (groups.scale == groups.scale.astype(np.float16)).all()


def test_groups_of_zeros_stay_zeros():
    w = np.zeros((2, 2 * GROUP), np.float32)
    w[1, -1] = 3
    groups = quantize_groups(w)
    assert np.array_equal(groups[:], w)


@pytest.mark.parametrize("quantize", (quantize_rows, quantize_groups))
@pytest.mark.parametrize("bad", (np.nan, np.inf, -np.inf))
def test_what_is_no_number_is_refused(bad, quantize):
    w = np.ones((3, GROUP), np.float32)
    w[1, 2] = bad
    with pytest.raises(ValueError, match="NaN or an infinity"):
        quantize(w)


def test_rows_that_do_not_fill_their_groups_are_refused():
    with pytest.raises(ValueError, match="rows of 40 weights"):
        quantize_groups(np.ones((3, 40), np.float32))


def test_every_pair_of_numbers_is_unpacked_as_it_was_packed():
    pairs = np.array([(a, b) for a in range(-8, 8) for b in range(-8, 8)], np.int8)  # (256, 2)
    packed = pack(pairs)
    assert packed.dtype == np.uint8 and len(np.unique(packed)) == 256
    assert np.array_equal(unpack(packed), pairs)


def test_reads_like_a_float_matrix():
    rows = Quantized(np.array([[1, -2], [3, 4], [127, -127]], np.int8), np.array([[1], [0.5], [2]], np.float32))
    assert rows.shape == (3, 2)
    assert rows[1:3].tolist() == [[1.5, 2], [254, -254]]
    assert rows[np.array([2, 0, 2])].tolist() == [[254, -254], [1, -2], [254, -254]]
    assert rows[:].dtype == np.float32
    halves = Quantized(np.array([[1, -2], [3, 4]], np.int8), np.array([[1, 10], [0.5, 2]], np.float32))
    assert halves[:].tolist() == [[1, -20], [1.5, 8]] and halves[np.array([1])].tolist() == [[1.5, 8]]


@pytest.mark.parametrize("out", (1, ROWS_AT_ONCE - 1, ROWS_AT_ONCE, 2 * ROWS_AT_ONCE + 3))
def test_linear_with_every_kind_of_matrix(out):
    random = np.random.default_rng(1)
    w, b = random.standard_normal((out, 2 * GROUP), np.float32), random.standard_normal(out, np.float32)
    x = random.standard_normal((5, 2 * GROUP), np.float32)
    np.testing.assert_allclose(linear(x, w, b), x @ w.T + b, rtol=0, atol=3e-5)
    for rounded in (quantize_rows(w), quantize_groups(w)):
        np.testing.assert_allclose(linear(x, rounded, b), x @ rounded[:].T + b, rtol=0, atol=3e-5)
        np.testing.assert_allclose(linear(x, rounded), x @ rounded[:].T, rtol=0, atol=3e-5)


def test_some_columns_of_every_kind_of_matrix():
    """Also where they begin or end inside a group with one scale."""
    w = np.random.default_rng(2).standard_normal((5, 3 * GROUP), np.float32)
    for held in (w, quantize_rows(w), quantize_groups(w)):
        for first, end in ((0, 3 * GROUP), (GROUP, 2 * GROUP), (8, 16), (GROUP - 1, 2 * GROUP + 1)):
            np.testing.assert_array_equal(columns(held, first, end), held[:][:, first:end])


@pytest.mark.parametrize("bits", (8, 4))
def test_int8_and_float32_resident_agree(tiny, quantized_tensors, packed_tensors, shard, bits):
    tensors = quantized_tensors if bits == 8 else packed_tensors
    ids = np.random.default_rng(2).integers(0, 97, 64).tolist()
    finals = {}
    for precision in ("int8", "float32"):
        session = Session(weights_from_shards([shard(tensors)], tiny.config, precision), tiny.config)
        session.run(ids)
        finals[precision] = session.final.logits
    scale = np.abs(finals["float32"]).max()
    np.testing.assert_allclose(finals["int8"], finals["float32"], rtol=0, atol=1e-5 * max(1, scale))


def test_quantising_moves_the_logits_little(tiny, quantized_tensors, shard, forward_golden):
    """Rounding takes about 1% of the weights; three blocks later, still a few per cent of the logits."""
    weights = weights_from_shards([shard(quantized_tensors)], tiny.config)
    session = Session(weights, tiny.config)
    session.run(forward_golden["64/ids"].tolist())
    expected = forward_golden["64/logits"][-1]
    assert np.linalg.norm(session.final.logits[0] - expected) < 0.05 * np.linalg.norm(expected)
