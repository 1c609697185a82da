"""Sampling against Hugging Face's logits warpers, and its borders."""

import numpy as np
import pytest

from model.sampling import draw, ranking, sampled

LOGITS = np.random.default_rng(0).normal(0, 3, 50).astype(np.float32)


def in_order(logits, probabilities):
    """By logit, then probability: which of several equal logits top-p keeps is nobody's promise."""
    return probabilities[np.lexsort((probabilities, logits))]


@pytest.mark.parametrize("case", range(6))
def test_probabilities_are_hugging_faces(sampling_golden, case):
    logits = sampling_golden[f"{case}/logits"]
    order = ranking(logits)
    for (temperature, top_k, top_p), expected in zip(
        sampling_golden["settings"].tolist(), sampling_golden[f"{case}/probabilities"], strict=True
    ):
        actual = sampled(logits, order, temperature, int(top_k) or None, top_p)
        message = f"temperature {temperature}, top-k {top_k}, top-p {top_p}"
        np.testing.assert_allclose(
            in_order(logits, actual), in_order(logits, expected), rtol=1e-4, atol=2e-6, err_msg=message
        )
        assert np.count_nonzero(actual > 1e-30) == np.count_nonzero(expected > 1e-30), message
        assert actual.sum() == pytest.approx(1, abs=1e-6)
        assert (np.diff(actual[order]) <= 0).all(), message  # no setting changes the order


def test_no_setting_is_the_softmax():
    order = ranking(LOGITS)
    e = np.exp(LOGITS.astype(np.float64))
    for settings in ((1,), (1, None, None), (1, 50), (1, 1000), (1, None, 1), (1.0, 50, 1.0)):
        np.testing.assert_allclose(sampled(LOGITS, order, *settings), e / e.sum(), rtol=1e-6)


def test_top_p_of_1_keeps_the_whole_vocabulary():
    logits = np.random.default_rng(1).normal(0, 5, 50_257).astype(np.float32)
    assert np.count_nonzero(sampled(logits, ranking(logits), 1, None, 1.0)) == 50_257


@pytest.mark.parametrize("temperature", (0, 5e-324, 1e-300, 1e-45, 1e-10))
def test_no_or_hardly_any_temperature_takes_the_likeliest(temperature):
    probabilities = sampled(LOGITS, ranking(LOGITS), temperature, 10, 0.9)
    assert probabilities[LOGITS.argmax()] == 1
    assert probabilities.sum() == 1


def test_large_temperature_is_even():
    np.testing.assert_allclose(sampled(LOGITS, ranking(LOGITS), 1e30), np.full(50, 0.02), rtol=1e-6)


def test_ties_rank_by_id_and_are_all_kept_by_top_k():
    logits = np.array([1, 3, 2, 3, 2, 2], np.float32)
    order = ranking(logits)
    assert order.tolist() == [1, 3, 2, 4, 5, 0]
    assert np.flatnonzero(sampled(logits, order, 1, top_k=1)).tolist() == [1, 3]
    assert np.flatnonzero(sampled(logits, order, 1, top_k=3)).tolist() == [1, 2, 3, 4, 5]
    assert np.flatnonzero(sampled(logits, order, 0)).tolist() == [1]
    assert np.flatnonzero(sampled(logits, order, 1, top_p=0.01)).tolist() == [1]


def test_many_ties_rank_by_id():
    logits = np.random.default_rng(2).integers(0, 5, 1000).astype(np.float32)
    assert ranking(logits).tolist() == sorted(range(1000), key=lambda i: (-logits[i], i))


def test_top_p_keeps_the_fewest_that_reach_it():
    logits = np.log(np.array([0.5, 0.3, 0.15, 0.05]))
    order = ranking(logits)
    for top_p, kept in ((0.01, 1), (0.49, 1), (0.51, 2), (0.79, 2), (0.81, 3), (0.94, 3), (0.96, 4)):
        assert np.count_nonzero(sampled(logits, order, 1, top_p=top_p)) == kept, top_p


def test_one_entry():
    logits = np.array([-7], np.float32)
    for settings in ((0,), (1,), (0.3, 1, 0.1), (9, 40, 1)):
        assert sampled(logits, ranking(logits), *settings).tolist() == [1]
    assert draw(np.array([1.0]), np.array([0]), 0.999) == 0


@pytest.mark.parametrize(
    "logits",
    ([], [np.nan], [1, np.nan, 2], [np.inf, 1], [-np.inf, -np.inf]),
    ids=["none", "NaN", "a NaN", "inf", "-inf"],
)
def test_logits_that_rank_nothing_are_refused(logits):
    with pytest.raises(ValueError, match="logits must hold numbers"):
        ranking(np.array(logits, np.float32))


@pytest.mark.parametrize(
    ("settings", "message"),
    (
        ((-0.1,), "temperature must be 0 or more"),
        ((np.nan,), "temperature must be 0 or more"),
        ((np.inf,), "temperature must be 0 or more"),
        ((1, 0), "top-k must be 1 or more"),
        ((1, -3), "top-k must be 1 or more"),
        ((1, None, 0), "top-p must be above 0"),
        ((1, None, 1.01), "top-p must be above 0"),
        ((1, None, np.nan), "top-p must be above 0"),
    ),
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        sampled(LOGITS, ranking(LOGITS), *settings)


def test_draw_at_the_borders():
    probabilities = np.array([0.25, 0, 0.5, 0.25])
    order = np.array([2, 0, 3, 1])
    largest = np.nextafter(1, 0)
    for u, expected in ((0, 2), (0.4999, 2), (0.5, 0), (0.7499, 0), (0.75, 3), (0.9999, 3), (largest, 3)):
        assert draw(probabilities, order, u) == expected, u
    for u in (-0.001, 1, 1.5, np.nan):
        with pytest.raises(ValueError, match=r"u must lie in \[0, 1\)"):
            draw(probabilities, order, u)


def test_nothing_of_probability_0_is_ever_drawn():
    """The rounded sum of the probabilities is not 1, and u may come as near to 1 as a float can."""
    for seed in range(200):
        logits = np.random.default_rng(seed).normal(0, 4, 300).astype(np.float32)
        order = ranking(logits)
        probabilities = sampled(logits, order, 0.8, 40, 0.9)
        for u in (0.0, np.nextafter(1, 0)):
            assert probabilities[draw(probabilities, order, u)] > 0


def test_draws_come_as_often_as_they_are_likely():
    order = ranking(LOGITS)
    probabilities = sampled(LOGITS, order, 1.2, 20, 0.95)
    count = 100_000
    even = np.bincount([draw(probabilities, order, (i + 0.5) / count) for i in range(count)], minlength=50)
    assert np.abs(even - count * probabilities).max() <= 1.001
    random = np.random.default_rng(7).random(count)
    drawn = np.bincount([draw(probabilities, order, u) for u in random], minlength=50)
    five_deviations = 5 * np.sqrt(count * probabilities * (1 - probabilities))
    assert (np.abs(drawn - count * probabilities) <= five_deviations + 1e-6).all()
