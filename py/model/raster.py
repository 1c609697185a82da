"""Arrays as pictures: one pixel a number, coloured by NumPy, so that the page only has to place them."""

import base64
import struct
import zlib

import numpy as np

PURPLE = (109, 40, 217)  # attention's colour


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


def pattern_picture(pattern: np.ndarray) -> str:
    """Shares (T, T) between 0 and 1 as a data address: opacity is the share, so any background may lie under it."""
    rgba = np.empty((*pattern.shape, 4), np.uint8)  # (T, T, 4)
    rgba[..., :3] = PURPLE
    rgba[..., 3] = np.rint(255 * pattern)
    return "data:image/png;base64," + base64.b64encode(png(rgba)).decode()
