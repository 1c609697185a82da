"""Cutting arrows and switching parts off: what the page says of it against a pass of the model without them."""

import numpy as np
import pytest

from model.gpt2 import softmax
from model.removals import Cut, Off
from model.what_if import logits_if
from tests.browser.conftest import NAME
from tests.browser.models.test_models import choose, in_use
from tests.browser.reading import close, follow, numbers

TEXT = "The little girl was very happy because"
HEAD = (4, 3)  # block and head that are looked at, from 0
DRAWN = """() => ["#tokens", "#pattern", "#candidates tbody", "#logit-lens", "#sentence"]
    .map(name => document.querySelector(name).innerHTML).join()"""
LISTED = "count => document.querySelectorAll('#cuts:not([hidden]) #cuts-list li').length === count"
TEMPERATURE = 0.8


@pytest.fixture
def begun(live):
    live.slide(TEMPERATURE)
    live.type(TEXT)
    live.go(*(number + 1 for number in HEAD))
    yield live
    live.page.keyboard.press("Escape")
    if live.page.locator("#cuts-undo").is_visible():
        live.page.click("#cuts-undo")
        live.wait_answer()


def cut_cell(live, row, column):
    """By the keyboard, at one cell of the pattern."""
    live.page.locator("#pattern .matrix").focus()
    view = "document.querySelector('#pattern .ring.cell').getAttribute('d')"
    for _ in range(40):
        ring = live.page.evaluate(view)
        at = [int(x) for x in ring[1 : ring.index("h")].split()] if ring else None
        if at == [column, row]:
            break
        down, left = (at or [0, 0])[1] < row, (at or [0, 0])[0] > column
        key = "ArrowDown" if down else "ArrowUp" if at and at[1] > row else "ArrowLeft" if left else "ArrowRight"
        live.page.keyboard.press(key)
    live.page.keyboard.press("Delete")


def assert_told(live, reference, removals, count):
    """The list, and what is said above the picture, are those of the model without these parts."""
    live.page.wait_for_function(LISTED, arg=count)
    live.wait_answer()
    session, _ = reference
    session.run(live.tokens())
    old, new = (logits_if(session, some).astype(float) for some in ((), removals))
    before, after = (softmax(one / TEMPERATURE) for one in (old, new))
    live.follows(lambda: live.candidates()[0]["id"], int(new.argmax()))
    for row in live.candidates():
        assert close(row["sampled"], 100 * after[row["id"]], 1e-3), row
    first = int(old.argmax())
    points, logit, bits = (value for value, _ in numbers(live.page.text_content("#cuts-effect p"))[-3:])
    assert points == pytest.approx(100 * (after[first] - before[first]), abs=0.06)
    assert logit == pytest.approx(new[first] - old[first], abs=0.01)
    p, q = softmax(old), softmax(new)
    assert bits == pytest.approx((p * np.log2(p / q)).sum(), abs=0.006)
    told = live.page.locator("#cuts-effect li").first.text_content()
    assert [value for value, _ in numbers(told)][-1] == pytest.approx(100 * after[first], abs=0.51)


def test_each_part_is_cut_and_put_back(begun, reference):
    live, (block, head) = begun, HEAD
    whole = live.page.evaluate(DRAWN)
    cut_cell(live, 6, 2)
    assert_told(live, reference, [Cut(block, head, 6, 2)], 1)
    assert live.page.get_attribute("#pattern .crosses", "d").startswith("M2.25 6.25")
    assert "because" in live.page.text_content("#cuts-list") and "girl" in live.page.text_content("#cuts-list")
    live.page.click("#cuts-list .back")
    live.page.wait_for_function("() => document.querySelector('#cuts').hidden")
    live.wait_answer()
    live.follows(lambda: live.page.evaluate(DRAWN), whole)
    parts = {
        "head": Off("head", block, head),
        "mlp": Off("mlp", block),
        "block": Off("block", block),
        "position": Off("position"),
    }
    for kind, off in parts.items():
        live.page.click(f"[data-cut={kind}]")
        assert_told(live, reference, [off], 1)
        assert live.page.get_attribute(f"[data-cut={kind}]", "aria-pressed") == "true"
        live.page.click(f"[data-cut={kind}]")
        live.page.wait_for_function("() => document.querySelector('#cuts').hidden")
    live.wait_answer()
    live.follows(lambda: live.page.evaluate(DRAWN), whole)


def test_several_go_together_with_the_link_and_when_writing_on_and_undo_all_undoes_them(begun, reference):
    live, (block, head) = begun, HEAD
    whole = live.page.evaluate(DRAWN)
    live.page.click("[data-cut=head]")
    live.page.wait_for_function(LISTED, arg=1)
    live.wait_answer()  # what is said then moves what is below it, while the mouse goes there
    live.page.click("[data-cut=mlp]")
    live.page.wait_for_function(LISTED, arg=2)
    live.page.select_option("#cuts-mean", "mean")
    removals = [Off("head", block, head, True), Off("mlp", block, mean=True)]
    live.follows(lambda: "mean=1" in live.fragment(f"cut={block + 1}.{head + 1}_{block + 1}.mlp"), True)
    assert_told(live, reference, removals, 2)
    link = live.fragment(f"cut={block + 1}.{head + 1}_{block + 1}.mlp", "mean=1")
    live.page.click("#append")
    live.page.wait_for_function("() => document.querySelectorAll('#tokens .token').length === 8")
    assert_told(live, reference, removals, 2)
    live.page.click("#undo")
    live.page.wait_for_function("() => document.querySelectorAll('#tokens .token').length === 7")
    live.page.click("#cuts-undo")
    live.page.wait_for_function("() => document.querySelector('#cuts').hidden")
    live.wait_answer()
    live.follows(lambda: live.page.evaluate(DRAWN), whole)
    follow(live, link)
    assert_told(live, reference, removals, 2)
    live.page.select_option("#cuts-mean", "nothing")


def test_a_number_of_what_is_cut_says_so_and_the_panel_cuts_too(begun, reference):
    live, (block, head) = begun, HEAD
    follow(live, f"block={block + 1}&head={head + 1}&open=number&at=blocks.{block}.attn.pattern-{head}-6-2")
    live.wait_open("number")
    live.page.click("#panel .cut-this")
    assert_told(live, reference, [Cut(block, head, 6, 2)], 1)
    live.page.locator("#panel .so", has_text="girl").wait_for()
    assert "takes nothing" in live.page.text_content("#panel .so")
    live.page.locator("#panel .cut-this", has_text="back").click()
    live.page.wait_for_function("() => document.querySelector('#cuts').hidden")
    live.page.locator("#panel .cut-this", has_text="Cut this arrow").wait_for()
    live.close()


def test_side_by_side(begun, reference):
    live, (block, head) = begun, HEAD
    live.page.click("[data-cut=head]")
    live.page.wait_for_function(LISTED, arg=1)
    live.wait_answer()
    live.open("cuts")
    session, _ = reference
    session.run(live.tokens())
    old, new = (logits_if(session, some).astype(float) for some in ((), [Off("head", block, head)]))
    rows = live.page.eval_on_selector_all(
        "#panel tbody tr", "all => all.map(row => [...row.querySelectorAll('.number')].map(one => one.textContent))"
    )
    order = np.argsort(-old, kind="stable")[:10]
    before, after = (100 * softmax(one / TEMPERATURE) for one in (old, new))
    for row, token in zip(rows, order, strict=False):
        exact = (before[token], after[token], after[token] - before[token], new[token] - old[token])
        assert all(close(shown.lstrip("+"), value, 2e-3) for shown, value in zip(row, exact, strict=True)), row
    live.close()


def test_another_model_has_every_part_in_place_and_says_so(visit, two):
    one = visit(folder=two, locale="en-US")
    one.wait_live()
    one.page.click("[data-cut=mlp]")
    one.page.wait_for_function(LISTED, arg=1)
    choose(one, NAME)
    in_use(one, NAME)
    assert "what was cut has been put back" in one.notice()
    assert one.page.locator("#cuts").is_hidden() and one.fragment(without="cut=")
    one.close()
