"""Symmetric quantisation of weight matrices: 8 bits with a scale a row, or 4 bits with a scale for every 32 weights.

Only weights are quantised, never activations: GPT-2's activations have a few channels far larger than the rest,
which one scale for all would drown (Dettmers et al., LLM.int8(), 2022, section 3).
"""

from typing import Literal

import numpy as np

# How weights are held and multiplied: as they are or `Quantized`, by NumPy; `Quantized` by a kernel, see kernel/.
Precision = Literal["float32", "int8", "kernel"]

GROUP = 32  # neighbouring weights of a row that share a scale at 4 bits; 64 lost a fifth more of the quality
ROWS_AT_ONCE = 512  # of a matrix that is compared with another


class Quantized:
    """A matrix of small whole numbers: each row is divided into equal groups, each with its own scale.

    A weight is its number times the scale of its group. `w[rows]` gives those rows as float32.
    """

    def __init__(self, values: np.ndarray, scale: np.ndarray) -> None:
        self.values = values  # (out, in) int8
        self.scale = scale  # (out, stretches) float32

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    @property
    def nbytes(self) -> int:
        return self.values.nbytes + self.scale.nbytes

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        w = self.values[rows].astype(np.float32)  # (rows, in)
        scale = self.scale[rows]  # (rows, stretches)
        stretches = w.reshape(*scale.shape, -1)  # (rows, stretches, in / stretches): a view of w
        stretches *= scale[..., None]  # in place: no second float32 copy
        return w


def quantize_rows(w: np.ndarray) -> Quantized:
    """8 bits: round each row of w (out, in) to 255 even steps between minus and plus its largest magnitude.

    Raises ValueError when w holds a NaN or an infinity.
    """
    largest = np.abs(w).max(axis=1, initial=0.0, keepdims=True)  # (out, 1)
    scale = checked_scale(largest / 127)  # (out, 1)
    return Quantized(np.rint(w / scale).clip(-127, 127).astype(np.int8), scale)


def quantize_groups(w: np.ndarray) -> Quantized:
    """4 bits: round each GROUP weights in a row of w (out, in) to 16 even steps, from -8 to 7 times their scale.

    The largest magnitude becomes exactly -8 times the scale, which is negative where that weight is positive: so all
    16 steps are used. Scales are numbers that float16 can hold. Raises ValueError when w holds a NaN or an infinity,
    or when GROUP does not divide its rows.
    """
    if w.shape[1] % GROUP:
        raise ValueError(f"rows of {w.shape[1]} weights cannot be cut into groups of {GROUP}")
    groups = w.reshape(len(w), -1, GROUP)  # (out, in / GROUP, GROUP)
    place = np.abs(groups).argmax(axis=2, keepdims=True)  # (out, in / GROUP, 1)
    largest = np.take_along_axis(groups, place, axis=2)[..., 0]  # (out, in / GROUP)
    scale = checked_scale((largest / -8).astype(np.float16))  # (out, in / GROUP)
    values = np.rint(groups / scale[..., None]).clip(-8, 7)  # (out, in / GROUP, GROUP)
    return Quantized(values.reshape(w.shape).astype(np.int8), scale)


def squares(w: np.ndarray, rounded: Quantized | None = None) -> float:
    """The squares of w (out, in) summed, or of what rounding took from it; a few rows at a time, to save memory."""
    total = 0.0
    for start in range(0, len(w), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        part = w[rows] if rounded is None else w[rows] - rounded[rows]  # (up to ROWS_AT_ONCE, in)
        total += float(np.square(part, dtype=np.float64).sum())
    return total


def checked_scale(scale: np.ndarray) -> np.ndarray:
    """`scale` as float32, 1 for weights that are all zero, or too small to have a scale."""
    if not np.isfinite(scale).all():
        raise ValueError("the matrix holds a NaN or an infinity")
    scale = scale.astype(np.float32)  # same shape
    scale[scale == 0] = 1
    return scale


def pack(values: np.ndarray) -> np.ndarray:
    """Whole numbers from -8 to 7 (out, in), two to a byte (out, in / 2): even places in the lower half."""
    halves = (values + 8).astype(np.uint8)  # (out, in)
    return halves[:, 0::2] | halves[:, 1::2] << 4  # (out, in / 2)


def unpack(packed: np.ndarray) -> np.ndarray:
    """The other way round: (out, in / 2) uint8 -> (out, in) int8."""
    values = np.empty((len(packed), 2 * packed.shape[1]), np.int8)  # (out, in)
    values[:, 0::2] = packed & 15
    values[:, 1::2] = packed >> 4
    values -= 8
    return values
