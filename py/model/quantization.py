"""Symmetric int8 quantisation with one scale for each row of a matrix.

Only weights are quantised, never activations: GPT-2's activations have a few channels far larger than the rest,
which one scale for all would drown (Dettmers et al., LLM.int8(), 2022, section 3).
"""

import numpy as np


def quantize_rows(w: np.ndarray) -> "Int8Rows":
    """Round each row of w (out, in) to 255 even steps between minus and plus its largest magnitude.

    Raises ValueError when w holds a NaN or an infinity.
    """
    largest = np.abs(w).max(axis=1, initial=0.0)  # (out,)
    if not np.isfinite(largest).all():
        raise ValueError("the matrix holds a NaN or an infinity")
    scale = (largest / 127).astype(np.float32)  # (out,)
    scale[scale == 0] = 1  # a row of zeros, or of numbers too small for float32 to divide
    values = np.rint(w / scale[:, None]).clip(-127, 127).astype(np.int8)  # (out, in)
    return Int8Rows(values, scale)


class Int8Rows:
    """A quantised matrix: row i is `values[i] * scale[i]`. `w[rows]` gives those rows as float32.

    Memory: one byte a weight instead of four.
    """

    def __init__(self, values: np.ndarray, scale: np.ndarray) -> None:
        self.values = values  # (out, in) int8
        self.scale = scale  # (out,) float32

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        w = self.values[rows].astype(np.float32)  # (rows, in)
        w *= self.scale[rows, None]  # in place: no second float32 copy
        return w
