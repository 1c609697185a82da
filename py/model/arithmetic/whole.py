"""A product as a whole: what goes in, the weights or what stands in their place, and the result, as pictures.

Of large arrays a cell of the picture is the mean of a stretch of rows and columns, as in strips; a part of one can be
looked at more closely. T tokens, n numbers that are summed up.
"""

import numpy as np

from model.arithmetic.answers import Look, Product
from model.checkpoint.quantization import Quantized
from model.explain.block_view import first_row
from model.explain.pictures.colours import diverging_picture
from model.explain.pictures.heatmap import edges
from model.session import Session

Array = np.ndarray | Quantized  # of two dimensions
CELLS = 64  # of a picture, along each side, at most
ROWS_AT_ONCE = 512  # of a large matrix that are held as float32


def look(array: Array, top: int, left: int, height: int, width: int, cells: int = CELLS) -> Look:
    """A part of an array (rows, columns) in at most `cells` by `cells`; what lies outside of it is left out."""
    rows, columns = array.shape
    top, left = min(max(top, 0), rows - 1), min(max(left, 0), columns - 1)
    height, width = min(max(height, 1), rows - top), min(max(width, 1), columns - left)
    across, down = edges(width, cells), edges(height, cells)  # (cells + 1,) each
    sums = np.zeros((len(down) - 1, len(across) - 1))  # (cells, cells)
    for start in range(0, height, ROWS_AT_ONCE):
        end = min(start + ROWS_AT_ONCE, height)
        piece = array[top + start : top + end][:, left : left + width]  # (rows, width)
        piece = np.add.reduceat(np.nan_to_num(piece.astype(np.float32), neginf=0.0), across[:-1], axis=1)
        np.add.at(sums, np.searchsorted(down, np.arange(start, end), side="right") - 1, piece)
    means = sums / np.outer(np.diff(down), np.diff(across))  # (cells, cells)
    scale = float(np.abs(means).max(initial=0.0))
    return {
        "picture": diverging_picture(means, scale),
        "top": top,
        "left": left,
        "height": height,
        "width": width,
        "rows": len(means),
        "columns": means.shape[1],
        "scale": scale,
    }


def around(array: Array, row: int, column: int, closer: int) -> Look:
    """A matrix with the number at (row, column) in its middle, as far as the edges allow.

    `closer` 0 shows all of it, each step a quarter as much along each side, until every cell is one number.
    """

    def stretch(size: int, middle: int) -> tuple[int, int]:
        long = min(size, max(CELLS, size // 4 ** min(closer, 16)))
        return min(max(middle - long // 2, 0), size - long), long

    (top, height), (left, width) = stretch(array.shape[0], row), stretch(array.shape[1], column)
    return look(array, top, left, height, width)


def product(session: Session, block: int, name: str, head: int) -> Product:
    """The product that gives the activation `name` of a block for the drawn tokens; of the heads', that of one.

    Raises KeyError for an activation that is no product.
    """
    left, right, result = factors(session, block, name, head)
    return {
        "name": name,
        "first": first_row(session),
        "left": whole(left),
        "right": whole(right),
        "result": whole(result),
    }


def whole(array: Array) -> Look:
    return look(array, 0, 0, array.shape[0], array.shape[1])


def factors(session: Session, block: int, name: str, head: int) -> tuple[Array, Array, np.ndarray]:
    """What goes in (rows, n), what each of its rows meets (out, n), and the result (rows, out)."""
    first, config, w = first_row(session), session.config, session.weights["h"][block]
    b = session.block(block, first)
    rows = len(b.ln1)
    ours = slice(head * config.d_head, (head + 1) * config.d_head)

    def third(part: int, values: np.ndarray) -> tuple[Array, Array, np.ndarray]:
        start = part * config.n_embd + ours.start
        return b.ln1, w["attn.c_attn.weight"][start : start + config.d_head], values[:, head]

    found = {
        "attn.q": lambda: third(0, b.q),
        "attn.k": lambda: third(1, b.k[first:]),
        "attn.v": lambda: third(2, b.v[first:]),
        "attn.scores": lambda: (b.q[:, head], b.k[first:, head], b.scores[head, :, first:]),
        "attn.z": lambda: (b.pattern[head, :, first:], b.v[first:, head].T, b.z[:, head]),
        "attn_out": lambda: (b.z.reshape(rows, -1), w["attn.c_proj.weight"], b.attn_out),
        "mlp.pre": lambda: (b.ln2, w["mlp.c_fc.weight"], b.mlp_pre),
        "mlp_out": lambda: (b.mlp_post, w["mlp.c_proj.weight"], b.mlp_out),
    }
    return found[name]()
