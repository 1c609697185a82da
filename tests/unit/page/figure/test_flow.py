"""The flow's geometry: rows, strips, matrices and everything that connects them, held as shapes."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from build.paths import ROOT
from page.figure import flow, row_height
from page.figure.vessels.bars import IN_FLOW, OF_LONG
from tests.unit.page.answers import answers
from tests.unit.page.drawings import wide_places

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
ROUNDED = 0.0501  # of a pixel: paths are written with one decimal
COUNTS = st.integers(1, 128)


def numbers_of(path):
    return [float(n) for n in NUMBER.findall(path)]


def box(path):
    """(left, top, right, bottom) of an outline as the page writes rectangles: M x y h width v height h -width."""
    left, top, width, height, back = numbers_of(path)
    assert re.fullmatch(r"M\S+ \S+h\S+v\S+h-\S+z", path) and back == -width
    return left, top, left + width, top + height


def bands(html):
    """Every ribbon of a drawing: (left, top, height) at its start and (left, top, height) at its end."""
    found = []
    for path in re.findall(r"M[^MZ]*Z", html):
        n = numbers_of(path)
        assert n[0] == n[14] and n[6] == n[8] and n[2] == n[4] == n[10] == n[12]  # upright ends, level departures
        assert n[1] == n[3] and n[5] == n[7] and n[9] == n[11] and n[13] == n[15]
        found.append((n[0], n[1], n[15] - n[1], n[6], n[7], n[9] - n[7]))
    return found


# Rows


def test_row_sizes_are_those_of_the_style_sheets():
    """The more tokens the lower their rows, so that they fill about the same height, on wide screens and on narrow."""
    for sheet, most in (("figure/flow.css", 450), ("phone.css", 350), ("low.css", 340)):
        css = (ROOT / "py/page/style" / sheet).read_text(encoding="utf-8")
        pixels = {name: int(n) for name, n in re.findall(r'\[data-rows="(\w+)"\] \{\s*--row: (\d+)px', css)}
        assert list(pixels) == [
            name for name in dict.fromkeys(map(row_height.row_size, range(1, 200))) if name in pixels
        ]
        assert list(pixels.values()) == sorted(pixels.values(), reverse=True)
        for count in range(1, 200):
            name = row_height.row_size(count)
            if sheet == "figure/flow.css" or name in pixels:
                assert count * pixels[name] <= most or name == row_height.LEAST
    wide = (ROOT / "py/page/style/figure/flow.css").read_text(encoding="utf-8")
    assert all(f'[data-rows="{row_height.row_size(count)}"]' in wide for count in range(1, 200))


# What connects the columns

PIXELS = st.floats(0, 900)
WIDTHS = st.floats(1, 300)


@st.composite
def neighbours(draw):
    """Two columns beside each other."""
    a = (draw(PIXELS), draw(PIXELS), draw(WIDTHS), draw(WIDTHS))
    return a, (a[0] + a[2] + draw(st.floats(0, 200)), a[1], draw(WIDTHS), a[3])


STRIP = (flow.INSET, 1 - 2 * flow.INSET)  # in its row, of a long text
TRAVELS = ("queries", "keys", "values", "output")


@given(neighbours(), COUNTS, st.data())
def test_bands_lead_from_each_row_to_the_same_row(columns, count, data):
    a, b = columns
    row = data.draw(st.integers(0, count - 1))
    tall = data.draw(st.floats(0.1, 0.9))
    high, low = STRIP, ((1 - tall) / 2, tall)
    ((x0, y0, high0, x1, y1, high1),) = bands(flow.row_band((a, high), (b, low), row, count))
    assert x0 == pytest.approx(a[0] + a[2], abs=ROUNDED) and x1 == pytest.approx(b[0], abs=ROUNDED)
    for column, (top, height), y, found in ((a, high, y0, high0), (b, low, y1, high1)):
        one = column[3] / count
        assert y == pytest.approx(column[1] + (row + top) * one, abs=ROUNDED)
        assert found == pytest.approx(height * one, abs=2 * ROUNDED)


@given(neighbours(), st.floats(-500, 500) | st.just(0), st.floats(-3, 3) | st.floats(-900, 900))
def test_columns_are_connected_where_they_are_beside_each_other(columns, right, down):
    a, b = columns
    b = (b[0] + right, b[1] + down, b[2], b[3])
    overlap, apart = a[0] + a[2] - b[0], abs(a[1] - b[1])
    assume(abs(overlap - 1) > 1e-6 and abs(apart - 2) > 1e-6)  # within a pixel or two is beside: the browser rounds
    assert flow.beside(a, b) == (overlap < 1 and apart < 2)


BANDS = (("token", "position", "embedded", "before", "resid_pre", "q", "k", "v"), ("pattern", "card", "z"))


def narrow_places():
    """The same columns on a narrow screen: three bands, one below the other."""
    places = wide_places()
    for name, (left, top, width, height) in list(places.items()):
        number = next((i for i, band in enumerate(BANDS) if name in band), 2)
        places[name] = (left - (0, 500, 700)[number], top + 400 * number, width, height)
    places["rail"] = (0, 0, 0, 0)
    return places


def test_each_band_of_a_narrow_screen_is_connected_within_itself():
    view = answers()["short"][1]["view"]
    places, count, chosen = narrow_places(), view["count"], view["row"]
    kinds = {
        "tissue": flow.token_ribbons(places, count, chosen),
        "stream": flow.residual_stream(places, count, view["norms"], chosen),
    }
    assert [kind for kind in re.findall(r'class="link (\w+)"', kinds["tissue"])] == [
        "embedding",
        "project",
        *["mlp"] * 2,
        "embedding",
    ]
    assert flow.query_line(places, count, chosen) == ""
    assert "residual" not in kinds["stream"]
    for x0, y0, _, x1, y1, _ in bands(flow.picture(places, view, [""] * count, chosen, 0, TRAVELS)):
        assert y0 // 400 == y1 // 400 and 0 < x1 - x0 < 400
    wide = flow.token_ribbons(wide_places(), count, chosen)
    assert re.findall(r'class="link (\w+)"', wide) == ["embedding", "project", "attention", "mlp", "mlp", "embedding"]
    assert len(bands(wide)) == 6 * count
    assert len(bands(flow.token_ribbons(wide_places(), 1, 0))) == 6


@given(
    st.lists(st.floats(0, 50), min_size=1, max_size=40),
    st.integers(0, 20),
    st.sampled_from((0, 0.01, 0.1, 0.5)),
    st.just(0) | st.floats(0, 500),
)
def test_contributions_arrive_stacked_within_the_output(contributions, later, least, not_drawn):
    """Beside those of tokens too far back to be drawn, whose sum is `not_drawn` and which keep their room."""
    total = sum(contributions) + not_drawn
    assume(total == 0 or total > 1e-6)
    places, count, chosen = wide_places(), len(contributions) + later, len(contributions) - 1
    view = {"contributions": contributions, "total": total}
    html = flow.value_ribbons(places, count, view, chosen, least)
    shares = [c / total if total else 0 for c in contributions]
    drawn = [row for row, share in enumerate(shares) if share >= least and share > 0]
    assert [int(row) for row in re.findall(r'class="value-flow"[^>]* data-row="(\d+)"', html)] == drawn
    _, top, _, height = places["z"]
    room = 0.7 * height / count
    start = top + (chosen + 0.15) * height / count
    above = (not_drawn / total if total else 0) * room
    grid, value = places["pattern"], places["v"]
    lines = re.findall(
        r'class="value-line" stroke-width="(\S+)" opacity="(\S+)" d="M(\S+) (\S+)H(\S+)M(\S+) (\S+)H(\S+)"', html
    )
    for row, (x0, y0, high0, x1, y1, high1), line in zip(drawn, bands(html), lines, strict=True):
        width, opacity, left, middle, enters, leaves, same, right = map(float, line)
        thick = shares[row] * room
        assert high1 == pytest.approx(thick, abs=2 * ROUNDED)
        assert y1 == pytest.approx(
            start + above + sum(shares[:row]) * room, abs=ROUNDED
        )  # what is hidden keeps its room
        assert start - ROUNDED <= y1 and y1 + high1 <= start + room + 2 * ROUNDED
        assert high0 == pytest.approx(max(1, thick), abs=2 * ROUNDED) and width == pytest.approx(high0, abs=3 * ROUNDED)
        assert (x0, x1) == (right, pytest.approx(places["z"][0], abs=ROUNDED))
        assert left == pytest.approx(value[0] + value[2], abs=ROUNDED) and middle == same
        assert enters == pytest.approx(grid[0], abs=ROUNDED), "behind its row's cells, up to the diagonal"
        assert leaves == pytest.approx(grid[0] + (row + 1) * grid[2] / count, abs=ROUNDED)
        assert right == pytest.approx(grid[0] + grid[2] + 4, abs=ROUNDED)
        assert middle == pytest.approx(grid[1] + (row + 0.5) * grid[3] / count, abs=ROUNDED)
        assert y0 + high0 / 2 == pytest.approx(middle, abs=2 * ROUNDED)
        assert opacity == pytest.approx(0.2 + 0.6 * shares[row], abs=0.0051)


PLACE = st.tuples(*[st.floats(-3000, 3000)] * 2, *[st.just(0) | st.floats(0, 2000)] * 2)
COMMAND = re.compile(
    r"[Mm]{0} {0}|[Ll]{0} {0}|[HhVv]{0}|C{0} {0} {0} {0} {0} {0}|q{0} {0} {0} {0}|[Zz]".format(r"-?\d+(?:\.\d+)?")
)


@given(st.data(), st.integers(1, 128), st.integers(0, 40))
def test_shapes_are_valid_wherever_the_columns_are(data, count, blocks):
    """A column may be measured while it moves, or is nowhere: what is written is still a path, no size is below 0."""
    level = data.draw(st.booleans())  # columns often share their tops
    places = {name: data.draw(PLACE) for name in {*IN_FLOW, *OF_LONG, "card", "pattern", "before", "after", "rail"}}
    if level:
        places = {name: (place[0], 50.0, *place[2:]) for name, place in places.items()}
    if data.draw(st.booleans()):  # all squeezed to one edge, as at the end of folding a block away
        places = {name: (120.0, place[1], place[2] / 1000, place[3]) for name, place in places.items()}
    chosen = data.draw(st.integers(0, count - 1))
    contributions = data.draw(st.lists(st.floats(0, 1e6), min_size=chosen + 1, max_size=chosen + 1))
    view = {
        "count": count,
        "block": blocks // 2,
        "head": 1,
        "n_layer": blocks + 1,
        "n_head": 3,
        "n_embd": 12,
        "d_mlp": data.draw(st.integers(1, 99)),
        "says": {name: {"shown": " a", "probability": 0.5} for name in ("resid_pre", "resid_mid", "resid_post")},
        "shares": [1 / (chosen + 1)] * (chosen + 1),
        "contributions": contributions,
        "total": sum(contributions),
        "norms": {name: data.draw(st.floats(0, 1e6)) for name in NORMS},
    }
    html = flow.picture(places, view, ["a"] * count, chosen, data.draw(st.sampled_from((0, 0.1))), TRAVELS)
    rows = data.draw(st.lists(PLACE, min_size=2, max_size=5))
    html += flow.next_fan(places["after"], rows, [1 / len(rows)] * len(rows), None, view)
    for path in re.findall(r' d="(.*?)"', html):
        assert COMMAND.sub("", path).replace(" ", "") == "" and path, path
    for size in re.findall(r' (?:width|height|r|rx|stroke-width|opacity)="(.*?)"', html):
        assert float(size) >= 0, size


NORMS = ("resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post")


@given(st.lists(st.floats(0, 1e4), min_size=5, max_size=5), st.integers(1, 40), st.data())
def test_widths_along_the_stream_follow_the_lengths(lengths, count, data):
    norms = dict(zip(NORMS, lengths, strict=True))
    chosen, places = data.draw(st.integers(0, count - 1)), wide_places()
    html = flow.residual_stream(places, count, norms, chosen)
    found = re.findall(r'class="(residual|added \w+)" stroke-width="(\S+)" d="(.*?)"', html)
    assert [kind for kind, _, _ in found] == ["residual", "added attention", "residual", "added mlp"]
    for (_, width, _), name in zip(found, ("resid_pre", "attn_out", "resid_mid", "mlp_out"), strict=True):
        assert float(width) == pytest.approx(max(1.2, 16 * norms[name] / (max(lengths) or 1)), abs=ROUNDED)
    row = places["z"][1] + (chosen + 0.5) * places["z"][3] / count
    rail = places["rail"][1] + places["rail"][3] / 2
    ends = (
        ("resid_pre", "resid_mid"),
        ("attn_out", "resid_mid"),
        ("resid_mid", "resid_post"),
        ("mlp_post", "resid_post"),
    )
    for (kind, _, path), (start, end) in zip(found, ends, strict=True):
        left, right = places[start][0] + places[start][2], places[end][0]
        n = numbers_of(path)
        assert n[:2] == pytest.approx([left, row], abs=ROUNDED)
        if kind == "residual":  # down to the rail and up to the mark with the plus
            assert n[-1] == n[1] and rail == pytest.approx(float(re.search(r"V(\S+?)q", path)[1]) + n[5], abs=0.11)
            x = n[0] + 4 + 2 * n[5]  # past two corners
            assert x <= float(re.search(r"H(\S+?)q", path)[1]) + 0.3 < right - 11 + 0.3
        else:
            assert n[2] == pytest.approx(right, abs=ROUNDED)
    plus = re.findall(r'<circle cx="(\S+)" cy="(\S+)"', html)
    expected = [(places[name][0] - 11, row) for name in ("resid_mid", "resid_post")]
    assert [tuple(map(float, at)) for at in plus] == [pytest.approx(at, abs=ROUNDED) for at in expected]


@given(st.integers(0, 200), st.floats(20, 90))
def test_folded_blocks_are_drawn_one_by_one_as_far_as_they_fit(count, width):
    found = re.findall(r'x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"', flow.folded((50, 60, width, 300), count))
    assert len(found) == min(count, flow.MOST_BARS)
    ends = [50, *(float(n) for x, _, wide, _ in found for n in (x, float(x) + float(wide))), 50 + width]
    if width > 40:
        assert ends == sorted(ends)
    assert {(y, height) for _, y, _, height in found} <= {("60.0", "300.0")}


def test_the_picture_has_the_blocks_before_and_after_and_the_chosen_tokens_lines():
    for view in [answers()["long"]["view"]]:
        places = wide_places()
        html = flow.picture(places, view, [""] * view["count"], view["row"], 0, TRAVELS)
        bars = [float(x) for x in re.findall(r'class="folded-block" x="(\S+)"', html)]
        left, _, width, _ = places["before"]
        assert sum(left < x < left + width for x in bars) == view["block"]
        assert len(bars) == view["n_layer"] - 1
        line = numbers_of(re.search(r'class="query-line" d="(.*?)"', html)[1])
        grid = places["pattern"]
        middle = grid[1] + (view["row"] + 0.5) * grid[3] / view["count"]
        assert line == pytest.approx([places["v"][0] + places["v"][2], middle, grid[0]], abs=ROUNDED)


def test_the_next_tokens_leave_the_last_rows_strip():
    rows = [(900.0, 30.0 * i, 200.0, 28.0) for i in range(4)]
    found = bands(flow.next_fan((700, 40, 20, 800), rows, [0.4, 0.3, 0.2, 0.1], None, {"count": 20}))
    top, high = 40 + 19.15 * 40, 0.7 * 40
    assert [x0 for x0, *_ in found] == [720] * 4
    assert found[0][1] == pytest.approx(top, abs=ROUNDED)
    assert sum(high0 for _, _, high0, *_ in found) == pytest.approx(high, abs=0.5)
    assert found[-1][1] + found[-1][2] == pytest.approx(top + high, abs=0.11)
