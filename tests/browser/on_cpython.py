"""The real page, in MicroPython, on the real engine, in CPython: the wire between them is a function of the browser's.

A page is up in a second so, and takes no memory worth counting. What only Pyodide can show has tests of its own.
"""

import asyncio
import base64
import hashlib
import json
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
from playwright.sync_api import BrowserContext, Page

from build.serve import Answer, Intercept
from build.site import offline, python_files, site
from model.checkpoint import loading
from model.checkpoint.file_error import DownloadError
from model.checkpoint.layout import INDEX, StoredFile, read_index
from tests.unit.without_browser import worker_of

TRANSPORT = """
import json
from pyscript import window


class Far:
    def __getattr__(self, name):
        return lambda *values: window.engine(name, json.dumps(values))

    def open_user_checkpoint(self, files, precision):
        return window.open_user_checkpoint(files, precision)


async def connect():
    await window.engine("begin", "[]")
    return Far()


connect_to_new = connect
"""
OPEN_OWN = """
self.open_user_checkpoint = async (files, precision) => {
    const read = file => new Promise(done => {
        const reader = new FileReader();
        reader.onload = () => done([file.name, reader.result.replace(/.*,/, "")]);
        reader.readAsDataURL(file);
    });
    return engine("open_user_checkpoint", JSON.stringify([await Promise.all([...files].map(read)), precision]));
};
"""  # a reader's own files cross as base64
WORKER = '<script type="py" src="py/model/main.py" config="model.json" worker name="model"></script>'
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # the site's server is on this machine


def page_of(folder: Path) -> bytes:
    """The page of the site in `folder`, without a worker: nothing of the model's is asked for."""
    html = (folder / "index.html").read_text(encoding="utf-8").replace(WORKER, "")
    return naming(html, python_of(folder).encode(), model={}, weights=[]).encode()


def naming(html: str, python: bytes, **others: object) -> str:
    """The page that names this as its Python, and `others` of what it asks for."""
    files = {**json.loads(site.LISTED.search(html)[0]), **others}
    files["page"][python_files.joined("page")] = site.listed(python)
    return site.LISTED.sub(lambda _: json.dumps(files), html)


def python_of(folder: Path) -> str:
    """The page's Python in it, as one file, with another wire."""
    return json.dumps({**python_files.read(folder, "page"), "page/browser/transport.py": TRANSPORT})


def changed(folder: Path, intercept: Intercept | None = None) -> Intercept:
    """What the server of the site in `folder` sends so that its page asks CPython; of the rest it asks `intercept`."""

    def answer(path: str) -> Answer | bytes | int | None:
        if (other := intercept and intercept(path)) is not None:
            return other
        if path == "":
            return Answer(page_of(folder), type="text/html; charset=utf-8")
        return python_of(folder).encode() if path == python_files.joined("page") else None

    return answer


def copy(folder: Path, out: Path) -> Path:
    """A copy of the site whose page asks CPython, with a service worker that knows it so."""
    shutil.copytree(folder, out, ignore=shutil.ignore_patterns("pyodide", "*.gz"), dirs_exist_ok=True)
    (out / "index.html").write_bytes(page_of(folder))
    (out / python_files.joined("page")).write_text(python_of(folder))
    offline.write_service_worker(out)
    return out


@contextmanager
def python_for(context: BrowserContext) -> Iterator[None]:
    """Gives the pages of a browser's context the function `engine`: the name of a call and its arguments, as JSON, to
    the worker's answer. Each page has a worker of its own, a new one when it starts anew; nothing is kept of models.
    """
    loop, over = asyncio.new_event_loop(), asyncio.Event()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(over.wait())  # what has no answer by then is cancelled

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    workers: dict[Page, ModuleType] = {}
    with ExitStack() as opened:
        opened.callback(thread.join)
        opened.callback(loop.call_soon_threadsafe, over.set)

        def engine(source: dict, name: str, crossed: str) -> asyncio.Future | None:
            if name == "begin":
                workers[source["page"]] = opened.enter_context(worker())
                return None
            # A future, for which Playwright waits: a newer call is heard while an older one is under way.
            call = answer(workers[source["page"]], name, json.loads(crossed))
            return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(call, loop))

        context.add_init_script(OPEN_OWN)
        context.expose_binding("engine", engine)
        yield


@contextmanager
def worker() -> Iterator[ModuleType]:
    with worker_of(None) as module:
        module.load = lambda request: load(module, request)
        own, module.read_file = module.open_user_checkpoint, read_file
        module.open_user_checkpoint = lambda files, precision: own([file_of(*file) for file in files], precision)
        module.stored = module.remove = lambda *_: "{}"
        module.handed_out = handed_out
        yield module


def handed_out(data: str | bytes, kind: str) -> str:
    if isinstance(data, bytes):  # tens of megabytes, too long for an address in MicroPython: its size stands for it
        return f"data:text/plain,{len(data)}"
    return f"data:{kind.partition(';')[0]};base64,{base64.b64encode(data.encode()).decode()}"


async def answer(module: ModuleType, name: str, values: list) -> str | None:
    found = getattr(module, name)(*values)
    return await found if asyncio.iscoroutine(found) else found


async def load(module: ModuleType, request: str) -> str:
    asked = json.loads(request)

    async def fetch(file: StoredFile, arrived: loading.Arrived) -> np.ndarray:
        data = await asyncio.to_thread(download, asked["base"], file)
        arrived(len(data))
        return data

    async def fetched(precision: str | None) -> loading.Model:
        index = read_index((await fetch(StoredFile(INDEX, -1, asked["version"]), lambda _: None)).tobytes())
        return await loading.load(index, fetch, module.engine.progress, precision, 8)

    answer = await module.engine.take(fetched, asked["precision"])
    return module.text_of(answer if "error" in answer else {**answer, "trouble": ""})


def download(base: str, file: StoredFile) -> np.ndarray:
    """The bytes of a file of a model (size,), or the errors of `model.worker.download.download`."""
    try:
        with DIRECT.open(base + file.name) as answer:
            data = answer.read()
    except urllib.error.HTTPError as error:
        raise DownloadError("missing" if error.code == 404 else "refused", file.name) from None
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise DownloadError("damaged", file.name)
    return np.frombuffer(data, np.uint8)


def file_of(name: str, crossed: str) -> SimpleNamespace:
    data = base64.b64decode(crossed)
    return SimpleNamespace(name=name, size=len(data), data=data)


async def read_file(file: SimpleNamespace, begin: int, end: int) -> np.ndarray:
    return np.frombuffer(file.data[begin:end], np.uint8)
