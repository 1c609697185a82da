"""The compiled product, from Python: what NumPy has from a BLAS on a desktop, for weights kept as small as they came.

multiply.ts is compiled to WebAssembly that works on this interpreter's own memory, so arrays cross as addresses and
nothing is copied. A wrong address would spoil Python's memory unseen: everything is checked here. An address holds as
long as its array does, also when the memory grows; the weights' are taken once, those of the rest for each product,
after the result has been made.

Shapes in comments: T tokens, K numbers in, N numbers out.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from model.checkpoint.quantization import Quantized

ROWS_AT_ONCE = 16  # of the weights that multiply.ts may make float32 at once: its BLOCK


class Functions(Protocol):
    """What multiply.ts exports; all arguments are addresses and sizes."""

    float32: Callable[..., None]
    rows: Callable[..., None]
    groups: Callable[..., None]


class Kernel:
    """The product by the compiled `functions`, which work on this interpreter's memory."""

    def __init__(self, functions: Functions) -> None:
        self.float32, self.rows, self.groups = functions.float32, functions.rows, functions.groups
        self.room = np.empty(0, np.float32)  # for x and a few rows of weights, put side by side; it grows

    def linear(self, x: np.ndarray, w: "np.ndarray | Compiled", b: np.ndarray | None = None) -> np.ndarray:
        """x (T, K) times the transpose of w (N, K), plus b (N,): (T, N) float32, as `linear` in linear.py.

        x is copied where it is not contiguous float32. Raises ValueError when the shapes do not fit, or w or b are not
        contiguous float32 or what `Compiled` takes.
        """
        x = np.ascontiguousarray(x, np.float32)  # (T, K)
        (T, K), (N, width) = x.shape, w.shape
        if width != K or (b is not None and b.shape != (N,)):
            raise ValueError(f"x {x.shape} does not fit w {w.shape}, b {None if b is None else b.shape}")
        check(b, np.float32)
        if not (T and K and N):
            return np.zeros((T, N), np.float32) + (0 if b is None else b)  # (T, N)
        if self.room.size < (T + ROWS_AT_ONCE) * K:
            self.room = np.empty((T + ROWS_AT_ONCE) * K, np.float32)
        y = np.empty((T, N), np.float32)  # (T, N)
        places = (address(b), address(y), T, K, N, address(self.room))
        if not isinstance(w, Compiled):
            check(w, np.float32)
            self.float32(address(x), address(w), *places)
        elif w.stretch == K:
            self.rows(address(x), *w.addresses, *places)
        else:
            self.groups(address(x), *w.addresses, *places, w.stretch)
        return y


class Compiled(Quantized):
    """A quantised matrix that a kernel multiplies. Raises ValueError for arrays that it could not read."""

    def __init__(self, w: Quantized, kernel: Kernel) -> None:
        super().__init__(w.values, w.scale)
        check(w.values, np.int8)
        check(w.scale, np.float32)
        n_out, n_in = w.values.shape
        stretches = w.scale.shape[1]
        if len(w.scale) != n_out or stretches < 1 or n_in % stretches:
            raise ValueError(f"scales {w.scale.shape} do not fit values {w.values.shape}")
        self.kernel = kernel
        self.stretch = n_in // stretches  # neighbours that share a scale
        self.addresses = address(w.values), address(w.scale)


def multiplied_by(kernel: Kernel | None, weights: dict) -> dict:
    """The weights as `gpt2.py` takes them, the quantised ones `Compiled` where there is a kernel; nothing is copied."""
    if kernel is None:
        return weights

    def of(w: object) -> object:
        return Compiled(w, kernel) if isinstance(w, Quantized) else w

    blocks = [{name: of(w) for name, w in block.items()} for block in weights["h"]]
    return {name: blocks if name == "h" else of(w) for name, w in weights.items()}


def check(array: np.ndarray | None, dtype: type) -> None:
    if array is not None and not (array.dtype == dtype and array.flags.c_contiguous):
        raise ValueError(f"a contiguous array of {np.dtype(dtype)} is needed, not {array.dtype} {array.strides}")


def address(array: np.ndarray | None) -> int:
    """Where an array begins in the interpreter's memory, 0 for none."""
    return 0 if array is None else array.__array_interface__["data"][0]
