"""Arrays as lists for JSON, and JSON as text."""

import json
import math

import numpy as np


def to_list(values: np.ndarray) -> list[float | None]:
    """values (n,) in full: the page rounds each once, for the place where it stands. None for what is not finite."""
    return [x if math.isfinite(x) else None for x in values.tolist()]


def text_of(answer: dict) -> str:
    """JSON that the page's MicroPython can read.

    Every character is written as itself, for MicroPython does not join the two halves of an escaped emoji. Nor does it
    know the NaN and Infinity that Python would write: those raise ValueError.
    """
    return json.dumps(answer, ensure_ascii=False, allow_nan=False)
