"""Arrays as lists for JSON, and JSON as text."""

import json
import math
from collections.abc import Mapping

import numpy as np

Vector = list[float | None]  # None for what is not finite


def to_list(values: np.ndarray) -> Vector:
    """values (n,) in full: the page rounds each once, for the place where it stands."""
    return [x if math.isfinite(x) else None for x in values.tolist()]


def text_of(answer: Mapping[str, object]) -> str:
    """JSON that the page's MicroPython can read.

    Every character is written as itself, for MicroPython does not join the two halves of an escaped emoji. Nor does it
    know the NaN and Infinity that Python would write: those raise ValueError.
    """
    return json.dumps(answer, ensure_ascii=False, allow_nan=False)
