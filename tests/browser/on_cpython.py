"""The real page, in MicroPython, on the real engine, in CPython: the wire between them is a function of the browser's.

A page is up in a second so, and takes no memory worth counting. What only Pyodide can show has tests of its own.
"""

import asyncio
import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from build.serve import Answer, Intercept
from model import loading
from model.checkpoint import INDEX, StoredFile, read_index
from tests.unit.without_browser import worker_of

TRANSPORT = """
import json
from pyscript import window


class Far:
    def __getattr__(self, name):
        return lambda *values: window.engine(name, json.dumps(values))


async def connect():
    return Far()
"""
WORKER = '<script type="py" src="py/model/worker.py" config="model.json" worker name="model"></script>'


def changed(folder: Path) -> Intercept:
    """What the server of the site in `folder` sends so that its page asks the browser's function `engine`."""
    html = (folder / "index.html").read_text(encoding="utf-8")
    assert WORKER in html and (folder / "py" / "page" / "transport.py").exists()
    page = Answer(html.replace(WORKER, "").encode(), type="text/html; charset=utf-8")
    return {"": page, "py/page/transport.py": TRANSPORT.encode()}.get


@contextmanager
def engine(folder: Path) -> Iterator[Callable[[str, str], asyncio.Future]]:
    """The browser's function: gives to the name of a call and its arguments, as JSON, the worker's answer.

    Models are those of the site in `folder`, and nothing is kept of them.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    with worker_of(None) as worker:
        worker.load = lambda request: load(worker, folder, request)
        worker.stored = worker.remove = lambda *_: "{}"
        worker.handed_out = lambda text: "data:text/csv;base64," + base64.b64encode(text.encode()).decode()

        async def answer(name: str, values: list) -> str | None:
            found = getattr(worker, name)(*values)
            return await found if asyncio.iscoroutine(found) else found

        try:
            # A future, for which Playwright waits: a newer call is heard while an older one is under way.
            yield lambda name, crossed: asyncio.wrap_future(
                asyncio.run_coroutine_threadsafe(answer(name, json.loads(crossed)), loop)
            )
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


async def load(worker, folder: Path, request: str) -> str:
    asked = json.loads(request)
    weights = folder / "weights" / asked["name"]

    async def fetch(file: StoredFile, arrived: loading.Arrived) -> np.ndarray:
        data = np.fromfile(weights / file.name, np.uint8)
        arrived(len(data))
        return data

    async def fetched(resident: str | None) -> loading.Model:
        index = read_index((weights / INDEX).read_bytes())
        return await loading.load(index, fetch, worker.engine.progress, resident, 8)

    answer = await worker.engine.take(fetched, asked["resident"])
    return worker.text_of(answer if "error" in answer else {**answer, "trouble": ""})
