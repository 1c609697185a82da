"""The page's plain functions: numbers and names as text, markup, ribbons, and the two languages."""

import json
import math
import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page import candidates, markup, ribbons, words
from page.numbers import bar_end, grouped, megabytes, percent

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {language: words.Words(language, str(ROOT / "py/page/text")).texts for language in words.LANGUAGES}


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (1, "100 %"),
        (0.99999, "99.999 %"),
        (0.9996, "99.96 %"),
        (0.294, "29.4 %"),
        (0.1, "10.0 %"),
        (0.09996, "10.0 %"),
        (0.0999, "9.99 %"),
        (0.009, "0.90 %"),
        (0.0000034, "0.00034 %"),
        (3.4e-14, "3.4 × 10⁻¹² %"),
        (0, "0 %"),
    ],
)
def test_percent(share, shown):
    assert percent(share) == shown


@given(st.floats(min_value=1e-30, max_value=1))
def test_percent_is_never_off_by_more_than_its_last_digit(share):
    digits, power = re.fullmatch(r"([\d.]+)(?: × 10⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]+))? %", percent(share)).groups()
    exponent = int(power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")) if power else 0)
    value = float(digits) * 10.0**-exponent
    assert value == pytest.approx(100 * share, rel=0.051)
    assert (value == 100) <= (share > 0.99999)


def test_other_numbers():
    assert grouped(0) == "0" and grouped(8180) == "8\u202f180" and grouped(1234567) == "1\u202f234\u202f567"
    assert megabytes(7_344_000) == "7.3" and megabytes(124_400_000) == "124"
    assert bar_end(0.3) == 0.5 and bar_end(0.5) == 0.5 and bar_end(0.51) == 1 and bar_end(1e-5) == 0.01


@given(st.text())
def test_escaped_text_is_inert(text):
    """No tag, no entity and no quote of the reader's text survives as markup."""
    escaped = markup.escape(text)
    assert not set("<>\"'\0") & set(escaped)
    assert re.sub(r"&(amp|lt|gt|quot|#39);", "", escaped).count("&") == 0


def test_leading_spaces_are_visible():
    assert re.sub("<.*?>", "", markup.visible("  a b")) == "␣␣a b"


def numbers_of(path):
    return [float(n) for n in re.findall(r"-?[\d.]+", path)]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=13))
def test_fan_is_as_thick_as_the_probabilities(weights):
    """At the source the ribbons stack without gap, each as thick as its share; too thin ones are left out."""
    total = math.fsum(weights)
    shares = [w / total for w in weights] if total > 0 else [1.0] + [0.0] * (len(weights) - 1)
    rows = [(300.0, 30.0 * i, 200.0, 28.0) for i in range(len(shares))]
    paths = re.findall(r'class="(\w+)" d="(.*?)"', ribbons.fan((10.0, 50.0, 90.0, 200.0), rows, shares))
    drawn = [share for share in shares if share * 200 >= 0.05]
    assert len(paths) == len(drawn)
    for (_, path), share in zip(paths, drawn, strict=True):
        n = numbers_of(path)
        assert n[0] == 100 and n[6] == 300
        assert n[15] - n[1] == pytest.approx(share * 200, abs=0.11)
    assert [kind for kind, _ in paths[:-1]] == ["candidate"] * (len(paths) - 1)


def test_token_ribbons_fill_the_grid_edge():
    rows = [(0.0, 40.0 * i, 100.0, 36.0) for i in range(4)]
    paths = re.findall(r'class="([\w ]+)" d="(.*?)"', ribbons.into(rows, (200.0, 0.0, 300.0, 160.0)))
    assert [kind for kind, _ in paths] == ["token"] * 3 + ["token last"]
    assert [numbers_of(path)[7] for _, path in paths] == [0, 40, 80, 120]


def test_formula_names_what_happens():
    spoken = words.Words("en", str(ROOT / "py/page/text"))
    assert "greedy" in candidates.formula(0, spoken)
    assert "0.35" in candidates.formula(0.35, spoken)
    assert candidates.formula(1, spoken) == TEXTS["en"]["temperature.own"]


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things():
    english, chinese = TEXTS["en"], TEXTS["zh"]
    assert list(english) == list(chinese)
    for key in english:
        assert placeholders(english[key]) == placeholders(chinese[key]), key
        assert english[key].strip() and chinese[key].strip()


def test_every_text_is_used_and_every_used_text_exists():
    sources = [(ROOT / "index.html").read_text(encoding="utf-8")]
    sources += [path.read_text(encoding="utf-8") for path in (ROOT / "py/page").glob("*.py")]
    code = "\n".join(sources)
    used = set(re.findall(r'(?:say\(\s*|data-(?:text|label)=)"([\w.]+)"', code))
    errors = {key for key in TEXTS["en"] if key.startswith("error.")}  # the worker names the kind
    assert (used - {"error."}) | errors == set(TEXTS["en"])


@pytest.mark.parametrize(
    ("wanted", "spoken"), [(["zh-CN", "en"], "zh"), (["fr", "en-GB"], "en"), (["de"], "en"), ([], "en")]
)
def test_best_language(wanted, spoken):
    assert words.best_language(wanted) == spoken


def test_language_files_are_valid_json_without_duplicates():
    for language in words.LANGUAGES:
        pairs = json.loads((ROOT / f"py/page/text/{language}.json").read_text(encoding="utf-8"), object_pairs_hook=list)
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys))
