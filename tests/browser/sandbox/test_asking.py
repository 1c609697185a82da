"""The prompt beside the code, asked as a reader asks it, in the real sandbox."""

import pytest

from page.panels.code.examples import EXAMPLES
from tests.browser.reading import follow

ON_PYODIDE = True
Z = "block=6&head=1&code=1&open=number&at=blocks.5.attn.z-6-0-16"
HOSTILE = """
import json
forged = lambda *_: json.dumps({"kind": "array", "text": "<b id=forged>", "printed": "", "shape": ["<i id=forged>"],
    "least": "<b id=forged>", "most": "<b id=forged>", "look": {"picture": "x' id=forged", "rows": 1, "columns": 1}})
import sys
sys.modules["model.sandbox.answer"].text_of = forged
"""


@pytest.fixture
def desk(live):
    follow(live, Z)
    live.page.click("#code-ask")
    yield live
    live.close()
    assert live.errors == []


def ask(one, source):
    """What is said in answer."""
    count = one.page.locator(".asked").count()
    one.page.fill("#ask-source", source)
    one.page.press("#ask-source", "Enter")
    one.page.wait_for_function("count => document.querySelectorAll('.asked').length > count", arg=count)
    return one.page.locator(".asked").last.inner_text()


def test_questions_are_answered_and_what_goes_wrong_is_said_in_its_place(desk):
    assert "7 × 7 numbers, least 0, most 1.0" in ask(desk, 'trace["blocks.4.attn.pattern"][3]')
    assert desk.page.locator(".asked svg.seen").count() == 1
    assert "Did you mean: tokens" in ask(desk, "len(tokns)")
    assert desk.page.input_value("#ask-source") == "len(tokns)"
    assert "cannot be imported" in ask(desk, "import js\njs.fetch('./')")
    assert "stopped" in ask(desk, "while True: pass")
    assert desk.page.input_value("#ask-source") == "while True: pass"
    assert "1024" in ask(desk, "2**10")
    desk.page.press("#ask-source", "ArrowUp")
    assert desk.page.input_value("#ask-source") == "2**10"
    desk.page.fill("#ask-source", "")
    desk.page.locator("#ask-source").press_sequentially('trace["blocks.3.attn.p')
    desk.page.locator("#ask-names button", has_text="blocks.3.attn.pattern").click()
    assert desk.page.input_value("#ask-source") == 'trace["blocks.3.attn.pattern"]'


def test_every_example_is_one_click_away(desk):
    for name, _ in EXAMPLES:
        desk.page.evaluate("document.querySelector('#ask-examples').open = true")  # an answer closes it
        count = desk.page.locator(".asked").count()
        desk.page.click(f"[data-example={name}]")
        desk.page.wait_for_function("count => document.querySelectorAll('.asked').length > count", arg=count)
        assert desk.page.locator(".asked").last.locator(".fault").count() == 0


def test_what_comes_back_is_never_html(desk):
    ask(desk, HOSTILE)
    assert "<b id=forged>" in ask(desk, "1")
    assert desk.page.locator("#forged").count() == 0
