"""A reader at work in "Try it": goes to a task, answers it with mouse and keyboard, and reads what is said of it."""

from tests.browser.lessons.solving import SOLVERS, Asked, Run, Solved

ROWS = "rows => rows.map(row => [...row.querySelectorAll('th, td')].map(cell => cell.textContent))"
VALUES = "all => all.map(one => one.value)"
IN_SIGHT = """selector => {
    const one = document.querySelector(selector).getBoundingClientRect();
    const across = one.left + one.width / 2, down = one.top + Math.min(one.height, 40) / 2;
    return document.elementFromPoint(across, down)?.closest(selector) !== null;
}"""


def put(one, task: str) -> Asked:
    """Go to the task, if need be with the text that it offers; what it asks."""
    back = one.page.locator("#try-back")
    if back.count():
        back.click()
    one.page.click(f"[data-task={task}]")
    one.page.locator("#try-check, #try-take").wait_for()
    if one.page.locator("#try-take").count():
        one.page.click("#try-take")
    return asked_now(one, task)


def asked_now(one, task: str) -> Asked:
    """The question, once the picture is at the place where it begins."""
    one.page.locator("#try-check").wait_for()
    one.wait_answer()
    rows = one.page.eval_on_selector_all(".try-rows tr", ROWS)
    return Asked(
        task,
        one.page.input_value("#prompt"),
        one.page.text_content("#try-question"),
        one.page.get_attribute("html", "lang"),
        one.page.eval_on_selector_all("[name=try-choice]", VALUES),
        list(zip(*rows, strict=True)) if rows else [],
    )


def solve(reference, asked: Asked) -> Solved:
    return SOLVERS[asked.task](Run(reference, asked.text), asked)


def do(one, answer: tuple) -> None:
    """What the reader does before the check."""
    kind, *what = answer
    if kind == "option":
        one.page.check(f"#try-option-{what[0]}")
    elif kind in ("bar", "number"):
        one.page.fill("#try-given", str(what[0]))
    elif kind == "place":
        one.go(what[0] + 1, what[1] + 1)
    elif kind == "temperature":
        one.slide(what[0])
    elif kind == "top-k":
        if one.page.input_value("#top-k") != str(what[0]):
            one.page.evaluate("document.querySelector('#curve-sentence').textContent = ''")
            one.page.fill("#top-k", str(what[0]))
            one.page.wait_for_function("() => document.querySelector('#curve-sentence').textContent !== ''")
    elif kind == "text":
        one.type(what[0])
    else:
        cut(one, kind, *what)
    one.wait_answer()


def cut(one, kind: str, block: int, head: int = 0, row: int = -1, column: int = -1) -> None:
    if one.page.locator("#cuts-undo").is_visible():
        one.page.click("#cuts-undo")
        one.wait_answer()
    one.go(block + 1, head + 1)
    if kind == "arrow":
        point_at_cell(one, row, column)
        one.page.click("#reading-cut")
    else:
        one.page.click(f"[data-cut={kind}]")
    one.page.locator("#cuts").wait_for()


def point_at_cell(one, row: int, column: int) -> None:
    """By mouse, on a phone by a finger."""
    count, matrix = len(one.tokens()), one.page.locator("#pattern .matrix")
    matrix.scroll_into_view_if_needed()
    box = matrix.bounding_box()
    at = [
        box[x] + box[size] * (place + 0.5) / count for x, size, place in (("x", "width", column), ("y", "height", row))
    ]
    if one.page.viewport_size["width"] < 500:
        one.page.touchscreen.tap(*at)
    else:
        one.page.mouse.move(*at)
    one.page.locator("#tip.shown").wait_for()


def outcome(one, kind: str) -> str:
    """What is said of an answer, once it is of that kind; it is in sight."""
    one.page.locator(f"#try-verdict .try-outcome.{kind}").wait_for()
    one.follows(lambda: one.page.evaluate(IN_SIGHT, ".try-outcome"), True)
    return one.page.text_content("#try-verdict")


def check(one, kind: str) -> str:
    one.page.click("#try-check")
    return outcome(one, kind)


def again(one, task: str) -> Asked:
    one.page.click("#try-again")
    return asked_now(one, task)


def give_up(one) -> str:
    one.page.click("#try-give-up")
    return outcome(one, "gave_up")
