"""The ways to hold and multiply weights: which a model gets, and each of them timed on a text."""

import asyncio

import numpy as np
import pytest

from build.paths import ROOT
from build.site import site
from model import gpt2
from model.checkpoint.loading import way_for
from model.checkpoint.quantization import Quantized
from model.config import GPT2Config
from model.kernel.kernel import Compiled, Kernel, multiplied_by
from model.session import Session
from model.worker.engine import GONE, Engine, finish
from model.worker.run import Runner
from tests.unit.without_browser import in_thread

SETTINGS = {"temperature": 0.8, "top_k": None, "top_p": None, "u": 0.5, "count": 12, "query": ""}
FULL = {"n_embd": 768, "n_layer": 12, "n_head": 12, "vocab_size": 50_257, "n_positions": 1024}
EMBEDDED = {"n_embd": 256, "n_layer": 6, "n_head": 4, "vocab_size": 8192, "n_positions": 128}


class Standin(Kernel):
    """A kernel without WebAssembly; it counts."""

    def __init__(self):
        self.products = 0

    def linear(self, x, w, b=None):
        self.products += 1
        return gpt2.linear(x, w[:], b)


def giving(kernel):
    async def compile_kernel():
        return kernel

    return compile_kernel


@pytest.mark.parametrize("held_by", ("float32", "int8", "kernel"))
def test_each_way_is_timed_whichever_the_model_is_in(held_by):
    session, tokenizer = site.load_model(ROOT / "weights" / site.MODEL)
    kernel, weights = Standin(), session.weights
    if held_by != "float32":
        weights = {**weights, "h": [dict(block) for block in weights["h"]]}
        for part in (weights, *weights["h"]):
            for name in [name for name in part if name.startswith(("wte", "attn.", "mlp.")) and part[name].ndim == 2]:
                part[name] = Quantized(np.rint(part[name] * 50).astype(np.int8), np.full((len(part[name]), 1), 0.02))
                part[name].scale = part[name].scale.astype(np.float32)
        weights = multiplied_by(kernel if held_by == "kernel" else None, weights)
    engine = Engine(Runner(Session(weights, session.config), tokenizer, held_by), giving(kernel))
    run = finish(engine.predict("The cat sat", [], SETTINGS, 0, 0, -1))["run"]
    kernel.products = 0
    ways = finish(engine.ways(run))["ways"]
    assert [way["precision"] for way in ways] == ["float32", "int8", "kernel"]
    assert all(way["seconds"] > 0 for way in ways)
    # Each block has four products, the vocabulary is multiplied in two pieces, all of it twice.
    assert kernel.products == 2 * (4 * session.config.n_layer + 2)
    engine.compile_kernel = giving(None)
    assert [way["precision"] for way in finish(engine.ways(run))["ways"]] == ["float32", "int8"]
    assert finish(engine.ways(run + 1)) == GONE

    async def meanwhile():
        asked = asyncio.ensure_future(engine.ways(run))
        await asyncio.sleep(0)
        await engine.predict("A dog", [], SETTINGS, 0, 0, -1)
        return await asked

    assert in_thread(meanwhile()) == GONE


@pytest.mark.parametrize(
    ("sizes", "wish", "kernel", "way"),
    [
        (EMBEDDED, None, True, "float32"),  # NumPy alone
        (EMBEDDED, "kernel", True, "kernel"),
        (FULL, None, True, "kernel"),
        (FULL, None, False, "float32"),  # as the device has room
        (FULL, "kernel", False, "int8"),
        (FULL, "float32", True, "float32"),
        (FULL, "int8", True, "int8"),
    ],
)
def test_the_kernel_multiplies_larger_models_where_there_is_one(sizes, wish, kernel, way):
    found = Standin() if kernel else None
    held, multiplies = in_thread(way_for(GPT2Config(**sizes), wish, 8, giving(found)))
    assert held == way and multiplies is (found if way == "kernel" else None)


def test_only_matrices_that_were_rounded_are_compiled():
    w = Quantized(np.ones((2, 3), np.int8), np.ones((2, 1), np.float32))
    bias = np.zeros(2, np.float32)
    weights = multiplied_by(Standin(), {"wte.weight": w, "h": [{"w": w, "b": bias}]})
    assert isinstance(weights["wte.weight"], Compiled) and isinstance(weights["h"][0]["w"], Compiled)
    assert weights["h"][0]["b"] is bias and weights["wte.weight"].values is w.values
