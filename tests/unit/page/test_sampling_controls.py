"""The draw's luck, the sliders' scales, the strip under the needle, the curve and labels: plain functions."""

import json
import math
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from build.site.languages import texts_of
from model import sampling
from page.next_token import candidates, compare, curve, needle, random_draw, sliders
from page.text.numbers import grouped, percent
from page.text.words import Words
from tests.unit.page.answers import answers

WORDS = Words("en", texts_of)


def test_splitmix64_is_the_published_one():
    """The first three outputs for seed 0, as in every implementation of it."""
    published = (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F)
    assert [random_draw.uniform(0, n) for n in range(3)] == [(x >> 11) / 2**53 for x in published]


@pytest.mark.parametrize("along", ["draws of one seed", "first draws of many seeds"])
def test_draws_are_uniform(along):
    """Chi-square over 100 bins, 99 degrees of freedom: beyond 180 once in a million."""
    pairs = ((7, n) for n in range(50_000)) if along == "draws of one seed" else ((n, 0) for n in range(50_000))
    u = np.array([random_draw.uniform(seed, n) for seed, n in pairs])
    assert u.min() >= 0 and u.max() < 1
    counts = np.bincount((100 * u).astype(int), minlength=100)
    assert ((counts - 500) ** 2 / 500).sum() < 180
    assert len(set(u.tolist())) == len(u)


def test_tokens_are_drawn_as_often_as_their_probability():
    """100,000 seeded draws; every count within six standard deviations."""
    logits = np.random.default_rng(3).normal(0, 2, 40).astype(np.float32)
    order = sampling.ranking(logits)
    p = sampling.sampled(logits, order, 0.9, 20, 0.95)
    edges = np.cumsum(p[order], dtype=np.float64)
    u = np.array([random_draw.uniform(11, n) for n in range(100_000)])
    assert all(sampling.draw(p, order, x) == order[np.searchsorted(edges, x * edges[-1], "right")] for x in u[:500])
    counts = np.bincount(order[np.searchsorted(edges, u * edges[-1], "right")], minlength=40)
    spread = np.sqrt(100_000 * p * (1 - p))
    assert (np.abs(counts - 100_000 * p) <= 6 * spread).all()
    assert (counts[p == 0] == 0).all()


def test_every_position_of_the_temperature_slider_is_a_temperature_of_its_own():
    temperatures = [sliders.temperature_at(position) for position in range(sliders.TEMPERATURE_STEPS + 1)]
    assert temperatures[0] == 0 and temperatures[40] == 0.8 and temperatures[-1] == 5
    steps = np.diff(temperatures)
    assert (steps > 0).all() and steps[:100].max() < 0.0201 < steps[100:].min()
    assert [sliders.temperature_position(t) for t in temperatures] == list(range(sliders.TEMPERATURE_STEPS + 1))


@given(st.floats(0, 5))
def test_a_typed_temperature_stands_at_the_nearest_position(temperature):
    position = sliders.temperature_position(temperature)
    distance = abs(sliders.temperature_at(position) - temperature)
    others = (p for p in (position - 1, position + 1) if 0 <= p <= sliders.TEMPERATURE_STEPS)
    assert all(distance <= abs(sliders.temperature_at(p) - temperature) + 1e-3 for p in others)


def test_the_far_ends_are_off():
    assert sliders.top_k_at(200) == 200 and sliders.top_k_at(201) is None
    assert sliders.top_p_at(99) == 0.99 and sliders.top_p_at(100) is None and sliders.top_p_at(5) == 0.05


LISTED = [one for one in answers()["following"] if one["candidates"] and one["candidates"][0]["rank"] == 1]


@pytest.mark.parametrize("number", range(len(LISTED)))
@pytest.mark.parametrize("u", [0.0, 0.25, 0.5, 0.999])
def test_the_needle_stands_in_the_drawn_token(number, u):
    """Widths are probabilities side by side; the rectangle under the needle is the one marked as drawn."""
    following = json.loads(json.dumps(LISTED[number]))
    edges = np.cumsum([one["sampled"] for one in following["candidates"]])
    place = int(np.searchsorted(edges, u, "right"))
    listed = place < len(edges)
    drawn = following["candidates"][place] if listed else {"id": -1, "shown": "?", "sampled": 0.0}
    following |= {"u": u, "drawn": {name: drawn[name] for name in ("id", "shown", "sampled")}}
    html = needle.draw_strip(following, WORDS)
    boxes = re.findall(r'<rect class="([\w ]+)" x="([\d.]+)%" width="([\d.]+)%"', html)
    at = float(re.search(r'class="needle" x1="([\d.]+)%"', html)[1])
    assert at == pytest.approx(100 * u, abs=1e-3)
    assert sum(float(width) for _, _, width in boxes) == pytest.approx(100, abs=0.6)
    (marked,) = [(float(x), float(width)) for kind, x, width in boxes if "drawn" in kind]
    assert marked[0] - 2e-3 <= at <= marked[0] + marked[1] + 2e-3
    assert needle.decimal(u) in needle.draw_sentence(following, WORDS)


@pytest.mark.parametrize("rank", [1, 12, 13, 1234])
def test_the_drawn_token_alone_stands_out_and_is_always_listed(rank):
    """Beyond the likeliest it has a row of its own, with its rank, which no ribbon of the picture leads to."""
    following = json.loads(json.dumps(LISTED[0]))
    listed = following["candidates"]
    assert len(listed) == 12
    beyond = {"id": 7777, "rank": rank, "shown": " <b>", "model": 0.0002, "sampled": 0.0001}
    following["drawn"] = listed[rank - 1] if rank <= 12 else beyond
    html = candidates.candidate_table(following, WORDS)
    body, _, foot = html.partition("</tbody>")
    ((drawn, row),) = re.findall(r'<tr data-id="(\d+)" class="drawn"[^>]*>(.*?)</tr>', html)
    assert int(drawn) == following["drawn"]["id"]
    assert re.findall(r'<tr data-id="(\d+)"', body) == [str(one["id"]) for one in listed]
    assert ("<tfoot" in foot) == (rank > 12) == ("… rank" in row)
    if rank > 12:
        assert f"rank {grouped(rank)}" in row and "&lt;b&gt;" in row
        assert percent(0.0001) in row and percent(0.0002) in row


def test_u_never_reads_one():
    assert needle.decimal(0.99999) == "0.999" and needle.decimal(0) == "0.000"


@pytest.mark.parametrize("number", range(len(LISTED)))
def test_the_curve_goes_through_the_probabilities(number):
    following = LISTED[number]
    html = curve.curves(following, WORDS)
    for kind in ("model", "sampled"):
        points = re.search(rf'class="{kind}" points="([^"]*)"', html)[1].split()
        assert len(points) == len(following["curve"]["ranks"])
        for point, rank, share in zip(points, following["curve"]["ranks"], following["curve"][kind], strict=True):
            x, y = map(float, point.split(","))
            assert x == pytest.approx(
                curve.WIDTH * math.log(rank) / math.log(following["curve"]["ranks"][-1]), abs=0.06
            )
            height = curve.HEIGHT * min(1, -math.log10(max(share, 1e-6)) / 6)
            assert y == pytest.approx(height, abs=0.06)
    assert f"{following['entropy']['sampled']:.2f} bits" in curve.curve_sentence(following, WORDS)


SAID = st.lists(st.sampled_from(("The", "little", "girl", "was", "very", "happy", "because")), max_size=30)


@given(SAID, SAID, st.sampled_from(("", " ")))
@example(["The"], ["The", "girl", "girl", "girl", "happy", "because"], " ")
def test_a_label_shows_the_word_that_differs_and_the_end(before, after, between):
    text, other = (between.join([*before, word, *after]) for word in ("student", "XY"))
    said = compare.shortened(text, other, compare.ROOM)
    assert "student" in said and said.endswith(text[-10:]) and len(said) <= compare.ROOM + 2
    assert all(piece in text for piece in said.split("…"))
    assert said == text or len(text) > compare.ROOM
