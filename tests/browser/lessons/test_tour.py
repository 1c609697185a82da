"""The guided tour as a reader takes it: asked, answered, told; by keys; by link; beside a text that changes."""

import pytest

from page.lessons.tour.chapters import NAMES, STEPS
from tests.browser.test_accessible import violations

ARRIVED = """([name, number]) => document.querySelector("#tour:not([hidden])") && location.hash.includes("tour=" + name)
    && document.querySelector("#tour-count").textContent.match(/\\d+/)?.[0] === number
    && document.querySelector("#tour-told").textContent.trim() !== "" """
LIT = """light => {
    const strip = document.querySelector("#tour").getBoundingClientRect();
    const low = document.querySelector("#panel[open]")?.getBoundingClientRect().top ?? innerHeight;
    const boxes = names => [...document.querySelectorAll(names)].map(one => [one, one.getBoundingClientRect()]);
    const drawn = light.split(",").flatMap(boxes).filter(([, box]) => box.width && box.height);
    return drawn.some(([one, box]) => {
        const end = one.closest("#panel") ? innerHeight : low;
        const seen = Math.min(box.bottom, end) - Math.max(box.top, box.bottom > strip.top ? strip.bottom : 0);
        return seen >= Math.min(box.height, 60) - 1;
    });
}"""  # below the strip, or above it, and above a panel
OUTLINED = "light => getComputedStyle(document.querySelector(light)).outlineStyle"
VERDICTS = {"en": ("Right.", "Not quite."), "zh": ("对。", "不对。")}


def at(page, name):
    page.page.wait_for_function(ARRIVED, arg=[name, str(NAMES.index(name) + 1)])


def opened(visit, name):
    """A page to which a link to this step has led."""
    one = visit(locale="en-US", viewport={"width": 1440, "height": 900})
    one.page.goto("about:blank")
    one.page.goto(f"{one.address}#tour={name}")
    one.wait_live()
    at(one, name)
    return one


def answered(page, language):
    """Every answer in turn, the right one last: what is said of each."""
    radios = page.page.locator("#tour [type=radio]")
    said = []
    for number in range(radios.count()):
        radios.nth(number).check()
        said.append(page.page.text_content("#tour-told .verdict"))
    right, wrong = VERDICTS[language]
    assert sorted(said) == sorted([right] + [wrong] * (radios.count() - 1))
    radios.nth(said.index(right)).check()


@pytest.mark.parametrize(
    ("language", "width", "height", "theme"),
    [("en", 1440, 900, "light"), ("zh", 1366, 640, "dark"), ("zh", 390, 844, "light"), ("en", 390, 844, "dark")],
)
def test_from_the_first_step_to_the_last(visit, language, width, height, theme):
    one = visit(
        locale={"en": "en-US", "zh": "zh-CN"}[language], viewport={"width": width, "height": height}, color_scheme=theme
    )
    one.wait_live()
    one.page.press("#open-tour", "Enter")
    asked = 0
    for number, step in enumerate(STEPS):
        at(one, step.name)
        assert one.page.evaluate("document.activeElement.id") == "tour-title", "the keyboard is at the step's name"
        assert str(number + 1) in one.page.text_content("#tour-count")
        one.follows(lambda step=step: one.page.evaluate(LIT, step.light), True)
        assert one.page.evaluate(OUTLINED, step.light) == "dashed"
        if one.page.locator("#tour [type=radio]").count():
            asked += 1
            assert one.page.locator("#tour-told p").count() == 0, "it asks before it tells"
            assert not one.page.locator("#sentence").is_visible()
            answered(one, language)
        text = one.page.text_content("#tour-told p")
        assert len(text.split()) <= 90 if language == "en" else len(text) <= 190
        assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if number % 5 == 0:
            assert violations(one.page) == []
        one.page.locator("#tour-title").focus()
        one.page.keyboard.press("ArrowRight")
    one.page.locator("#tour").wait_for(state="hidden")
    assert asked >= 10 and one.page.evaluate("document.activeElement.id") == "open-tour"
    one.fragment(without="tour=")
    assert one.errors == []


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_nothing_is_scrolled_where_all_that_is_lit_is_seen(visit, width, height):
    """Three steps about one picture, which the reader has put right below the strip."""
    one = visit(locale="en-US", viewport={"width": width, "height": height})
    one.page.goto("about:blank")
    one.page.goto(f"{one.address}#tour=score")
    one.wait_live()
    at(one, "score")
    top = "document.querySelector('#pattern').getBoundingClientRect().top"
    below = "document.querySelector('#tour').getBoundingClientRect().bottom"
    one.page.locator("#tour [type=radio]").first.wait_for()
    one.page.evaluate(f"scrollBy(0, {top} - {below} - 100)")
    before = one.page.evaluate(top)
    for name in ("mask", "look"):
        one.page.click("#tour-on")
        at(one, name)
        one.follows(lambda: one.page.evaluate("document.activeElement.id"), "tour-title")
        assert abs(one.page.evaluate(top) - before) < 2


def test_it_is_left_and_resumed_and_a_step_is_a_link(visit):
    one = opened(visit, "layernorm")
    one.page.click("#tour-on")
    at(one, "query")
    one.page.click("#tour-back")
    at(one, "layernorm")
    one.page.locator("#tour-title").focus()
    one.page.keyboard.press("Escape")
    one.page.locator("#tour").wait_for(state="hidden")
    one.fragment(without="tour=")
    one.page.click("#open-tour")
    at(one, "layernorm")
    one.page.reload()
    one.wait_live()
    at(one, "layernorm")
    one.page.evaluate("() => { location.hash = 'tour=nowhere' }")
    one.page.wait_for_function("() => document.querySelector('#notice-text').textContent.includes('tour=nowhere')")
    assert one.errors == []


def test_what_it_says_follows_text_settings_place_and_language(visit):
    one = opened(visit, "start")
    said = lambda: one.page.text_content("#tour-told p")  # noqa: E731
    first = one.candidates()[0]
    share = f"{float(first['sampled'].split()[0]):.0f}"
    one.follows(lambda: f"“{first['shown'].strip('␣ ')}”, has {share} %" in said().replace("\u00a0", " "), True)
    one.type("My sister married Mr. Davis. I like Mr.")
    one.follows(lambda: "pieces of words: 11." in said() and "“Davis”" in said(), True)
    before = said()
    one.slide(2)
    one.follows(lambda: said() != before, True)
    one.page.click("#tour-on")
    at(one, "tokens")
    one.page.select_option("#language", "zh")
    one.follows(lambda: one.page.text_content("#tour legend").startswith("模型看不到字母"), True)
    one.page.locator("#tour [type=radio]").nth(1).check()
    one.go(2, 1)
    assert one.page.text_content("#tour-told .verdict") == "对。", "an answer stays while the question does"
    for name in ("merges", "embedding", "stream"):
        one.page.click("#tour-on")
        at(one, name)
    before = said()
    one.go(3, 1)
    one.follows(lambda: "第 3 块" in said() and said() != before, True)
    assert one.errors == []


def test_a_finger_moves_it_and_texts_that_do_not_come_are_missed_kindly(visit):
    one = visit(
        lambda path: 404 if path.startswith("lessons/") else None,
        locale="en-US",
        viewport={"width": 390, "height": 844},
        has_touch=True,
    )
    one.wait_live()
    one.page.click("#open-tour")
    one.page.wait_for_function(
        "() => document.querySelector('#tour-title').textContent.includes('could not be fetched')"
    )
    one.page.evaluate(
        """() => {
            const strip = document.querySelector("#tour");
            for (const [kind, x] of [["touchstart", 300], ["touchend", 100]]) {
                const touch = new Touch({identifier: 1, target: strip, clientX: x, clientY: 300});
                strip.dispatchEvent(new TouchEvent(kind, {changedTouches: [touch], bubbles: true}));
            }
        }"""
    )
    one.page.wait_for_function("() => location.hash.includes('tour=tokens')")
    assert all("404" in error for error in one.errors)
