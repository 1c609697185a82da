"""What is too small for the table of passes, in Pyodide: products, an opened number, a slider with a large vocabulary.

Each function answers milliseconds of every round by what was done, where it does not say otherwise.
"""

import json
import time
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pyodide_js

from model import sampling
from model.arithmetic import whole
from model.arithmetic.inspect import inspect
from model.checkpoint.quantization import Quantized, quantize_groups
from model.explain.answers import Sampling
from model.explain.next_token import next_tokens
from model.linear import linear
from model.session import Session
from weights import GPT2_124M, random_weights

ROUNDS = 7
NAMES = SimpleNamespace(display=str)  # in the place of a tokenizer: what a token is called costs nothing here
SETTINGS = (  # temperature, top-k, top-p
    (0, None, None),
    (1, None, None),
    (0.7, 40, None),
    (0.7, None, 0.9),
    (1.5, 200, 0.95),
)
NUMBERS = (
    *("blocks.11.ln1[6, 3]", "blocks.11.attn.q[6, 2, 5]", "blocks.11.attn.scores[2, 6, 3]"),
    *("blocks.11.attn.z[6, 2, 5]", "blocks.11.attn_out[6, 3]", "blocks.11.mlp.pre[6, 3]"),
    *("blocks.11.mlp_out[6, 3]", "logits[6, 9]", "probabilities[6, 9]", "h.3.mlp.c_fc.weight[5, 6]"),
)


def rounds(works: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Every work in turn, once to warm up and then ROUNDS times."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS + 1):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            times[name].append(1000 * (time.perf_counter() - started))
    return {name: taken[1:] for name, taken in times.items()}


def products() -> dict[str, list[float]]:
    """The forms in which x (T, in) can be multiplied with a weight matrix, for the largest of GPT-2 124M's blocks."""
    random = np.random.default_rng(0)
    w = random.standard_normal((3072, 768), np.float32)  # (out, in)
    turned = np.ascontiguousarray(w.T)  # (in, out)
    int8 = Quantized(np.rint(w * 25).clip(-127, 127).astype(np.int8), np.full((3072, 1), 0.04, np.float32))
    int4 = quantize_groups(w)
    works: dict[str, Callable[[], object]] = {}
    for tokens in (1, 6):
        x = random.standard_normal((tokens, 768), np.float32)  # (T, in)
        works |= {
            f"x @ w, w (in, out), {tokens} tokens": lambda x=x: x @ turned,
            f"x @ w.T, w (out, in), {tokens} tokens": lambda x=x: x @ w.T,
            f"linear, w (out, in), {tokens} tokens": lambda x=x: linear(x, w),
            f"linear, w int8 (out, in), {tokens} tokens": lambda x=x: linear(x, int8),
            f"linear, w int4 (out, in), {tokens} tokens": lambda x=x: linear(x, int4),
        }
    return rounds(works)


def opened() -> dict[str, list[float]]:
    """What it takes to open a number of each kind, and a product and a matrix of weights as pictures."""
    weights = random_weights("int8")
    session = Session(weights, GPT2_124M)
    session.run([464, 1310, 2576, 373, 845, 3772, 780])
    settings: Sampling = {"temperature": 0.8, "top_k": None, "top_p": None, "u": 0.5}
    works: dict[str, Callable[[], object]] = {
        address: lambda address=address: inspect(session, NAMES, settings, address) for address in NUMBERS
    }
    works["the whole product mlp_out"] = lambda: whole.product(session, 11, "mlp_out", 0)
    works["all of wte.weight"] = lambda: whole.around(weights["wte.weight"], 9, 9, 0)
    return rounds(works)


def sliders() -> dict[str, list[float]]:
    """All that the worker does for one move: the answer of 12 tokens and its JSON text."""
    logits = np.random.default_rng(0).normal(-30, 5, GPT2_124M.vocab_size).astype(np.float32)  # (V,)
    order = sampling.ranking(logits)  # (V,)
    works: dict[str, Callable[[], object]] = {}
    for temperature, top_k, top_p in SETTINGS:
        settings: Sampling = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "u": 0.5}
        name = f"temperature {temperature}, top-k {top_k or 'off'}, top-p {top_p or 'off'}"
        works[name] = lambda settings=settings: json.dumps(next_tokens(logits, NAMES, order, 12, settings))
    return rounds(works)


def full_context() -> dict[str, float]:
    """Seconds for the longest text that GPT-2 124M reads, and MB that it takes beside the weights."""
    session = Session(random_weights("int8"), GPT2_124M)
    session.run([1, 2, 3, 4, 5, 6])
    before = heap()
    tokens = GPT2_124M.n_positions
    started = time.perf_counter()
    session.run(np.random.default_rng(1).integers(0, GPT2_124M.vocab_size, tokens).tolist())
    seconds, read = time.perf_counter() - started, heap()
    session.block(GPT2_124M.n_layer - 1)
    return {"seconds": seconds, "MB when read": read - before, "more MB for a block": heap() - read}


def heap() -> float:
    """MB of WebAssembly memory; it never shrinks."""
    return pyodide_js._module.HEAPU8.length / 1e6
