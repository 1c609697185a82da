"""The sentence above the picture: of every head's own numbers, and of what was measured only where it belongs."""

import re
from html import unescape

import pytest

from build.site.languages import codes, texts_of
from page.figure import sentence
from page.text.numbers import nearest_percent
from page.text.words import Words
from tests.unit.page.answers import answers

ENGLISH = Words("en", texts_of)


def plain(html):
    return unescape(re.sub("<.*?>", "", html))


def answer_of(names, row, most, share, adds=1.0, first=0, **place):
    """An answer about tokens of these names; the head adds a vector so long to a stream of length 1."""
    view = {"block": 4, "head": 3, "row": row, "first": first, "most": {"row": most, "share": share}}
    view |= {"total": 2 * adds, "cancelled": 0.5, "norms": {"resid_pre": 1.0}, **place}
    return {"tokens": [{"shown": name} for name in names], "view": view}


def measured_of(**arrow):
    arrow = {"block": 4, "head": 3, "row": 3, "column": 1, "share": 0.784, "before": 0.696, "after": 0.458} | arrow
    return {"row": 3, "token": {"id": 1, "shown": " she"}, "temperature": 0.8, "arrow": arrow}


TOKENS = ("The", " girl", " was", " glad")


def said(answer, measured=None):
    return plain(sentence.above_picture(answer, measured, ENGLISH))


def test_it_says_where_the_attention_goes():
    assert (
        said(answer_of(TOKENS, 3, 1, 0.3))
        == "Block 5, head 4: “glad” takes most from “girl” (30\u00a0% of its attention)."
    )
    assert "takes most from itself (30" in said(answer_of(TOKENS, 3, 3, 0.3))


def test_a_head_rests_only_on_the_first_token_with_most_of_its_attention_and_almost_nothing_to_add():
    rests = "“glad” rests on the first token, “The” (94\u00a0% of its attention), and takes in almost nothing."
    assert rests in said(answer_of(TOKENS, 3, 0, 0.94, adds=0.09))
    for other in (
        answer_of(TOKENS, 3, 0, 0.94, adds=0.11),
        answer_of(TOKENS, 3, 0, 0.49, adds=0.09),
        answer_of(TOKENS, 3, 1, 0.94, adds=0.09),
        answer_of(TOKENS, 0, 0, 1.0, adds=0.09),
    ):
        assert "rests" not in said(other) and "takes most from" in said(other)


def test_a_name_that_stands_twice_or_is_not_drawn_has_its_number():
    twice = answer_of(("Mr", " Mr", " is", " glad"), 3, 1, 0.3)
    assert "from “Mr” (token 2) (30" in said(twice)
    assert "from “The” (token 1, before those that are drawn) (30" in said(answer_of(TOKENS, 3, 0, 0.3, first=1))


def test_what_was_measured_is_said_of_its_own_arrow_alone():
    whole = (
        "Block 5, head 4: “glad” looks back at “girl” (78\u00a0%)."
        " Cut this arrow, and “she” falls from 70\u00a0% to 46\u00a0%."
    )
    assert said(answer_of(TOKENS, 3, 1, 0.784), measured_of()) == whole
    for other in ({"block": 3}, {"head": 2}, {"row": 2}):
        answer = answer_of(TOKENS, 3, 1, 0.784)
        answer["view"].update(other)
        assert "Cut" not in said(answer, measured_of()) and sentence.arrow_in(answer["view"], measured_of()) is None


def test_where_nothing_matters_much_it_says_so_of_that_token():
    nothing = dict(measured_of(), arrow=None)
    found = said(answer_of(TOKENS, 3, 1, 0.3), nothing)
    assert found.startswith("Block 5, head 4: “glad” takes most") and "Nothing matters much here" in found
    assert "“she” loses less than one percentage point" in found
    assert "Nothing" not in said(answer_of(TOKENS, 2, 1, 0.3), nothing)


APART = {
    "text": "in the other text",
    "model": "in the other model",
    "uncut": "without the cuts",
    "cut": "with the cuts",
    "recut": "with the other cuts",
}


@pytest.mark.parametrize("apart", APART)
def test_beside_another_run_it_says_what_that_is_and_whose_the_prediction_is(apart):
    answer = answer_of(TOKENS, 3, 1, 0.3)
    most = {"row": 2, "shown": " was", "share": 0.4}
    answer["view"]["beside"] = {"apart": apart, "pairs": [0, 1, 2, 3], "names": [None] * 4, "most": most}
    change = {"shown": " she", "pinned": 0.72, "now": 0.25}
    answer["next"] = {"pinned": {"falls": change, "rises": dict(change, pinned=0.25)}}
    assert said(answer) == (
        f"Block 5, head 4: “glad” looks most at “girl” (30\u00a0%), {APART[apart]} at “was” (40\u00a0%)."
        " The whole model: “she” falls from 72\u00a0% to 25\u00a0%."
    )
    most["row"] = 1
    assert f"looks most at “girl” (30\u00a0%, {APART[apart]} 40\u00a0%). The" in said(answer)


@pytest.mark.parametrize("language", codes())
def test_every_language_says_the_numbers_and_names_of_real_heads(language):
    words = Words(language, texts_of)
    for answer in [*answers()["short"], answers()["long"]]:
        view, tokens = answer["view"], answer["tokens"]
        html = sentence.above_picture(answer, None, words)
        assert nearest_percent(view["most"]["share"]) in plain(html) and str(view["block"] + 1) in plain(html)
        assert f"“{tokens[view['row']]['shown'].strip()}”" in plain(html)
        assert html.count('translate="no"') == 2 - (view["most"]["row"] == view["row"]), "names are left untranslated"
        arrow = {"block": view["block"], "head": view["head"], "row": view["row"], "column": 0}
        html = plain(sentence.above_picture(answer, measured_of(**arrow), words))
        assert all(share in html for share in ("78\u00a0%", "70\u00a0%", "46\u00a0%")) and "“she”" in html
