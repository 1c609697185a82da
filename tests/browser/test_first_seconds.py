"""Before the model is there: examples to be seen, typing that stays, and choices that are followed once it is."""

import json
import threading

import pytest

from page.state.examples import EXAMPLES
from tests.browser.conftest import LIMIT

PYTHON, MODEL = "vendor/micropython/micropython.mjs", "weights/mini/model.safetensors.index.json"
SEEN = """() => ({
    view: document.querySelector("#figure").dataset.view,
    list: [...document.querySelectorAll("#candidates tr")].map(row => row.className + row.innerText),
    rail: [...document.querySelectorAll("#logit-lens .stop")].map(stop => stop.innerText),
    sentence: document.querySelector("#sentence").innerText,
    needle: document.querySelector("#draw-sentence").innerText,
    add: document.querySelector("#append").innerText,
    tints: [...document.querySelectorAll("#prompt-tokens span")].map(tint => tint.textContent),
    count: document.querySelector("#prompt-count").textContent,
})"""
CARET = "[document.querySelector('#prompt').selectionStart, document.activeElement.id]"
PASSING = """() => {
    const pulse = new MutationObserver(() => { self.moved ||= document.body.classList.contains("pulse") });
    pulse.observe(document.body, {attributes: true});
    const rail = document.querySelector("#logit-lens");
    new MutationObserver(() => { self.moved ||= rail.innerText.includes("…") }).observe(rail, {childList: true});
}"""
BY_PYTHON = "() => document.querySelector('#figure:not(.stale)') && !document.querySelector('#append').disabled"
WHOLE = """() => {
    const [field, layer] = [document.querySelector("#prompt"), document.querySelector("#prompt-tokens")];
    return field.scrollHeight <= field.clientHeight && layer.textContent === field.value + "\\u200b";
}"""


@pytest.fixture
def held(visit):
    """held(behind the address) -> (a Visit, come); PYTHON and MODEL come once `come` is called with them."""
    every = []

    def open_page(behind=""):
        coming = {PYTHON: threading.Event(), MODEL: threading.Event()}
        every.extend(coming.values())

        def hold(path):
            if path in coming:
                coming[path].wait(LIMIT / 1000)

        one = visit(hold, locale="en-US")
        if behind:
            one.arrive(behind)
        return one, lambda file: coming[file].set()

    yield open_page
    for come in every:
        come.set()


def choose(one, text):
    one.page.click("#open-examples")
    one.page.locator(".example", has_text=text).click()


def test_every_example_is_there_before_the_model_and_stays_when_that_comes(held, dist):
    one, come = held()
    come(PYTHON)
    one.page.wait_for_function(BY_PYTHON)
    seen = {}
    for number in (1, 2, 3, 4, 0):
        choose(one, EXAMPLES[number])
        one.page.wait_for_function(BY_PYTHON)
        tints = """text => [...document.querySelectorAll("#prompt-tokens .tint")]
            .map(one => one.textContent).join("") === text"""
        one.page.wait_for_function(tints, arg=EXAMPLES[number])
        seen[number] = one.page.evaluate(SEEN)
        prepared = json.loads((dist / "examples" / f"{number + 1}.json").read_text(encoding="utf-8"))
        arrow = prepared["matters"]["arrow"]
        assert seen[number]["view"] == "{block} {head} {row}".format(**arrow)
        assert "Cut this arrow" in seen[number]["sentence"]
        assert len(seen[number]["rail"]) == len(prepared["depths"]) and "…" not in "".join(seen[number]["rail"])
        assert seen[number]["count"] == f"{len(prepared['tokens'])} of {prepared['n_positions']} tokens"
    assert one.page.text_content("#run").startswith("A prepared example")
    one.page.wait_for_function("() => !document.body.classList.contains('pulse')")
    one.page.evaluate(PASSING)
    come(MODEL)
    one.wait_live()
    one.page.wait_for_function("() => document.querySelector('#run').textContent.startsWith('Computed')")
    assert one.page.evaluate(SEEN) == seen[0]
    assert not one.page.evaluate("self.moved"), "what was there already does not come once more"
    for number in (1, 2, 3, 4):
        choose(one, EXAMPLES[number])
        one.page.wait_for_function(f"() => document.querySelector('#prompt').value === {json.dumps(EXAMPLES[number])}")
        one.wait_answer()
        one.follows(lambda: one.page.evaluate(SEEN), seen[number])
    assert one.errors == []


def test_what_is_typed_at_any_moment_stays_and_nothing_older_lies_under_it(held):
    """Before any Python, while the page's comes, before the model, and while that comes; the caret in the middle."""
    one, come = held("#text=A%20link&open=head")
    begun = "A long story that was not made for one line of a narrow window "
    one.page.set_viewport_size({"width": 390, "height": 844})
    one.page.fill("#prompt", "")
    one.page.locator("#prompt").press_sequentially(begun + "that ends")
    for _ in range(len("that ends")):
        one.page.keyboard.press("ArrowLeft")
    typed = begun

    def type_on(more):
        nonlocal typed
        one.page.keyboard.type(more)
        typed += more

    def stays():
        assert one.page.input_value("#prompt") == typed + "that ends"
        assert one.page.evaluate(CARET) == [len(typed), "prompt"]

    def is_bare():
        stays()
        assert one.page.evaluate(WHOLE)
        assert one.page.locator("#prompt-tokens *").count() == 0 and one.page.text_content("#prompt-count") == ""
        assert one.page.locator("#figure.stale").count() == 1

    is_bare()
    come(PYTHON)
    while one.page.locator("#append:disabled").count():
        type_on("on and ")
        is_bare()
    one.page.evaluate("document.querySelector('[data-open=attention_head]').click()")  # leaves the caret where it is
    type_on("so it goes ")
    is_bare()
    come(MODEL)
    while not one.page.locator(".model-state.live").count():
        type_on("on and ")
        stays()
    one.wait_answer()
    stays()
    tints = one.page.eval_on_selector_all("#prompt-tokens .tint", "all => all.map(one => one.textContent)")
    assert "".join(tints) == typed + "that ends"
    assert one.page.locator("#panel[open]").count() == 0, "what was to open does not come over a text that is typed"
    assert one.errors == []


def test_an_example_chosen_before_any_python_is_the_text_at_once_and_the_picture_once_it_can_be(held, dist):
    one, come = held("#block=2&head=2&text=A%20link")
    choose(one, EXAMPLES[2])
    assert one.page.input_value("#prompt") == EXAMPLES[2] and one.page.evaluate(WHOLE)
    assert one.page.locator("#figure.stale").count() == 1
    come(PYTHON)
    one.page.wait_for_function(BY_PYTHON)
    seen = one.page.evaluate(SEEN)
    assert "Davis" in seen["sentence"] and "Davis" in seen["add"] and "".join(seen["tints"]).startswith(EXAMPLES[2])
    come(MODEL)
    one.wait_live()
    assert one.page.evaluate(SEEN) == seen
    assert one.errors == []


def test_what_is_chosen_before_the_model_is_followed_once_it_is_there(held):
    one, come = held()
    come(PYTHON)
    one.page.wait_for_function(BY_PYTHON)
    assert one.page.locator("#notice").is_hidden()
    one.page.locator('#logit-lens .stop[data-block="2"]').click()
    assert one.page.input_value("#block") == "3" and "still being loaded" in one.notice()
    one.page.locator('#tokens .token[data-row="3"]').click()
    one.page.fill("#head", "2")
    one.page.press("#head", "Enter")
    one.page.fill("#temperature-number", "0.5")
    one.page.click("#append")
    one.page.click("#append")
    one.page.locator("[data-open=attention_head]").click()
    come(MODEL)
    one.wait_live()
    one.page.wait_for_selector('#figure[data-view="2 1 3"]')
    one.wait_open("attention_head")
    one.page.wait_for_function("() => document.querySelectorAll('#timeline .step').length === 3")
    one.page.wait_for_function("() => document.querySelector('#candidates table').dataset.temperature === '0.5'")
    assert one.page.locator("#notice").is_hidden()
    assert one.errors == []


def test_a_prepared_picture_that_does_not_come_keeps_nothing_from_starting(visit):
    one = visit(lambda path: 500 if path.startswith("examples/") else None, locale="en-US")
    one.wait_live()
    choose(one, EXAMPLES[3])
    one.page.wait_for_function("text => document.querySelector('#prompt').value === text", arg=EXAMPLES[3])
    one.wait_answer()
    assert len(one.tokens()) == 7
