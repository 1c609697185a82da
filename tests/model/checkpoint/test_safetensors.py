"""Safetensors files built by hand: well-formed ones are viewed without a copy, malformed ones are refused."""

import json

import numpy as np
import pytest

from model.checkpoint.safetensors import Entry, SafetensorsError, load, read_header


def file_of(header, data=b""):
    """A file with `header` (an object, or the bytes themselves) and `data`."""
    if not isinstance(header, bytes):
        header = json.dumps(header).encode()
    return len(header).to_bytes(8, "little") + header + data


def entry(dtype="F32", shape=(2,), data_offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(data_offsets)}


WEIGHT = np.arange(6, dtype="<f4").reshape(2, 3)  # (2, 3)
BIAS = np.array([-1, 7], dtype="<i2")  # (2,)
VALID = file_of(
    {
        "bias": entry("I16", [2], [24, 28]),
        "__metadata__": {"format": "np"},
        "weight": entry("F32", [2, 3], [0, 24]),
    },
    WEIGHT.tobytes() + BIAS.tobytes(),
)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda data: np.frombuffer(data, np.uint8)])
def test_a_valid_file_is_viewed_without_a_copy(kind):
    data = kind(VALID)
    tensors = load(data)
    assert list(tensors) == ["weight", "bias"]
    for name, expected in (("weight", WEIGHT), ("bias", BIAS)):
        np.testing.assert_array_equal(tensors[name], expected, strict=True)
        assert np.shares_memory(tensors[name], np.frombuffer(data, np.uint8))


def test_views_are_as_writable_as_the_data():
    data = bytearray(VALID)
    load(data)["bias"][0] = 5
    assert load(data)["bias"].tolist() == [5, 7]
    assert not load(VALID)["bias"].flags.writeable


@pytest.mark.parametrize(
    ("header", "metadata"),
    [
        (b"{}", {}),
        (b'{"__metadata__": null}', {}),
        (b'{"__metadata__": {}}', {}),
        (b'{"__metadata__": {"a": "b", "a": "c"}}', {"a": "c"}),
    ],
)
def test_metadata_may_be_absent_or_null_and_name_something_twice(header, metadata):
    assert read_header(file_of(header)) == ({}, metadata)


def test_the_header_gives_places_in_the_file():
    entries, metadata = read_header(VALID)
    assert metadata == {"format": "np"}
    start = len(VALID) - 28
    assert entries == {
        "weight": Entry("F32", (2, 3), start, start + 24),
        "bias": Entry("I16", (2,), start + 24, start + 28),
    }


@pytest.mark.parametrize(
    ("dtype", "numpy"),
    [
        ("F64", np.float64),
        ("F32", np.float32),
        ("F16", np.float16),
        ("I64", np.int64),
        ("I32", np.int32),
        ("I16", np.int16),
        ("I8", np.int8),
        ("U64", np.uint64),
        ("U32", np.uint32),
        ("U16", np.uint16),
        ("U8", np.uint8),
        ("BOOL", np.bool_),
    ],
)
def test_every_dtype_at_an_odd_place(dtype, numpy):
    expected = np.array([0, 1, 1, 0], numpy)  # (4,)
    header = {"a": entry("U8", [1], [0, 1]), "b": entry(dtype, [4], [1, 1 + expected.nbytes])}
    np.testing.assert_array_equal(load(file_of(header, b"\7" + expected.tobytes()))["b"], expected, strict=True)


def test_bf16_is_widened_to_float32():
    bits = np.array([0x3F80, 0xC000, 0x7F80, 0x0001], "<u2")  # (4,)
    wide = load(file_of({"a": entry("BF16", [4], [0, 8])}, bits.tobytes()))["a"]
    np.testing.assert_array_equal(wide, np.array([1, -2, np.inf, 2.0**-133], np.float32), strict=True)


def test_scalars_empty_tensors_no_tensors_and_trailing_spaces():
    header = {
        "empty": entry("F32", [3, 0], [0, 0]),
        "scalar": entry("U8", [], [0, 1]),
        "last": entry("I8", [0], [1, 1]),
    }
    tensors = load(file_of(json.dumps(header).encode() + b"   ", b"\x2a"))
    assert {name: tensor.shape for name, tensor in tensors.items()} == {
        "empty": (3, 0),
        "scalar": (),
        "last": (0,),
    }
    assert tensors["scalar"] == 42
    assert load(file_of({})) == {}


def test_a_name_may_hold_brackets_quotes_and_backslashes():
    name = "[{" * 1000 + '"\\'
    assert list(load(file_of({name: entry()}, bytes(8)))) == [name]


HUGE = 2**62
LONGEST = 10**4300 - 1  # Python's own limit for a number that is read, or written: 4300 digits
ONE = json.dumps(entry())[1:-1]  # the fields of an entry, as text
MALFORMED = {
    "empty": (b"", "0 bytes long"),
    "seven bytes": (b"\2\0\0\0\0\0\0", "7 bytes long"),
    "not contiguous": (np.zeros(64, np.uint8)[::2], "contiguous bytes"),
    "not bytes": (64, "contiguous bytes"),
    "header of 2**64 - 1": (b"\xff" * 8 + b"{}", "header length is 18446744073709551615"),
    "header over 100 MB": ((100_000_001).to_bytes(8, "little") + b"{}", "more than 100000000"),
    "header past the end": ((3).to_bytes(8, "little") + b"{}", "header length is 3, but 2 bytes"),
    "empty header": (file_of(b""), "begin with '{'"),
    "header after a space": (file_of(b" {}"), "begin with '{'"),
    "header that is a list": (file_of(b"[]"), "begin with '{'"),
    "header with a byte-order mark": (file_of(b"\xef\xbb\xbf{}"), "begin with '{'"),
    "header not UTF-8": (file_of(b'{"\xff": 1}'), "not valid UTF-8 JSON"),
    "header in UTF-16": (file_of("{}".encode("utf-16-le")), "not valid UTF-8 JSON"),
    "header cut short": (file_of(b'{"a": '), "not valid UTF-8 JSON"),
    "header with a second object": (file_of(b"{}{}"), "not valid UTF-8 JSON"),
    "header padded with NUL": (file_of(b"{}\0\0"), "not valid UTF-8 JSON"),
    "header with half a character": (
        file_of(b'{"\\ud800": {%b}}' % ONE.encode(), bytes(8)),
        "not valid UTF-8 JSON",
    ),
    "number of 5000 digits": (file_of(b'{"a": %b}' % (b"9" * 5000)), "not valid UTF-8 JSON"),
    "nested lists": (file_of(b'{"a": ' + b"[" * 200_000), "nest too deeply"),
    "nested objects": (file_of(b'{"a": ' * 200_000 + b"}" * 200_000), "nest too deeply"),
    "name twice": (file_of(f'{{"a": {{{ONE}}}, "a": {{{ONE}}}}}'.encode(), bytes(8)), "has 'a' twice"),
    "field twice": (file_of(f'{{"a": {{{ONE}, "dtype": "F32"}}}}'.encode(), bytes(8)), "has 'dtype' twice"),
    "metadata twice": (file_of(b'{"__metadata__": {}, "__metadata__": {}}'), "has '__metadata__' twice"),
    "metadata that is text": (file_of({"__metadata__": "pt"}), "__metadata__"),
    "metadata that is a list": (file_of({"__metadata__": []}), "__metadata__"),
    "metadata with a number that a text replaces": (file_of(b'{"__metadata__": {"a": 1, "a": "b"}}'), "__metadata__"),
    "metadata with a number": (file_of({"__metadata__": {"step": 5}}), "__metadata__"),
    "entry that is a list": (file_of({"a": [1]}), "'a' must have exactly"),
    "entry that is null": (file_of({"a": None}), "'a' must have exactly"),
    "no dtype": (file_of({"a": {"shape": [], "data_offsets": [0, 0]}}), "'a' must have exactly"),
    "no shape": (file_of({"a": {"dtype": "F32", "data_offsets": [0, 0]}}), "'a' must have exactly"),
    "no data_offsets": (file_of({"a": {"dtype": "F32", "shape": [0]}}), "'a' must have exactly"),
    "field too many": (file_of({"a": entry() | {"scale": 1}}, bytes(8)), "'a' must have exactly"),
    "unknown dtype": (file_of({"a": entry("F9", [8])}, bytes(8)), "'a' has dtype 'F9'"),
    "dtype in lower case": (file_of({"a": entry("f32")}, bytes(8)), "'a' has dtype 'f32'"),
    "dtype that is a list": (file_of({"a": entry(["F32"])}, bytes(8)), "'a' has dtype of type list"),
    "dtype of a million letters": (file_of({"a": entry("F" * 10**6)}, bytes(8)), "'a' has dtype 'FFF.*…"),
    "shape that is a number": (file_of({"a": entry() | {"shape": 2}}, bytes(8)), "'a' has a shape"),
    "shape that is text": (file_of({"a": entry() | {"shape": "2"}}, bytes(8)), "'a' has a shape"),
    "shape with a boolean": (file_of({"a": entry(shape=[2, True])}, bytes(8)), "'a' has a shape"),
    "shape with a fraction": (file_of({"a": entry(shape=[2.0])}, bytes(8)), "'a' has a shape"),
    "shape with NaN": (file_of({"a": entry(shape=[float("nan")])}, bytes(8)), "'a' has a shape"),
    "negative shape": (file_of({"a": entry(shape=[-1, -2])}, bytes(8)), "'a' has a shape"),
    "shape that overflows": (
        file_of({"a": entry(shape=[2**32, 2**32])}, bytes(8)),
        "'a' has a shape with more",
    ),
    "shape that overflows to nothing": (
        file_of({"a": entry("U8", [HUGE, 4, 0], [0, 0])}),
        "'a' has a shape with",
    ),
    "shape of endless numbers": (
        file_of({"a": entry(shape=[LONGEST] * 100)}, bytes(8)),
        "'a' has a shape that is not",
    ),
    "offsets as long as Python reads": (
        file_of({"a": entry(shape=[0], data_offsets=[LONGEST, LONGEST]), "b": entry(shape=[9], data_offsets=[0, 36])}),
        "'a' has data_offsets that are not two",
    ),
    "empty but beyond NumPy": (file_of({"a": entry("F64", [0, HUGE], [0, 0])}), "'a' has a shape that NumPy"),
    "too many axes for NumPy": (
        file_of({"a": entry(shape=[2] + [1] * 100)}, bytes(8)),
        "'a' has a shape that NumPy",
    ),
    "shape larger than the offsets": (file_of({"a": entry(shape=[3])}, bytes(8)), "'a' needs 12 bytes"),
    "shape smaller than the offsets": (file_of({"a": entry(shape=[1])}, bytes(8)), "'a' needs 4 bytes"),
    "a claim of petabytes": (
        file_of({"a": entry(shape=[2**50], data_offsets=[0, 2**52])}),
        "'a' ends past the end",
    ),
    "one offset": (file_of({"a": entry(data_offsets=[8])}, bytes(8)), "'a' has data_offsets"),
    "three offsets": (file_of({"a": entry(data_offsets=[0, 4, 8])}, bytes(8)), "'a' has data_offsets"),
    "negative offset": (file_of({"a": entry(data_offsets=[-8, 0])}, bytes(8)), "'a' has data_offsets"),
    "boolean offset": (file_of({"a": entry("U8", [1], [False, True])}, bytes(1)), "'a' has data_offsets"),
    "fractional offset": (file_of({"a": entry(data_offsets=[0, 8.0])}, bytes(8)), "'a' has data_offsets"),
    "offsets that are text": (
        file_of({"a": entry() | {"data_offsets": "08"}}, bytes(8)),
        "'a' has data_offsets",
    ),
    "offsets turned round": (file_of({"a": entry(data_offsets=[8, 0])}, bytes(8)), "begin is past their end"),
    "data cut short": (VALID[:-1], "'bias' ends past the end"),
    "data too long": (VALID + b"\0", "last 1 bytes"),
    "data of no tensor": (file_of({}, b"\0\0"), "last 2 bytes"),
    "hole at the start": (file_of({"a": entry(data_offsets=[4, 12])}, bytes(12)), "'a' leaves a hole"),
    "hole in the middle": (
        file_of({"a": entry(), "b": entry(data_offsets=[12, 20])}, bytes(20)),
        "'b' leaves a hole",
    ),
    "overlap": (file_of({"a": entry(), "b": entry(data_offsets=[4, 12])}, bytes(12)), "'b' overlaps"),
    "the same bytes twice": (file_of({"a": entry(), "b": entry()}, bytes(8)), "'b' overlaps"),
}


@pytest.mark.parametrize(("data", "message"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_files_are_refused(data, message):
    with pytest.raises(SafetensorsError, match=message) as caught:
        load(data)
    assert len(str(caught.value)) < 500


def test_every_cut_of_a_valid_file_is_refused():
    for length in range(len(VALID)):
        with pytest.raises(SafetensorsError):
            load(VALID[:length])
