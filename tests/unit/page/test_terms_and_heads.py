"""Where a logit comes from, and all heads: what is shown adds up to what is shown, and says what the worker said."""

import re
from decimal import Decimal
from html import unescape
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.site.languages import texts_of
from page.panels.heads import colour
from page.panels.heads.grid import beside, grid
from page.panels.terms import steps, waterfall
from page.text.markup import quoted
from page.text.numbers import percent
from page.text.words import Words
from tests.unit.page.answers import answers

HOSTILE = "<img src=x onerror=alert(1)>"
WORDS = Words("en", texts_of)


@st.composite
def sums(draw):
    """(found, opened): the terms of a logit of a model with any number of blocks and heads, some of them open."""
    blocks, heads = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    size = draw(st.sampled_from((1e-4, 0.02, 1, 30, 400)))
    value = st.floats(-1, 1).map(lambda share: share * size)
    terms = [{"part": part, "block": None, "head": None} for part in ("embed", "pos_embed")]
    for block in range(blocks):
        terms += [{"part": "head", "block": block, "head": head} for head in range(heads)]
        terms += [{"part": part, "block": block, "head": None} for part in ("mlp", "bias")]
    terms.append({"part": "bias", "block": None, "head": None})
    terms = [{**term, "value": draw(value)} for term in terms]
    total = sum(term["value"] for term in terms) + draw(st.floats(-1e-5, 1e-5))  # the pass is in float32
    return {"terms": terms, "total": total}, draw(st.sets(st.integers(0, blocks - 1)))


@given(sums())
def test_what_is_shown_of_a_sum_adds_up_and_each_step_begins_where_the_last_ended(sum_of):
    found, opened = sum_of
    *made, total = steps.steps(found, opened)
    units = steps.unit([*made, total])
    shown = {waterfall.key_of(step): steps.written_value(step["value"], units) for step in [*made, total]}
    numbers = {key: Decimal(text.replace("−", "-")) for key, text in shown.items()}
    assert sum(numbers.values()) - numbers["total-None-None"] == numbers["total-None-None"]
    reached = 0
    for step in made:
        assert step["start"] == pytest.approx(reached, abs=1e-9) or step["part"] == "rest"
        reached = step["end"]
        assert abs(float(numbers[waterfall.key_of(step)]) - step["value"]) <= 0.5 / units + 1e-9
    for block in {term["block"] for term in found["terms"]} - {None}:
        heads = [term["value"] for term in found["terms"] if term["part"] == "head" and term["block"] == block]
        bars = [step["value"] for step in made if step["part"] in ("head", "heads") and step["block"] == block]
        assert bars == (heads if block in opened else [pytest.approx(sum(heads))])
    shares = [float(place) for placed in waterfall.places([*made, total]).values() for place in placed.values()]
    assert all(0 <= share <= 1 for share in shares)


@given(sums())
def test_the_sentence_names_the_largest_bars_on_view(sum_of):
    """Not a head whose block is shut, nor what rounding leaves."""
    found, opened = sum_of
    found.update(token={"shown": " she"}, minus=None)
    made = steps.steps(found, opened)
    said = re.sub("<.*?>", "", waterfall.in_a_sentence(found, made, WORDS))
    bars = [step for step in made if step["part"] not in ("rest", "total")]
    for sign in (1, -1):
        for step in sorted([bar for bar in bars if bar["value"] * sign > 0], key=lambda bar: -abs(bar["value"]))[:2]:
            assert f"{waterfall.in_words(step, WORDS)} ({steps.written_value(step['value'], steps.unit(made))})" in said
    heads = {int(block) - 1 for block in re.findall(r"head \d+ of block (\d+)", said)}
    assert heads <= opened and "rounding" not in said


def told(by, effects=None):
    return {"found": answers()["heads"], "by": by, "effects": effects, "tokens": answers()["short"][1]["tokens"]}


def switched():
    effects = answers()["switched"]
    return {**effects, "of": {(one["block"], one["head"]): one for one in effects["effects"]}}


@pytest.mark.parametrize("by", colour.CHOICES)
def test_the_grid_has_every_head_in_order_and_says_what_the_worker_said(by):
    asked = told(by, switched())
    html = grid(asked, (2, 1), WORDS)
    found = re.findall(r'data-block="(\d+)" data-head="(\d+)" aria-pressed="(\w+)"><img alt="(.*?)" src="(.*?)"', html)
    assert [(h, b) for b, h, *_ in found] == [(str(h), str(b)) for h in range(4) for b in range(6)], "row by row"
    assert [(b, h) for b, h, pressed, *_ in found if pressed == "true"] == [("2", "1")]
    opacities = [float(one) for one in re.findall('fill-opacity="(.*?)"', html)]
    sizes = []
    for b, h, _, label, picture in found:
        one = asked["found"]["blocks"][int(b)][int(h)]
        said = [f"Block {int(b) + 1}, head {int(h) + 1}:"]
        look = one["looks"].get(by, {})
        if by == "most":
            size, words = one["share"], (percent(one["share"]), quoted(one["most"]), f"token {one['position'] + 1}.")
        elif by == "off":
            after = asked["effects"]["of"][int(b), int(h)]["probability"]
            size, words = abs(after - 0.5), (percent(0.5), percent(after))
        elif look["mean"] is None:
            size, words = 0, ("none of the tokens drawn has occurred before",)
        else:
            size, words = look["mean"], (percent(look["mean"]), percent(look["row"]))
        sizes.append(size)
        for word in (*said, *words):
            assert word in unescape(label)
        assert picture == one["picture"]
    for size, opacity in zip(sizes, opacities, strict=True):
        assert opacity == pytest.approx(0.06 + 0.44 * size / max(sizes) if max(sizes) else 0, abs=1e-3)


def test_no_effect_is_told_that_was_not_measured():
    asked = told("off")
    page = grid(asked, (2, 1), WORDS) + beside(asked, (2, 1), WORDS)
    assert page.count("not measured yet") == 25 and "without it" not in page and "points" not in page


def test_no_name_of_a_token_becomes_markup():
    """Of a vocabulary that somebody else has made."""
    pages = []
    for by in colour.CHOICES:
        asked = told(by, switched())
        for token in asked["tokens"]:
            token["shown"] = HOSTILE
        asked["found"]["next"]["shown"] = HOSTILE
        for head in chain(*asked["found"]["blocks"]):
            head["most"] = HOSTILE
        pages.append(grid(asked, (2, 1), WORDS) + beside(asked, (2, 1), WORDS))
    found = answers()["terms"][1]
    for one in (found["token"], found["minus"], *found["candidates"]):
        one["shown"] = HOSTILE
    pages.append(
        waterfall.choice(found, asked["tokens"], WORDS)
        + waterfall.in_a_sentence(found, steps.steps(found, set()), WORDS)
    )
    assert "<img src=x" not in "".join(pages) and "&lt;img" in pages[0] and "&lt;img" in pages[-1]
