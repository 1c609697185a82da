"""The parts of the benchmark; run.mjs calls each in a fresh Pyodide. Times are wall-clock milliseconds.

Times on one machine on one day compare with each other alone; `calibrate` says how fast that day is.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import SimpleNamespace

import numpy as np
import pyodide_js

from model import gpt2
from model.arithmetic import whole
from model.arithmetic.inspect import inspect
from model.checkpoint.assemble import weights_from_shards
from model.checkpoint.layout import INDEX, is_quantized, nested, read_index, tensor_shapes
from model.checkpoint.quantization import Quantized, quantize_groups
from model.config import GPT2Config
from model.explain.answers import Sampling
from model.session import Session

GPT2_124M = GPT2Config(vocab_size=50_257, n_positions=1024, n_embd=768, n_layer=12, n_head=12)


def milliseconds(work: Callable[[], object], rounds: int = 7) -> tuple[float, float]:
    """(median, least) of several rounds after one to warm up."""
    work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return median(times), min(times)


def heap_size() -> float:
    """MB of WebAssembly memory; it never shrinks."""
    return pyodide_js._module.HEAPU8.length / 1e6


def heap() -> str:
    return f"heap {heap_size():.0f} MB"


def random_floats(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape, np.float32)


def calibrate() -> None:
    """A fixed amount of work that has nothing to do with our code."""
    a = random_floats(192, 192)
    product, _ = milliseconds(lambda: a @ a)
    loop, _ = milliseconds(lambda: sum(i * i for i in range(200_000)))
    print(f"calibration: NumPy product of 192 x 192 {product:.1f} ms, Python loop of 200,000 {loop:.1f} ms")


def products() -> None:
    """The forms in which x (T, in) can be multiplied with a weight matrix, for the largest of GPT-2 124M's."""
    print("\nproduct, GFLOP/s, in 768, out 3072:    T = 1   T = 6")
    w = random_floats(3072, 768)  # (out, in)
    turned = np.ascontiguousarray(w.T)  # (in, out)
    int8 = Quantized(np.rint(w * 25).clip(-127, 127).astype(np.int8), np.full((3072, 1), 0.04, np.float32))
    int4 = quantize_groups(w)
    forms: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "x @ w             w (in, out)": lambda x: x @ turned,
        "x @ w.T           w (out, in)": lambda x: x @ w.T,
        "einsum tk,nk->tn  w (out, in)": lambda x: np.einsum("tk,nk->tn", x, w),
        "linear            w (out, in)": lambda x: gpt2.linear(x, w),
        "linear            w int8 (out, in)": lambda x: gpt2.linear(x, int8),
        "linear            w int4 (out, in)": lambda x: gpt2.linear(x, int4),
    }
    for name, form in forms.items():
        speeds = []
        for tokens in (1, 6):
            x = random_floats(tokens, 768)
            _, least = milliseconds(lambda form=form, x=x: form(x))
            speeds.append(2e-6 * x.size * 3072 / least)
        print(f"  {name:36} " + "   ".join(f"{speed:5.2f}" for speed in speeds))


def passes(weights: dict, config: GPT2Config, tokens: int, rounds: int) -> tuple[list[float], np.ndarray]:
    """[median, least for the prompt, median, least for one token more with what is known], and its logits."""
    ids = np.random.default_rng(1).integers(0, config.vocab_size, tokens + 1).tolist()
    first, further = [], []
    for _ in range(rounds + 1):
        session = Session(weights, config)
        for times, text in ((first, ids[:-1]), (further, ids)):
            started = time.perf_counter()
            session.run(text)
            times.append(1000 * (time.perf_counter() - started))
    medians_and_least = [f(times[1:]) for times in (first, further) for f in (median, min)]  # the first warms up
    return medians_and_least, session.final.logits[0]


def report(tokens: int, times: list[float]) -> None:
    print(
        f"  prompt of {tokens:2} tokens: median {times[0]:6.1f} ms, least {times[1]:6.1f};"
        f"   one token more: median {times[2]:6.1f} ms, least {times[3]:6.1f}"
    )


def settings() -> None:
    """What a move of a slider costs, see settings.py."""
    from settings import measure  # it measures with this module's own `milliseconds`

    measure()


def mini(folder: str) -> None:
    """The embedded model, as the page loads it."""
    if not (Path(folder) / INDEX).exists():
        print("\nembedded model: weights/mini is not there, so it is not measured")
        return
    config = GPT2Config.from_json((Path(folder) / "config.json").read_bytes())
    index = read_index((Path(folder) / INDEX).read_text())
    shards = [np.fromfile(Path(folder) / name, np.uint8) for name in index.shards]
    weights = weights_from_shards(shards, config)
    print(f"\nembedded model, {config.n_layer} blocks of {config.n_embd}, held as float32:")
    for tokens in (6, 16, 32):
        report(tokens, passes(weights, config, tokens, rounds=9)[0])
    print(f"  {heap()}")


def random_weights(config: GPT2Config, precision: str) -> dict:
    """int8 rows of GPT-2's size of weights (deviation 0.02), the same for either precision."""
    random = np.random.default_rng(0)
    flat = {}
    for name, shape in tensor_shapes(config).items():
        if is_quantized(name, shape):
            values = random.integers(-127, 127, shape, np.int8, endpoint=True)  # (out, in)
            rows = Quantized(values, np.full((shape[0], 1), 0.02 / 73, np.float32))
            flat[name] = rows if precision == "int8" else rows[:]
        elif len(shape) == 2:
            flat[name] = random.standard_normal(shape, np.float32) * np.float32(0.01)  # shape
        else:
            flat[name] = np.full(shape, 0.0 if name.endswith("bias") else 1.0, np.float32)  # shape
    return nested(flat, config)


def large(precision: str) -> np.ndarray:
    """The shape of GPT-2 124M; returns the logits. Held as float32, also the plain `x @ w` for comparison."""
    weights = random_weights(GPT2_124M, precision)
    print(f"\nshape of GPT-2 124M, held as {precision}:")
    times, logits = passes(weights, GPT2_124M, 6, rounds=5)
    report(6, times)
    print(f"  {heap()}")
    if precision == "float32":
        compare_with_plain(weights, logits)
    return logits


def opened() -> None:
    """What it takes to open a number of each kind, and a product and a matrix of weights as pictures."""
    config = GPT2_124M
    weights = random_weights(config, "int8")
    session = Session(weights, config)
    session.run([464, 1310, 2576, 373, 845, 3772, 780])
    settings: Sampling = {"temperature": 0.8, "top_k": None, "top_p": None, "u": 0.5}
    names = SimpleNamespace(display=str)  # in the place of a tokenizer
    works: dict[str, Callable[[], object]] = {
        address: lambda address=address: inspect(session, names, settings, address)
        for address in (
            *("blocks.11.ln1[6, 3]", "blocks.11.attn.q[6, 2, 5]", "blocks.11.attn.scores[2, 6, 3]"),
            *("blocks.11.attn.z[6, 2, 5]", "blocks.11.attn_out[6, 3]", "blocks.11.mlp.pre[6, 3]"),
            *("blocks.11.mlp_out[6, 3]", "logits[6, 9]", "probabilities[6, 9]", "h.3.mlp.c_fc.weight[5, 6]"),
        )
    }
    works["the whole product mlp_out"] = lambda: whole.product(session, 11, "mlp_out", 0)
    works["all of wte.weight"] = lambda: whole.around(weights["wte.weight"], 9, 9, 0)
    before = heap_size()
    print("\nshape of GPT-2 124M, held as int8, a number opened: ms")
    for name, work in works.items():
        print("  {:32} median {:6.1f}   least {:6.1f}".format(name, *milliseconds(work)))
    print(f"  heap {before:.0f} MB before, {heap_size() - before:.0f} more")


def full_context() -> None:
    """What the longest text that GPT-2 124M reads takes beside its weights."""
    session = Session(random_weights(GPT2_124M, "int8"), GPT2_124M)
    session.run([1, 2, 3, 4, 5, 6])
    before = heap_size()
    tokens = GPT2_124M.n_positions
    ids = np.random.default_rng(1).integers(0, GPT2_124M.vocab_size, tokens).tolist()
    started = time.perf_counter()
    session.run(ids)
    seconds, read = time.perf_counter() - started, heap_size()
    session.block(GPT2_124M.n_layer - 1)
    print(f"\nshape of GPT-2 124M, held as int8, {tokens} tokens: {seconds:.0f} s")
    looked = heap_size()
    print(f"  heap {before:.0f} MB with 6 tokens, {read - before:.0f} more when read, {looked - read:.0f} for a block")


def compare_with_plain(weights: dict, expected: np.ndarray) -> None:
    """The same pass with `x @ w` on (in, out) weights everywhere; the two take turns, so as to meet the same load."""
    turned = {
        **weights,
        "h": [{n: np.ascontiguousarray(w.T) if w.ndim == 2 else w for n, w in block.items()} for block in weights["h"]],
    }

    head = np.ascontiguousarray(weights["wte.weight"].T)  # (E, V): embedding a token still needs its rows

    def plain(x: np.ndarray, w: np.ndarray, b: np.ndarray | None = None) -> np.ndarray:
        return x @ head if b is None else x @ w + b  # (T, out)

    linear = gpt2.linear
    ours, theirs = [], []
    for _ in range(5):
        ours.append(passes(weights, GPT2_124M, 6, rounds=1)[0])
        gpt2.linear = plain
        times, logits = passes(turned, GPT2_124M, 6, rounds=1)
        theirs.append(times)
        gpt2.linear = linear
    np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-3)
    for name, rounds in (("linear", ours), ("x @ w", theirs)):
        print(f"taking turns, {name}:")
        report(6, [f(column) for column in list(zip(*rounds, strict=True))[::2] for f in (median, min)])
    ratios = [np.array(b) / np.array(a) for a, b in zip(ours, theirs, strict=True)]
    prompt, further = np.median(ratios, axis=0)[::2]
    print(f"  x @ w takes {prompt:.1f} times as long for the prompt, {further:.1f} for the token (median of the turns)")
