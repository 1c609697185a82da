"""The safetensors file format: a JSON header, then the bytes of every tensor, one after another.

    8 bytes          N, the length of the header, unsigned, little-endian
    N bytes          UTF-8 JSON: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}
    all the rest     the data; `data_offsets` count from its first byte

Nothing in it is code, so a file can be wrong but not dangerous. What the reference
implementation refuses is refused here. Source: the safetensors README, sections "Format" and "Notes".
"""

from collections import Counter
from typing import NamedTuple

import numpy as np

from model import safe_json
from model.checkpoint.file_error import FileError, shortened

HEADER_LIMIT = 100_000_000  # bytes; the reference implementation's
COUNT_LIMIT = 2**63  # more elements, or bytes, than any file holds

DTYPES: dict[str, np.dtype] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),  # NumPy has no bfloat16: read as bits, then widened to float32
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U64": np.dtype("<u8"),
    "U32": np.dtype("<u4"),
    "U16": np.dtype("<u2"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}
# Dtypes of the format that are known but not read: NumPy has but the last.
UNREAD = ["F4", "F6_E2M3", "F6_E3M2", "F8_E4M3", "F8_E4M3FNUZ", "F8_E5M2", "F8_E5M2FNUZ", "F8_E8M0", "C64"]


class SafetensorsError(FileError):
    """The bytes are not a well-formed safetensors file; the message names the tensor or the field."""

    kind = "corrupt"


class Entry(NamedTuple):
    """What the header says of one tensor; its bytes are data[begin:end] of the whole file."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


def load(data: bytes | bytearray | memoryview | np.ndarray) -> dict[str, np.ndarray]:
    """All tensors of a safetensors file, by name.

    The arrays are views into `data`, so nothing is copied and they can be written only if `data` can.
    BF16 alone is a copy, widened exactly to float32. Raises SafetensorsError for a malformed file.
    """
    entries, _ = read_header(data)
    file = np.frombuffer(_as_bytes(data), np.uint8)  # (file length,)
    return {name: read_tensor(file[entry.begin : entry.end], name, entry) for name, entry in entries.items()}


def header_end(first: bytes | memoryview) -> int:
    """Where the header ends in a file with these first 8 bytes. Raises SafetensorsError for an impossible length."""
    if len(first) < 8:
        raise SafetensorsError(f"the file is {len(first)} bytes long; a safetensors file has at least 8")
    length = int.from_bytes(first[:8], "little")
    if length > HEADER_LIMIT:
        raise SafetensorsError(f"the header length is {length}; more than {HEADER_LIMIT} is refused")
    return 8 + length


def read_header(
    data: bytes | bytearray | memoryview | np.ndarray, file_length: int | None = None
) -> tuple[dict[str, Entry], dict[str, str]]:
    """The entry of each tensor, by name in order of offset, and the file's free-form metadata.

    `data` is the whole file or, with `file_length`, its beginning up to `header_end`. Raises SafetensorsError unless
    the whole file is consistent: the entries must tile the data exactly.
    """
    file = _as_bytes(data)
    file_length = len(file) if file_length is None else file_length
    data_begin = header_end(file)
    if data_begin > len(file):
        raise SafetensorsError(
            f"the header length is {data_begin - 8}, but {len(file) - 8} bytes follow: is the file cut short?",
            "cut_early",
            least=f"{data_begin:,}",
            size=f"{file_length:,}",
        )
    header = _parse_json(bytes(file[8:data_begin]))
    _check_names(header)
    metadata = _read_metadata(header.pop("__metadata__", None))
    entries = {name: _read_entry(name, fields, data_begin) for name, fields in header.items()}
    entries = dict(sorted(entries.items(), key=lambda item: (item[1].begin, item[1].end)))
    _check_tiling(entries, data_begin, file_length)
    return entries, metadata


def read_tensor(data: np.ndarray, name: str, entry: Entry) -> np.ndarray:
    """The tensor `name` from the bytes `data` (uint8) that its entry names; a view of them, see `load`."""
    flat = data.view(DTYPES[entry.dtype])  # (product of shape,)
    if entry.dtype == "BF16":  # bfloat16 is the upper half of a float32
        flat = (flat.astype(np.uint32) << 16).view(np.float32)  # (product of shape,)
    try:
        return flat.reshape(entry.shape)  # shape
    except (ValueError, OverflowError) as error:
        # Too many axes, or [0, 2**62]: empty, yet too large to index.
        raise _tensor_error(name, f"has a shape that NumPy cannot hold: {error}") from error


def _as_bytes(data: bytes | bytearray | memoryview | np.ndarray) -> memoryview:
    try:
        return memoryview(data).cast("B")
    except (TypeError, ValueError) as error:
        raise SafetensorsError(f"the file must come as contiguous bytes: {error}") from error


def _parse_json(header: bytes) -> "_Object":
    if header[:1] != b"{":
        raise SafetensorsError("the header does not begin with '{': is this a safetensors file?")
    try:
        return safe_json.parse(header, _Object)
    except ValueError as error:
        raise SafetensorsError(f"the header is not valid UTF-8 JSON: {error}") from error


class _Object(dict):
    """A JSON object that remembers all its `pairs`: of a name it had twice, a dict has the last value alone."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        for text in (text for pair in pairs for text in pair if isinstance(text, str)):
            text.encode()  # fails on a lone surrogate, "\\ud800"
        super().__init__(pairs)
        self.pairs = pairs


def _read_metadata(value: object) -> dict[str, str]:
    """The library takes null for an empty object, and names twice if all their values are strings."""
    if value is None:
        return {}
    if not (isinstance(value, _Object) and all(isinstance(text, str) for _, text in value.pairs)):
        raise SafetensorsError("__metadata__ is not an object whose values are all strings")
    return dict(value)


def _check_names(fields: _Object) -> None:
    if len(fields) < len(fields.pairs):
        [(twice, _)] = Counter(name for name, _ in fields.pairs).most_common(1)
        raise SafetensorsError(f"the header has {_quoted(twice)} twice")


def _read_entry(name: str, fields: object, data_begin: int) -> Entry:
    """One header entry, with every field of the right type and the size the shape asks for."""
    if not isinstance(fields, _Object) or set(fields) != {"dtype", "shape", "data_offsets"}:
        raise _tensor_error(name, "must have exactly dtype, shape and data_offsets")
    _check_names(fields)
    dtype, shape, offsets = fields["dtype"], fields["shape"], fields["data_offsets"]
    if dtype in UNREAD:
        raise SafetensorsError(
            f"tensor {_quoted(name)} is of dtype {dtype}, which is not read here", "form", form=dtype
        )
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise _tensor_error(name, f"has dtype {_quoted(dtype)}; the known ones are {', '.join(DTYPES)}")
    if not _is_list_of_sizes(shape):
        raise _tensor_error(name, "has a shape that is not a list of non-negative integers below 2**63")
    if not _is_list_of_sizes(offsets) or len(offsets) != 2:
        raise _tensor_error(name, "has data_offsets that are not two non-negative integers below 2**63")
    begin, end = offsets
    if begin > end:
        raise _tensor_error(name, "has data_offsets whose begin is past their end")
    count = 1
    for size in shape:
        count *= size
        if count >= COUNT_LIMIT:
            raise _tensor_error(name, "has a shape with more elements than can be counted")
    needed = count * DTYPES[dtype].itemsize
    if end - begin != needed:
        raise _tensor_error(name, f"needs {needed} bytes by its shape, but data_offsets give another number")
    return Entry(dtype, tuple(shape), data_begin + begin, data_begin + end)


def _is_list_of_sizes(value: object) -> bool:
    """True is no size; nor is a number so long that Python refuses to write it into a message."""
    return isinstance(value, list) and all(type(item) is int and 0 <= item < COUNT_LIMIT for item in value)


def _check_tiling(entries: dict[str, Entry], data_begin: int, file_length: int) -> None:
    """Refuse overlaps, holes and bytes that belong to no tensor. `entries` are in order of offset."""
    position = data_begin
    for name, entry in entries.items():
        if entry.begin != position:
            what = "overlaps the tensor before it" if entry.begin < position else "leaves a hole before it"
            raise _tensor_error(name, what)
        if entry.end > file_length:
            needed = max(entry.end for entry in entries.values())
            raise SafetensorsError(
                f"tensor {_quoted(name)} ends past the end of the file: is the file cut short?",
                "cut",
                expected=f"{needed:,}",
                size=f"{file_length:,}",
            )
        position = entry.end
    if position != file_length:
        raise SafetensorsError(f"the last {file_length - position} bytes of the file belong to no tensor")


def _tensor_error(name: str, problem: str) -> SafetensorsError:
    return SafetensorsError(f"tensor {_quoted(name)} {problem}")


def _quoted(value: object) -> str:
    return shortened(repr(value) if isinstance(value, str) else f"of type {type(value).__name__}", 100)
