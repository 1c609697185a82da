"""Code that anybody may have written reaches, from the sandbox, no server, nothing that is stored, and not the page."""

import base64
import hashlib
import json
import re

import pytest

from build.paths import ROOT
from build.serve import serving
from tests.browser.conftest import UNDER
from tests.browser.hosting.test_hosting import ISOLATED
from tests.browser.sandbox.outside import ATTEMPTS, LISTENING, around, ask, copy, start

ON_PYODIDE = True  # see `on_pyodide` in conftest.py

IN_PYTHON = {
    "pyfetch": "from pyodide.http import pyfetch\nawait pyfetch(OTHER)",
    "open_url": "from pyodide.http import open_url\nopen_url(OTHER)",
    "package": "import pyodide_js\nawait pyodide_js.loadPackage(OTHER.replace('.js', '-1.0-py3-none-any.whl'))",
    "package_api": "import pyodide_js\nawait pyodide_js._api.loadBinaryFile(OTHER)",
    "micropip": "import pyodide_js as p\nawait p.loadPackage('micropip')\nimport micropip as m\nawait m.install(OTHER)",
    "urllib": "import urllib.request\nurllib.request.urlopen(OTHER).read()",
    "http_client": "import http.client\nhttp.client.HTTPConnection(HOST, PORT).request('GET', '/escape-http_client')",
    "socket": "import socket\nsocket.create_connection((HOST, PORT)).send(b'GET /escape-socket HTTP/1.0\\r\\n\\r\\n')",
    "lazy_file": "from pyodide_js import FS\nFS.createLazyFile('/', 'lazy', OTHER, True, False)\nopen('/lazy').read()",
    "preloaded": "import pyodide_js\npyodide_js.FS.createPreloadedFile('/', 'pre', OTHER, True, False)",
    "module_read": "import pyodide_js\nawait pyodide_js._module.readAsync(OTHER)",
    "idbfs": (
        "import pyodide_js, js\nFS = pyodide_js.FS\nFS.mkdir('/escape-idbfs')\n"
        "FS.mount(FS.filesystems.IDBFS, js.Object.new(), '/escape-idbfs')\nopen('/escape-idbfs/x', 'w').write('x')\n"
        "FS.syncfs(False, print)"
    ),
    "native_fs": "import js, pyodide_js as p\nawait p.mountNativeFS('/d', await js.navigator.storage.getDirectory())",
    "library": "import ctypes\nctypes.CDLL(OTHER)",
    "browser": "import webbrowser\nwebbrowser.open(OTHER)",
    "process": "import subprocess\nsubprocess.run(['curl', OTHER])",
    "shell": "import os\nassert os.system('curl ' + OTHER) == 0",
    "comlink": "import pyodide_js, js\npyodide_js.registerComlink(js)\njs.postMessage('escape-comlink')",
    "window": "from js import window\nwindow.document.title = 'escape-window'",
    "document": "from js import document\ndocument.title = 'escape-document'",
    "parent": "import js\njs.parent.postMessage('escape-parent', '*')",
    "pyscript": "import pyscript\npyscript.window.document.title = 'escape-pyscript'",
}
# What a worker says in place of an answer, or before it, and whether it is heard again.
FORGED = {
    "markup": ("[number, {html: '<img src=x onerror=alert(1)>'}]", True),
    "too long": ("[number, 'x'.repeat(2_000_000)]", True),
    "a buffer": ("[number, new ArrayBuffer(8)]", True),
    "unasked": ("[number + 1, 'x']", False),
    "nothing": ("null", False),
}
CATCH = """
from pyodide.code import run_js
run_js('''
    const { postMessage } = MessagePort.prototype;
    MessagePort.prototype.postMessage = function (data, ...more) {
        if (!Array.isArray(data) || typeof data[0] !== "number") return postMessage.call(this, data, ...more);
        MessagePort.prototype.postMessage = postMessage;
        const [number] = data;
        postMessage.call(this, SAID);
    };
''')
"""
OVERWRITE = """
import builtins, json, js, model.sandbox.answer
from pyodide.code import run_js
model.sandbox.answer.answer = model.sandbox.answer.json = json.dumps = builtins.str = None
run_js('''
    for (const one of [Promise, Array, String, Map, MessagePort, MessageEvent, Event, Object]) {
        for (const key of Reflect.ownKeys(one.prototype)) try { one.prototype[key] = () => "<b>ours</b>"; } catch {}
    }
''')
"""


@pytest.fixture(scope="module")
def folder(dist, tmp_path_factory):
    return copy(dist, tmp_path_factory.mktemp("open") / "dist")


@pytest.mark.parametrize("headers", [None, ISOLATED], ids=["plain", "isolated"])
def test_a_plain_worker_has_these_ways(folder, chromium, headers):
    """So that what follows is known to be able to fail."""
    with around(folder) as outside, serving(folder, UNDER, outside.record, headers=headers) as address:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(address + "plain.html")
        page.evaluate(LISTENING)
        page.evaluate("async () => (await caches.open('site')).put('index.html', new Response('ours'))")
        said = page.evaluate(
            """([attempts, ...places]) => new Promise((done, failed) => {
                const program = `(${attempts})(...${JSON.stringify(places)}).then(all => postMessage({all}))`;
                const worker = new Worker(URL.createObjectURL(new Blob([program])));
                worker.onerror = ({message}) => failed(message);
                worker.onmessage = ({data}) => data.all ? done(data.all) : self.heard.push(data);
            })""",
            [ATTEMPTS, address, outside.other],
        )
        said = json.loads(said)
        seen = outside.seen(page)
        context.close()
    closed = {name: text for name, text in said.items() if name not in seen and not text.startswith("got ")}
    assert closed == {}


@pytest.mark.parametrize(
    ("kept", "headers"), [(True, None), (False, ISOLATED)], ids=["nothing is given up", "isolated and all is given up"]
)
def test_no_way_leads_out(folder, dist, tmp_path, visit, headers, kept):
    """Nor where the worker gives nothing up: the frame that it is in has no way out."""
    if kept:
        folder = copy(dist, tmp_path / "dist", keeps_all=True)
    with around(folder) as outside:
        one = visit(outside.record, folder=folder, headers=headers, locale="en-US")
        one.wait_live()
        one.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        one.page.evaluate(LISTENING)
        start(one)
        place = one.page.url
        given = "HOST, PORT, OTHER = {!r}, {}, {!r}\n"
        host, port = outside.other.removeprefix("http://").rstrip("/").split(":")
        for name, attempt in IN_PYTHON.items():
            ask(one, given.format(host, port, f"{outside.other}escape-{name}.js") + attempt)
            if ask(one, "1 + 1") != 2:  # it broke down
                start(one)
        said = json.loads(
            ask(
                one,
                "import pyodide_js, js\nfrom pyodide.code import run_js\njs.pyodide = pyodide_js\n"
                f"await run_js({ATTEMPTS!r})({one.address!r}, {outside.other!r})",
            )
        )
        got = {name: text for name, text in said.items() if text.startswith("got ")}
        assert got.keys() == ({"where", "who", "inherited", "reachable"} if kept else set())
        assert outside.seen(one.page) == set()
        assert one.page.url == place
        one.type("The page still answers")
        assert ask(one, "1 + 1") == 2


def test_what_is_said_is_text_or_nothing(folder, visit):
    """The worker's own end of the wire, caught by code that runs in it, says what it likes."""
    one = visit(folder=folder, locale="en-US")
    one.wait_live()
    start(one)
    for what, (said, heard_again) in FORGED.items():
        before = one.page.inner_text("body")
        ask(one, CATCH.replace("SAID", said))
        answer = ask(one, "1 + 1")
        assert answer.startswith("Error: "), (what, answer)
        assert one.page.inner_text("body") == before
        if heard_again:
            assert ask(one, "1 + 1") == 2
        else:
            assert "there is none" in ask(one, "1 + 1")
            start(one)
    assert "Error: " in ask(one, OVERWRITE)
    start(one)
    assert ask(one, "1 + 1") == 2


def test_the_pages_own_policy_lets_one_more_script_run(dist):
    """That of the frame, named by its hash."""
    policy = re.compile(r'http-equiv="Content-Security-Policy"\s+content="([^"]*)"')
    (ours,), (built,) = (policy.findall((folder / "index.html").read_text("utf-8")) for folder in (ROOT, dist))
    digest = hashlib.sha384((dist / "py/page/sandbox/frame.js").read_bytes()).digest()
    named = f"script-src 'self' 'sha384-{base64.b64encode(digest).decode()}' "
    assert built.count(named) == 1
    assert built.replace(named, "script-src 'self' ") == ours
