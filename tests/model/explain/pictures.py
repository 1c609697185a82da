"""Pictures of numbers read back, without the code that wrote them."""

import base64
import struct
import zlib

import numpy as np


def pixels(address):
    """The data address of a PNG -> (height, width, 4), read by the file format's own rules."""
    kind, data = address.split(",")
    assert kind == "data:image/png;base64"
    file = base64.b64decode(data, validate=True)
    assert file[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = [], 8
    while at < len(file):
        (length,) = struct.unpack(">I", file[at : at + 4])
        name, body = file[at + 4 : at + 8], file[at + 8 : at + 8 + length]
        assert struct.unpack(">I", file[at + 8 + length : at + 12 + length])[0] == zlib.crc32(name + body)
        chunks.append((name, body))
        at += 12 + length
    assert [name for name, _ in chunks] == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *form = struct.unpack(">IIBBBBB", chunks[0][1])
    assert form == [8, 6, 0, 0, 0]  # eight bits each of red, green, blue and opacity
    lines = np.frombuffer(zlib.decompress(chunks[1][1]), np.uint8).reshape(height, 1 + 4 * width)
    assert not lines[:, 0].any()  # no filter
    return lines[:, 1:].reshape(height, width, 4)


def assert_opacity(found, strength):
    """`strength` between 0 and 1, the same shape as the picture; half a step either way may round."""
    assert found.shape[:2] == strength.shape
    np.testing.assert_allclose(found[..., 3], 255 * strength, rtol=0, atol=0.51)
