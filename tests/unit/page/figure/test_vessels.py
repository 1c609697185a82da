"""A short text's picture is true to its measures: heights on one scale, widths that sum up, none through a cell."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page.figure.vessels.bars import APART, IN_FLOW, MOST, bars, of_head
from page.figure.vessels.vessels import BELOW, TRAVELS, Vessels
from tests.unit.page.answers import answers

ROUNDED = 0.06  # of a pixel: paths are written with one decimal
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def view_of(count, size=256, inner=1024, heads=4):
    return {"count": count, "n_embd": size, "d_mlp": inner, "n_head": heads, "head": heads - 1}


@given(st.integers(1, MOST), st.integers(1, 25), st.integers(1, 16), st.integers(1, 12))
def test_bars_are_as_high_as_their_vectors_have_numbers(count, unit, times, heads):
    size, inner = unit * heads, unit * heads * times
    known = bars(view_of(count, size, inner, heads))
    per_number = known["q"][1] / size
    for name in IN_FLOW:
        top, height = known[name]
        assert height == pytest.approx(per_number * (inner if name == "mlp_post" else size))
        assert top >= -1e-9 and top + height <= 1 + 1e-9
    (q, high), (k, _), (v, _) = known["q"], known["k"], known["v"]
    assert k - q - high == pytest.approx(APART) and v - k - high == pytest.approx(APART)
    slices = [of_head(known["z"], {"n_head": heads, "head": head}) for head in range(heads)]
    assert sum(height for _, height in slices) == pytest.approx(known["z"][1])
    assert slices[0][0] == known["z"][0]
    for a, b in pairwise(slices):
        assert a[0] + a[1] == pytest.approx(b[0])


def test_a_longer_text_has_no_bars():
    assert bars(view_of(MOST + 1)) is None


def places(count):
    """As a wide screen has them."""
    high = 500.0
    columns = {"embedded": 96, "before": 118, "resid_pre": 166, "q": 240, "k": 240, "v": 240, "z": 790, "attn_out": 820}
    columns |= {"resid_mid": 860, "mlp_post": 930, "resid_post": 1000, "after": 1012}
    found = {name: (float(left), 0.0, 12.0, high) for name, left in columns.items()}
    cell = min(32.0, 180 / count)
    found["card"] = (300.0, -46.0, 470.0, high + 60)
    found["pattern"] = (392.0, 110.0, cell * count, cell * count)
    return found


def drawing(view):
    chosen = view["row"] - view["first"]
    return Vessels(places(view["count"]), view, ["x"] * view["count"], chosen, TRAVELS), chosen


@pytest.mark.parametrize("number", range(3))
def test_what_is_drawn_is_measured(number):
    view = answers()["short"][number]["view"]
    vessels, chosen = drawing(view)
    html, count = vessels.picture(0), view["count"]
    grid, cell = vessels.grid, vessels.grid[2] / count

    values = re.findall(r'class="value[^"]*" d="(.*?)" data-tells="value" data-row="(\d+)"', html)
    total = view["total"]
    left, top, high = vessels.outlet(chosen)
    floor = grid[1] + grid[3] + BELOW
    reached = top + max(0, 1 - sum(view["contributions"]) / total) * high
    for path, row in values:
        n = [float(x) for x in NUMBER.findall(path)]
        points = list(zip(n[::2], n[1::2], strict=True))
        inside = [y for x, y in points if grid[0] <= x <= grid[0] + grid[2]]
        assert inside == [] or min(inside) >= floor - ROUNDED, "values pass below the matrix"
        ends = [y for x, y in points if x == pytest.approx(left, abs=ROUNDED)]
        part = view["contributions"][int(row)] / total
        assert max(ends) - min(ends) == pytest.approx(part * high, abs=2 * ROUNDED)
        assert min(ends) == pytest.approx(reached, abs=2 * ROUNDED)
        reached += part * high
    assert reached == pytest.approx(top + high, abs=0.1), "they sum to the whole output"

    keys = {int(row): path for path, row in re.findall(r'class="key[^"]*"[^>]* d="(.*?)" \S+ data-row="(\d+)"', html)}
    assert set(keys) == set(range(count))
    for row, path in keys.items():
        lane, turn = float(re.search(r"H(\S+?)q", path)[1]), re.search(r"q(\d+) 0", path)
        assert lane + float(turn[1]) == pytest.approx(grid[0] + (row + 0.5) * cell, abs=ROUNDED)
        assert float(path.rsplit("V", 1)[1]) <= grid[1], "keys end above the matrix"
    for path in re.findall(r'class="query[^"]*".*? d="(.*?)"', html):
        assert float(path.rsplit("H", 1)[1]) <= grid[0], "queries end left of it"

    for name, new in (("attn_out", "attention"), ("mlp_out", "mlp")):
        height = float(re.search(rf'class="edge {new}[^"]*".*?height="(\S+)"', html)[1])
        stream = "resid_mid" if new == "attention" else "resid_post"
        ratio = min(1, view["norms"][name] / view["norms"][stream])
        assert height == pytest.approx(ratio * vessels.bar(stream, chosen)[3], abs=ROUNDED)

    blocks = re.findall(r'class="block', html)
    assert len(blocks) == count * (view["n_layer"] - 1), "a bar for each block that is not open, in every row"
    assert html.count('class="column-name most"') == 1 and html.count('class="key most"') == 1


def test_ribbons_below_the_threshold_are_left_out():
    view = answers()["short"][1]["view"]
    vessels, _ = drawing(view)
    parts = [one / view["total"] for one in view["contributions"]]
    least = sorted(parts)[len(parts) // 2]
    assert vessels.picture(least).count('class="value') == sum(part >= least for part in parts)
