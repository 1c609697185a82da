"""What is seen without scrolling: the text, the picture and the next tokens, in windows as low as a laptop's."""

import pytest

SEEN = """selector => Math.max(...[...document.querySelectorAll(selector)].map(one => {
    const box = one.getBoundingClientRect();
    return box.width ? box.bottom : Infinity;
}))"""  # the lowest edge of what fits the selector
SIZES = {  # what fits, all of it, into which window
    (1440, 900): "#tokens, .card, .rail-name, #candidates, .draw, #curve, .logit-lens, .pin",
    (1366, 640): "#tokens, .card, .rail-name, #candidates, .draw",
    (1280, 600): "#tokens, .card, #candidates, #needle",
    (1024, 700): "#tokens, .card, #candidates, #needle",
}


@pytest.mark.parametrize("size", SIZES)
def test_the_first_example_is_seen_whole(visit, size):
    width, height = size
    one = visit(locale="en-US", viewport={"width": width, "height": height})
    one.wait_live()
    assert one.page.evaluate(SEEN, SIZES[size]) <= height
    assert one.page.evaluate("document.documentElement.scrollWidth") <= width
    prompt, add, models = (one.page.locator(name).bounding_box() for name in (".prompt-box", "#append", "#open-models"))
    assert abs(prompt["y"] - add["y"]) < 3, "one row"
    assert width < 1200 or abs(add["y"] + add["height"] / 2 - models["y"] - models["height"] / 2) < 3
    assert prompt["height"] < 46, "the example stands on one line"


def test_generated_tokens_have_a_row_of_their_own_while_there_are_any(visit):
    one = visit(locale="en-US", viewport={"width": 1366, "height": 768})
    one.wait_live()
    low = one.page.locator(".top").bounding_box()["height"]
    assert not one.page.locator("#undo").is_visible() and not one.page.locator("#speed").is_visible()
    one.page.click("#append")
    one.page.locator("#speed").wait_for()
    assert 20 < one.page.locator(".written").bounding_box()["height"] < 50
    one.page.click("#undo")
    one.page.locator("#undo").wait_for(state="hidden")
    assert one.page.evaluate("document.activeElement.id") == "append", "the keyboard is not lost with the button"
    assert one.page.locator(".top").bounding_box()["height"] == low


def test_the_model_is_named_in_short_and_told_at_length(visit):
    one = visit(locale="en-US")
    one.wait_live()
    assert one.page.text_content("#open-models") == "mini 7.3 MB ▾"
    assert "a small GPT-2" in one.page.text_content("#model-text")
    one.page.select_option("#language", "zh")
    one.page.wait_for_function("() => document.documentElement.lang === 'zh'")
    assert one.page.text_content("#open-models").startswith("mini ")
