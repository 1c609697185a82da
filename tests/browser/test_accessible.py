"""axe-core finds nothing to mend, on the closed page and on every opened part, in both themes and languages."""

import pytest

from build.paths import ROOT
from page.panels.parts import linked
from tests.browser.test_every_size import VIEWS, open_code

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


STILL = "Promise.allSettled(document.getAnimations().map(one => one.finished))"  # what fades in has its colours then


def violations(page, within="html"):
    page.evaluate(STILL)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("([within, rules]) => axe.run(within, rules)", [within, RULES])["violations"]
    return [(one["id"], one["help"], [node["html"][:160] for node in one["nodes"][:4]]) for one in found]


@pytest.fixture(scope="module", params=[("light", "en-US"), ("dark", "zh-CN")], ids=["light-en", "dark-zh"])
def page(visiting, request):
    theme, language = request.param
    with visiting(pyodide=False, color_scheme=theme, locale=language) as one:
        one.wait_live()
        one.page.wait_for_selector("#logit-lens .stop")
        yield one


def test_closed(page):
    assert violations(page.page) == []


@pytest.mark.parametrize("part", linked().values())
def test_opened(page, part):
    page.open(part)
    if part == "effects":
        page.page.locator(".effect-table").wait_for()
    found = violations(page.page)
    page.close()
    if part == "cuts":
        page.page.click("[data-cut=head]")
    assert found == []


@pytest.mark.parametrize("view", VIEWS)
def test_the_code(page, view):
    open_code(page, view)
    found = violations(page.page)
    page.page.evaluate("document.activeElement.blur()")  # Escape is the editor's
    page.close()
    assert found == []


def test_tooltip_and_opened_number_and_table_and_help(page):
    page.page.locator('#flow [data-heatmap="q"]').focus()
    page.page.keyboard.press("ArrowDown")
    page.page.locator("#tip.shown").wait_for()
    found = violations(page.page)
    page.page.keyboard.press("Enter")
    page.wait_open("number")
    page.page.click("#whole summary")
    page.page.wait_for_selector(".factor")
    found += violations(page.page)
    page.page.click("#panel .as-table")
    page.wait_open("table")
    found += violations(page.page)
    page.page.keyboard.press("Escape")
    page.wait_open("number")
    page.close()
    page.page.locator('[data-help="gelu"]').click()
    assert found + violations(page.page) == []
    page.page.keyboard.press("Escape")


def test_every_stop_of_the_tab_key_has_a_name_and_shows_its_focus(page):
    """One stop for each strip column and for the matrix, however many cells they have."""
    page.page.locator("#language").focus()
    seen = []
    for _ in range(120):
        page.page.keyboard.press("Tab")
        stop = page.page.evaluate(
            """() => {
                const one = document.activeElement;
                const style = getComputedStyle(one);
                const label = one.getAttribute("aria-label") || one.textContent || one.labels?.[0]?.textContent || "";
                const name = one.dataset.heatmap || one.dataset.matrix || one.id || one.className || one.tagName;
                return [name, label.trim(),
                        style.outlineStyle !== "none" || one.id === "prompt"];
            }"""
        )
        if stop[0] == "language" or stop[0] == "BODY":
            break
        seen.append(stop)
    names = [stop[0] for stop in seen]
    assert names.count("pattern") == 1 and names.count("q") == 1 and "threshold" in names
    assert all(label for _, label, _ in seen), seen
    assert all(outlined for _, _, outlined in seen), seen


NAMES = """() => [...document.querySelectorAll("button, a, select, [role=grid]")]
    .filter(one => one.checkVisibility({ visibilityProperty: true }) && !one.closest("[popover]:not(:popover-open)"))
    .map(one => one.getAttribute("aria-label") || one.title || one.labels?.[0]?.textContent || one.textContent)"""


def test_every_button_has_a_name_of_its_own_and_no_role_takes_the_readers_keys(page):
    page.type("the cat and the dog and the cat")
    names = page.page.evaluate(NAMES)
    assert len(names) > 30 and all(names)
    assert {name for name in names if names.count(name) > 1} == set()
    assert page.page.locator("[role=application]").count() == 0


def test_the_picture_has_a_summary_that_follows(page):
    page.type("The cat sat on the")
    summary = page.page.locator("#summary")
    said = summary.text_content()
    view = [int(part) + 1 for part in page.page.get_attribute("#figure", "data-view").split()]
    for part in ("The cat sat on the", page.page.text_content("#sentence"), str(view[0]), str(view[1])):
        assert part in said
    assert f"“{page.candidates()[0]['shown'].strip('␣')}”" in said
    assert page.page.get_attribute("#figure", "aria-describedby") == summary.get_attribute("id")
    page.page.locator("#tokens .token").nth(1).click()
    page.page.wait_for_function("said => document.querySelector('#summary').textContent !== said", arg=said)


@pytest.mark.parametrize(("presses", "target"), [(1, "figure"), (2, "candidates")])
def test_links_skip_the_header_and_leave_the_address_alone(page, presses, target):
    page.page.locator("#tokens .token").first.click()
    page.fragment("token=1")  # the address says what is seen, and is not about to change
    page.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.page.mouse.click(2, 2)  # where the keyboard starts: before everything
    page.page.evaluate("document.querySelector('a.skip').focus()")
    page.page.keyboard.press("Shift+Tab")
    for _ in range(presses):
        page.page.keyboard.press("Tab")
    link = page.page.locator(f"a.skip[href='#{target}']")
    assert link.evaluate("one => one === document.activeElement && one.getBoundingClientRect().width > 40")
    before = page.page.url
    page.page.keyboard.press("Enter")
    assert page.page.evaluate("document.activeElement.id") == target and page.page.url == before
