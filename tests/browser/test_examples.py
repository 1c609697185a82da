"""The examples' menu: the browser's own, so that it opens, closes and takes the keyboard before any Python is up."""

from page.state.examples import EXAMPLES

OPEN = "document.querySelector('#examples').matches(':popover-open')"
FOCUSED = "document.activeElement.id || document.activeElement.textContent"


def test_an_example_is_chosen_with_the_keyboard_alone(visit):
    one = visit(locale="en-US")
    one.wait_live()
    one.page.focus("#open-examples")
    one.page.keyboard.press("Enter")
    assert one.page.evaluate(OPEN)
    for text in EXAMPLES[:2]:
        one.page.keyboard.press("Tab")
        assert one.page.evaluate(FOCUSED) == text
    one.page.keyboard.press("Enter")
    assert not one.page.evaluate(OPEN)
    assert one.page.evaluate(FOCUSED) == "open-examples"
    one.wait_answer()
    assert one.page.input_value("#prompt") == EXAMPLES[1]
    assert one.errors == []


def test_it_opens_and_closes_before_python_is_up_and_fits_a_phone(visit):
    one = visit(lambda path: 503 if path.startswith("vendor/") else None, viewport={"width": 390, "height": 844})
    button = one.page.locator("#open-examples")
    button.click()
    menu, below = one.page.locator("#examples").bounding_box(), button.bounding_box()
    assert menu["x"] >= 0 and menu["x"] + menu["width"] <= 390
    assert 0 <= menu["y"] - below["y"] - below["height"] < 12
    assert one.page.locator(".example").all_text_contents() == list(EXAMPLES)
    one.page.keyboard.press("Escape")
    assert not one.page.evaluate(OPEN) and one.page.evaluate(FOCUSED) == "open-examples"
    button.click()
    one.page.mouse.click(10, 700)
    assert not one.page.evaluate(OPEN)
