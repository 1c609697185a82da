"""A value as the page shows it: a number or text as it is written, an array with its shape and a small picture."""

from typing import NotRequired, TypedDict, TypeGuard

import numpy as np

from model.arithmetic.answers import Look
from model.checkpoint.quantization import Quantized
from model.code.code import array

FEW = 32  # numbers of an array that are written out
LONGEST = 600  # characters


class Value(TypedDict):
    kind: str  # "none", "text" or "array"
    text: str
    shape: NotRequired[list[int]]
    least: NotRequired[str]
    most: NotRequired[str]
    look: NotRequired[Look | None]


def shown(value: object) -> Value:
    if value is None:
        return {"kind": "none", "text": ""}
    if is_numbers(value):
        seen = array(value, "")
        if isinstance(value, np.ndarray) and value.size and value.dtype.kind in "iu":
            seen["least"], seen["most"] = str(value.min()), str(value.max())
        few = isinstance(value, np.ndarray) and value.size <= FEW
        return {
            "kind": "array",
            "text": np.array2string(np.asarray(value), precision=6, max_line_width=80) if few else "",
            "shape": seen["shape"],
            "least": seen["least"],
            "most": seen["most"],
            "look": seen["look"],
        }
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and not value.shape):
        value = value.item()
    text = f"{value:.6g}" if isinstance(value, float) else repr(value)
    return {"kind": "text", "text": text if len(text) <= LONGEST else text[:LONGEST] + " …"}


def is_numbers(value: object) -> TypeGuard[np.ndarray | Quantized]:
    """An array of real numbers."""
    return isinstance(value, Quantized) or (
        isinstance(value, np.ndarray) and value.ndim > 0 and value.dtype.kind in "biuf"
    )
