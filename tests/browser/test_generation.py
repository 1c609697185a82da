"""Generating on the page: one token, many, back, another branch; and typing, which always comes first."""

import numpy as np
import pytest

from model import sampling
from page.next_token import random_draw
from tests.browser.reading import close

TEXT = "The old man went to"


@pytest.fixture
def start(live, reference):
    live.page.click("#reset")
    live.type(TEXT)
    live.follows(lambda: len(live.tokens()), len(reference[1].encode(TEXT)))  # what was generated before is gone
    live.page.evaluate("document.querySelector('#speed').value = 3")  # it is seen once there are tokens to write on
    yield live
    live.type(TEXT)


def steps(live):
    return live.page.locator("#timeline .step").count() - 1 if live.page.locator("#timeline .step").count() else 0


def append(live):
    """Append one token and wait for its picture."""
    before = live.page.locator("#tokens .token").count()
    live.page.click("#append:not([disabled])")
    live.page.wait_for_function("n => document.querySelectorAll('#tokens .token').length === n", arg=before + 1)


def expected(reference, text, count, seed, draw):
    """CPython's own generation: ids after the text, one draw each."""
    session, tokenizer = reference
    ids = tokenizer.encode(text)
    start = len(ids)
    for number in range(draw, draw + count):
        session.run(ids)
        logits = session.final.logits[0]
        order = sampling.ranking(logits)
        p = sampling.sampled(logits, order, 0.8)
        ids = [*ids, sampling.draw(p, order, random_draw.uniform(seed, number))]
    return ids[:start], ids[start:]


def link(live):
    """(seed, draw) as the address says."""
    said = dict(pair.split("=") for pair in live.fragment().split("&"))
    return int(said["seed"]), int(said.get("draw", 0))


def test_ten_tokens_are_those_of_the_seed(start, reference):
    seed, draw = link(start)
    typed, generated = expected(reference, TEXT, 10, seed, draw)
    for _ in range(10):
        append(start)
    assert start.tokens() == typed + generated
    shown = start.page.input_value("#prompt")
    assert shown == TEXT + reference[1].decode(generated)
    assert steps(start) == 10


def test_each_press_counts_however_fast(start, reference):
    seed, draw = link(start)
    typed, generated = expected(reference, TEXT, 3, seed, draw)
    start.page.evaluate("() => { for (let i = 0; i < 3; i++) document.querySelector('#append').click() }")
    start.page.wait_for_function("n => document.querySelectorAll('#tokens .token').length === n", arg=len(typed) + 3)
    assert start.tokens() == typed + generated


def drawn(live):
    """The drawn token's id and text, as the list marks it."""
    row = live.page.locator("#candidates .drawn")
    return int(row.get_attribute("data-id")), row.locator("th [translate=no]").text_content().lstrip("␣")


def test_the_button_says_the_token_that_it_adds(start):
    """Also after another draw, which the model does not run for."""
    said = set()
    while len(said) < 3:
        start.page.evaluate("document.querySelector('#curve-sentence').textContent = ''")
        start.page.click("#draw-again")
        start.page.wait_for_function("() => document.querySelector('#curve-sentence').textContent !== ''")
        if start.page.locator("#candidates .drawn").count():
            token, text = drawn(start)
            assert start.page.text_content("#append") == f"Add “{text}”"
            said.add(text)
    append(start)
    assert start.tokens()[-1] == token


def test_control_and_enter_add_it_from_within_the_text(start):
    count = len(start.tokens())
    start.page.focus("#prompt")
    start.page.keyboard.press("End")
    for key in ("Control+Enter", "Meta+Enter"):
        count += 1
        start.page.keyboard.press(key)
        start.page.wait_for_function("n => document.querySelectorAll('#tokens .token').length === n", arg=count)
    assert steps(start) == 2
    assert start.page.evaluate("document.activeElement.id") == "prompt"
    assert "Ctrl+Enter" in start.page.get_attribute("#append", "title")
    assert start.page.input_value("#prompt").startswith(TEXT) and "\n" not in start.page.input_value("#prompt")


def test_back_undo_and_another_branch(start, reference):
    for _ in range(4):
        append(start)
    whole = start.tokens()
    count = len(whole) - 4
    start.page.locator('[data-step-number="1"]').click()
    start.page.wait_for_function("n => document.querySelectorAll('#tokens .token').length === n", arg=count + 1)
    assert start.tokens() == whole[: count + 1]
    assert steps(start) == 4 and start.page.locator(".step.later").count() == 3
    append(start)  # the needle stands where it stood: the same token again
    assert start.tokens() == whole[: count + 2]
    assert steps(start) == 2
    start.page.click("#undo")
    start.page.wait_for_function("n => document.querySelectorAll('#tokens .token').length === n", arg=count + 1)
    assert steps(start) == 1
    start.page.locator('[data-step-number="0"]').click()
    start.page.wait_for_function("text => document.querySelector('#prompt').value === text", arg=TEXT)


def test_typing_while_thirty_tokens_play(start, reference):
    """No key is lost, and the newer text replaces the run."""
    start.page.click("#play-on")
    start.page.wait_for_function("() => document.querySelectorAll('#timeline .step').length > 3")
    prompt = start.page.locator("#prompt")
    prompt.focus()
    start.page.keyboard.press("Control+A")
    words = "Nobody knows what the small dog saw there"
    prompt.press_sequentially(words)
    start.page.wait_for_function(
        "text => document.querySelector('#prompt-tokens').textContent.startsWith(text)"
        " && document.querySelector('#figure:not(.stale)')",
        arg=words,
    )
    assert start.page.input_value("#prompt") == words
    assert start.tokens() == reference[1].encode(words)
    assert steps(start) == 0
    assert "Write on" in start.page.text_content("#play-on")


def test_the_end_of_the_context_is_said(start, reference):
    limit = reference[0].config.n_positions
    start.type("a " * (limit // 2) + "a a")
    count = len(start.tokens())
    start.page.click("#play-on")
    start.page.wait_for_function("() => document.querySelector('#generate-note').textContent !== ''")
    assert len(start.tokens()) == limit
    assert start.page.is_disabled("#append") and start.page.is_disabled("#play-on")
    start.page.click("#undo")
    start.page.wait_for_function("() => !document.querySelector('#append').disabled")
    assert count < limit and len(start.tokens()) == limit - 1


def test_the_probability_of_each_token_is_said(start, reference):
    append(start)
    name = start.page.locator('[data-step-number="1"]').get_attribute("title")
    session, _ = reference
    ids = start.tokens()
    session.run(ids[:-1])
    logits = session.final.logits[0]
    p = sampling.sampled(logits, sampling.ranking(logits), 0.8)
    share = name.split("probability ")[1].split("%")[0] + "%"
    assert close(share, 100 * float(p[ids[-1]]), 1e-3)
    assert np.isclose(p.sum(), 1)


def test_a_link_repeats_the_next_ten(start, visit, reference):
    append(start)
    append(start)
    text, fragment = start.page.input_value("#prompt"), start.fragment()
    other = visit(locale="en-US")
    other.arrive("#" + fragment)
    other.wait_live()
    assert other.page.input_value("#prompt") == text
    for _ in range(10):
        append(start)
        append(other)
    assert other.page.input_value("#prompt") == start.page.input_value("#prompt")
    assert other.errors == []
