"""The page's plain functions: numbers and names as text, markup, the next-token fan, links, and the texts it says."""

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from build.paths import ROOT
from build.site.languages import texts_of
from page.figure import flow, matrix
from page.next_token import candidates
from page.panels import parts
from page.text import markup
from page.text.numbers import bar_end, brief, grouped, megabytes, nearest_percent, percent, signed, whole_percent
from page.text.words import Words
from tests.browser.reading import number

HTML = (ROOT / "index.html").read_text(encoding="utf-8")
ENGLISH = texts_of("en")

# Numbers


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (1, "100\u00a0%"),
        (0.99999, "99.999\u00a0%"),
        (0.9996, "99.96\u00a0%"),
        (0.294, "29.4\u00a0%"),
        (0.1, "10.0\u00a0%"),
        (0.09996, "10.0\u00a0%"),
        (0.0999, "9.99\u00a0%"),
        (0.009, "0.90\u00a0%"),
        (0.0000034, "0.00034\u00a0%"),
        (3.4e-14, "3.4 × 10⁻¹²\u00a0%"),
        (9.6e-14, "9.6 × 10⁻¹²\u00a0%"),
        (0, "0\u00a0%"),
    ],
)
def test_percent(share, shown):
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (-0.0, "0"),
        (-0.1234, "−0.123"),
        (1, "1.00"),
        (0.99951, "1.00"),
        (0.9994, "0.999"),
        (-9.996, "−10.0"),
        (99.94, "99.9"),
        (99.96, "100"),
        (-1234.5678, "−1235"),
        (0.001, "0.00100"),
        (0.000994, "9.9 × 10⁻⁴"),
        (-0.00034, "−3.4 × 10⁻⁴"),
        (0.00095, "9.5 × 10⁻⁴"),
        (1e-12, "1.0 × 10⁻¹²"),
    ],
)
def test_signed(value, shown):
    assert signed(value) == shown


def assert_right(text, value):
    """The text is the value to its last digit, says its sign with a true minus, and never a mantissa below one."""
    found, half = number(text)
    assert abs(found - value) <= half * (1 + 1e-6) + abs(value) * 1e-12
    assert text.startswith("−") == (value < 0) and "-" not in text and "e" not in text
    if "×" in text:
        assert 1 <= abs(float(text.strip("−").split(" ")[0])) < 10


@given(st.floats(1e-30, 1))
@example(0.005)
@example(0.994999)
def test_a_percentage_is_right_to_its_last_digit(share):
    text = percent(share)
    assert_right(text, 100 * share)
    assert text.endswith("\u00a0%") and len(text) <= 15
    assert (number(text)[0] == 100) == (share > 0.99999999)
    found, half = number(text)
    assert half <= 0.06 * found  # at least two meaningful digits


@given(st.floats(-1e15, 1e15) | st.floats(-2, 2) | st.floats(-0.01, 0.01))
def test_a_signed_number_is_right_to_its_last_digit(value):
    if abs(value) < 1e-30:
        return
    text = signed(value)
    assert_right(text, value)
    found, half = number(text)
    assert half <= 0.0051 * abs(found) or "×" in text  # three meaningful digits


@given(st.floats(0.01, 5000), st.floats(-1, 1))
def test_a_brief_number_is_short_and_right_to_its_last_digit(largest, share):
    value = share * largest
    text = brief(value, largest)
    found, half = number(text)
    assert abs(found - value) <= half * 1.000001
    assert half == {True: 0.5, largest < 99.5: 0.05, largest < 9.95: 0.005}[True]
    assert text.startswith("−") == (found < 0) and len(text) <= max(5, len(str(int(largest))) + 1)


@given(st.floats(0, 1))
@example(0.005)
@example(0.004999)
def test_a_whole_percent_never_hides_what_is_there(share):
    text = whole_percent(share)
    if text == "<1":
        assert 0 < share <= 0.005
    else:
        assert abs(float(text) - 100 * share) <= 0.5 and (text == "0") == (share == 0)
    said = nearest_percent(share).removesuffix("\u00a0%")
    assert said == text if share < 0.995 else said == ("100" if share == 1 else ">99")


def test_other_numbers():
    assert grouped(0) == "0" and grouped(8180) == "8\u202f180" and grouped(1234567) == "1\u202f234\u202f567"
    assert megabytes(7_344_000) == "7.3" and megabytes(124_400_000) == "124"
    assert bar_end(0.3) == 0.5 and bar_end(0.5) == 0.5 and bar_end(0.51) == 1 and bar_end(1e-5) == 0.01
    assert ">0\u00a0%<" in matrix.legend("shares", 0, 0.25) and ">25.0\u00a0%<" in matrix.legend("shares", 0, 0.25)
    assert ">−3.20<" in matrix.legend("diverging", -3.2, 3.2) and ">3.20<" in matrix.legend("diverging", -3.2, 3.2)


# Markup


@given(st.text())
def test_escaped_text_is_inert(text):
    """No tag, no entity and no quote of the reader's text survives as markup."""
    escaped = markup.escape(text)
    assert not set("<>\"'\0") & set(escaped)
    assert re.sub(r"&(amp|lt|gt|quot|#39);", "", escaped).count("&") == 0


def test_leading_spaces_are_visible():
    assert re.sub("<.*?>", "", markup.visible("  a b")) == "␣␣a b"


# The fan


def numbers_of(path):
    return [float(n) for n in re.findall(r"-?[\d.]+", path)]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=13))
def test_fan_is_as_thick_as_the_probabilities(weights):
    """At the source the ribbons stack without gap, each as thick as its share; too thin ones are left out.

    At the list each is up to three times as thick, in the middle of its row and never higher than it.
    """
    total = math.fsum(weights)
    shares = [w / total for w in weights] if total > 0 else [1.0] + [0.0] * (len(weights) - 1)
    rows = [(300.0, 30.0 * i, 200.0, 28.0) for i in range(len(shares))]
    paths = re.findall(r'class="([\w ]+)" d="(.*?)"', flow.fan((10.0, 50.0, 90.0, 200.0), rows, shares, 0))
    drawn = [i for i, share in enumerate(shares) if share * 200 >= 0.05]
    kinds = ["candidate drawn"] + ["candidate"] * (len(shares) - 2) + ["rest"]
    assert [kind for kind, _ in paths] == [kinds[i] for i in drawn]
    for (_, path), i in zip(paths, drawn, strict=True):
        n = numbers_of(path)
        assert n[0] == 100 and n[6] == 300
        assert n[1] == pytest.approx(50 + 200 * sum(shares[:i]), abs=0.06)
        assert n[15] - n[1] == pytest.approx(shares[i] * 200, abs=0.11)
        assert n[9] - n[7] == pytest.approx(min(flow.WIDENED * shares[i] * 200, 28), abs=0.11)
        assert (n[7] + n[9]) / 2 == pytest.approx(30 * i + 14, abs=0.11)


def test_formula_names_what_happens():
    spoken = Words("en", texts_of)
    settings = {"temperature": 0.35, "top_k": None, "top_p": None}
    assert "greedy" in candidates.formula(settings | {"temperature": 0}, spoken)
    assert candidates.formula(settings, spoken) == "scores ÷ 0.35 → softmax"
    order = candidates.formula(settings | {"top_k": 40, "top_p": 0.9}, spoken)
    places = [order.index(step) for step in ("0.35", "40", "softmax", "90\u00a0%")]
    assert places == sorted(places), "temperature, then top-k, then softmax, then top-p"


def test_every_part_that_opens_has_a_button_and_texts():
    parts.load()
    assert set(parts.every) - {"table"} == set(re.findall('data-open="(.*?)"', HTML))
    linked = "bpe cuts embedding forming glossary head heads matters next number terms try"
    assert set(parts.linked()) == set(linked.split()), "links still open"
    for name in parts.every:
        assert {f"panel.{name}", f"panel.{name}.subtitle"} <= ENGLISH.keys()
