"""The first visit: the reader guesses the next word before any of the model's can be read, and sees where it stands."""

import re
import threading

import pytest

from model.sampling import ranking, sampled
from page.text.numbers import grouped, percent
from tests.browser import looking
from tests.browser.conftest import LIMIT
from tests.browser.test_accessible import violations
from tests.browser.test_every_size import SIZES, THEMES

EXAMPLE = "The little girl was very happy because"
COVERED = "() => document.body.classList.contains('guessing')"
MODEL = "weights/mini/model.safetensors.index.json"
REFUSED = 'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });'


def can_be_read(one, word):
    """What is hidden has no innerText."""
    return re.search(rf"\b{word}\b", one.page.inner_text("body")) is not None


def guess(one, word):
    one.page.fill("#guess-word", word)
    one.page.press("#guess-word", "Enter")


def standing(reference, text, token, temperature=0.8):
    """The rank of a token, counted from 1, and its probability, as the page writes them."""
    session, tokenizer = reference
    session.run(tokenizer.encode(text))
    logits = session.final.logits[0]  # (V,)
    order = ranking(logits)  # (V,)
    shares = sampled(logits, order, temperature)  # (V,)
    return grouped(order.tolist().index(token) + 1), percent(float(shares[token]))


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_a_guess_uncovers_the_list_and_stands_in_it(visit, reference, language):
    one = visit(first=True, locale=language)
    one.wait_live()
    one.page.wait_for_selector("#logit-lens .stop:not(.waiting)")
    assert one.page.evaluate(COVERED) and not can_be_read(one, "she")
    assert one.page.is_visible("#first-line") and one.page.is_visible("#tour-open")
    assert len(one.candidates()) == 12, "it is covered, not gone"
    assert violations(one.page) == []
    token = reference[1].encode(" him")[0]
    guess(one, "him")
    one.page.locator(".first-guess.answered").wait_for()
    assert can_be_read(one, "she") and not one.page.evaluate(COVERED)
    assert one.page.is_hidden("#first-line") and one.page.is_visible("#sentence")
    rank, share = standing(reference, EXAMPLE, token)
    said = one.page.text_content("#guess-said")
    assert f" {rank} " in said and share in said and "“␣him”" in said and grouped(8192) in said
    row = one.page.locator("#candidates .guessed")
    assert row.get_attribute("data-id") == str(token) and share in row.text_content()
    assert one.page.evaluate("document.activeElement.id") == "guess-said"
    one.slide(2)
    one.follows(lambda: standing(reference, EXAMPLE, token, 2)[1] in one.page.text_content("#guess-said"), True)
    said = one.page.text_content("#guess-said")
    one.page.select_option("#language", "zh" if language == "en-US" else "en")
    one.page.wait_for_function("said => document.querySelector('#guess-said').textContent !== said", arg=said)
    assert one.page.locator("#candidates .guess-mark").count() == 1
    assert violations(one.page) == []
    one.type("Another text")
    assert one.page.is_hidden("#guess")
    assert one.page.locator("#candidates .guess-mark").count() == 0
    one.page.goto("about:blank")
    one.page.goto(one.address)
    one.wait_live()
    assert not one.page.evaluate(COVERED), "it never comes back"
    assert one.errors == []


def test_a_word_of_several_tokens_and_no_word_at_all(visit, reference):
    one = visit(first=True, locale="en-US")
    one.wait_live()
    ids = reference[1].encode(" skateboards")
    guess(one, "skateboards")
    one.page.locator(".first-guess.answered").wait_for()
    said = one.page.text_content("#guess-said")
    assert f"in {len(ids)} pieces" in said and f"number {standing(reference, EXAMPLE, ids[0])[0]} of" in said
    one.page.click("#guess-close")
    assert one.page.is_hidden("#guess") and one.page.locator("#candidates .guess-mark").count() == 0
    other = visit(first=True, locale="en-US")
    guess(other, " ")
    other.page.wait_for_function(f"() => !({COVERED})()")
    other.wait_live()
    assert other.page.is_hidden("#guess") and can_be_read(other, "she")
    other.page.reload()
    other.wait_live()
    assert not other.page.evaluate(COVERED)
    assert one.errors == [] and other.errors == []


def test_a_guess_is_kept_while_the_model_loads(visit):
    come = threading.Event()
    one = visit(lambda path: come.wait(LIMIT / 1000) and None if path == MODEL else None, first=True, locale="en-US")
    try:
        guess(one, "she")
        one.page.locator("#guess-said", has_text="still loading").wait_for()
        assert one.page.evaluate(COVERED) and not can_be_read(one, "she")
    finally:
        come.set()
    one.page.locator(".first-guess.answered").wait_for()
    assert "first choice" in one.page.text_content("#guess-said")
    assert one.errors == []


def test_nobody_is_asked_who_follows_a_link_or_whose_browser_remembers_nothing(visit):
    one = visit(first=True, locale="en-US")
    for script, behind in ((None, "#text=The%20cat"), (REFUSED, "")):
        if script:
            one.page.context.add_init_script(script)
        one.page.goto("about:blank")
        one.page.goto(one.address + behind)
        assert not one.page.evaluate(COVERED) and one.page.is_hidden("#guess")
    one.page.locator("#figure:not(.stale)").wait_for()
    assert one.errors == []


def ours(faults):
    """Those of the first visit; the rest is looked at in test_every_size.py."""
    places = ("#guess", "#first-line", "#candidates", "#append")
    return {kind: [what for what in whats if any(place in what for place in places)] for kind, whats in faults.items()}


def test_the_tour_is_offered_and_uncovers_the_list(visit):
    one = visit(first=True, locale="en-US")
    one.wait_live()
    one.page.click("#tour-open")
    one.page.locator("#tour:not([hidden])").wait_for()
    assert not one.page.evaluate(COVERED) and one.page.is_hidden("#guess") and can_be_read(one, "she")
    assert one.errors == []


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_all_is_read_at_every_size(visit, language):
    one = visit(first=True, locale=language)
    one.wait_live()
    one.page.wait_for_selector("#logit-lens .stop:not(.waiting)")
    found = {}
    for state in ("asked", "answered"):
        for size in SIZES:
            looking.resize(one.page, *size)
            found[f"{state}, {size}"] = ours(looking.places(one.page))
            for theme in THEMES:
                one.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                found[f"{state}, {size}, {theme}"] = ours(looking.contrast(one.page))
        if state == "asked":
            guess(one, "school")
            one.page.locator(".first-guess.answered").wait_for()
    assert (faults := looking.told(found)) == "", f"\n{faults}"
