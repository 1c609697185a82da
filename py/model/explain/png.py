"""Arrays as pictures: one pixel a number, coloured by NumPy, so that the page only has to place them.

Opacity carries the size of a number and colour its kind, so a picture lies on any background: zero is the paper's
own colour, white in the light theme.
"""

import base64
import struct
import zlib

import numpy as np

Picture = str  # the data address of a PNG

# The page's style sheets get these from build/site/style.py.
PURPLE = (109, 40, 217)  # shares: attention's colour
AMBER = (217, 119, 6)  # numbers above zero
TEAL = (15, 118, 130)  # numbers below zero; with amber a pair that colour-blind readers tell apart


def png(rgba: np.ndarray) -> bytes:
    """rgba (height, width, 4) uint8 as a PNG file (ISO/IEC 15948: signature, IHDR, IDAT, IEND)."""
    height, width, _ = rgba.shape
    lines = np.zeros((height, 1 + 4 * width), np.uint8)  # (height, 1 + 4 width): each line starts with filter type 0
    lines[:, 1:] = rgba.reshape(height, 4 * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def data_address(rgba: np.ndarray) -> Picture:
    """rgba (height, width, 4) uint8 as the `src` of an image."""
    return "data:image/png;base64," + base64.b64encode(png(rgba)).decode()


def shares_picture(shares: np.ndarray) -> Picture:
    """Shares (height, width) between 0 and 1: the fuller, the more opaque."""
    rgba = np.empty((*shares.shape, 4), np.uint8)  # (height, width, 4)
    rgba[..., :3] = PURPLE
    rgba[..., 3] = np.rint(255 * shares)
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
