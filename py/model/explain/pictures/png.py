"""Arrays of pixels as PNG files."""

import base64
import struct
import zlib

import numpy as np

Picture = str  # the data address of a PNG


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
