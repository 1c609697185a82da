"""axe-core finds nothing to mend, on the closed page and on every opened part, in both themes and languages."""

import pytest

from build.paths import ROOT
from page.panels.parts import linked

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def violations(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
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
    found = violations(page.page)
    page.close()
    assert found == []


def test_opened_table_and_help(page):
    page.page.locator('#flow [data-heatmap="q"]').focus()
    page.page.keyboard.press("ArrowDown")
    page.page.locator("#reading-table").click()
    page.wait_open("table")
    found = violations(page.page)
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
