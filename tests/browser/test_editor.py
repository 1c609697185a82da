"""The code editor, opened by the page's Python under the page's policy: what is typed comes back, the keyboard gets
out, lines stay marked, and its colours are those of the listing, light and dark."""

import json

import pytest

from build.paths import ROOT
from tests.browser.test_accessible import violations

SCRIPT, BUNDLE = "py/page/editor/editor.js", "vendor/codemirror/codemirror.js"
LABEL = "The code. Escape, then Tab leaves it."
SHORT = 'def f(x):\n    return max(x, 0.5) or "none"  # never less'
LONG = (ROOT / "py" / "model" / "gpt2.py").read_text(encoding="utf-8")
STAGE = """() => document.body.insertAdjacentHTML("afterbegin", `<section id="stage" class="code" aria-label="stage">
    <button>before</button><div id="editor"></div><button>after</button>
    <ol class="listing"><li><code><span class="keyword">return</span> <span class="number">0.5</span>
        <span class="string">"none"</span> <span class="comment"># never less</span></code></li></ol></section>`)"""
OPEN = f"""
import json
from pyscript import document, window

heard = []


def hear(what):
    heard.append(what)
    document.documentElement.setAttribute("data-heard", json.dumps(heard))


async def opened():
    options = {{"text": {SHORT!r}, "label": {LABEL!r}}}
    options["changed"] = lambda: hear(window.editor.text())
    options["run"] = lambda: hear("run")
    hear(await window.editor.open(document.getElementById("editor"), options))


import asyncio
asyncio.create_task(opened())
"""
IN_PYTHON = """text => document.body.append(Object.assign(document.createElement("script"), { type: "mpy", text }))"""
LINES = """name => [...document.querySelector("#editor").shadowRoot.querySelectorAll(`.cm-line.${name}`)]
    .map(line => line.textContent)"""
COLOURS = """() => [...document.querySelectorAll("#stage .listing span")].map(one => {
    const pieces = [...document.querySelector("#editor").shadowRoot.querySelectorAll(".cm-line span")];
    const same = pieces.find(piece => piece.textContent === one.textContent);
    return [getComputedStyle(one).color, same && getComputedStyle(same).color];
})"""
PLACE = """() => {  // of the faulty line in the editor: 0 at the top, 1 at the bottom
    const shadow = document.querySelector("#editor").shadowRoot;
    const line = shadow.querySelector(".cm-line.faulty")?.getBoundingClientRect();
    const { top, height } = shadow.querySelector(".cm-scroller").getBoundingClientRect();
    return line ? (line.top + line.height / 2 - top) / height : -1;
}"""


@pytest.fixture(scope="module", params=["light", "dark"])
def page(visiting, request):
    """With an editor between two buttons, which the page's Python has opened."""
    with visiting(pyodide=False, locale="en-US", color_scheme=request.param) as one:
        one.wait_live()
        assert not {one.address + SCRIPT, one.address + BUNDLE} & set(one.requests)
        before = len(one.requests)
        one.page.evaluate(STAGE)
        one.page.evaluate("document.querySelector('#editor').style.height = '240px'")
        one.page.add_script_tag(url=SCRIPT)
        one.page.evaluate(IN_PYTHON, OPEN)
        one.follows(lambda: heard(one), [True])
        assert one.requests[before:] == [one.address + SCRIPT, one.address + BUNDLE]
        yield one
        assert one.errors == []


@pytest.fixture
def field(page):
    """The editor's field, by its name for screen readers; a test begins with the text SHORT and no mark."""
    page.page.evaluate("text => { editor.set(text); editor.mark([]); editor.fault(0); }", SHORT)
    page.page.evaluate("document.documentElement.dataset.heard = '[]'")
    return page.page.get_by_role("textbox", name=LABEL, exact=True)


def heard(one):
    return json.loads(one.page.evaluate("() => document.documentElement.dataset.heard || '[]'"))


def text(one):
    return one.page.evaluate("() => editor.text()")


def test_what_is_typed_comes_back_and_is_told(page, field):
    field.press("Control+End")
    page.page.keyboard.press("Enter")
    page.page.keyboard.type("if x:")
    page.page.keyboard.press("Enter")
    page.page.keyboard.type("面\0 \U0001f600")
    typed = SHORT + "\n    if x:\n        面\ufffd \U0001f600"
    assert text(page) == typed
    assert heard(page)[-1] == typed, "the page's Python was told, and read the same"
    page.page.keyboard.press("Control+Enter")
    assert heard(page)[-1] == "run" and text(page) == typed
    page.page.evaluate("text => editor.set(text)", LONG)
    assert text(page) == LONG
    page.page.keyboard.press("Control+z")
    assert text(page) == typed, "what was put in its place is undone in one step"


def test_the_keyboard_gets_out(page, field):
    focused = "() => document.activeElement.textContent.trim() || document.activeElement.id"
    page.page.get_by_role("button", name="before", exact=True).focus()
    for key, place in (("Tab", "editor"), ("Tab", "after"), ("Shift+Tab", "editor"), ("Shift+Tab", "before")):
        page.page.keyboard.press(key)
        assert page.page.evaluate(focused) == place, "who only comes by goes on"
    field.press("ArrowDown")
    page.page.keyboard.press("Tab")
    assert text(page).split("\n")[1] == "    " + SHORT.split("\n")[1]
    page.page.evaluate("() => { document.onkeydown = event => { self.closes = !event.defaultPrevented; }; }")
    page.page.keyboard.press("Escape")
    assert page.page.evaluate("closes") is False, "what the editor stands in stays open"
    page.page.evaluate("() => { const now = Date.now; Date.now = () => now() + 3_600_000; }")  # however late
    page.page.keyboard.press("Tab")
    assert page.page.evaluate(focused) == "after"


def test_lines_are_marked_and_stay_with_their_text(page, field):
    first, second = SHORT.split("\n")
    page.page.evaluate("editor.mark([2, 1, 9]); editor.fault(2)")
    assert page.page.evaluate(LINES, "marked") == [first, second]
    field.press("Control+Home")
    page.page.keyboard.type("# new")
    page.page.keyboard.press("Enter")
    assert page.page.evaluate(LINES, "marked")[-1] == second
    assert page.page.evaluate(LINES, "faulty") == [second]
    page.page.evaluate("editor.mark([1]); editor.fault(0)")
    assert page.page.evaluate(LINES, "marked") == ["# new"]
    assert page.page.evaluate(LINES, "faulty") == []


def test_a_line_is_shown_in_the_middle(page, field):
    page.page.evaluate("text => { editor.set(text); editor.fault(80); editor.show(80); }", LONG)
    page.follows(lambda: round(page.page.evaluate(PLACE), 1), 0.5)
    assert page.page.evaluate(LINES, "faulty") == [LONG.split("\n")[79]]
    assert page.page.evaluate("scrollY") == 0


def test_its_colours_are_those_of_the_listing_and_can_be_read(page, field):
    field.press("Control+End")
    page.page.evaluate("editor.mark([1])")
    colours = page.page.evaluate(COLOURS)
    assert len({listed for listed, _ in colours}) == 4
    assert [listed for listed, _ in colours] == [edited for _, edited in colours]
    page.page.evaluate("editor.fault(2)")
    assert violations(page.page, "#stage") == []


def test_the_last_that_was_asked_for_is_open(page, field):
    opened = """async () => {
        const host = document.querySelector("#editor");
        const options = { text: "first", label: LABEL };
        const asked = [editor.open(host, options), editor.open(host, { ...options, text: "second" })];
        return [...await Promise.all(asked), editor.text(), host.shadowRoot.querySelectorAll(".cm-editor").length];
    }"""
    assert page.page.evaluate(opened.replace("LABEL", json.dumps(LABEL))) == [False, True, "second", 1]
