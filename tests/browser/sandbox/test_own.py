"""The reader's own version of the code: written, run, handed on and put back, in the real sandbox."""

import pytest

from model.code.difference import ours
from model.edits import EDITS
from model.gpt2 import softmax
from model.removals import Off
from model.session import Session
from tests.browser.reading import close, follow
from tests.browser.test_accessible import violations

ON_PYODIDE = True
Z = "text=The%20little%20girl%20was%20very%20happy%20because&t=1"
Z += "&block=6&head=1&code=1&open=number&at=blocks.5.attn.z-6-0-16"
MLP = 'post = change("mlp.post", gelu(pre))'
SET = """([ours, theirs]) => {
    const text = window.editor.text();
    if (!text.includes(ours)) throw new Error(ours);
    window.editor.set(text.replaceAll(ours, theirs));
}"""
OPEN = "() => document.querySelector('.editor')?.shadowRoot?.querySelector('.cm-content')"
FAULTS = {  # what is put before the line MLP, or in its place: a word of what is said, and the line from there
    "while True: pass": ("too long", None),
    "sum(1 for _ in iter(int, 1))": ("too long", None),
    "try:\n        while True: pass\n    except BaseException: pass": ("too long", None),
    "raise ValueError('no')": ("raised this error itself", 0),
    "[zero for zero in iter(int, 1) if zero]": ("too long", None),
    "sum(iter(int, 1))": ("too long", None),
    "x = (1": ("cannot read this line", 0),
    f"{MLP[:-1]}[:1])": ("another shape", 0),
    f"{MLP[:-1]} * np.nan)": ("NaN", 0),
    "every = [np.ones(10**8)]\n    while True: every.append(every[0] + 1)": ("more memory", 1),
    "def f(): f()\n    f()": ("calling itself", None),
    "import js": ("cannot be imported", 0),
    "from pyodide_js import FS": ("cannot be imported", 0),
    "open('/etc/passwd').read()": ("no such file", 0),
    "import sys; sys.exit()": ("Nothing was ended", 0),
}
HTML = "<b id=forged>"
FORGED = {
    "too few": "there.numbers_of = lambda *_: there.np.zeros(3, there.np.float32)",
    "text": f"there.text_of = lambda *_: json.dumps(dict(numbers={HTML!r}))\nthere.numbers_of = None",
    "HTML": "there.text_of = lambda *_: json.dumps(dict.fromkeys(['fault', 'text', 'near', 'line'], '<b id=forged>'))"
    "\nthere.numbers_of = None",
    "nothing": "there.numbers_of = lambda *_: type('', (), {'tobytes': lambda _: None})()",
}


@pytest.fixture
def desk(live):
    follow(live, Z)
    live.page.locator("#panel[data-part=number] #code-write").wait_for()
    if live.page.get_attribute("#code", "data-view") != "write":
        live.page.click("#code-write")
    live.page.wait_for_function(OPEN)
    live.page.evaluate("text => window.editor.set(text)", ours())
    live.page.locator("#write-told .fault").wait_for(state="hidden")  # of the test before
    live.fragment("check=", without="own=")  # the page's own address, and no version of the test before in it
    live.page.locator("#write-back").wait_for(state="hidden")
    yield live
    follow(live, Z)
    live.page.locator("#cuts").wait_for(state="hidden")
    live.wait_answer()
    if live.page.locator("#panel[open]").count():
        shut(live)
    live.fragment(without="open=")
    assert live.errors == []


def shut(one):
    """In the editor the Escape key is the editor's."""
    one.page.click("#panel-close")
    one.page.wait_for_function("() => !document.querySelector('#panel[open]')")


def change(one, old, new):
    one.page.evaluate(SET, [old, new])


def run(one):
    """What is said of it; "" once it has run."""
    one.page.click("#write-run")
    one.page.locator("#cuts:visible, #write-told .fault").first.wait_for()
    fault = one.page.locator("#write-told .fault")
    return fault.inner_text() if fault.count() else ""


def listed(one):
    """{id: probability in the list}."""
    return {row["id"]: row["sampled"] for row in one.candidates()}


def assert_is_run(one, reference, *removals):
    """The list is that of the text in the picture, read by CPython without these parts."""
    session = Session(reference[0].weights, reference[0].config, removals)
    session.run(one.tokens())
    expected = softmax(session.final.logits[0].astype(float))
    found = listed(one)
    assert next(iter(found)) == int(expected.argmax())
    for token, share in found.items():
        assert close(share, 100 * expected[token], 1e-3), token


def test_a_version_is_the_same_pass_as_in_cpython(desk, reference):
    before = listed(desk)
    change(desk, *EDITS["gelu"][0])
    assert run(desk) == ""
    desk.follows(lambda: listed(desk) != before, True)
    assert_is_run(desk, reference, Off("gelu"))
    assert desk.page.locator("#cuts-badge").is_visible() and "bits" in desk.page.inner_text("#cuts-effect")
    assert "np.maximum" in desk.page.inner_text("#write-told")
    count = len(desk.tokens())
    desk.page.press("#prompt", "Control+Enter")
    desk.follows(lambda: len(desk.tokens()), count + 1)
    desk.wait_answer()
    assert_is_run(desk, reference, Off("gelu"))
    desk.type("The cat sat on")
    assert_is_run(desk, reference, Off("gelu"))
    desk.page.click("#flow [data-cut=mlp]")
    desk.page.locator('#flow [data-cut=mlp][aria-pressed="true"]').wait_for()
    desk.wait_answer()
    assert_is_run(desk, reference, Off("gelu"), Off("mlp", 5))
    desk.page.click("#cuts-undo")
    desk.page.locator("#cuts").wait_for(state="hidden")
    desk.wait_answer()
    assert_is_run(desk, reference)
    assert "np.maximum(pre, 0)" in desk.page.evaluate("window.editor.text()"), "what was written stays"


def test_what_needs_the_code_many_times_says_that_it_is_off(desk):
    change(desk, *EDITS["scale"][0])
    assert run(desk) == ""
    desk.wait_answer()
    desk.page.click("#what-matters")
    desk.follows(lambda: "code of your own" in desk.page.inner_text("#what-matters-progress"), True)
    shut(desk)
    desk.open("effects")
    assert "code of your own" in desk.page.inner_text("#panel-body")
    desk.close()
    follow(desk, Z)
    desk.wait_open("number")
    assert desk.page.locator("#cuts").is_hidden(), "a link brings what it says"


@pytest.mark.parametrize("source", FAULTS, ids=str)
def test_what_goes_wrong_is_said_in_its_place_and_nothing_else_changes(desk, source):
    before, text = listed(desk), desk.page.input_value("#prompt")
    said, at = FAULTS[source]
    change(desk, MLP, source if MLP[:-1] in source else f"{source}\n    {MLP}")
    written = desk.page.evaluate("window.editor.text()")
    found = run(desk)
    assert said in found
    if at is not None:
        line = written[: written.index(source)].count("\n") + 1 + at
        assert f"Line {line}:" in found
        assert (
            desk.page.evaluate("document.querySelector('.editor').shadowRoot.querySelectorAll('.faulty').length") == 1
        )
    assert listed(desk) == before and desk.page.input_value("#prompt") == text
    assert desk.page.evaluate("window.editor.text()") == written and desk.page.locator("#cuts").is_hidden()


def test_a_text_that_it_does_not_get_through_is_told_and_nothing_is_lost(desk, reference):
    change(desk, MLP, f"{MLP}\n    if len(x) > 12: raise ValueError('long')")
    assert run(desk) == ""
    desk.follows(lambda: "own=" in desk.page.url, True)
    assert_is_run(desk, reference)
    long, written = "The cat sat on the mat, and the dog sat on the cat.", desk.page.evaluate("window.editor.text()")
    desk.page.fill("#prompt", long)
    desk.follows(lambda: "does not get through this text" in desk.notice(), True)
    assert "raised this error itself" in desk.notice() and "Line 69:" in desk.notice()
    assert desk.page.input_value("#prompt") == long and desk.page.evaluate("window.editor.text()") == written
    desk.type("The cat sat on the mat, and the dog")
    assert_is_run(desk, reference)
    assert desk.page.locator("#notice").is_hidden()
    desk.page.fill("#prompt", long)
    desk.follows(lambda: "does not get through this text" in desk.notice(), True)
    desk.page.click("#write-back")
    desk.wait_answer()
    assert_is_run(desk, reference)
    assert desk.page.input_value("#prompt") == long


def test_what_runs_can_be_stopped(desk):
    before = listed(desk)
    change(desk, MLP, f"while True: pass\n    {MLP}")
    desk.page.click("#write-run")
    desk.page.click("#write-back")  # which is there at once
    desk.follows(lambda: desk.page.evaluate("window.editor.text()") == ours(), True)
    desk.follows(lambda: desk.page.text_content("#write-state"), "")
    assert listed(desk) == before and desk.page.locator("#write-told .fault").count() == 0
    assert desk.page.locator("#cuts").is_hidden()


def test_other_weights_are_read_by_our_code(desk, reference):
    """The sandbox has none of them; what was written stays."""
    change(desk, *EDITS["gelu"][0])
    assert run(desk) == ""
    desk.wait_answer()
    shut(desk)
    desk.open("run")
    desk.page.locator("#panel input[type=radio]:not(:checked)").first.click()
    desk.follows(lambda: "Our code runs again" in desk.notice(), True)
    desk.wait_answer()
    assert desk.page.locator("#cuts").is_hidden()
    desk.page.locator("#panel input[type=radio]:not(:checked)").first.click()
    desk.page.locator("#panel").get_by_text("NumPy alone multiplied the weights, held as float32").wait_for()
    desk.close()
    follow(desk, Z)
    desk.wait_open("number")


def test_the_key_that_swaps_two_texts_is_a_letter_here(desk):
    desk.page.click("#pin")
    desk.page.locator("#unpin:visible").wait_for()
    desk.type("The cat sat on the mat, and the dog")
    desk.page.evaluate("window.editor.focus()")
    desk.page.keyboard.type("zxz")
    desk.follows(lambda: "zxz" in desk.page.evaluate("window.editor.text()"), True)
    desk.follows(lambda: "own=" in desk.page.url, True)  # by now two texts would have been exchanged
    assert desk.page.input_value("#prompt") == "The cat sat on the mat, and the dog"
    desk.page.click("#unpin")
    desk.page.click("#write-back")


@pytest.mark.parametrize("forged", FORGED)
def test_what_is_forged_is_refused(desk, forged):
    before = listed(desk)
    patch = "import json, sys\nthere = sys.modules['model.sandbox.answer']\nimport numpy\nthere.np = numpy\n"
    change(desk, "import math\n", f"{patch}{FORGED[forged]}\nimport math\n")
    assert run(desk) == ""
    change(desk, "import math\n", "import math\n\n")  # from here on the sandbox answers as it was told to
    desk.page.click("#write-run")
    said = desk.page.locator("#write-told .fault").inner_text()
    assert "stopped" in said or (forged == "HTML" and HTML in said)
    desk.wait_answer()
    assert listed(desk) == before and desk.page.locator("#forged").count() == 0


def test_where_no_frame_can_be_made_it_is_said(visit):
    one = visit(locale="en-US")
    one.page.add_init_script("HTMLIFrameElement.prototype.__defineSetter__('srcdoc', () => {})")
    one.page.reload()
    one.wait_live()
    one.page.evaluate("hash => { location.hash = hash }", Z)
    one.page.click("#code-write")
    one.page.wait_for_function(OPEN)
    before = listed(one)
    change(one, *EDITS["gelu"][0])
    assert "could not be started" in run(one) and listed(one) == before
    assert "np.maximum" in one.page.evaluate("window.editor.text()")
    one.page.click("#code-edits")
    one.page.click("#edit-gelu")
    one.page.locator(".finding").wait_for()
    assert listed(one) != before and one.errors == []


def test_a_link_shows_the_code_and_asks(desk, visiting, reference):
    change(desk, *EDITS["heads"][0])
    link = desk.fragment("own=")
    with visiting(locale="en-US") as other:
        other.arrive("#" + link)
        other.wait_live()
        other.page.wait_for_function(OPEN)
        other.page.locator("#write-what.warned", has_text="written by someone else").wait_for()
        assert "np.arange(len(pattern))" in other.page.evaluate("window.editor.text()")
        assert (
            other.page.evaluate("document.querySelector('.editor').shadowRoot.querySelectorAll('.marked').length") == 1
        )
        assert_is_run(other, reference)
        assert violations(other.page) == []
        assert run(other) == ""
        other.wait_answer()
        assert_is_run(other, reference, Off("heads"))
        assert other.page.locator("#write-what.warned").count() == 0
        assert violations(other.page) == []
        other.page.click("#write-back")
        other.page.locator("#cuts").wait_for(state="hidden")
        other.wait_answer()
        assert_is_run(other, reference)
        other.fragment(without="own=")
        assert other.errors == []


def test_a_link_whose_code_is_damaged_runs_ours(live):
    follow(live, Z + "&own=00000000%0A%401%2C1%0A%2Bx")
    live.page.wait_for_function(OPEN)
    live.page.locator("#write-told", has_text="another version of this page").wait_for()
    assert live.page.evaluate("window.editor.text()").startswith('"""GPT-2')
    shut(live)
    assert live.errors == []
