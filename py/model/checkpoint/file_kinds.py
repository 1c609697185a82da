"""What a file really is that was taken for another: told by its first bytes, so that a reader learns what to do.

A checkpoint's files come by many ways. A repository copied without Git LFS holds pointers, a browser saves the page
about a file, an editor writes a byte-order mark, PyTorch and others have formats of their own.
"""

import codecs
import json
import re

from model.checkpoint.file_error import FileError, shortened
from model.checkpoint.safetensors import HEADER_LIMIT

TELLING = 512  # bytes at the beginning are enough

POINTER = re.compile(r"version https?://(git-lfs|hawser|git-media)")
OTHER_FORMATS = {
    "GGUF": (b"GGUF",),
    "GGML": (b"lmgg", b"fmgg", b"tjgg"),
    "NumPy": (b"\x93NUMPY",),
    "HDF5 (TensorFlow, Keras)": (b"\x89HDF",),
    "PDF": (b"%PDF",),
    "PNG": (b"\x89PNG",),
    "JPEG": (b"\xff\xd8\xff",),
}
PACKED = {
    "zip": (b"PK\x03\x04", b"PK\x05\x06"),
    "gzip": (b"\x1f\x8b",),
    "zstd": (b"\x28\xb5\x2f\xfd",),
    "xz": (b"\xfd7zXZ",),
    "bzip2": (b"BZh",),
    "lz4": (b"\x04\x22\x4d\x18",),
    "7z": (b"7z\xbc\xaf",),
    "rar": (b"Rar!",),
}


def check_weights(first: bytes) -> None:
    """`first` are the first TELLING bytes of a file. Raises FileError unless it begins like a safetensors file."""
    length = int.from_bytes(first[:8], "little")
    if length > HEADER_LIMIT or first[8:9] != b"{":
        raise what_it_is(first)


def json_text(data: bytes) -> str:
    """The text of a JSON file, without a byte-order mark, be it UTF-8, UTF-16 or UTF-32.

    Raises FileError for what is something else.
    """
    try:
        text = data.decode(json.detect_encoding(data)).lstrip("\ufeff")
    except UnicodeDecodeError:
        raise what_it_is(data[:TELLING]) from None
    if not text.lstrip().startswith(("{", "[")):
        raise what_it_is(text.lstrip().encode()[:TELLING])
    return text


def what_it_is(first: bytes) -> FileError:
    """The error that says what a file with these first bytes is."""
    if not first.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        return FileError("the file is empty", "empty")
    if not first.strip(b"\0"):
        return FileError("the file begins with nothing but zeros", "zeros")
    if (text := begun_text(first)) is not None:
        if POINTER.match(text):
            return FileError("the file is a Git LFS pointer", "pointer")
        if text.startswith("<"):
            return FileError("the file is a web page", "page")
        return FileError(f"the file is a text: {text[:40]!r}", "note", begin=shortened(" ".join(text.split())))
    if (first[:1] == b"\x80" and first[1:2] in b"\2\3\4\5") or (first.startswith(b"PK") and b"data.pkl" in first):
        return FileError("the file is a PyTorch checkpoint", "pickle")
    if first[257:262] == b"ustar":
        return FileError("the file is packed: tar", "packed", format="tar")
    for kind, formats in (("packed", PACKED), ("other_format", OTHER_FORMATS)):
        for name, beginnings in formats.items():
            if first.startswith(beginnings):
                return FileError(f"the file is {name}", kind, format=name)
    return FileError("the file is of an unknown kind", "unknown")


def begun_text(first: bytes) -> str | None:
    """The beginning of a text file, without what cannot be seen at its start; None for what is no text."""
    encoding = "utf-16" if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(first)  # which may end within a character
    except UnicodeDecodeError:
        return None
    text = text.lstrip("\ufeff \t\r\n")
    return text if all(character.isprintable() or character.isspace() for character in text) else None
