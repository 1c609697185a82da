"""Any static server will do, under any path, with any headers; and nobody else is ever asked for anything."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager

import pytest

from build import size
from build.paths import ROOT
from build.serve import FolderServer, local_address, serving
from tests.browser.conftest import NAME, PLAIN, Visit
from tests.browser.models.test_models import choose, in_use

ON_PYODIDE = True  # see `on_pyodide` in conftest.py

ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command, address, **options):
    """A server as a process of its own, waited for and ended."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(address, timeout=10).close()
                break
            except OSError:
                assert process.poll() is None, process.stderr.read()
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def python(dist, tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(dist)]
    with running(command, f"http://127.0.0.1:{port}/") as address:
        yield address


@contextmanager
def nginx(dist, tmp_path):
    """The sample configuration, with its port and folder exchanged."""
    program = shutil.which("nginx", path=f"/usr/sbin:/usr/local/sbin:{os.environ['PATH']}")
    if not program:
        pytest.skip("NGINX IS NOT TESTED: it is not installed (Debian's package nginx-light has it)")
    port = free_port()
    sample = (ROOT / "build" / "site" / "nginx.conf").read_text()
    for old, new in (("listen 80;", f"listen 127.0.0.1:{port};"), ("/var/www/glassformer", str(dist))):
        assert old in sample
        sample = sample.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; {user} pid {tmp_path}/pid; error_log stderr; events {{}}"
        f" http {{ access_log off; {temporary} {sample} }}"
    )
    command = [program, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    with running(command, f"http://127.0.0.1:{port}/") as address:
        yield address


@contextmanager
def bucket(dist, tmp_path):
    """As object stores answer: exact names alone, nothing for a folder, 403 for what is not there; and isolated."""

    def strict(path):
        return None if (dist / path).is_file() else 403

    with serving(dist, "/some-bucket/", strict, headers=ISOLATED) as address:
        yield address + "index.html"


@pytest.mark.parametrize("host", [python, nginx, bucket])
def test_any_static_host(chromium, dist, tmp_path, reference, host):
    with host(dist, tmp_path) as address, chromium.new_context(locale="en-US") as context:
        one = Visit(context.new_page(), address)
        one.wait_live()
        one.type("To be or not")
        assert one.tokens() == reference[1].encode("To be or not")
        one.open("attention_head")
        one.close()
        one.slide(1.5)
        assert one.page.evaluate("crossOriginIsolated") == (host is bucket)
        assert one.errors == []


def test_nginx_sends_the_small_files(dist, tmp_path):
    with nginx(dist, tmp_path) as address:
        for name in ("index.html", "vendor/pyodide/pyodide.asm.wasm", "py/model.files.json"):
            request = urllib.request.Request(address + name, headers={"Accept-Encoding": "gzip"})
            with urllib.request.urlopen(request) as answer:
                assert answer.headers["Content-Encoding"] == "gzip"
                assert len(answer.read()) == (dist / (name + ".gz")).stat().st_size


def test_a_class_in_the_local_network(chromium, two):
    """The teacher's machine serves everybody over plain http, where browsers keep nothing; the page says so, once."""
    server = FolderServer(two, 0, host="0.0.0.0")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        with chromium.new_context(locale="en-US") as context:
            one = Visit(context.new_page(), server.address(local_address() or PLAIN))
            one.wait_live()
            assert not one.page.evaluate("isSecureContext")
            one.page.locator("#notice").filter(has_text="plain http").wait_for()
            one.type("It works in class")
            assert one.page.locator("#notice").is_hidden()
            one.open("attention_head")
            one.close()
            one.page.click("#share")
            one.wait_open("share")
            one.page.click("#copy-link")
            one.page.wait_for_function("() => document.querySelector('#share-said').textContent !== ''")
            one.close()
            choose(one, NAME)
            in_use(one, NAME)
            assert "Kept" not in one.page.text_content("#panel .models")
            one.close()
            one.type("still here")
            assert one.errors == []
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_policy_lets_nothing_in(visit):
    """Another host, another host's script, an inline handler: all refused."""
    one = visit(pyodide=False, locale="en-US")
    with serving(ROOT / "tests" / "golden") as elsewhere:
        address = elsewhere.replace("127.0.0.1", PLAIN) + "gpt2/config.json"
        refused = one.page.evaluate(
            """async address => {
                const load = (name, attributes) => new Promise(done => {
                    const element = Object.assign(document.createElement(name), attributes);
                    element.onload = () => done(false);
                    element.onerror = () => done(true);
                    document.head.append(element);
                });
                self.ran = false;
                document.body.insertAdjacentHTML("beforeend", '<i id="hit" onclick="self.ran = true"></i>');
                document.querySelector("#hit").click();
                document.body.append(Object.assign(document.createElement("script"), {textContent: "self.ran = true"}));
                return [await fetch(address).then(() => false, () => true), await load("script", {src: address}),
                        await load("link", {rel: "stylesheet", href: address}), await load("img", {src: address}),
                        !self.ran];
            }""",
            address,
        )
    assert refused == [True] * 5


def test_sizes_are_within_their_limits(dist):
    table, wrong = size.table(dist)
    assert wrong == [] and "until first picture" in table


def test_a_file_that_is_not_what_the_page_names_is_not_run(visit, dist, tmp_path):
    folder = tmp_path / "dist"
    shutil.copytree(dist, folder)
    core = next((folder / "vendor" / "pyscript").glob("core-*.js"))
    core.write_text(core.read_text() + "\nself.changed = true;")
    one = visit(folder=folder, locale="en-US")
    one.page.wait_for_function("() => true")
    one.page.locator(".model-state").wait_for()
    deadline = time.monotonic() + 120
    while not any("integrity" in error.lower() for error in one.errors):
        assert time.monotonic() < deadline
        one.page.wait_for_timeout(100)
    assert one.page.evaluate("self.changed") is None
