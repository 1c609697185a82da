"""Tasks as a reader does them: right, wrong and given up, checked against the model run by CPython."""

import re

import numpy as np
import pytest

from model.gpt2 import softmax
from model.removals import Off
from model.what_if import logits_if
from page.state.examples import EXAMPLES
from tests.browser.reading import close, number
from tests.browser.test_accessible import violations

TEXT = EXAMPLES[0]
VISITS = {
    "en-wide": {"locale": "en-US", "viewport": {"width": 1440, "height": 900}},
    "zh-phone": {"locale": "zh-CN", "viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


@pytest.fixture(scope="module", params=VISITS.values(), ids=VISITS)
def one(visiting, request):
    with visiting(pyodide=False, **request.param) as one:
        one.wait_live()
        one.open("try_it")
        yield one
        assert one.errors == []


@pytest.fixture(scope="module")
def session(reference):
    session, tokenizer = reference
    session.run(tokenizer.encode(TEXT))
    return session


@pytest.fixture
def put(one):
    """put(name) -> the words of that task's question."""

    def put(name):
        if one.page.locator("#try-back").count():
            one.page.click("#try-back")
        one.page.click(f"[data-task={name}]")
        one.page.locator("#try-check").wait_for()
        one.wait_answer()
        return one.page.text_content(".try-ask > p")

    return put


def outcome(one, kind):
    """What is said of an answer, once it is of that kind."""
    one.page.locator(f"#try-verdict[role=status] .try-outcome.{kind}").wait_for()
    return one.page.text_content("#try-verdict")


def check(one, kind):
    one.page.click("#try-check")
    return outcome(one, kind)


def again(one):
    one.page.click("#try-again")
    one.page.locator("#try-check").wait_for()


def give_up(one):
    one.page.click("#try-give-up")
    return outcome(one, "gave_up")


def shares(text):
    """The percentages of a sentence, as shares."""
    return [float(found) / 100 for found in re.findall(r"([\d.]+)\u00a0%", text)]


def counted(text):
    return [int(found) for found in re.findall(r"\d+", text)]


def test_predict_where_a_head_looks(one, put, session):
    numbers = counted(put("most_looked"))[:2]
    row = session.block(numbers[0] - 1).pattern[numbers[1] - 1][-1]
    right = int(row.argmax())
    wrong = next(place for place in (1, 4, 5) if place != right)
    one.page.click("#try-check")
    assert one.page.locator("#try-check").count() == 1, "nothing is said of no answer"
    one.page.check(f"#try-option-{wrong}")
    said = shares(check(one, "wrong"))
    assert said == [pytest.approx(row[wrong], abs=6e-4), pytest.approx(row[right], abs=6e-4)]
    assert one.page.locator(f"label.right #try-option-{right}").count() == 1
    again(one)
    one.page.check(f"#try-option-{right}")
    assert shares(check(one, "right")) == [pytest.approx(row[right], abs=6e-4)]
    one.page.click("#try-show")
    one.page.wait_for_selector(f'#figure[data-view="{numbers[0] - 1} {numbers[1] - 1} 6"]')
    again(one)
    assert shares(give_up(one)) == [pytest.approx(row[right], abs=6e-4)]
    assert violations(one.page) == []


def test_predict_by_a_bar(one, put, session):
    put("hotter_share")
    right = float(softmax(session.final.logits[0] / 2).max())
    for share, kind in ((0.9, "wrong"), (right, "right")):
        one.page.locator("#try-given").fill(str(round(100 * share)))
        assert shares(check(one, kind))[-1] == pytest.approx(right, abs=6e-4)
        again(one)
    give_up(one)
    assert violations(one.page) == []


def test_find_a_head_in_the_picture(one, put, session):
    put("head_before")
    means = {
        (block, head): float(np.diag(pattern, -1).mean())
        for block in range(session.config.n_layer)
        for head, pattern in enumerate(session.block(block).pattern)
    }
    best = max(means, key=means.get)
    assert means[best] >= 0.5
    here = tuple(int(place) for place in one.page.get_attribute("#figure", "data-view").split()[:2])
    assert means[here] < 0.5 and shares(check(one, "not_yet")) == [pytest.approx(means[here], abs=6e-4)]
    one.go(best[0] + 1, best[1] + 1)
    one.follows(lambda: counted(one.page.text_content(".try-place"))[:2], [best[0] + 1, best[1] + 1])
    assert shares(check(one, "right")) == [pytest.approx(means[best], abs=6e-4)]
    again(one)
    give_up(one)
    assert violations(one.page) == []


def test_make_it_so_and_the_page_notices(one, put):
    put("exactly")
    check(one, "not_yet")
    one.page.locator("#top-k").fill("5")
    one.follows(lambda: counted(check(one, "not_yet"))[-1], 5)
    one.page.locator("#top-k").fill("3")
    outcome(one, "right")
    again(one)
    give_up(one)
    one.page.click("#try-show")
    one.page.click("#reset")


def test_make_another_prediction_by_one_word(one, put):
    words = put("change_word")
    wanted = re.findall("“(.+?)”", words)[-1]
    one.type(TEXT.replace("little girl", "big boy"))
    check(one, "not_yet")
    for word in ("boy", "man", "king", "old"):
        one.type(TEXT.replace("girl", word))
        if one.candidates()[0]["shown"].strip("␣") == wanted:
            break
    outcome(one, "right")
    one.type(TEXT)
    again(one)
    assert wanted in give_up(one)
    assert violations(one.page) == []


def test_break_by_switching_off_the_mlp_that_counts_most(one, put, session):
    put("switch_mlp")
    logits = {block: logits_if(session, [Off("mlp", block)]) for block in range(session.config.n_layer)}
    first = int(session.final.logits[0].argmax())
    left = {block: float(softmax(logits[block])[first]) for block in logits}
    best = min(left, key=left.get)
    other = max(left, key=left.get)
    one.go(other + 1, 1)
    one.page.click("[data-cut=mlp]")
    one.wait_answer()
    assert close(re.findall(r"[\d.]+\u00a0%", check(one, "not_yet"))[-1], 100 * left[other], 1e-3)
    one.page.click("#cuts-undo")
    one.wait_answer()
    one.go(best + 1, 1)
    one.page.click("[data-cut=mlp]")
    assert close(re.findall(r"[\d.]+\u00a0%", outcome(one, "right"))[-1], 100 * left[best], 1e-3)
    again(one)
    one.page.locator("#cuts").wait_for(state="hidden")
    give_up(one)


def test_compute_a_share_with_what_is_shown(one, put):
    """By the scores as they stand on the page, as with pencil and paper; a comma is a point."""
    words = put("share_of_four")
    names = one.page.eval_on_selector_all(".try-rows th", "all => all.map(one => one.textContent)")
    scores = one.page.eval_on_selector_all(".try-rows td", "all => all.map(one => one.textContent)")
    exact = softmax(np.array([number(score)[0] for score in scores]))
    asked = [name for name in re.findall("“.+?”", words) if name in names][1]
    right = 100 * float(exact[names.index(asked)])
    one.page.fill("#try-given", "no number")
    one.page.click("#try-check")
    assert one.page.locator(".try-outcome").count() == 0
    one.page.fill("#try-given", f"{right + 5:.1f}")
    check(one, "not_yet")
    one.page.fill("#try-given", f"{right:.1f}".replace(".", ",") + " %")
    one.page.press("#try-given", "Enter")
    assert shares(outcome(one, "right"))[-1] == pytest.approx(right / 100, abs=0.006)
    one.page.click("#try-open")
    one.wait_open("number")
    one.page.keyboard.press("Escape")
    one.wait_open("try_it")
    outcome(one, "right")
    again(one)
    give_up(one)
    assert violations(one.page) == []


def test_the_answers_are_kept_handed_in_and_forgotten(one):
    """What was done in the tests before stands in the list, and still does on another visit."""
    marks = "() => [...document.querySelectorAll('[data-task] + .mark-right')].map(one => one.parentNode.textContent)"
    one.page.click("#try-back")
    one.page.wait_for_selector(".try-kinds")
    done = one.page.evaluate(marks)
    assert len(done) == 7
    one.page.reload()
    one.wait_live()
    one.open("try_it")
    assert one.page.evaluate(marks) == done
    one.page.click("#try-report")
    report = one.page.input_value("#try-text")
    assert report.count(TEXT) == 7 and violations(one.page) == []
    one.page.fill("#try-handed", "  " + report.replace("\n", " \n\n "))
    fits = one.page.text_content("#try-fits")
    one.page.fill("#try-handed", report.replace("5", "6"))
    one.page.wait_for_function("fits => document.querySelector('#try-fits').textContent !== fits", arg=fits)
    one.page.click("#try-back")
    one.page.click("#try-forget")
    one.page.wait_for_function("() => !document.querySelector('.mark-right, .mark-gave_up')")
    assert one.page.evaluate("localStorage.length") == 0


def test_a_number_from_the_teacher_chooses_the_text_and_a_text_that_cannot_be_asked_gets_another(one):
    texts = set()
    for typed in ("1", "2", "3", "1"):
        one.page.fill("#try-number", typed)
        one.page.press("#try-number", "Tab")
        one.page.click("[data-task=most_looked]")
        one.page.locator("#try-check").wait_for()
        one.wait_answer()
        texts.add((one.page.input_value("#prompt"), one.page.text_content(".try-ask > p")))
        one.page.click("#try-back")
    assert len(texts) == 3
    one.page.fill("#try-number", "")
    one.page.press("#try-number", "Tab")
    one.type("The")
    one.page.click("[data-task=most_looked]")
    one.page.click("#try-take")
    one.page.locator("#try-check").wait_for()
    assert one.page.input_value("#prompt") == TEXT


def test_by_keyboard_alone_and_from_a_link(visit):
    one = visit(locale="en-US")
    one.page.goto(one.address + "#open=try")
    one.page.reload()
    one.wait_live()
    one.wait_open("try_it")
    press = one.page.keyboard.press

    def until(selector):
        for _ in range(80):
            press("Tab")
            if one.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(selector)

    one.page.focus("#panel-title")
    until("[data-task=early_answer]")
    press("Enter")
    one.page.locator("#try-check").wait_for()
    until("[name=try-choice]")
    press("Space")
    press("Enter")
    one.page.locator(".try-outcome").wait_for()
    until("#try-next")
    press("Enter")
    one.page.locator("#try-title").filter(has_text="Without positions").wait_for()
    press("Escape")
    one.page.locator("#panel").wait_for(state="hidden")
    assert one.errors == []
