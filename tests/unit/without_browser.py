"""The worker's functions without a browser: in its place something that takes every call."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from unittest.mock import MagicMock

from model.engine import Runner
from model.session import Session
from model.tokenizer import Tokenizer

BROWSER = ("js", "pyodide_js", "pyodide", "pyodide.ffi")  # what the worker finds in its browser alone
MADE = ("model.download", "model.worker")  # what imports them


@contextmanager
def worker_of(session: Session, tokenizer: Tokenizer) -> Iterator[ModuleType]:
    """model.worker with this model in use. The address of a saved file is its text."""
    fakes = {name: MagicMock() for name in BROWSER}
    fakes["pyodide.ffi"].JsException = type("JsException", (Exception,), {})
    fakes["pyodide.ffi"].to_js = lambda value, **_: value
    fakes["pyodide_js"]._module.HEAPU8.length = 80_000_000
    fakes["js"].navigator = SimpleNamespace(deviceMemory=8)
    fakes["js"].Blob.new = lambda parts, _: "".join(parts)
    fakes["js"].URL.createObjectURL = lambda text: text
    sys.modules.update(fakes)
    try:
        worker = importlib.import_module("model.worker")
        worker.engine.runner = runner_of(session, tokenizer)
        yield worker
    finally:
        for name in (*BROWSER, *MADE):
            sys.modules.pop(name, None)


def runner_of(session: Session, tokenizer: Tokenizer) -> Runner:
    """The same model with nothing read yet."""
    return Runner(Session(session.weights, session.config), tokenizer, "float32")
