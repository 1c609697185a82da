"""Where a logit comes from, and all heads as a coloured grid: what stands there is the model's, of the run drawn."""

import numpy as np
import pytest

from build.weights import random_checkpoint, tokenizer_files
from model.gpt2 import softmax
from model.removals import Off
from model.what_if import logit_parts, logits_if
from page.state.examples import EXAMPLES, TEMPERATURE
from tests.browser.conftest import put_in_place
from tests.browser.reading import close, follow, number
from tests.browser.test_every_size import LONG

TEXT, OTHER = EXAMPLES[0], "The little boy was very happy because"
BARS = """() => [...document.querySelectorAll("#waterfall .step-bar")].map(one => [
    one.dataset.part, one.dataset.block, one.dataset.head, one.querySelector(".value").textContent])"""
EDGES = """() => [...document.querySelectorAll("#waterfall .step-bar")].map(one => {
    const bar = one.querySelector(".filled").getBoundingClientRect(), less = one.classList.contains("less");
    return less ? [bar.top, bar.bottom] : [bar.bottom, bar.top]; })"""  # where each begins and ends on the screen
HEADS = """() => [...document.querySelectorAll("#heads .head")].map(one => [
    Number(one.dataset.block), Number(one.dataset.head), one.querySelector("img").alt])"""


@pytest.fixture
def begun(live):
    live.page.set_viewport_size({"width": 1440, "height": 900})
    live.slide(TEMPERATURE)
    follow(live, f"text={TEXT.replace(' ', '%20')}&block=6&head=1")
    live.wait_answer()
    live.page.wait_for_selector('#figure[data-view="5 0 6"]')
    yield live
    live.close()
    assert live.errors == []


@pytest.fixture
def model(reference):
    """model(text) -> a session that has read it, and the tokenizer."""

    def read(text):
        session, tokenizer = reference
        session.run(tokenizer.encode(text))
        return session, tokenizer

    return read


def read_bars(one):
    return [(*bar[:3], number(bar[3].removeprefix("+"))) for bar in one.page.evaluate(BARS)]


def assert_sum(one, session, token, minus, row, opened):
    """Each bar is its part's, what is shown adds up, and on the screen each begins where the last ended."""
    parts = logit_parts(session, token, row, minus)
    expected = []
    for part in parts:
        if part.part == "head" and part.block not in opened:
            if part.head == 0:
                alike = [other.value for other in parts if (other.part, other.block) == ("head", part.block)]
                expected.append(("heads", str(part.block), "", sum(alike)))
        else:
            expected.append((part.part, *("" if n is None else str(n) for n in (part.block, part.head)), part.value))
    *bars, total = read_bars(one)
    assert [bar[:3] for bar in bars if bar[0] != "rest"] == [bar[:3] for bar in expected]
    for bar, exact in zip(bars, expected, strict=False):
        assert abs(bar[3][0] - exact[3]) <= bar[3][1] + 1e-4, exact
    logits = logits_if(session, [], row)
    assert abs(total[3][0] - (logits[token] - (0 if minus is None else logits[minus]))) <= total[3][1] + 1e-4
    assert sum(bar[3][0] for bar in bars) == pytest.approx(total[3][0], abs=1e-9)
    edges = one.page.evaluate(EDGES)
    begins, ends = np.array(edges[: len(expected)]).T
    assert np.abs(begins[1:] - ends[:-1]).max() < 4, "a bar is at least two pixels high, and its edge another one"
    assert abs(edges[-1][1] - ends[-1]) < 4


def wait_total(one, session, token, minus=None, row=None):
    logits = logits_if(session, [], row)
    exact = float(logits[token] - (0 if minus is None else logits[minus]))
    one.page.wait_for_function(
        """exact => { const said = document.querySelector("#waterfall .of-total .value");
            return said && Math.abs(parseFloat(said.textContent.replace("−", "-")) - exact) < 0.0051; }""",
        arg=exact,
    )


def test_the_bars_are_the_models_parts_of_the_run_that_is_drawn(begun, model):
    """For a candidate, for the difference of two, with heads opened, and after another text and another token."""
    session, tokenizer = model(TEXT)
    she, he = (tokenizer.encode(word)[0] for word in (" she", " he"))
    begun.open("logit_terms")
    wait_total(begun, session, she)
    assert_sum(begun, session, she, None, 6, {5})
    begun.page.select_option("#terms-minus", str(he))
    wait_total(begun, session, she, he)
    begun.page.locator("#terms-block-4").press("Enter")
    begun.page.wait_for_selector("#terms-block-4[aria-expanded=true]:focus")
    assert_sum(begun, session, she, he, 6, {4, 5})
    link = begun.fragment("open=terms", f"at=logits-6-{she}-{he}")
    begun.type(OTHER)
    session, _ = model(OTHER)
    wait_total(begun, session, she, he)
    assert_sum(begun, session, she, he, 6, {4, 5})
    begun.page.locator("#tokens .token").nth(2).click()
    wait_total(begun, session, she, he, 2)
    assert_sum(begun, session, she, he, 2, {4, 5})
    begun.close()
    follow(begun, link)
    begun.wait_open("logit_terms")
    session, _ = model(TEXT)
    wait_total(begun, session, she, he)


def test_a_bar_leads_to_its_part_and_a_logits_number_to_the_bars(begun, model):
    session, tokenizer = model(TEXT)
    of = tokenizer.encode(" of")[0]
    follow(begun, f"text={TEXT.replace(' ', '%20')}&block=6&head=1&open=number&at=logits-3-{of}")
    begun.wait_open("number")
    begun.page.click("#to-terms")
    begun.wait_open("logit_terms")
    wait_total(begun, session, of, row=3)
    begun.page.wait_for_selector('#figure[data-view="5 0 3"]')
    closed = begun.page.locator("[data-opens][aria-expanded=false]").first
    block = int(closed.get_attribute("data-opens"))
    closed.click()
    begun.page.locator(f"#term-head-{block}-2").click()
    begun.page.wait_for_selector(f'#figure[data-view="{block} 2 3"]')
    begun.page.wait_for_selector("#inspected.shown")
    begun.page.wait_for_selector(f"#term-head-{block}-2[aria-pressed=true]:focus")
    begun.page.keyboard.press("ArrowRight")
    begun.page.keyboard.press("ArrowRight")
    begun.page.keyboard.press("Enter")
    begun.page.wait_for_selector(f"#term-mlp-{block}-None[aria-pressed=true]")
    value = next(part.value for part in logit_parts(session, of, 3) if (part.part, part.block) == ("mlp", block))
    assert close(begun.page.text_content("#term-said").split(" ")[0].removeprefix("+"), value)
    begun.page.click("#term-said .leads")
    begun.page.locator("#panel code").filter(has_text=f"blocks.{block}.mlp_out[3, 0]").wait_for()


def test_heads_say_where_they_look_and_lead_there(begun, model):
    text = "The cat and the dog and the cat"
    session, tokenizer = model(text)
    begun.type(text)
    begun.open("all_heads")
    begun.page.select_option("#heads-by", "same")
    begun.page.locator("#heads-legend").filter(has_text="occurred before").wait_for()
    ids = tokenizer.encode(text)
    earlier = {t: [s for s in range(t) if ids[s] == ids[t]] for t in range(len(ids))}
    earlier = {t: places for t, places in earlier.items() if places}
    said = begun.page.evaluate(HEADS)
    means = []
    for block, head, label in said:
        pattern = session.block(block).pattern[head]
        rows = {t: pattern[t, places].sum() for t, places in earlier.items()}
        means.append(np.mean(list(rows.values())))
        shown = [word for word in label.replace("\u00a0", " ").split() if word[0].isdigit() and "." in word]
        assert abs(float(shown[0]) - 100 * means[-1]) < 0.06 and abs(float(shown[1]) - 100 * rows[len(ids) - 1]) < 0.06
    most = begun.page.text_content("#heads-legend .scale span:last-of-type")
    assert close(most, 100 * max(means), 1e-3), "the legend ends at what the data have"
    begun.page.locator("#head-2-1").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown"):
        begun.page.keyboard.press(key)
    begun.page.wait_for_selector("#head-3-3:focus")
    label = begun.page.get_attribute("#head-3-3 img", "alt")
    begun.page.wait_for_function("said => document.querySelector('#head-caption').textContent === said", arg=label)
    begun.page.keyboard.press("Enter")
    begun.page.wait_for_selector(f'#figure[data-view="3 3 {len(ids) - 1}"]')
    begun.page.wait_for_selector("#head-3-3[aria-pressed=true]:focus")
    assert begun.page.locator("#heads [tabindex='0']").count() == 1


def test_heads_that_are_switched_off_are_those_of_the_model_and_are_forgotten_with_the_temperature(begun, model):
    session, tokenizer = model(TEXT)
    she = tokenizer.encode(" she")[0]
    begun.open("all_heads")
    begun.page.select_option("#heads-by", "off")
    begun.page.wait_for_selector("#heads-legend .off")
    base = float(softmax(logits_if(session, []) / TEMPERATURE)[she])
    for block, head, label in begun.page.evaluate(HEADS):
        after = float(softmax(logits_if(session, [Off("head", block, head)]) / TEMPERATURE)[she])
        shown = label.rsplit("from ", 1)[1].removesuffix(".").split(" to ")
        assert close(shown[0], 100 * base, 1e-3) and close(shown[1], 100 * after, 1e-3), label
    begun.slide(1.3)
    begun.page.wait_for_function("() => !document.querySelector('#heads-legend .off')")
    assert all("not measured" in label for *_, label in begun.page.evaluate(HEADS))
    begun.page.click("#heads-measure")
    begun.page.wait_for_selector("#heads-legend .off")
    base = float(softmax(logits_if(session, []) / 1.3)[she])
    label = begun.page.get_attribute("#head-5-0 img", "alt")
    assert close(label.rsplit("from ", 1)[1].split(" to ")[0], 100 * base, 1e-3)
    begun.type(OTHER)
    begun.page.wait_for_function("() => !document.querySelector('#heads-legend .off')")
    assert begun.page.is_visible("#heads-measure")


def test_with_twelve_times_twelve_heads_switching_off_is_seen_and_stopped(visiting, dist, tmp_path):
    random_checkpoint.write(tmp_path / "source", LONG, 1)
    tokenizer_files.write(tmp_path / "source", LONG.vocab_size)
    put_in_place(dist, tmp_path / "source", tmp_path / "dist")
    with visiting(folder=tmp_path / "dist", pyodide=False, locale="en-US") as one:
        one.wait_live()
        one.open("all_heads")
        one.page.select_option("#heads-by", "off")
        one.page.locator("#heads-progress").filter(has_text="of 144 heads").wait_for()
        one.slide(1.1)  # the page stays alive, and what was begun at another temperature is given up
        one.page.locator("#heads-measure").filter(has_text="switch each head off").click()
        one.page.locator("#heads-measure").filter(has_text="stop").click()
        one.page.locator("#heads-measure").filter(has_text="switch each head off").wait_for()
        assert all("not measured" in label for *_, label in one.page.evaluate(HEADS))
        one.close()
        one.open("logit_terms")
        assert one.page.locator("#waterfall .step-bar").count() in (40, 41), "heads are summed; a rest if there is one"
        one.page.click("#terms-block-7")
        one.page.wait_for_selector("#term-head-7-11")
        assert one.errors == []
