"""My answers: what is handed in, its check code, on paper; what the teacher's number changes; and all forgotten."""

import binascii

import pytest

from build.site.languages import texts_of
from page.state.examples import EXAMPLES
from tests.browser.lessons import doing
from tests.browser.test_accessible import violations

LOCALES = {"en": "en-US", "zh": "zh-CN"}
DONE = (("still_first", "right"), ("hotter_share", "wrong"), ("share_of_four", "gave_up"))
MARKS = "() => document.querySelectorAll('.mark-right, .mark-wrong, .mark-gave_up').length"
PRINTED = """() => [...document.body.querySelectorAll("*")].filter(one => one.checkVisibility()
    && [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()))
    .map(one => one.textContent)"""
ON_PAPER = """() => {
    const paper = document.querySelector(".on-paper"), box = paper.getBoundingClientRect();
    return box.top >= 0 && box.left >= 0 && box.right <= innerWidth && paper.scrollHeight <= paper.clientHeight
        && document.documentElement.scrollHeight >= box.bottom && getComputedStyle(paper).color === "rgb(0, 0, 0)"
        && getComputedStyle(document.body).backgroundColor === "rgb(255, 255, 255)";
}"""


@pytest.fixture(scope="module", params=LOCALES)
def one(visiting, request):
    """A reader who has done one task right, one wrong, and has given one up."""
    options = {"locale": LOCALES[request.param], "color_scheme": "dark", "permissions": ["clipboard-read"]}
    with visiting(pyodide=False, **options) as one:
        one.words = texts_of(request.param) | texts_of(request.param, "lessons")
        one.wait_live()
        one.open("try_it")
        yield one
        assert one.errors == []


@pytest.fixture(scope="module")
def report(one, reference):
    for name, kind in DONE:
        solved = doing.solve(reference, doing.put(one, name))
        if kind == "gave_up":
            doing.give_up(one)
        else:
            doing.do(one, getattr(solved, kind))
            doing.check(one, kind)
    one.page.click("#try-back")
    one.page.click("#try-report")
    return one.page.input_value("#try-text")


def code_of(lines):
    """CRC-32, by the standard library, over the lines with one space between words."""
    plain = "\n".join(" ".join(line.split()) for line in lines)
    code = f"{binascii.crc32(plain.encode()):08X}"
    return f"{code[:4]}-{code[4:]}"


def test_the_text_and_its_code(one, report):
    *lines, last = report.rstrip("\n").split("\n")
    assert lines[0] == one.words["try.report"]
    for number, (name, kind) in enumerate(DONE):
        said = one.words[f"try.report.{kind}"].format(tries=0 if kind == "gave_up" else 1)
        assert lines[1 + 2 * number] == f"{one.words[f'task.{name}']}: {said}" and EXAMPLES[0] in lines[2 + 2 * number]
    assert last == one.words["try.report.code"].format(code=code_of(lines))
    assert violations(one.page, "#panel") == []


def test_it_is_copied_and_saved(one, report):
    one.page.click("#try-copy")
    one.page.locator("#try-copied:not(:empty)").wait_for()
    assert one.page.evaluate("navigator.clipboard.readText()") == report
    with one.page.expect_download() as saved:
        one.page.click("#try-save")
    assert saved.value.path().read_text(encoding="utf-8") == report


def test_a_changed_line_is_found(one, report):
    for handed, key in (
        ("  " + report.replace("\n", " \n\n "), "try.fits"),
        (report.replace("1", "2", 1), "try.fits_not"),
        (report, "try.fits"),
    ):
        one.page.fill("#try-handed", handed)
        one.follows(lambda: one.page.text_content("#try-fits"), one.words[key])


def test_on_paper_there_is_the_text_alone_and_all_of_it(one, report):
    one.page.evaluate("window.print = () => { window.printed = true }")
    one.page.click("#try-print")
    assert one.page.evaluate("window.printed")
    one.page.emulate_media(media="print")
    assert one.page.evaluate(PRINTED) == [report] and one.page.evaluate(ON_PAPER)
    one.page.emulate_media(media="screen")
    assert one.page.locator(".on-paper").is_hidden()


def test_it_is_kept_for_another_visit(one, report):
    one.page.reload()
    one.wait_live()
    one.open("try_it")
    one.follows(lambda: one.page.evaluate(MARKS), len(DONE))
    one.page.click("#try-report")
    assert one.page.input_value("#try-text") == report
    one.page.click("#try-back")


def test_a_number_from_the_teacher_chooses_the_text_and_has_its_own_answers(one, report):
    asked = set()
    for typed in ("1", "2", "3", "1"):
        one.page.fill("#try-number", typed)
        one.page.press("#try-number", "Tab")
        one.follows(lambda: one.page.evaluate(MARKS), 0)
        asked.add(doing.put(one, "most_looked")[1:3])
        one.page.click("#try-back")
    assert len(asked) == 3
    one.page.fill("#try-number", "")
    one.page.press("#try-number", "Tab")
    one.follows(lambda: one.page.evaluate(MARKS), len(DONE))


def test_a_text_that_cannot_be_asked_gets_another(one):
    one.type("The")
    one.page.click("[data-task=most_looked]")
    one.page.click("#try-take")
    assert doing.asked_now(one, "most_looked").text == EXAMPLES[0]
    one.page.click("#try-back")


def test_forget_me(one, report):
    one.page.click("#try-forget")
    one.follows(lambda: one.page.evaluate(MARKS), 0)
    assert one.page.locator("#said[role=status]").text_content() == one.words["try.forgotten"]
    assert one.page.evaluate("localStorage.length") == 0
