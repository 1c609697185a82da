"""What a reader sees: the first picture, predictions equal to CPython's, temperature, odd input."""

import json
import random
import re
from html import unescape

import numpy as np
import pytest

from build.site import site
from build.site.recorded import explain
from model.gpt2 import softmax
from model.sampling import ranking
from page.figure.vessels.bars import IN_FLOW
from page.next_token.candidates import COUNT
from page.state.examples import EXAMPLES, TEMPERATURE
from page.text.markup import visible
from page.text.numbers import bar_end
from tests.browser.conftest import UNDER
from tests.browser.reading import number

ON_PYODIDE = True  # see `on_pyodide` in conftest.py


def expected(reference, text, temperature):
    """The reference's logits for `text`, in rank order, with both probabilities."""
    session, tokenizer = reference
    explain(text, temperature, session, tokenizer)
    logits = session.final.logits[0].astype(np.float64)
    order = ranking(logits)
    sampled = softmax(logits / temperature)
    return order, softmax(logits), sampled


def assert_list(shown, reference, text, temperature):
    """The shown list is the reference's, and every number on it is right to its last digit."""
    _, tokenizer = reference
    order, own, sampled = expected(reference, text, temperature)
    assert [row["id"] for row in shown] == order[:COUNT].tolist()
    end = bar_end(max(own.max(), sampled.max()))
    for row in shown:
        assert row["shown"] == unescape(re.sub("<.*?>", "", visible(tokenizer.display(row["id"]))))
        for kind, exact in (("model", own), ("sampled", sampled)):
            value, half = number(row[kind])
            # float32 logits carry errors near 1e-5, which dividing by the temperature magnifies
            slack = 5e-5 / temperature * value
            assert value == pytest.approx(100 * exact[row["id"]], abs=half + slack, rel=0)
        assert row["bar"] == pytest.approx(100 * sampled[row["id"]] / end, abs=0.02)


def test_first_picture_needs_no_runtime(visit, reference):
    blocked = visit(lambda path: 503 if path.startswith("vendor/") else None)
    assert blocked.page.input_value("#prompt") == EXAMPLES[0]
    assert "Transformer" in blocked.page.text_content(".tagline")
    assert "prepared" in blocked.page.text_content("#run")
    assert_list(blocked.candidates(), reference, EXAMPLES[0], TEMPERATURE)
    assert blocked.tokens() == reference[1].encode(EXAMPLES[0])
    pattern = blocked.page.locator("#pattern image")
    pattern.wait_for()
    assert blocked.page.locator("#flow .heatmap").count() == len(IN_FLOW)
    assert blocked.page.locator("#logit-lens .stop").count() == reference[0].config.n_layer + 1


def test_typed_prompt_equals_cpython(live, reference):
    """Words drawn anew each run, so that nothing can be prepared for them."""
    session, tokenizer = reference
    drawn = random.Random()
    ids = [drawn.randrange(session.config.vocab_size - 1) for _ in range(7)]
    text = "".join(c for c in tokenizer.decode(ids) if c.isalpha() or c == " ") or "so"
    live.slide(1)
    live.type(text)
    assert live.tokens() == tokenizer.encode(text), text
    assert_list(live.candidates(), reference, text, 1)


@pytest.mark.parametrize("temperature", [0.1, 2.0])
def test_temperature_follows_the_formula(live, reference, temperature):
    text = EXAMPLES[1]
    live.type(text)
    run = live.page.text_content("#run")
    live.slide(temperature)
    assert_list(live.candidates(), reference, text, temperature)
    assert live.page.text_content("#run") == run, "the model must not run again"


def test_temperature_zero_is_greedy(live):
    live.type(EXAMPLES[0])
    live.slide(0)
    shown = [row["sampled"] for row in live.candidates()]
    assert shown == ["100\u00a0%"] + ["0\u00a0%"] * (COUNT - 1)
    assert "greedy" in live.page.text_content("#formula")


ODD = {
    "five thousand characters": "ab cd " * 833 + "xy",
    "three hundred tokens": " the" * 300,
    "emoji": "I am happy 🙂👩‍👩‍👧 and",
    "markup": "<img src=x onerror=alert(1)> is",
    "arabic": "السلام عليكم يا",
    "nul": "a\0b c",
    "spaces": "   ",
    "line breaks": "one\ntwo\n\n",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_input(live, reference, text):
    session, tokenizer = reference
    limit = session.config.n_positions
    live.slide(1)
    live.type(text)
    ids = tokenizer.encode(text)
    assert live.page.input_value("#prompt") == text
    assert live.tokens() == ids[-limit:]
    assert live.page.text_content("#prompt-count").startswith(str(len(ids))[:1])
    if len(ids) > limit:
        assert str(len(ids) - limit) in live.notice().replace("\u202f", "")
    else:
        assert live.page.locator("#notice").is_hidden()
    assert_list(live.candidates(), reference, text, 1)
    tints = live.page.locator("#prompt-tokens .tint").all_text_contents()
    assert "".join(tints) == text.replace("\0", "\ufffd"), "the tints must lie under the very text that was typed"
    assert live.page.locator("main img:not(.stop img)").count() == 0
    assert live.errors == []


def test_empty_prompt_starts_a_text(live, reference):
    live.slide(1)
    live.type("")
    assert "Nothing typed yet" in live.notice()
    session, tokenizer = reference
    assert_list(live.candidates(), reference, "", 1)
    assert session.ids == tokenizer.encode("<|endoftext|>")


def test_half_a_character_is_refused_in_words(live):
    """A lone surrogate, which only a program can type."""
    typed = """() => {
        const prompt = document.querySelector("#prompt");
        prompt.value = "so \\ud83d";
        prompt.dispatchEvent(new Event("input"));
    }"""
    live.page.evaluate(typed)
    live.page.locator("#notice.error").filter(has_text="lone surrogate").wait_for()
    assert live.page.evaluate("document.querySelector('#prompt').value.length") == 4
    live.type("so")
    assert live.page.locator("#notice").is_hidden()


def test_a_hundred_thousand_characters(live, reference):
    text = "abc def " * 12_500
    live.slide(1)
    live.type(text)
    assert_list(live.candidates(), reference, text, 1)
    assert live.page.input_value("#prompt") == text


def test_the_newest_text_wins(live, reference):
    """Typed key by key without waiting: what stays on screen belongs to the whole text."""
    live.slide(1)
    live.type("")
    text = "Two small birds sat on the"
    live.page.locator("#prompt").press_sequentially(text)
    live.page.wait_for_function(
        "text => document.querySelector('#prompt-tokens').textContent.startsWith(text)"
        " && document.querySelector('#figure:not(.stale)')",
        arg=text,
    )
    assert live.page.input_value("#prompt") == text
    assert_list(live.candidates(), reference, text, 1)


def test_an_example_is_two_clicks_away(live, reference):
    live.slide(1)
    live.page.click("#open-examples")
    live.page.get_by_role("button", name=EXAMPLES[2], exact=True).click()
    live.wait_answer()
    assert_list(live.candidates(), reference, EXAMPLES[2], 1)


def test_chinese(live, reference):
    live.type(EXAMPLES[1])
    before = live.candidates()
    live.page.select_option("#language", "zh")
    live.follows(lambda: live.page.text_content(".next-column h2"), "下一个词元")
    assert live.page.get_attribute("html", "lang") == "zh"
    assert live.candidates() == before
    live.page.select_option("#language", "en")
    live.follows(lambda: live.page.text_content(".next-column h2"), "Next token")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_is_wider_than_the_screen(live, width):
    live.page.set_viewport_size({"width": width, "height": 844})
    assert live.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_list_of_files_is_what_python_asks_for(live, dist):
    groups = json.loads(site.LISTED.search((dist / "index.html").read_text(encoding="utf-8"))[0])
    listed = {path for group in groups.values() for path in group}
    asked = {url.removeprefix(live.address).split("?")[0] for url in live.requests if url.startswith(live.address)}
    others = {"", "style.css", "manifest.webmanifest", "service-worker.js"}
    assert {
        path
        for path in asked - others
        if not path.startswith(("weights/mini/", "py/page/", "vendor/font/", "examples/"))
    } <= listed
    assert {path for path in asked if path.endswith(".py")} <= listed
    assert listed - asked == set()


def test_after_a_full_tour_no_request_has_left_the_site_and_nothing_failed(live):
    live.page.set_viewport_size({"width": 1280, "height": 800})
    live.type("A tour of the whole page")
    for part in ("embedding", "attention_head", "all_heads", "probabilities", "logit_lens", "models", "run", "share"):
        live.open(part)
        live.close()
    live.page.click("#pin")
    live.page.locator("#open-compare").wait_for()
    live.open("compare")
    live.close()
    live.go(3, 2)
    live.page.click("#append")
    live.page.wait_for_function("() => document.querySelectorAll('#timeline .step').length === 2")
    live.page.select_option("#language", "zh")
    own = live.address.removesuffix(UNDER)
    assert len(live.requests) > 20
    assert [url for url in live.requests if not url.startswith((own, "blob:", "data:"))] == []
    assert live.errors == []
