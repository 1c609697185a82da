"""build/serve.py: the right types, nothing outside the folder, and the hooks that browser tests use."""

import gzip
import http.client
import os
import signal
import socket
import subprocess
import sys
from functools import partial
from urllib.parse import urlsplit

import pytest

from build.paths import ROOT
from build.serve import Answer, serving


@pytest.fixture
def site(tmp_path):
    """A folder to serve, with a file beside it that must never be sent."""
    folder = tmp_path / "site"
    (folder / "py").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>front</h1>")
    (folder / "py" / "a b.py").write_text("print('π')")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def get(base, path, **headers):
    """GET `path` exactly as written; returns status, headers and body."""
    address = urlsplit(base)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.putrequest("GET", path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "name, mime",
    [
        ("a.mjs", "text/javascript"),
        ("a.js", "text/javascript"),
        ("a.wasm", "application/wasm"),
        ("a.py", "text/x-python"),
        ("a.json", "application/json"),
        ("a.toml", "application/toml"),
        ("a.whl", "application/zip"),
        ("a.safetensors", "application/octet-stream"),
        ("a.svg", "image/svg+xml"),
        ("a.css", "text/css"),
        ("a.html", "text/html; charset=utf-8"),
    ],
)
def test_mime_types(site, name, mime):
    (site / name).write_bytes(b"some bytes")
    with serving(site) as base:
        status, headers, body = get(base, f"/{name}")
    assert (status, headers["Content-Type"], body) == (200, mime, b"some bytes")


def test_compressed_copies_go_to_those_who_take_them(site):
    for name in ("index.html", "a.mjs"):
        (site / name).write_text(f"whole {name}")
        (site / f"{name}.gz").write_bytes(gzip.compress(f"small {name}".encode()))
    with serving(site, under="/x/") as base:
        for path, name, mime in (("/x/", "index.html", "text/html"), ("/x/a.mjs?v=1", "a.mjs", "text/javascript")):
            status, headers, body = get(base, path, Accept_Encoding="br, gzip")
            assert (status, gzip.decompress(body).decode()) == (200, f"small {name}")
            assert headers["Content-Encoding"] == "gzip" and headers["Content-Type"].startswith(mime)
            stamp = headers["Last-Modified"]
            assert get(base, path, Accept_Encoding="gzip", If_Modified_Since=stamp)[0] == 304
            status, headers, body = get(base, path)
            assert (status, body.decode(), headers["Content-Encoding"]) == (200, f"whole {name}", None)
        status, headers, _ = get(base, "/x/py/a%20b.py", Accept_Encoding="gzip")
        assert status == 200 and headers["Content-Encoding"] is None
        assert get(base, "/x/nothing", Accept_Encoding="gzip")[1]["Content-Encoding"] is None
        assert get(base, "/x/a.mjs/", Accept_Encoding="gzip")[0] == 404


def test_an_edited_file_is_sent_and_not_its_old_compressed_copy(site):
    (site / "a.mjs").write_text("edited")
    (site / "a.mjs.gz").write_bytes(gzip.compress(b"as it was"))
    earlier = (site / "a.mjs").stat().st_mtime_ns - 1
    os.utime(site / "a.mjs.gz", ns=(earlier, earlier))
    with serving(site) as base:
        status, headers, body = get(base, "/a.mjs", Accept_Encoding="gzip")
        assert (status, body, headers["Content-Encoding"]) == (200, b"edited", None)


def test_files_are_revalidated(site):
    with serving(site) as base:
        status, headers, body = get(base, "/py/a%20b.py?v=1")
        assert (status, body.decode()) == (200, "print('π')")
        assert headers["Cache-Control"] == "no-cache"
        status, headers, body = get(base, "/py/a%20b.py", If_Modified_Since=headers["Last-Modified"])
        assert (status, body) == (304, b"")


def test_a_folder_is_its_index_page_or_nothing(site):
    with serving(site) as base:
        assert get(base, "/")[2] == b"<h1>front</h1>"
        assert get(base, "/py/")[0] == 404


def test_below_a_path(site):
    with serving(site, under="glassformer") as base:
        assert base.endswith("/glassformer/")
        assert get(base, "/glassformer/")[2] == b"<h1>front</h1>"
        assert get(base, "/glassformer/py/a%20b.py")[0] == 200
        status, headers, _ = get(base, "/glassformer")
        assert (status, headers["Location"]) == (301, "/glassformer/")
        for path in ("/", "/index.html", "/glassformers/index.html", "/glassformerindex.html"):
            assert get(base, path)[0] == 404, path


@pytest.mark.parametrize("under", ["/", "/glassformer/"])
@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "py/../../secret.txt",
        "/../secret.txt",
        "..\\secret.txt",
        "%00",
        "link/secret.txt",
        "{absolute}",
    ],
)
def test_nothing_outside_the_folder_is_sent(site, path, under):
    (site / "link").symlink_to(site.parent)
    with serving(site, under) as base:
        status, _, body = get(base, under + path.format(absolute=site.parent / "secret.txt"))
    assert status == 404 and b"secret" not in body


def test_intercept_can_replace_and_hide_files(site):
    asked = []

    def intercept(path):
        asked.append(path)
        answers = {"py/a b.py": b"other", "index.html": 503, "a.wasm": Answer(b"log in", "text/html", 511)}
        return answers.get(path)

    with serving(site, "/below/", intercept) as base:
        status, headers, body = get(base, "/below/py/a%20b.py?x")
        assert (status, headers["Content-Type"], body) == (200, "text/x-python", b"other")
        assert get(base, "/below/index.html")[0] == 503
        status, headers, body = get(base, "/below/a.wasm")
        assert (status, headers["Content-Type"], body) == (511, "text/html", b"log in")
        assert get(base, "/below/")[2] == b"<h1>front</h1>"
    assert asked == ["py/a b.py", "index.html", "a.wasm", ""]


def test_after_the_block_even_open_connections_get_no_answer(site):
    with serving(site) as base:
        address = urlsplit(base)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        for _ in range(2):  # the second on the same connection
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"<h1>front</h1>"
            assert connection.sock
    connection.auto_open = False
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        connection.request("GET", "/")
        connection.getresponse()


def test_a_closed_tab_prints_no_traceback(site, capfd):
    (site / "large.bin").write_bytes(bytes(20_000_000))
    with serving(site) as base:
        address = urlsplit(base)
        with socket.create_connection((address.hostname, address.port)) as tab:
            tab.sendall(b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n")
            assert tab.recv(10)
        assert get(base, "/")[0] == 200
    assert capfd.readouterr().err == ""


def test_command_prints_its_address_and_stops_quietly(site):
    command = [sys.executable, "-m", "build.serve", str(site), "--no-browser", "--under", "/below/"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # A shell that runs these tests in the background has Ctrl-C switched off for all that they start.
    on_again = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    server = subprocess.Popen(command, cwd=ROOT, preexec_fn=on_again, **pipes)
    try:
        line = server.stdout.readline()
        base = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
        assert get(base, "/below/")[2] == b"<h1>front</h1>"
        port = str(urlsplit(base).port)
        taken = subprocess.run([*command, "--port", port], cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert taken.returncode == 1 and f"port {port} is in use" in taken.stderr
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 0
        assert server.stderr.read() == ""
    finally:
        server.kill()
        server.communicate()


def test_command_without_a_site_says_how_to_build_one(tmp_path):
    command = [sys.executable, "-m", "build.serve", str(tmp_path), "--no-browser"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1 and "make site" in run.stderr and "Traceback" not in run.stderr
