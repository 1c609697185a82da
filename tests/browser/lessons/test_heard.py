"""What is heard of the tour and the tasks by those who do not see them."""

import pytest

from build.site.languages import texts_of
from page.lessons.tour.chapters import STEPS
from tests.browser.hearing import Ear
from tests.browser.lessons import doing

LOCALES = {"en": "en-US", "zh": "zh-CN"}


@pytest.fixture(scope="module", params=LOCALES)
def one(visiting, request):
    with visiting(pyodide=False, locale=LOCALES[request.param]) as one:
        one.wait_live()
        one.words = texts_of(request.param) | texts_of(request.param, "lessons")
        one.ear = Ear(one.page)
        yield one
        assert one.errors == []


def test_a_step_is_heard_by_its_name_then_what_it_asks_or_tells(one):
    """By the keyboard's coming to its name, unless it is there already."""
    ways = ("#open-tour", "Enter"), ("#tour-on", "Enter"), ("#tour-title", "ArrowRight"), ("#tour-back", "Enter")
    for (place, key), step in zip(ways, (*STEPS[:3], STEPS[1]), strict=True):
        one.page.press(place, key)
        title = one.words[f"tour.{step.name}.title"]
        said = one.words[f"tour.{step.name}.ask" if step.answers else f"tour.{step.name}"].split("{")[0].split("[")[0]
        if place == "#tour-title":
            said = f"{title} {said}"
        else:
            one.ear.hears("heading", title)
        one.ear.hears("live", said)
    one.page.press("#tour-title", "Escape")


def test_a_second_wrong_answer_in_the_tour_is_heard_too(one):
    step = next(step for step in STEPS if step.answers == 3)
    one.page.evaluate("name => { location.hash = 'tour=' + name }", step.name)
    one.page.locator("#tour [type=radio]").nth(2).wait_for()
    for number in {0, 1, 2} - {step.right - 1}:
        one.page.locator("#tour [type=radio]").nth(number).check()
        one.ear.hears("live", one.words["tour.wrong"])
    one.page.click("#tour-close")


def test_a_task_is_heard_by_its_name_and_question_and_each_answer_is(one):
    one.open("try_it")
    question = doing.put(one, "exactly").question
    one.ear.hears("heading", f"{one.words['task.exactly']}. {question}")
    for _ in range(2):
        one.page.click("#try-check")
        one.ear.hears("live", one.words["try.said.not_yet"])
    doing.do(one, ("top-k", 3))
    one.ear.hears("live", one.words["try.said.right"])
    doing.put(one, "share_of_four")
    for _ in range(2):
        one.page.click("#try-check")
        one.ear.hears("live", one.words["try.nothing"])
    one.page.click("#try-back")
    one.page.click("#try-forget")
    one.ear.hears("live", one.words["try.forgotten"])
