"""The ways in which weights can be held and multiplied, each timed on a text that was read."""

from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter
from typing import get_args

import numpy as np

from model import gpt2
from model.checkpoint.quantization import Precision, Quantized, quantize_rows
from model.explain.answers import Way
from model.kernel.kernel import Compiled, Kernel
from model.session import Session

GOES = 2  # at each part of a pass; the faster one counts
ROWS_AT_ONCE = 4096  # of the output matrix, as there may be no room for all of it in each way

Matrix = np.ndarray | Quantized


def timed(session: Session, kernel: Kernel | None, ways: list[Way]) -> Iterator[None]:
    """Adds to `ways` the seconds of a pass over the whole text of the session, in each way, yielding after each part.

    Without a kernel its way is left out. A part of the model at a time is held in another way, so that there is room.
    """
    for precision in get_args(Precision):
        if precision != "kernel" or kernel:
            seconds = 0.0
            for part in parts(session, precision, kernel):
                seconds += part
                yield
            ways.append({"precision": precision, "seconds": seconds})


def held(w: Matrix, precision: Precision, kernel: Kernel | None) -> Matrix:
    """A matrix in another way, or the same; a vector as it is."""
    if isinstance(w, np.ndarray) and w.ndim == 1:
        return w
    if precision == "float32":
        return w[:] if isinstance(w, Quantized) else w
    rounded = Quantized(w.values, w.scale) if isinstance(w, Quantized) else quantize_rows(w)
    return Compiled(rounded, kernel) if precision == "kernel" and kernel else rounded


def parts(session: Session, precision: Precision, kernel: Kernel | None) -> Iterator[float]:
    """Seconds of each block, then of the logits of the last token, a few rows of the output matrix at a time."""
    x, config, weights = session.stream(0), session.config, session.weights  # (T, E)
    for block in weights["h"]:
        w = {name: held(w, precision, kernel) for name, w in block.items()}
        seconds, x = faster(partial(gpt2.block, x, w, config, gpt2.unchanged))
        yield seconds
    wte = weights["wte.weight"]
    for first in range(0, wte.shape[0], ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        some = Quantized(wte.values[rows], wte.scale[rows]) if isinstance(wte, Quantized) else wte[rows]
        w = {**weights, "wte.weight": held(some, precision, kernel)}
        yield faster(partial(gpt2.unembed, x[-1:], w, config, gpt2.unchanged))[0]


def faster(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """Seconds of the fastest of some goes, and the result."""
    times = []
    for _ in range(GOES):
        started = perf_counter()
        result = work()  # shape as `work` makes it
        times.append(perf_counter() - started)
    return min(times), result
