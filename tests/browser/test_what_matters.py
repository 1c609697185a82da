"""The button that shows what matters most: the arrow found, the sentence about it, and when that is forgotten."""

import re
import time

import pytest

from model.gpt2 import softmax
from model.removals import Cut
from model.what_if import logits_if

TEXT = "My sister married Mr. Davis. I like Mr."
CUT = "() => document.querySelector('#sentence').textContent.includes('Cut this arrow')"
NOT_CUT = CUT.replace("=> document", "=> !document")
RING = "document.querySelector('#pattern .ring.cell').getAttribute('d')"


def found(live):
    """After a click on the button, the sentence and the (block, head, row) in the picture."""
    live.page.click("#what-matters")
    live.page.wait_for_function(CUT)
    view = live.page.get_attribute("#figure", "data-view")
    return live.page.text_content("#sentence"), [int(x) for x in view.split()]


@pytest.mark.parametrize("temperature", [1, 0.5])
def test_it_goes_to_the_arrow_and_says_what_its_cutting_does(live, reference, temperature):
    live.slide(temperature)
    live.type(TEXT)
    live.page.locator('#tokens .token[data-row="2"]').click()
    live.page.wait_for_selector('#figure[data-view$=" 2"]')
    sentence, (block, head, row) = found(live)
    session, tokenizer = reference
    session.run(live.tokens())
    assert row == len(session.ids) - 1
    column = int(re.match(r"M(\d+) \d+h1v1", live.page.evaluate(RING))[1])
    before, after = (
        100 * softmax(logits_if(session, changes)[None].astype(float) / temperature)[0]
        for changes in ([], [Cut(block, head, row, column)])
    )
    token = int(before.argmax())
    share = 100 * session.block(block).pattern[head, row, column]
    by, other = (tokenizer.display(session.ids[position]).strip() for position in (row, column))
    assert sentence.startswith(f"Block {block + 1}, head {head + 1}: “{by}” looks back at “{other}”")
    assert f"({share:.0f}\u00a0%)" in sentence and f"“{tokenizer.display(token).strip()}” falls" in sentence
    assert f"from {before[token]:.0f}\u00a0% to {after[token]:.0f}\u00a0%" in sentence
    live.fragment(f"block={block + 1}", f"head={head + 1}")


def test_where_it_is_told_already_that_is_said_until_something_else_is_shown(live):
    live.slide(1)
    live.type(TEXT)
    sentence, _ = found(live)
    assert live.page.text_content("#what-matters-progress") == ""
    live.page.click("#what-matters")
    live.page.wait_for_function(
        "() => document.querySelector('#what-matters-progress').textContent.startsWith('Searched: this is it.')"
    )
    assert live.page.text_content("#sentence") == sentence
    live.page.click("#block-back:enabled, #block-on:enabled")
    live.page.wait_for_function("() => document.querySelector('#what-matters-progress').textContent === ''")
    assert live.errors == []


@pytest.mark.parametrize(
    "act",
    [
        lambda page: page.click("#head-back:enabled, #head-on:enabled"),
        lambda page: page.click("#block-back:enabled, #block-on:enabled"),
        lambda page: page.locator('#tokens .token[data-row="1"]').click(),
        lambda page: page.locator("#temperature-number").fill("1.3"),
        lambda page: page.fill("#prompt", TEXT + " and"),
    ],
    ids=["head", "block", "token", "temperature", "text"],
)
def test_what_was_measured_is_forgotten_where_it_may_not_be_true(live, act):
    live.slide(1)
    live.type(TEXT)
    found(live)
    assert live.page.evaluate(RING)
    act(live.page)
    live.page.wait_for_function(NOT_CUT)
    live.wait_answer()
    assert not live.page.evaluate(RING) and "Cut" not in live.page.text_content("#sentence")


def test_it_says_how_far_it_is_and_stops(live, monkeypatch):
    live.slide(1)
    live.type(TEXT)
    live.go(2, 2)
    before = live.page.text_content("#sentence")

    def slowly(*arguments):
        time.sleep(0.02)
        return logits_if(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("model.explain.effects.logits_if", slowly)
        live.page.click("#what-matters")
        said = "/cut [1-9]\\d* of 264 arrows/.test(document.querySelector('#what-matters-progress').textContent)"
        live.page.wait_for_function(said)
        assert live.page.text_content("#what-matters") == "stop"
        live.page.click("#what-matters")
        live.page.wait_for_function("() => document.querySelector('#what-matters').textContent.startsWith('what')")
        assert live.page.text_content("#what-matters-progress") == ""
        assert live.page.text_content("#sentence") == before
        live.page.click("#what-matters")
        live.page.wait_for_function(said)
        live.slide(0.9)  # other probabilities
        live.page.wait_for_function("() => document.querySelector('#what-matters').textContent.startsWith('what')")
        assert live.page.text_content("#sentence") == before
    found(live)
    assert live.errors == []


def test_the_language_turns_with_the_sentence(live):
    live.type(TEXT)
    found(live)
    live.page.select_option("#language", "zh")
    live.page.wait_for_function("() => document.querySelector('#sentence').textContent.includes('剪断')")
    live.page.select_option("#language", "en")
    live.page.wait_for_function(CUT)
