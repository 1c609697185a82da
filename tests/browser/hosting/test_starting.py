"""Python that does not start: which file it is, and what is to be done; a slow line is not accused."""

import threading
import time
from functools import partial

import pytest

from build.paths import ROOT
from build.serve import Answer
from tests.browser import on_cpython
from tests.browser.conftest import LIMIT, put_in_place

ON_PYODIDE = True  # see `on_pyodide` in conftest.py

TYPED = "My own words stay"
FILTER = b"<!doctype html><title>Blocked</title><p>Please log in</p>"
NUMPY = next((ROOT / "vendor" / "pyodide").glob("numpy-*.whl")).name
CORE = next((ROOT / "vendor" / "pyscript").glob("core-*.js")).name


def refused(file, answer):
    """Every file whose path ends so is answered so; `answer` is an answer of `Intercept`, or makes one of bytes."""

    def intercept(dist, path):
        if not path.endswith(file):
            return None
        return answer((dist / path).read_bytes()) if callable(answer) else answer

    return intercept


def labelled(kind):
    return lambda data: Answer(data, kind)


def changed(data):
    """As long as before."""
    middle = len(data) // 2
    return data[:middle] + bytes(255 - byte for byte in data[middle : middle + 500]) + data[middle + 500 :]


def cut(data):
    return data[: len(data) // 2]


LOOKS = "timer = setInterval(tick, 1000);"  # at the files where nothing has come for a while, as on a slow machine
PAGE = Answer(FILTER, "text/html")
FAULTS = {  # (what is answered how, the file that is named, a word of what is said)
    "no .py": (refused(".py", 403), "py/page/main.py", "403"),
    "a log-in page for the interpreter": (refused("micropython.wasm", PAGE), "micropython.wasm", "web page"),
    "modules as text": (refused(".mjs", labelled("text/plain")), "micropython.mjs", "“text/plain”"),
    "scripts as bytes": (refused(("core.js", CORE), labelled("application/octet-stream")), "core", "octet-stream"),
    "PyScript is missing": (refused(CORE, 404), CORE, "has no"),
    "PyScript was changed": (refused(CORE, changed), CORE, "changed"),
    "the page's interpreter was cut": (refused("micropython.wasm", cut), "micropython.wasm", "changed or cut"),
    "the page's Python is empty": (refused("page.files.json", b""), "py/page.files.json", "empty"),
    "the page's Python was cut": (refused("page.files.json", cut), "py/page.files.json", "changed"),
    "a log-in page for the page's Python": (refused("page.files.json", PAGE), "py/page.files.json", "web page"),
    "no settings": (refused("page.json", 403), "page.json", "403"),
    "no settings of the worker": (refused("model.json", 451), "model.json", "451"),
    "no Pyodide": (refused("pyodide.mjs", 403), "vendor/pyodide/pyodide.mjs", "403"),
    "Pyodide's module as text": (refused("asm.mjs", labelled("text/plain")), "pyodide.asm.mjs", "“text/plain”"),
    "no WebAssembly": (refused("pyodide.asm.wasm", 403), "vendor/pyodide/pyodide.asm.wasm", "403"),
    "WebAssembly was cut": (refused("pyodide.asm.wasm", cut), "pyodide.asm.wasm", "changed or cut"),
    "a library that was cut": (refused("stdlib.zip", cut), "vendor/pyodide/python_stdlib.zip", "changed or cut"),
    "a log-in page for NumPy": (refused(".whl", PAGE), NUMPY, "web page"),
    "no NumPy": (refused(".whl", 404), NUMPY, "has no"),
    "the model's Python is missing": (refused("model.files.json", 404), "py/model.files.json", "has no"),
    "the model's Python is empty": (refused("model.files.json", b""), "py/model.files.json", "empty"),
    "a log-in page for everything": (
        lambda dist, path: PAGE if path.startswith(("vendor", "py/model")) or path.endswith((".py", ".json")) else None,
        "page.json",
        "web page",
    ),
}
SILENT = ("the page's Python is empty", "the page's Python was cut", "a log-in page for the page's Python")
POLICIES = {
    "script-src 'self' blob:": "script-src: ",  # both kinds of code; which is refused first is chance
    "script-src 'self' 'wasm-unsafe-eval' blob:": "script-src: eval",
    "worker-src 'self'": "worker-src: blob",
    "connect-src 'none'": "connect-src: page.json",
    "sandbox allow-scripts": "allow-same-origin",
}


def said(one):
    """What the page says of Python that does not start; the reader's text and the prepared picture stay."""
    one.page.fill("#prompt", TYPED)
    one.page.locator("#trouble.error").wait_for()
    assert "Starting" not in one.page.text_content("#model-text")
    assert one.page.input_value("#prompt") == TYPED
    assert one.page.locator("#candidates tbody tr").count() > 5
    return one.page.text_content("#trouble")


def assert_named(one, fault):
    _, file, word = FAULTS[fault]
    said(one)
    one.page.locator("#trouble.error").filter(has_text=file).filter(has_text=word).wait_for()
    assert file not in one.notice(), "it is said once"


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in SILENT])
def test_a_host_or_filter_at_fault_is_named_with_the_file(visit, dist, fault):
    assert_named(visit(partial(FAULTS[fault][0], dist), locale="en-US"), fault)


def test_a_fault_at_which_nothing_fails_is_found_when_nothing_more_comes(visit, dist):
    """The pages wait side by side, without the model's Python."""

    def host(fault, path):
        page = Answer(on_cpython.page_of(dist), "text/html; charset=utf-8")
        return FAULTS[fault][0](dist, path) if path else page

    ones = {fault: visit(partial(host, fault), locale="en-US") for fault in SILENT}
    for fault, one in ones.items():
        assert_named(one, fault)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_that_forbids_python_is_named(visit, policy):
    one = visit(headers={"Content-Security-Policy": policy}, locale="en-US")
    assert POLICIES[policy] in said(one)


def test_it_is_said_in_the_readers_language(visit):
    one = visit(lambda path: 403 if path.endswith("pyodide.asm.wasm") else None, locale="zh-CN")
    assert "Python 无法启动" in said(one)
    one.page.wait_for_function("() => document.documentElement.lang === 'zh'")  # the page's own Python is up
    one.page.select_option("#language", "en")
    one.page.locator("#trouble").filter(has_text="Python cannot start").wait_for()


def test_a_host_that_refuses_the_pages_own_scripts(visit):
    one = visit(lambda path: 403 if path.endswith(".js") else None, locale="en-US")
    sentence = one.page.locator("#no-scripts")
    sentence.wait_for()
    assert "py/page/boot.js" in sentence.text_content() and "py/page/starting.js" in sentence.text_content()
    one.page.locator("#model").wait_for(state="hidden")


def test_a_policy_against_pictures_is_not_held_against_python(visit):
    one = visit(headers={"Content-Security-Policy": "img-src 'none'"}, locale="en-US")
    one.page.evaluate(
        """() => {
            const place = document.querySelector("#trouble");
            new MutationObserver(() => { self.accused = true }).observe(place, {attributeFilter: ["class"]});
            return new Promise(refused => {
                document.addEventListener("securitypolicyviolation", refused, {once: true});
                document.body.append(Object.assign(new Image(), {src: "icon-192.png"}));
            }).then(() => true);
        }"""
    )
    one.wait_live()
    assert not one.page.evaluate("self.accused")


def test_a_host_that_knows_no_types_but_scripts(visit, dist):
    """WebAssembly is then compiled from its bytes, which come once."""
    asked = []
    watches = (dist / "py" / "page" / "starting.js").read_text(encoding="utf-8")
    assert LOOKS in watches

    def plain(path):
        asked.append(path)
        if path == "py/page/starting.js":
            return Answer(watches.replace(LOOKS, "").encode(), "text/javascript")
        if path.endswith((".wasm", ".json", ".py", ".whl", ".zip")):
            return Answer((dist / path).read_bytes(), "application/octet-stream")
        return None

    one = visit(plain, keeps=False, headers={"Cache-Control": "max-age=3600"}, locale="en-US")
    one.wait_live()
    one.type("It works all the same")
    assert sorted(path for path in asked if path.endswith(("micropython.wasm", "asm.wasm"))) == [
        "vendor/micropython/micropython.wasm",
        "vendor/pyodide/pyodide.asm.wasm",
    ]
    assert one.errors == []


def test_a_slow_line_is_not_accused(visit, dist, source, tmp_path):
    """One file has no answer until that is said; the others take long enough for the files to be looked at."""
    put_in_place(dist, source, tmp_path / "dist")  # of a model that comes in seconds
    said_so = threading.Event()

    def hold(path):
        if path.endswith("asm.wasm"):
            said_so.wait(LIMIT / 1000)

    one = visit(hold, folder=tmp_path / "dist", pace=200_000, locale="en-US")
    counts = []
    deadline = time.monotonic() + 2 * LIMIT / 1000
    while not one.page.locator(".model-state.live").count():
        assert time.monotonic() < deadline
        assert not one.page.locator("#trouble.error").count(), one.page.text_content("#trouble")
        header, sentence = one.page.text_content("#model-text"), one.page.text_content("#trouble")
        if header.startswith("Starting Python:"):
            counts.append(float(header.split()[2]))
        if "pyodide.asm.wasm is on its way" in sentence:
            said_so.set()
        one.page.wait_for_timeout(200)
    assert counts == sorted(counts) and counts[0] < counts[-1]
    assert said_so.is_set()
    assert one.page.locator("#trouble").is_hidden()
    one.type("It works all the same")
    assert one.errors == []


def test_python_that_comes_up_after_all_is_not_accused_any_longer(visit):
    """A server in trouble for a moment, seen by the look at the files alone."""
    held, failed = threading.Event(), threading.Event()

    def troubled(path):
        if path.endswith("pyodide.asm.wasm"):
            held.wait(LIMIT / 1000)
        elif path.endswith("model.files.json") and not failed.is_set():
            failed.set()
            return 503
        return None

    one = visit(troubled, locale="en-US")
    text = said(one)
    assert "py/model.files.json" in text and "503" in text
    held.set()
    one.wait_live()
    assert one.page.locator("#trouble").is_hidden()
    assert one.page.locator("#prompt-tokens").text_content().startswith(TYPED)
