"""Vectors as strips: a vector of hundreds of numbers is drawn as a few dozen cells, each the mean of its stretch.

Cells keep the vector's order and are as equal in length as whole numbers allow, so a strip has as many numbers as
its cells say and no number is left out.
"""

import numpy as np

from model.explain.block_answers import Stretch
from model.explain.pictures.colours import diverging_picture
from model.explain.pictures.png import Picture


def edges(size: int, cells: int) -> np.ndarray:
    """Where each of at most `cells` stretches of a vector of `size` numbers begins, and the end: (cells + 1,)."""
    cells = min(cells, size)
    return np.arange(cells + 1) * size // cells  # (cells + 1,)


def means(values: np.ndarray, cells: int) -> np.ndarray:
    """values (T, E) -> the mean of each stretch (T, cells)."""
    starts = edges(values.shape[1], cells)  # (cells + 1,)
    return np.add.reduceat(values, starts[:-1], axis=1) / np.diff(starts)  # (T, cells)


def heatmap_picture(values: np.ndarray, cells: int, gap: int) -> Picture:
    """values (T, E) as one column of upright strips, one below the other, `gap` pixels of nothing around each.

    Each strip is coloured on its own scale, its largest cell: rows differ in length a hundredfold.
    """
    m = means(values, cells)  # (T, cells)
    scale = np.abs(m).max(axis=1, keepdims=True)  # (T, 1)
    spaced = np.pad(m, ((0, 0), (gap, gap)), constant_values=-np.inf)  # (T, gap + cells + gap)
    rows = np.repeat(scale, spaced.shape[1], axis=1)  # (T, gap + cells + gap)
    return diverging_picture(spaced.reshape(-1, 1), rows.reshape(-1, 1))


def heatmap_cell(values: np.ndarray, row: int, cell: int, cells: int) -> Stretch:
    """What one cell stands for: entries `first` to `last` (counted from 1) of `size`, their mean, least and most.

    `scale` is the size of a mean that has the full colour in this strip.
    """
    vector = values[row]  # (E,)
    starts = edges(len(vector), cells)  # (cells + 1,)
    cell = min(max(cell, 0), len(starts) - 2)
    part = vector[starts[cell] : starts[cell + 1]]  # (entries,)
    return {
        "cell": cell,
        "first": int(starts[cell]) + 1,
        "last": int(starts[cell + 1]),
        "size": len(vector),
        "mean": float(part.mean()),
        "min": float(part.min()),
        "max": float(part.max()),
        "scale": float(np.abs(means(vector[None], cells)).max()),
    }
