"""What is around the sandbox and sees what comes out of it: two servers, and the page with what it has stored."""

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from build.serve import Answer, serving
from build.site import offline, python_files
from tests.browser.conftest import Visit

ATTEMPTS = (Path(__file__).parent / "attempts.js").read_text(encoding="utf-8")
# Whatever is asked, as Python that may wait: what anybody may write.
ANSWER = """
import json
import sys
from pyodide.code import eval_code_async

async def answer(name, question):
    for hidden in ("js", "pyodide_js"):  # so that a beginner is told, which stops nobody else
        if sys.modules.get(hidden, json) is None:
            del sys.modules[hidden]
    return json.dumps(await eval_code_async(question, {}))
"""
OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
MARKED = """async () => {
    const cached = [];
    for (const key of await caches.keys()) {
        for (const request of await (await caches.open(key)).keys()) {
            const text = await (await caches.match(request, {cacheName: key})).text();
            cached.push(key, request.url, text.includes("escape-cached") ? "escape-cached" : "");
        }
    }
    const files = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    return JSON.stringify([
        cached, files, await indexedDB.databases(), await navigator.locks.query(),
        await navigator.storageBuckets?.keys(), Object.entries(localStorage), Object.entries(sessionStorage),
        document.cookie, self.heard, location.href, document.title,
        document.documentElement.outerHTML.match(/escape-[a-z_]*/g),
    ]).match(/escape-[a-z_]*/g) ?? [];
}"""
LISTENING = """() => {
    self.heard = [];
    new BroadcastChannel("heard").onmessage = ({data}) => self.heard.push(data);
    addEventListener("message", ({data}) => self.heard.push(data));
}"""


def copy(dist: Path, out: Path, keeps_all: bool = False) -> Path:
    """A copy of the site whose sandbox runs whatever it is asked; its worker then may give nothing up."""
    shutil.copytree(dist, out, ignore=shutil.ignore_patterns("*.gz"))
    texts = {**python_files.read(dist, "model"), "model/sandbox/answer.py": ANSWER}
    (out / python_files.joined("model")).write_text(json.dumps(texts))
    if keeps_all:
        worker = out / "py/page/sandbox/worker.js"
        kept = worker.read_text(encoding="utf-8").replace("    giveUp();\n", "")
        assert kept != worker.read_text(encoding="utf-8")
        worker.write_text(kept, encoding="utf-8")
    offline.write_service_worker(out)
    return out


class Around:
    """Who is asked from inside: the site's server, another one, and its port without a connection (QUIC)."""

    def __init__(self, quic: socket.socket) -> None:
        self.quic = quic
        self.other = ""
        self.asked: list[str] = []

    def record(self, path: str) -> Answer | None:
        if "escape-" not in path:
            return Answer(b"<title>plain</title>", "text/html") if path == "plain.html" else None
        self.asked.append(path)
        return Answer(b"self.escaped = true", "text/javascript")

    def seen(self, page) -> set[str]:
        """The names of the attempts that show outside."""
        marks = {*self.asked, *page.evaluate(MARKED)}
        try:
            self.quic.recv(2000)
            marks.add("escape-transport")
        except BlockingIOError:
            pass
        return {mark.partition("escape-")[2].removesuffix(".js") for mark in marks}


@contextmanager
def around(folder: Path) -> Iterator[Around]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as quic:
        one = Around(quic)
        with serving(folder, "/", one.record, headers=OPEN_TO_ALL) as one.other:
            quic.bind(("127.0.0.1", int(one.other.rstrip("/").rpartition(":")[2])))
            quic.setblocking(False)
            yield one


def start(one: Visit) -> None:
    """The page's sandbox, anew."""
    if not one.page.evaluate("() => Boolean(self.sandbox)"):
        one.page.add_script_tag(url=one.address + "py/page/sandbox/sandbox.js")
    one.page.evaluate("() => sandbox.start(new Uint8Array(1))")


def ask(one: Visit, question: str):
    """What the sandbox answers, or why it does not."""
    answer = "question => sandbox.ask('any', question).catch(error => JSON.stringify(String(error)))"
    return json.loads(one.page.evaluate(answer, question))
