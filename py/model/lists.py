"""Arrays as lists for JSON."""

import numpy as np


def rounded(values: np.ndarray) -> list[float | None]:
    """values (n,) with five significant digits, more than any number on the page shows; None for an infinity."""
    return [float(f"{x:.5g}") if np.isfinite(x) else None for x in values.tolist()]
