"""Heatmaps and matrices: which cell a point belongs to, and what is drawn around cells and written into them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.site.languages import texts_of
from page.figure import heatmap, matrix
from page.text.words import Words
from tests.unit.page.answers import answers
from tests.unit.page.figure.test_flow import COUNTS, box

# Strips


TOPS, HEIGHTS = st.floats(0, 0.5), st.floats(0.05, 0.5)


@given(COUNTS, st.integers(1, 32), TOPS, HEIGHTS, st.floats(0.02, 0.98), st.data())
def test_a_point_of_a_strip_belongs_to_the_cell_drawn_there(count, cells, at, high, inside, data):
    row, cell = data.draw(st.integers(0, count - 1)), data.draw(st.integers(0, cells - 1))
    left, top, right, bottom = box(heatmap.cursor(row, cell, cells, (at, high)))
    assert (left, right) == (0, 1) and bottom - top == pytest.approx(high / cells, abs=1e-4)
    y = row + at + (cell + inside) * high / cells
    assert top - 1e-4 <= y <= bottom + 1e-4
    assert heatmap.cell_at(y / count, count, cells, (at, high)) == (row, cell)


@given(COUNTS, st.integers(1, 32), TOPS, HEIGHTS, st.floats(-0.5, 1.5))
def test_a_point_beside_a_strip_belongs_to_the_nearest_cell_of_its_row(count, cells, at, high, share):
    row, cell = heatmap.cell_at(share, count, cells, (at, high))
    y = min(max(share, 0), 0.999999) * count
    assert row == int(y) and 0 <= cell < cells
    if y - row < at:
        assert cell == 0
    if y - row > at + high:
        assert cell == cells - 1


def test_outlines_lie_around_the_cells_of_each_token_and_mark_the_heads_part():
    words = Words("en", texts_of)
    for head in range(4):
        source = {"heatmaps": {"q": "x", "z": "x"}, "count": 5, "cells": 16, "gap": 3, "n_head": 4, "head": head}
        for bar in (None, (0.1, 0.24)):
            html = heatmap.heatmap("q", source, words, bar)
            top, height = bar or (3 / 22, 16 / 22)
            assert 'viewBox="0 0 1 5"' in html
            outline, part = (re.search(rf'class="{kind}" d="(.*?)"', html)[1] for kind in ("outline", "slice"))
            for row, (whole, slice_) in enumerate(
                zip(re.findall("M.*?z", outline), re.findall("M.*?z", part), strict=True)
            ):
                assert box(whole) == pytest.approx((0, row + top, 1, row + top + height), abs=2e-4)
                start = row + top + head * height / 4
                assert box(slice_) == pytest.approx((0, start, 1, start + height / 4), abs=2e-4)
        assert "slice" not in heatmap.heatmap("z", source, words)


def test_a_bar_rests_in_one_colour_and_its_row_can_be_cut_out_of_the_picture():
    words = Words("en", texts_of)
    source = {"heatmaps": {"z": "x"}, "count": 5, "cells": 16, "gap": 3}
    html = heatmap.heatmap("z", source, words, (0.25, 0.5), 2)
    calm, told = re.search(r'class="calm" d="(.*?)"', html)[1], re.search(r'class="calm told" d="(.*?)"', html)[1]
    assert re.findall("M.*?z", calm)[2] == told and len(re.findall("M", calm)) == 5
    assert '<svg class="stripes" data-pitch="22" y="0.2500" width="1" height="0.5000" viewBox="0 3 1 16"' in html
    assert html.count('height="110"') == 2 and "stripes" not in heatmap.heatmap("z", source, words)


# Matrices


@given(COUNTS, st.floats(-0.2, 1.2), st.floats(-0.2, 1.2))
def test_a_point_of_a_matrix_belongs_to_the_cell_whose_ring_holds_it(count, across, down):
    row, column = matrix.square_at(across, down, count)
    left, top, right, bottom = box(matrix.emphasis(row, column, count)["cell"])
    x, y = (min(max(share, 0), 1) * count for share in (across, down))
    assert left - 1e-3 <= x <= right + 1e-3 and top - 1e-3 <= y <= bottom + 1e-3
    assert min(left, top) >= 0 and max(right, bottom) <= count


@given(COUNTS, st.data())
def test_rings_frame_the_row_the_column_and_their_cell(count, data):
    row, column = data.draw(st.integers(0, count - 1)), data.draw(st.integers(-1, count - 1))
    rings = matrix.emphasis(row, column, count)
    assert box(rings["row"]) == (0, row, max(row, column) + 1, row + 1)
    if column >= 0:
        assert box(rings["column"]) == (column, min(row, column), column + 1, count)
        assert box(rings["cell"]) == (column, row, column + 1, row + 1)
    else:
        assert rings["cell"] == ""


def test_an_opened_matrix_writes_each_number_into_its_cell():
    work = answers()["work"]
    names, count = [str(i) for i in range(work["count"])], work["count"]
    side = matrix.SIDE / count
    for name in ("scores", "masked", "pattern"):
        html = matrix.stage(name, names, work[name], "label")
        left = float(re.search(r'data-left="(\d+)"', html)[1])
        assert f'<g transform="translate({left:.0f} 0) scale({side:.4f})">' in html
        found = re.findall(r'<text class="value" x="(\S+)" y="(\S+)" font-size="\S+">(.*?)</text>', html)
        cells = [(i, j, x) for i, row in enumerate(work[name]["rows"]) for j, x in enumerate(row)]
        if not found:
            assert side < 5 * matrix.DIGIT, "too narrow for five characters"
            continue
        assert len(cells) == (count * count if name == "scores" else count * (count + 1) / 2)
        for (x, y, _), (i, j, _) in zip(found, cells, strict=True):
            assert j < (float(x) - left) / side < j + 1 and i < float(y) / side < i + 1
        for kind in ("row", "column"):
            assert re.findall(rf'data-{kind}="(\d+)"', html) == names
        assert ("h1v1" in html) == (name != "scores")  # scores exist for the future too
