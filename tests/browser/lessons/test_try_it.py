"""Every task as a reader does it: wrong, right and given up, by what CPython's own run of the text says."""

import pytest

from page.lessons.tasks.catalog import BY_NAME, TASKS
from page.state.examples import EXAMPLES
from tests.browser.lessons import doing
from tests.browser.reading import numbers
from tests.browser.test_accessible import violations

SIZES = {"desk": (1440, 900), "laptop": (1366, 640), "phone": (390, 844)}
VISITS = {
    f"{language}-{name}": {
        "locale": {"en": "en-US", "zh": "zh-CN"}[language],
        "viewport": dict(zip(("width", "height"), size, strict=True)),
        "color_scheme": "light" if language == "en" else "dark",
        "has_touch": name == "phone",
    }
    for language in ("en", "zh")
    for name, size in SIZES.items()
}
WHOLE = "en-desk"  # where every task is done; elsewhere one of each kind
OF_EACH_KIND = ("hotter_share", "sharpest", "change_word", "cut_arrow", "share_of_four")
CASES = [(visit, task.name) for visit in VISITS for task in TASKS if visit == WHOLE or task.name in OF_EACH_KIND]


@pytest.fixture(scope="module")
def one(visiting, request):
    with visiting(pyodide=False, **VISITS[request.param]) as one:
        one.wait_live()
        one.open("try_it")
        yield one
        assert one.errors == []


def says(text, expected):
    """Whether a number of the text is the expected one to its last digit."""
    return any(abs(value - expected) <= half * 1.1 + 1e-3 for value, half in numbers(text))


@pytest.mark.parametrize(("one", "name"), CASES, indirect=["one"])
def test_a_task_done_wrong_and_right_and_given_up(one, reference, name):
    task, page = BY_NAME[name], one.page
    asked = doing.put(one, name)
    solved = doing.solve(reference, asked)
    found = violations(page, "#panel")
    doing.do(one, solved.wrong)
    doing.check(one, "wrong" if task.once else "not_yet")
    found += violations(page, "#panel")
    if task.once:
        asked = doing.again(one, name)
    if name == "change_word":
        doing.do(one, ("text", asked.text))
    doing.do(one, solved.right)
    said = doing.outcome(one, "right") if task.form == "act" else doing.check(one, "right")
    assert solved.says is None or says(said, solved.says), (said, solved)
    found += violations(page, "#panel")
    if page.locator("#try-show").count():
        page.click("#try-show")
        one.wait_answer()
    doing.again(one, name)
    said = doing.give_up(one)
    assert solved.says is None or says(said, solved.says), (said, solved)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert found + violations(page, "#panel") == []
    doing.do(one, ("text", EXAMPLES[0]))


@pytest.mark.parametrize("one", [WHOLE], indirect=True)
def test_no_answer_is_no_try(one):
    doing.put(one, "share_of_four")
    for typed in ("", "no number"):
        one.page.fill("#try-given", typed)
        one.page.click("#try-check")
        one.page.locator("#try-verdict:not(:empty)").wait_for()
        assert one.page.locator(".try-outcome").count() == 0


def test_by_keyboard_alone_and_from_a_link(visit):
    """The keyboard comes to the question, and from the answer to what follows it."""
    one = visit(locale="en-US")
    one.arrive("#open=try")
    one.wait_live()
    one.wait_open("try_it")
    press = one.page.keyboard.press
    at = lambda selector: one.page.wait_for_function(  # noqa: E731
        "selector => document.activeElement.matches(selector)", arg=selector
    )

    def until(selector):
        for _ in range(80):
            press("Tab")
            if one.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(selector)

    one.page.focus("#panel-title")
    until("[data-task=early_answer]")
    press("Enter")
    at("#try-title")
    until("[name=try-choice]")
    press("Space")
    press("Enter")
    one.page.locator(".try-outcome").wait_for()
    at("#try-next")
    press("Enter")
    one.page.locator("#try-title").filter(has_text="Without positions").wait_for()
    at("#try-title")
    press("Escape")
    one.page.locator("#panel").wait_for(state="hidden")
    assert one.errors == []
