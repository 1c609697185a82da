"""The examples' menu: the browser's own, so that it opens, closes and takes the keyboard before any Python is up."""

from build.site.languages import every_text
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


def test_in_chinese_each_has_its_meaning_under_it(visit):
    one = visit(locale="zh-CN", viewport={"width": 390, "height": 844})
    one.wait_live()
    one.page.click("#open-examples")
    said = [text.split("\n") for text in one.page.locator(".example").all_inner_texts()]
    assert said == [[text, every_text("zh")[f"example.{number}"]] for number, text in enumerate(EXAMPLES, 1)]
    one.page.locator(".example .gloss").nth(2).click()
    assert one.page.input_value("#prompt") == EXAMPLES[2]
    one.wait_answer()
    one.page.select_option("#language", "en")
    one.follows(lambda: one.page.locator(".example").all_text_contents(), list(EXAMPLES))
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
