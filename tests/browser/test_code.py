"""The code beside an opened number: it is the line that made it, its names say what they stand for, and stepping
through it fills the picture with just what has been computed."""

import numpy as np
import pytest

from model.code.steps import steps
from page.figure.addresses import INSIDE
from page.state.examples import EXAMPLES
from tests.browser.reading import close, follow, numbers
from tests.browser.test_accessible import violations

TEXT, BLOCK = EXAMPLES[0], 5
SETTINGS = {"temperature": 0.8, "top_k": None, "top_p": None, "u": 0.5}
Z = "block=6&head=1&code=1&open=number&at=blocks.5.attn.z-6-0-16"
LIT, VALUE, TOLD = "#code-lines .lit code", "#code-value", "#code-text"
SEEN = """() => [document.querySelector("#code-head").textContent, document.querySelector("#code-lines").textContent,
    document.querySelector("#code-value").textContent, document.querySelector("#flow").dataset.toCome,
    document.querySelector("#code-scrub").value]"""
TO_BEFORE_LAST = """() => {  // at once: the panel is filled anew whenever the pass comes to another block
    const slider = document.querySelector("#code-scrub");
    slider.value = slider.max - 1;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""
BEFORE_LAST = """() => Number(document.querySelector("#code").dataset.at)
    === document.querySelector("#code-scrub").max - 1"""
HIDDEN = """names => names.filter(name => {
    const strip = document.querySelector(`#flow [data-heatmap="${name}"]`);
    return getComputedStyle(strip).visibility === "hidden";
})"""


@pytest.fixture(scope="module", params=["en-US", "zh-CN"])
def page(visiting, request):
    with visiting(pyodide=False, locale=request.param, viewport={"width": 1440, "height": 900}) as one:
        one.wait_live()
        yield one


@pytest.fixture
def desk(page):
    """At the output of the first head in the last block, with its code."""
    follow(page, f"text={TEXT.replace(' ', '%20')}&" + Z)
    page.wait_answer()
    page.page.locator(LIT, has_text="attn.z").wait_for()
    yield page
    page.close()
    page.fragment(without="open=")  # else the same link, followed once more, would be none
    assert page.errors == []


@pytest.fixture(scope="module")
def session(reference):
    session, tokenizer = reference
    session.run(tokenizer.encode(TEXT))
    return session


def name(one, called, line=LIT):
    return one.page.locator(f'{line} button[data-name="{called}"]').first


def press(one, button):
    """A step, and wait until it is there."""
    before = one.page.text_content(TOLD)
    one.page.click(f"#code-{button}")
    one.page.wait_for_function(
        "([place, was]) => document.querySelector(place).textContent !== was", arg=[TOLD, before]
    )
    scrubbed = one.page.input_value("#code-scrub")
    one.page.wait_for_function("at => document.querySelector('#code').dataset.at === at", arg=scrubbed)


def test_the_line_that_made_a_number_is_lit_and_its_names_say_what_they_stand_for(desk, session):
    assert desk.page.locator(LIT).all_text_contents() == ['    z = change("attn.z", mix(pattern, v))  # (T, H, D)']
    desk.fragment("code=1")
    block = session.block(BLOCK)
    for called, values in (("pattern", block.pattern), ("v", block.v), ("z", block.z)):
        name(desk, called).hover()
        desk.page.locator(VALUE, has_text=called).wait_for()
        *shape, least, most = numbers(desk.page.text_content(VALUE).removeprefix(called).replace("×", " "))
        assert [size for size, _ in shape] == list(values.shape)
        finite = values[np.isfinite(values)]
        assert abs(least[0] - finite.min()) <= least[1] + 1e-4 and abs(most[0] - finite.max()) <= most[1] + 1e-4
    name(desk, "pattern").click()
    desk.page.locator("#panel .ways code", has_text="blocks.5.attn.pattern[0, 6, 6]").wait_for()
    desk.page.locator(LIT, has_text="softmax(scores)").wait_for()


def test_a_function_leads_into_its_code_and_the_way_back(desk):
    name(desk, "mix").press("Enter")
    desk.page.locator("#code-head", has_text="py/model/linear.py").wait_for()
    assert "def mix(shares" in desk.page.text_content("#code-lines")
    desk.page.locator("#code .crumb").nth(2).click()
    desk.page.locator("#code-head", has_text="py/model/gpt2.py").wait_for()
    assert "def attention(x" in desk.page.text_content("#code-lines")


def test_the_code_that_was_read_before_is_that_of_the_open_number_and_its_settings(desk):
    """A call that was looked at from one number has another line lit when it is reached from another."""
    name(desk, "mix").press("Enter")
    desk.page.locator("#code .crumb").nth(2).click()
    desk.page.locator(LIT, has_text="attn.z").wait_for()
    follow(desk, Z.replace("attn.z-6-0-16", "attn.pattern-0-6-2"))
    desk.page.locator(LIT, has_text="attn.pattern").wait_for()
    name(desk, "softmax").press("Enter")
    desk.page.locator("#code .crumb").nth(2).click()
    desk.page.locator("#code-lines", has_text="def attention").wait_for()
    assert "attn.pattern" in desk.page.text_content(LIT)
    desk.page.locator("#candidates tbody tr .sampled").first.click()

    def said():
        desk.page.mouse.move(0, 0)
        name(desk, "temperature", "#code-lines").hover()
        return desk.page.text_content(VALUE)

    for temperature in (0.8, 2):
        desk.slide(temperature)
        desk.page.locator(LIT, has_text="return probabilities").wait_for()
        desk.follows(said, f"temperature {temperature}")
    desk.slide(0.8)


def test_stepping_fills_the_picture_with_what_has_been_computed(desk, session):
    """Step by step to where the pass is; on k and back k is where it was."""
    plan = steps(session, SETTINGS)
    inside = {
        "attn.q": "q",
        "attn.k": "k",
        "attn.v": "v",
        "attn.z": "z",
        "attn_out": "attn_out",
        "mlp.post": "mlp_post",
    }
    for _ in range(3):
        press(desk, "next")
    seen = []
    for button in ("step", "step", "over", "step", "next", "step", "step"):
        seen.append(desk.page.evaluate(SEEN))
        at = int(seen[-1][-1])
        computed = plan["activations"][: plan["steps"][at][3]]
        to_come = [one for one in INSIDE if f"blocks.{BLOCK}.{one}" not in computed]
        assert [one for one in seen[-1][3].split() if one in INSIDE] == to_come
        assert set(desk.page.evaluate(HIDDEN, list(inside.values()))) == {
            inside[one] for one in to_come if one in inside
        }
        line = plan["steps"][at][1]
        assert desk.page.locator("#code-lines .lit").get_attribute("data-line") == str(line)
        press(desk, button)
    here = desk.page.evaluate(SEEN)
    for _ in range(4):
        press(desk, "back")
    for _ in range(4):
        press(desk, "step")
    assert desk.page.evaluate(SEEN) == here
    press(desk, "end")
    desk.page.locator(LIT, has_text="attn.z").wait_for()
    assert desk.page.get_attribute("#flow", "data-to-come") == ""


def test_the_whole_pass_runs_from_nothing_to_the_answer(desk):
    desk.page.select_option("#code-speed", "fast")
    desk.page.click("#code-run")
    desk.page.locator("#code-head", has_text="gpt2").wait_for()
    desk.page.wait_for_function("() => document.querySelector('#flow').dataset.toCome.includes('logits')")
    assert desk.page.locator("#candidates").is_hidden()
    desk.page.evaluate(TO_BEFORE_LAST)
    desk.page.wait_for_function(BEFORE_LAST)
    press(desk, "step")
    assert desk.page.get_attribute("#flow", "data-to-come") == "" and desk.page.locator("#candidates").is_visible()
    assert desk.page.locator("#code-step").is_disabled()
    press(desk, "end")


def test_the_code_is_reached_from_a_part_and_hidden_again(desk):
    desk.close()
    desk.open("probabilities")
    desk.page.click("#panel-code")
    desk.page.locator("#code-lines .lit", has_text="return probabilities").wait_for()
    assert close(desk.page.locator("#panel math .outcome").last.text_content(), desk_probability(desk))
    desk.page.click("#panel-code")
    desk.page.locator("#code").wait_for(state="detached")
    desk.fragment("open=number", without="code=1")
    desk.page.click("#panel-code")
    desk.page.locator("#code-lines .lit").wait_for()


def desk_probability(one):
    return numbers(one.candidates()[0]["sampled"])[0][0] / 100


@pytest.mark.parametrize("size", [(1440, 900), (1366, 640), (390, 844)])
def test_axe_finds_nothing_in_any_size_while_it_is_stepped_through(desk, size):
    desk.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    press(desk, "step")
    found = violations(desk.page)
    press(desk, "end")
    desk.page.set_viewport_size({"width": 1440, "height": 900})
    assert found == []


def test_what_is_taken_along_holds_the_run(desk):
    with desk.page.expect_download() as download:
        desk.page.click("#code-take")
    assert download.value.suggested_filename == "glassformer-run.zip"
    assert int(download.value.path().read_text()) > 7_000_000, "bytes: the weights are in it"
