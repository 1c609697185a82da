"""Sampling as a reader meets it: sliders move the strip, another draw moves the needle, a link repeats both."""

import numpy as np
import pytest

from build.site.recorded import explain
from model import sampling
from tests.browser.reading import close, numbers

TEXT = "The weather today is very"


@pytest.fixture
def weather(live, reference):
    """The shared page and CPython on the same text, all settings at rest."""
    session, tokenizer = reference
    live.page.click("#reset")
    live.type(TEXT)
    at_rest = "() => Number(document.querySelector('#candidates table').dataset.temperature) === 0.8"
    live.page.wait_for_function(at_rest)
    explain(TEXT, 1, session, tokenizer)
    yield live
    live.page.click("#reset")


def state(live):
    """u and the drawn token, as the list says."""
    return live.page.evaluate(
        """() => [Number(document.querySelector("#candidates table").dataset.u),
                  document.querySelector("#draw-sentence").textContent]"""
    )


def settle(live, act):
    """Do something and wait until the sentence about the draw or the curve has been written anew."""
    live.page.evaluate("document.querySelector('#curve-sentence').textContent = ''")
    act()
    live.page.wait_for_function("() => document.querySelector('#curve-sentence').textContent !== ''")


def expected(reference, temperature, top_k, top_p, u):
    session, tokenizer = reference
    logits = session.final.logits[0]
    order = sampling.ranking(logits)
    p = sampling.sampled(logits, order, temperature, top_k, top_p)
    return p, tokenizer.display(sampling.draw(p, order, u))


def slide(live, name, value):
    if live.page.input_value(f"#{name}") != str(value):  # what has not changed is not drawn anew
        settle(live, lambda: live.page.locator(f"#{name}").fill(str(value)))


@pytest.mark.parametrize(("top_k", "top_p"), [(5, None), (None, 0.5), (40, 0.9), (1, None), (200, 0.05)])
def test_top_k_and_top_p(weather, reference, top_k, top_p):
    run = weather.page.text_content("#run")
    weather.slide(1.3)
    slide(weather, "top-k", top_k or 201)
    slide(weather, "top-p", round(100 * top_p) if top_p else 100)
    u, _ = state(weather)
    p, _ = expected(reference, 1.3, top_k, top_p, u)
    for row in weather.candidates():
        assert close(row["sampled"], 100 * float(p[row["id"]]), 1e-3)
    entropy = -(p[p > 0].astype(np.float64) * np.log2(p[p > 0])).sum()
    said = numbers(weather.page.text_content("#curve-sentence").replace("\u202f", ""))
    assert said[1][0] == pytest.approx(entropy, abs=0.006)
    assert said[2][0] == np.count_nonzero(p)
    formula = weather.page.text_content("#formula")
    assert ("top-k" in formula, "top-p" in formula) == (top_k is not None, top_p is not None)
    assert weather.page.text_content("#run") == run, "the model must not run again"


def test_sliding_moves_the_strip_and_not_the_needle(weather, reference):
    """Along the whole slider: u stays, and the drawn token is the one that the strip has under it."""
    u, _ = state(weather)
    drawn = set()
    for position in (5, 20, 40, 60, 80, 100, 120, 140):
        slide(weather, "temperature", position)
        now, sentence = state(weather)
        assert now == u
        temperature = float(weather.page.input_value("#temperature-number"))
        _, token = expected(reference, temperature, None, None, u)
        assert f"“{token.replace(' ', '␣')}”" in sentence
        drawn.add(token)
    assert weather.page.input_value("#temperature-number") == "5.00"


def test_another_draw_moves_the_needle_and_not_the_strip(weather, reference):
    before, _ = state(weather)
    bars = weather.candidates()
    settle(weather, lambda: weather.page.click("#draw-again"))
    after, sentence = state(weather)
    assert after != before
    assert weather.candidates() == bars
    _, token = expected(reference, 0.8, None, None, after)
    assert f"“{token.replace(' ', '␣')}”" in sentence


def test_arrow_keys_and_reset(weather):
    slider = weather.page.locator("#temperature")
    slider.focus()
    settle(weather, lambda: weather.page.keyboard.press("ArrowRight"))
    assert weather.page.input_value("#temperature-number") == "0.82"
    assert slider.get_attribute("aria-valuetext") == "0.82"
    weather.page.fill("#temperature-number", "")  # half typed: the old one stays until there is a number
    weather.page.fill("#temperature-number", "77")
    assert "0.82" in weather.page.text_content("#formula")
    settle(weather, lambda: weather.page.click("#reset"))
    assert weather.page.input_value("#temperature-number") == "0.80"


def test_many_changes_change_the_address_once(weather):
    """Safari ends a program that changes it more than a hundred times in ten seconds."""
    weather.fragment()
    weather.page.evaluate(
        """() => {
            window.changes = 0;
            const change = history.replaceState.bind(history);
            history.replaceState = (...said) => { window.changes += 1; change(...said); };
            for (let i = 0; i < 200; i++) document.querySelector("#draw-again").click();
        }"""
    )
    draw = dict(pair.split("=") for pair in weather.fragment("draw=2").split("&"))["draw"]
    assert int(draw) >= 200 and weather.page.evaluate("changes") == 1


def test_a_link_repeats_text_settings_and_draw(weather, visit):
    weather.go(3, 2)
    weather.slide(1.7)
    slide(weather, "top-k", 50)
    settle(weather, lambda: weather.page.click("#draw-again"))
    weather.page.click("#share")
    weather.wait_open("share")
    fragment = weather.page.input_value("#share-link").partition("#")[2]
    weather.close()
    other = visit(locale="en-US")
    other.arrive("#" + fragment)
    other.wait_live()
    assert other.page.input_value("#prompt") == TEXT
    assert other.page.get_attribute("#figure", "data-view") == weather.page.get_attribute("#figure", "data-view")
    assert state(other) == state(weather)
    assert other.candidates() == weather.candidates()
    assert other.page.input_value("#top-k") == "50"
    assert other.errors == []


def test_a_link_with_odd_text(visit):
    """Emoji, markup, a percent sign; then one cut in the middle of a character, which leaves the page as it is."""
    one = visit(locale="en-US")
    text = "100 % <b>🙂 &#61;"
    one.arrive("#text=" + one.page.evaluate("encodeURIComponent", text))
    one.wait_live()
    assert one.page.input_value("#prompt") == text
    one.arrive("#text=%F0%9F%99")
    one.wait_live()
    assert "little girl" in one.page.input_value("#prompt")
    assert one.errors == []
