"""Terms of the glossary within the tour and the tasks: they say their sentence where they are pointed at, by mouse or
keyboard, and the glossary that they lead to leads back."""

import pytest

from build.site.languages import every_text
from page.text.markup import with_terms

LANGUAGES = {"en": "en-US", "zh": "zh-CN"}


@pytest.fixture(scope="module", params=LANGUAGES)
def one(visiting, request):
    with visiting(pyodide=False, locale=LANGUAGES[request.param], viewport={"width": 1440, "height": 900}) as one:
        one.wait_live()
        one.texts = every_text(request.param)
        yield one
    assert one.errors == []


def sentence(one, name):
    said = with_terms(one.texts[f"glossary.{name}"], lambda _, said: said)
    return f"{one.texts[f'glossary.{name}.title']} {said}"


def test_in_the_tour(one):
    one.page.click("#open-tour")
    term = one.page.locator("#tour-told [data-glossed=token]")
    tip = one.page.locator("#term-tip")
    term.hover()
    tip.wait_for()
    assert tip.text_content() == sentence(one, "token")
    one.page.locator("#tour-title").hover()
    tip.wait_for(state="hidden")
    one.page.locator("#tour-title").focus()
    one.page.keyboard.press("Tab")
    tip.wait_for()
    assert one.page.evaluate("document.activeElement.dataset.glossed") == "token"
    one.page.keyboard.press("Escape")
    tip.wait_for(state="hidden")
    assert one.page.is_visible("#tour-told"), "one press of Escape closes one thing"
    one.page.keyboard.press("Enter")
    one.page.wait_for_function("document.activeElement.id === 'term-token'")
    assert one.page.is_visible("#tour-told")
    one.close()
    one.page.locator("#tour-close").click()
    one.page.locator("#tour").wait_for(state="hidden")


def test_in_a_task_to_which_the_glossary_leads_back(one):
    one.open("try_it")
    one.page.click("#try-most_looked")
    term = one.page.locator(".try-ask [data-glossed=head]")
    term.hover()
    one.page.locator("#term-tip").wait_for()
    assert one.page.text_content("#term-tip") == sentence(one, "head")
    option = one.page.locator(".try-options input").first
    option.check()
    term.click()
    one.page.wait_for_function("document.activeElement.id === 'term-head'")
    one.page.locator("#word-head [data-glossed=query]").click()
    one.page.wait_for_function("document.activeElement.id === 'term-query'")
    one.page.keyboard.press("Escape")
    one.wait_open("try_it")
    term.wait_for()
    assert option.is_checked(), "the question is the one that was left"
    one.close()
    one.open("glossary")
    one.close()
    assert one.page.is_hidden("#panel"), "opened by its own button it leads back to nothing"
