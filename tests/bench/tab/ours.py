"""Our passes, in Pyodide; times are milliseconds. The host calls these functions, one tab for each way."""

import time
from pathlib import Path

import numpy as np
import pyodide_js

from model.checkpoint.assemble import weights_from_shards
from model.checkpoint.layout import INDEX, read_index
from model.checkpoint.room import make_room
from model.config import GPT2Config
from model.kernel.kernel import multiplied_by
from model.session import Session
from model.worker.compiled import Loader
from weights import GPT2_124M, random_weights

MINI = Path("/sources/weights/mini")

session = Session({}, GPT2_124M)  # of the last prompt


async def use(way: str) -> None:
    """Hold the weights in this way, a `Precision`; "embedded" is the model that comes with the site, as it is there.

    Raises RuntimeError where the kernel is to multiply and this browser cannot run it.
    """
    global session
    if way == "embedded":
        config = GPT2Config.from_json((MINI / "config.json").read_bytes())
        index = read_index((MINI / INDEX).read_text())
        shards = [np.fromfile(MINI / name, np.uint8) for name in index.shards]
        session = Session(weights_from_shards(shards, config), config)
        return
    make_room(GPT2_124M, way)
    weights = random_weights(way)
    if way == "kernel":
        kernel = await Loader()()
        if kernel is None:
            raise RuntimeError("this browser cannot run the kernel")
        weights = multiplied_by(kernel, weights)
    session = Session(weights, GPT2_124M)


def run(ids: list[int]) -> float:
    started = time.perf_counter()
    session.run(ids)
    return 1000 * (time.perf_counter() - started)


def prompt(ids: list[int]) -> float:
    """A text of which nothing is known yet."""
    global session
    session = Session(session.weights, session.config)
    return run(ids)


def further(ids: list[int]) -> list[float]:
    """Each of these tokens after all that came before it."""
    return [run([*session.ids, i]) for i in ids]


def values() -> dict:
    """The last pass's logits, and every head's pattern."""
    patterns = np.concatenate([session.block(number).pattern.ravel() for number in range(session.config.n_layer)])
    return {"logits": session.final.logits[0].tolist(), "patterns": patterns.tolist()}


def heap() -> int:
    """Bytes of WebAssembly memory; it never shrinks."""
    return pyodide_js._module.HEAPU8.length
