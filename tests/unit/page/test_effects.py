"""What the panel of effects says of what was measured: nothing that was not, and the strongest first."""

import re
from html import unescape

import pytest

from build.site.languages import texts_of
from page.panels.effects import measured as kept
from page.panels.effects.grid import effect_grid
from page.panels.effects.ranking import ROWS, effect_table
from page.panels.effects.sentences import contrasts, headline, how, told
from page.text.numbers import change, percent, signed, whole_points
from page.text.words import Words
from tests.unit.page.answers import answers

WORDS = Words("en", texts_of)
ARROW = {"block": 4, "head": 3, "column": 2, "share": 0.78, "logit": -1.0, "bits": 0.5, "direct": 2.0}


def plain(html):
    return unescape(re.sub("<.*?>", "", html))


def measured(*effects, kind="arrows", before=0.51):
    """Of arrows like ARROW, each with these fields of its own."""
    token = {"id": 1, "shown": " she", "probability": before}
    of = {
        "kind": kind,
        "row": 3,
        "token": token,
        "temperature": 0.8,
        "logit": 2.5,
        "probability": before,
        "cuts": False,
    }
    return {**of, "effects": [{**ARROW, "probability": 0.51, **effect} for effect in effects]}


@pytest.fixture(scope="module")
def answer():
    return answers()["short"][1]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (0.32, "falls from 51\u00a0% to 32\u00a0%."),
        (0.60, "rises from 51\u00a0% to 60\u00a0%."),
        (0.4999, "falls from 51\u00a0% to 50\u00a0%."),
    ],
)
def test_the_headline_is_of_the_largest_change_up_or_down(answer, after, said):
    found = measured({"probability": 0.505, "block": 0}, {"probability": after}, {"probability": 0.512, "block": 2})
    text = plain(headline(found, answer, WORDS))
    assert text.startswith("Without the arrow “") and "in head 4 of block 5, “she” " + said in text


def test_what_is_in_the_way_is_said_too_where_it_is_more(answer):
    fall, rise = {"probability": 0.45, "block": 1}, {"probability": 0.6, "block": 2}
    text = plain(headline(measured(rise, fall), answer, WORDS))
    assert re.findall("block (.), “she” (.*?) from", text) == [("2", "falls"), ("3", "rises")]
    text = plain(headline(measured({**rise, "probability": 0.55}, fall), answer, WORDS))
    assert "falls" in text and "rises" not in text


def test_where_nothing_changes_by_a_point_no_part_is_named(answer):
    for kind, word in (("arrows", "No arrow"), ("parts", "No part")):
        text = plain(headline(measured({"probability": 0.501}, {"probability": 0.519}, kind=kind), answer, WORDS))
        assert text.startswith(word) and "less than one percentage point" in text and "block" not in text
    assert "falls" not in plain(headline(measured(), answer, WORDS)), "before anything is measured"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0.51, 0.5133, "stays at 51\u00a0%, within half"),
        (0.514, 0.507, "falls from 51.4\u00a0% to 50.7\u00a0%"),
        (0.001, 0.0002, "stays at <1\u00a0%"),
        (0.002, 0.3, "rises from <1\u00a0% to 30\u00a0%"),
    ],
)
def test_a_small_change_is_said_as_it_is(answer, before, after, said):
    found = measured({"probability": after}, before=before)
    assert said in plain(told(found["effects"][0], found, answer, WORDS))


def test_shares_and_effects_that_differ_are_pointed_out(answer):
    large, small = {"share": 0.97, "column": 0}, {"share": 0.11, "probability": 0.4, "column": 1}
    rest = {"share": 0.6, "probability": 0.1}, {"share": 0.15, "probability": 0.47}, {"share": 0.6}
    found = measured(rest[0], large, rest[1], small, rest[2])
    (one, loud), (other, quiet) = contrasts(found, answer, WORDS)
    assert one is found["effects"][1] and other is found["effects"][3]
    assert "97.0\u00a0% of the attention" in plain(loud) and "stays at 51\u00a0%" in plain(loud)
    assert "only 11.0\u00a0%" in plain(quiet) and "falls from 51\u00a0% to 40\u00a0%" in plain(quiet)
    assert contrasts(measured(rest[0]), answer, WORDS) == [], "as there is none"


@pytest.mark.parametrize("kind", ["arrows", "parts"])
def test_the_list_has_the_first_by_each_column_with_every_number(answer, kind):
    found = answers()["effects"][kind]
    for order in kept.ORDERS[kind == "parts" :]:
        for falling in (True, False):
            html = effect_table(found, order, falling, ROWS, answer, WORDS)
            sorts = re.findall(r'class="of-(\w+)" aria-sort="(\w+)"', html)
            assert sorts == [(order, "descending" if falling else "ascending")]
            values = [abs(kept.value(effect, found, order)) for effect in found["effects"]]
            rows = [int(number) for number in re.findall(r'data-number="(\d+)"', html)]
            assert [values[i] for i in rows] == sorted(values, reverse=falling)[:ROWS] and len(set(rows)) == ROWS
            for i, row in zip(rows, re.findall("<tr><th scope=.row.*?</tr>", html), strict=True):
                effect, said = found["effects"][i], plain(row)
                numbers = [change(effect["logit"] - found["logit"]), signed(effect["bits"]), signed(effect["direct"])]
                assert all(text in said for text in (*numbers, percent(effect["probability"])))
                assert change(100 * (effect["probability"] - found["probability"])) in said
                assert effect["share"] is None or percent(effect["share"]) in said


def test_bars_keep_the_scale_of_all_effects_and_more_rows_are_added(answer):
    found = answers()["effects"]["arrows"]
    count = len(found["effects"])
    end = max(kept.size(effect, found) for effect in found["effects"])
    for order, rows in (("effect", ROWS), ("share", ROWS), ("effect", count + 1)):
        html = effect_table(found, order, order == "effect", rows, answer, WORDS)
        numbers = [int(number) for number in re.findall(r'data-number="(\d+)"', html)]
        widths = [float(width) for width in re.findall(r'width="([\d.]+)" height="1"/><path', html)]
        assert len(numbers) == min(rows, count)
        assert widths == pytest.approx([kept.size(found["effects"][i], found) / end for i in numbers], abs=1e-3)
        assert f"longest of all bars is {signed(100 * end)} percentage points" in plain(html)
        assert f"Rows shown: {len(numbers)} of {count}," in plain(html)
        assert ('id="effects-more"' in html) == (rows < count)


def test_at_temperature_0_all_is_of_the_logit(answer):
    """There a probability is all or nothing; which of the cuts decide it is counted."""
    parts = ({"logit": 2.4, "probability": 1}, {"logit": 1, "probability": 0}, {"logit": 4.5, "probability": 1})
    parts = [{**part, "block": i, "column": None, "share": None} for i, part in enumerate(parts)]
    found = {**measured(*parts, kind="parts", before=1), "temperature": 0}
    text = plain(headline(found, answer, WORDS))
    assert "head 4 of block 3, the logit of “she” changes most, by +2.00." in text and text.endswith(": 1 of 3.")
    assert kept.ordered(found, kept.yardstick(found), True) == [2, 1, 0]
    grid = effect_grid(found, answer["view"], WORDS)
    assert re.findall('fill-opacity="([^"]+)"/></svg><span>(.*?)<', grid)[:3] == [
        ("0.050", "−0.10"),
        ("0.750", "−1.50"),
        ("1.000", "+2.00"),
    ]
    assert "points" not in plain(grid) and "without it logit +2.00" in plain(grid)
    table = effect_table(found, "logit", True, ROWS, answer, WORDS)
    assert re.findall('of-logit"><svg class="change"', table) == ['of-logit"><svg class="change"'] * 3
    assert "longest of all bars is 2.00, of the logit" in plain(table)
    assert contrasts({**found, "kind": "arrows"}, answer, WORDS) == []


def test_the_colours_legend_is_made_as_the_cells_are(answer):
    """So the extreme has the legend's colour at the end, and the strips of both kinds their own."""
    for kind in ("arrows", "parts"):
        found = answers()["effects"][kind]
        html = effect_grid(found, answer["view"], WORDS)
        most = max(found["effects"], key=lambda effect: kept.size(effect, found))
        colour = "less" if kept.value(most, found, "effect") < 0 else "more"
        table, legend = html.split("</table>")
        shades = re.findall(r'<rect class="(\w+)" x="\d+" width="1" height="1" fill-opacity="1.000"/>', legend)
        assert shades == ["less", "more"] and f'<rect class="{colour}" x="' in table
        assert f'class="effect-grid {kind}"' in table and f'class="scale effect-scale {kind}"' in legend
        assert 'class="effect-strip"' in legend


def test_the_grid_has_every_part_with_its_colour(answer):
    found = answers()["effects"]["parts"]
    html = effect_grid(found, answer["view"], WORDS)
    end = max(kept.size(effect, found) for effect in found["effects"])
    cells = re.findall(r'data-block="(\d)" data-head="(\d?)".*?<rect class="(\w+)".*?"([\d.]+)"/>.*?<span>(.*?)<', html)
    assert len(cells) == len(found["effects"]) == 30
    places = kept.by_place(found["effects"])
    for block, head, colour, opacity, number in cells:
        (effect,) = places[int(block), int(head) if head else None]
        moved = effect["probability"] - found["probability"]
        assert colour == ("less" if moved < 0 else "more") and number == whole_points(moved)
        assert float(opacity) == pytest.approx(abs(moved) / end, abs=1e-3)
    assert html.count('aria-pressed="true"') == 1 and 'id="effect-2-1" ' in html


@pytest.mark.parametrize("count", (1, 7, 16, 17, 100))
def test_a_strip_shows_of_neighbours_the_arrow_that_changes_most(count):
    found = measured(*({"column": i, "probability": 0.51 - (i * 37 % 101) / 1000} for i in range(count)))
    shown = kept.in_cells(found["effects"], found)
    assert len(shown) == min(count, kept.CELLS)
    columns = [effect["column"] for effect in shown]
    assert columns == sorted(columns) and kept.strongest(found["effects"], found) in shown
    assert count > kept.CELLS or columns == list(range(count))


def test_how_it_was_measured_is_said_with_the_temperature(answer):
    found = answers()["effects"]["arrows"]
    assert f"each of the {len(found['effects'])} arrows" in plain(how(found, answer, WORDS)).lower()
    assert "temperature 0.80" in how(found, answer, WORDS)
    assert "stays cut" in how({**found, "cuts": True}, answer, WORDS) and "stays cut" not in how(found, answer, WORDS)
    assert "everything or nothing" in how({**found, "temperature": 0}, answer, WORDS)
