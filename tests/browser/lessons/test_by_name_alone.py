"""The tour from its first step to its last, and three tasks, by those who have the accessibility tree alone: everything
is found by its role and name, and read there."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from build.site.languages import texts_of
from model.gpt2 import softmax
from page.lessons.tour.chapters import STEPS
from tests.browser.conftest import LIMIT
from tests.browser.reading import number

WORDS = texts_of("en") | texts_of("en", "lessons")


@pytest.fixture(scope="module")
def page(visiting):
    expect.set_options(timeout=LIMIT)
    with visiting(pyodide=False, locale="en-US") as one:
        button = one.page.get_by_role("button", name=WORDS["tour.open"], exact=True)
        expect(one.page.get_by_role("status").filter(has_text="mini")).to_be_visible()
        expect(button).to_be_enabled()
        yield one.page
        assert one.errors == []


def test_the_tour(page):
    page.get_by_role("button", name=WORDS["tour.open"], exact=True).press("Enter")
    asked, told = 0, set()
    for step in STEPS:
        strip = page.get_by_role("region", name=WORDS[f"tour.{step.name}.title"], exact=True)
        expect(strip.get_by_role("heading")).to_be_focused()
        answers = strip.get_by_role("radio")
        text = strip.get_by_role("paragraph").filter(has_text=re.compile(r"(\S+\s+){15}|“"))
        expect(text.or_(answers.first).first).to_be_visible()
        if answers.count():
            asked += 1
            expect(strip.get_by_role("group")).to_be_visible()
            answers.first.check()
            expect(strip.get_by_role("strong")).to_have_text(re.compile("^(Right|Not quite)[.]$"))
        told.add(text.inner_text())
        expect(page.get_by_role("status").filter(has_text=text.inner_text())).to_have_count(1)
        last = step is STEPS[-1]
        strip.get_by_role("button", name=WORDS["tour.end" if last else "tour.on"], exact=True).press("Enter")
    assert asked >= 10 and len(told) == len(STEPS)
    expect(page.get_by_role("button", name=WORDS["tour.open"], exact=True)).to_be_focused()


@pytest.fixture
def task(page):
    """task(name) -> the panel, at that task."""

    def task(name):
        panel = page.get_by_role("dialog", name=WORDS["panel.try_it"], exact=True)
        if not panel.count():
            page.get_by_role("button", name=WORDS["open.try_it"], exact=True).press("Enter")
        back = panel.get_by_role("button", name=WORDS["try.back"], exact=True)
        if back.count():
            back.press("Enter")
        panel.get_by_role("button", name=WORDS[f"task.{name}"], exact=True).press("Enter")
        expect(panel.get_by_role("heading", name=WORDS[f"task.{name}"], exact=True)).to_be_focused()
        return panel

    return task


def right(page, part):
    """That the answer is right is said, with this in it; the keyboard need not look for it."""
    expect(page.get_by_role("status").filter(has_text=WORDS["try.said.right"]).filter(has_text=part)).to_have_count(1)


def test_predict_by_the_list(page, task):
    """The likeliest token stays so: it is the first of the list of next tokens."""
    panel = task("still_first")
    first = page.get_by_role("table").filter(has_text="%").first.get_by_role("rowheader").first.inner_text()
    token = first.split()[0]
    panel.get_by_role("radio", name=f"“{token}”", exact=True).check()
    panel.get_by_role("button", name=WORDS["try.check"], exact=True).press("Enter")
    right(page, token)
    expect(panel.get_by_role("button", name=WORDS["try.next"], exact=True)).to_be_focused()


def test_compute_by_the_table(page, task):
    panel = task("share_of_four")
    table = panel.get_by_role("table")
    names = table.get_by_role("columnheader").all_inner_texts()
    shares = softmax(np.array([number(score)[0] for score in table.get_by_role("cell").all_inner_texts()]))
    question = panel.get_by_role("paragraph").filter(has_text="Softmax").inner_text()
    other = [name for name in re.findall("“.+?”", question) if name in names][1]
    field = panel.get_by_role("textbox", name=WORDS["try.given"], exact=True)
    field.fill(f"{100 * shares[names.index(other)]:.1f}")
    field.press("Enter")
    right(page, other)


def test_make_it_so_above_the_panel(page, task):
    task("exactly")
    page.get_by_role("slider", name=WORDS["top_k.label"], exact=True).fill("3")
    right(page, WORDS["task.exactly.so"].split("{")[0].strip())
