"""The colours of numbers, and arrays coloured: one pixel a number, so that the page only has to place them.

Opacity carries the size of a number and colour its kind, so a picture lies on any background: zero is the paper's
own colour, white in the light theme.
"""

import numpy as np

from model.explain.pictures.png import Picture, data_address

# The page's style sheets get these from build/site/style.py.
PURPLE = (109, 40, 217)  # shares: attention's colour
AMBER = (217, 119, 6)  # numbers above zero
TEAL = (15, 118, 130)  # numbers below zero; with amber a pair that colour-blind readers tell apart


def shares_picture(shares: np.ndarray) -> Picture:
    """Shares (height, width) between 0 and 1, or what stands in their place: the fuller, the more opaque."""
    rgba = np.empty((*shares.shape, 4), np.uint8)  # (height, width, 4)
    rgba[..., :3] = PURPLE
    rgba[..., 3] = np.rint(255 * shares.clip(0, 1))
    return data_address(rgba)


def diverging_picture(values: np.ndarray, scale: np.ndarray | float) -> Picture:
    """Numbers (height, width) of either sign; `scale`, one number or one a row (height, 1), is fully opaque.

    Minus infinity, which stands for what a token may not see, is left transparent.
    """
    known = np.isfinite(values)  # (height, width)
    strength = np.where(known, np.abs(values), 0) / np.maximum(scale, np.finfo(np.float32).tiny)  # (height, width)
    rgba = np.empty((*values.shape, 4), np.uint8)  # (height, width, 4)
    rgba[..., :3] = np.where((values < 0)[..., None], TEAL, AMBER)
    rgba[..., 3] = np.rint(255 * np.minimum(strength, 1))
    return data_address(rgba)
