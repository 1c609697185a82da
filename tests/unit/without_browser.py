"""The worker's functions without a browser: in its place something that takes every call."""

import asyncio
import importlib
import sys
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

from model.session import Session
from model.tokenizer.tokenizer import Tokenizer
from model.worker.run import Runner

BROWSER = ("js", "pyodide_js", "pyodide", "pyodide.ffi")  # what the worker finds in its browser alone
MADE = ("model.worker.compiled", "model.worker.download", "model.worker.api")  # what imports them


@contextmanager
def worker_of(runner: Runner | None) -> Iterator[ModuleType]:
    """model.worker.api by itself, with this model in use. The address of a saved file is its text."""
    fakes = {name: MagicMock() for name in BROWSER}
    fakes["pyodide.ffi"].JsException = type("JsException", (Exception,), {})
    fakes["pyodide.ffi"].to_js = lambda value, **_: value
    fakes["pyodide_js"]._module.HEAPU8.length = 80_000_000
    fakes["js"].navigator = SimpleNamespace(deviceMemory=8)
    fakes["js"].Blob.new = lambda parts, _: parts[0] if isinstance(parts[0], str) else "zip"
    fakes["js"].URL.createObjectURL = lambda text: text
    forget()
    sys.modules.update(fakes)
    try:
        worker = importlib.import_module("model.worker.api")
        worker.engine.runner = runner
        yield worker
    finally:
        forget()


def forget() -> None:
    """So that the next one gets modules of its own."""
    for name in (*BROWSER, *MADE):
        sys.modules.pop(name, None)


def runner_of(session: Session, tokenizer: Tokenizer) -> Runner:
    """The same model with nothing read yet."""
    return Runner(Session(session.weights, session.config), tokenizer, "float32")


def in_thread(coroutine: Coroutine) -> Any:
    """In a thread of its own: Playwright, when it drives pages for other tests, has a running loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
