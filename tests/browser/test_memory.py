"""What the browser remembers of its reader: for this copy of the page alone, and without harm where it refuses."""

import pytest

PYTHON = "import json; from pyscript import window; from page.browser import memory; window.said = json.dumps({})"
REFUSED = 'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });'
FULL = 'Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };'


def asked(one, expression):
    """The value of an expression of the page's own Python, which knows `memory`."""
    program = PYTHON.format("[" + expression + "]")
    one.page.evaluate(
        """program => { delete window.said; const script = document.createElement("script");
            script.type = "mpy"; script.textContent = program; document.body.append(script); }""",
        program,
    )
    one.page.wait_for_function("() => window.said")
    return one.page.evaluate("() => JSON.parse(window.said)")[0]


def test_what_is_remembered_outlives_the_page_and_is_forgotten_alone(visit):
    one = visit(locale="en-US")
    one.wait_live()
    one.page.evaluate("() => localStorage.setItem('of another page', 'stays')")
    assert asked(one, 'memory.remembered("tour")') is None
    asked(one, 'memory.remember("tour", {"step": 3, "said": "你好"})')
    one.page.reload()
    one.wait_live()
    assert asked(one, 'memory.remembered("tour")') == {"step": 3, "said": "你好"}
    kept = {"of another page", one.address + " tour", one.address + " guess"}
    assert set(one.page.evaluate("Object.keys(localStorage)")) == kept
    asked(one, "memory.forget()")
    assert asked(one, 'memory.remembered("tour")') is None
    assert one.page.evaluate("() => ({...localStorage})") == {"of another page": "stays"}
    assert one.errors == []


@pytest.mark.parametrize("broken", [REFUSED, FULL], ids=["refused", "full"])
def test_a_browser_that_keeps_nothing_harms_nothing(visit, broken):
    one = visit(locale="en-US", keeps=False)
    one.page.context.add_init_script(broken)
    one.page.reload()
    one.wait_live()
    asked(one, 'memory.remember("tour", 3)')
    assert asked(one, 'memory.remembered("tour")') is None
    asked(one, "memory.forget()")
    assert one.errors == []
