"""Arrays as lists for JSON, and JSON as text."""

import json

import numpy as np


def rounded(values: np.ndarray) -> list[float | None]:
    """values (n,) with five significant digits, more than any number on the page shows; None for an infinity."""
    return [float(f"{x:.5g}") if np.isfinite(x) else None for x in values.tolist()]


def text_of(answer: dict) -> str:
    """JSON with every character as itself: MicroPython's json does not join the two halves of an escaped emoji."""
    return json.dumps(answer, ensure_ascii=False)
