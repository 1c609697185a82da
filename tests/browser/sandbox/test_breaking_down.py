"""What never ends, or takes all there is: the page goes on, who waits is told, and a new sandbox starts."""

import pytest

from tests.browser.sandbox.outside import ask, copy, start

ON_PYODIDE = True  # see `on_pyodide` in conftest.py

# A question, and what is said of it, in part.
TOLD = {
    "bytes without end": ("all = []\nwhile True: all.append(bytes(10_000_000))", "MemoryError"),
    "a list without end": ("all = [0]\nwhile True: all += all", "MemoryError"),
    "an array without end": ("import numpy as np\nall = []\nwhile True: all.append(np.ones(10**7))", "MemoryError"),
    "too large": ("import numpy as np\nnp.ones((10**5, 10**5))", "MemoryError"),
    "recursion": ("def f(): return f()\nf()", "RecursionError"),
    "exit": ("import sys\nsys.exit()", "SystemExit"),
    "exit at once": ("import os\nos._exit(3)", ""),
    "abort": ("import os\nos.abort()", ""),
    "recursion in C": ("all = []\nfor _ in range(10**6): all = [all]\nrepr(all)", ""),
    "recursion outside Python": ("from pyodide.code import run_js\nrun_js('const f = () => f(); f()')", "RangeError"),
    "nobody catches it": (
        "from pyodide.code import run_js\nawait run_js('setTimeout(() => {throw 1}), new Promise(f => 0)')",
        "1",
    ),
}
ENDLESS = {
    "a line": "while True: pass",
    "caught": "while True:\n    try: 1 / 0\n    except BaseException: pass",
    "in C": "sum(iter(int, 1))",
    "outside Python": "from pyodide.code import run_js\nrun_js('for (;;);')",
    "waiting": "import asyncio\nwhile True: await asyncio.sleep(0)",
}


@pytest.fixture(scope="module")
def page(dist, tmp_path_factory, visiting):
    with visiting(folder=copy(dist, tmp_path_factory.mktemp("open") / "dist"), locale="en-US") as one:
        one.wait_live()
        start(one)
        yield one


def test_what_breaks_down_is_told(page):
    for what, (question, said) in TOLD.items():
        answer = str(ask(page, question))
        assert answer.startswith("Error: ") and said in answer, (what, answer)
        if ask(page, "1 + 1") != 2:
            start(page)
            assert ask(page, "1 + 1") == 2, what
    page.type("The page goes on")


def test_what_never_ends_is_ended(page):
    start(page)
    for what, question in ENDLESS.items():
        page.page.evaluate(
            "question => { self.told = sandbox.ask('any', question).catch(({message}) => message) }", question
        )
        page.type(f"Meanwhile, the model reads of {what}")
        page.page.evaluate("() => sandbox.end()")
        assert page.page.evaluate("() => self.told") == "it was ended"
        assert page.page.locator("iframe").count() == 0
        start(page)
        assert ask(page, "1 + 1") == 2


def test_a_start_that_fails_says_why(page):
    starting = "() => sandbox.start(new Uint8Array(1)).then(() => 'started', ({message}) => message)"
    page.page.evaluate("() => { self.network = self.fetch; self.fetch = async () => new Response('', {status: 404}) }")
    assert page.page.evaluate(starting) == "py/page/sandbox/frame.js: 404"
    page.page.evaluate("() => { self.fetch = self.network }")
    assert page.page.locator("iframe").count() == 0
    assert "there is none" in ask(page, "1 + 1")
    both = page.page.evaluate(f"() => Promise.all([0, 1].map({starting}))")
    assert both == ["another one was started", "started"]
    assert ask(page, "1 + 1") == 2
    assert page.page.locator("iframe").count() == 1


def without_pyscript(path):
    """The page's own Python, which would end a sandbox that it has not started, does not come."""
    return 404 if path.startswith("vendor/pyscript/") else None


@pytest.mark.parametrize(
    "policy, why",
    [("script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval' blob:", "frame"), ("worker-src 'self'", "worker-src")],
)
def test_a_host_whose_policy_forbids_it(visit, policy, why):
    one = visit(without_pyscript, headers={"Content-Security-Policy": policy}, locale="en-US")
    one.page.add_script_tag(url=one.address + "py/page/sandbox/sandbox.js")
    answer = one.page.evaluate("() => sandbox.start(new Uint8Array(1)).catch(({message}) => message)")
    assert why in answer
    assert one.page.locator("iframe").count() == 0
