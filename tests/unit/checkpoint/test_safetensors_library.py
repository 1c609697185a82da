"""The safetensors reader against the `safetensors` library: reads what it writes, refuses what it refuses."""

import json
import re

import numpy as np
import pytest
import safetensors
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import save

from model.checkpoint.safetensors import DTYPES, SafetensorsError, load, read_header

LONGEST = 10**4300 - 1  # Python reads and writes no number of more digits
NUMPY = ["<f8", "<f4", "<f2", "<i8", "<i4", "<i2", "i1", "<u8", "<u4", "<u2", "u1", "?"]
names = st.text(max_size=20).filter(lambda name: name != "__metadata__")
shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)
arrays = st.sampled_from(NUMPY).flatmap(lambda dtype: hnp.arrays(dtype, shapes))
tensor_dicts = st.dictionaries(names, arrays, max_size=6)
metadata_dicts = st.dictionaries(st.text(), st.text(), min_size=1, max_size=3)


@settings(max_examples=500, deadline=None, database=None)
@given(tensor_dicts, metadata_dicts)
def test_reads_what_the_library_writes(tensors, metadata):
    file = save(tensors, metadata)
    loaded = load(file)
    assert loaded.keys() == tensors.keys()
    assert read_header(file)[1] == metadata
    for name, tensor in tensors.items():
        assert loaded[name].dtype == tensor.dtype
        assert loaded[name].shape == tensor.shape
        assert loaded[name].tobytes() == tensor.tobytes()  # NaN is not equal to itself


@settings(max_examples=300, deadline=None, database=None)
@given(hnp.arrays("<u2", shapes))
def test_widens_bf16_exactly(bits):
    spec = safetensors.TensorSpec(
        dtype="bfloat16", shape=list(bits.shape), data_ptr=bits.ctypes.data, data_len=bits.nbytes
    )
    wide = load(safetensors.serialize({"a": spec}))["a"]
    assert (wide.dtype, wide.shape) == (np.float32, bits.shape)
    lower_half = b"\0\0"  # of each float32; bfloat16 is the upper
    assert wide.tobytes() == b"".join(lower_half + upper.tobytes() for upper in bits.flat)


@st.composite
def damaged_files(draw):
    """A file with a few bytes of its header replaced, or one value in it."""
    file = save({"a": np.arange(3, dtype="<f4"), "b": np.ones((2, 5), "<i2")}, {"k": "v"})
    length = int.from_bytes(file[:8], "little")
    header, data = file[8 : 8 + length], file[8 + length :]
    if draw(st.booleans()):
        fields = json.loads(header)
        entry = fields[draw(st.sampled_from(["a", "b"]))]
        numbers = st.integers(-1, 40) | st.sampled_from([2**31, 2**63, 2**64, 0.5, True, None, "1"])
        values = st.sampled_from(["F32", "I16", "U8", "F99"]) | st.lists(numbers, max_size=3) | numbers
        entry[draw(st.sampled_from(["dtype", "shape", "data_offsets"]))] = draw(values)
        header = json.dumps(fields).encode()
    else:
        start = draw(st.integers(0, len(header)))
        stop = draw(st.integers(start, min(start + 3, len(header))))
        header = header[:start] + draw(st.text('{}[]",:0123 \\u-.eax', max_size=3)).encode() + header[stop:]
    length = max(0, len(header) + draw(st.sampled_from([0, 0, 0, 0, -1, 1, 2**40])))
    return length.to_bytes(8, "little") + header + data


@st.composite
def large_claims(draw):
    """A file of 40 bytes whose header tells of other sizes, each entry in keeping with itself."""
    numbers = st.sampled_from([0, 8, 32, 40, 99, 2**62, 2**63 - 1, 2**63, 2**64, LONGEST])
    fields = {}
    for name in draw(st.sets(st.sampled_from("abc"))):
        begin, size = draw(numbers), draw(numbers)
        end = min(begin + size, LONGEST)
        fields[name] = {"dtype": "U8", "shape": [size], "data_offsets": [begin, end]}
    header = json.dumps(fields).encode()
    return len(header).to_bytes(8, "little") + header + bytes(40)


@settings(max_examples=1500, deadline=None, database=None)
@given(damaged_files() | large_claims())
def test_refuses_what_the_library_refuses(file):
    assume(b"-0" not in file)  # 0 to Python's JSON, a fraction to the library's
    try:
        expected = {name: bytes(tensor["data"]) for name, tensor in safetensors.deserialize(file)}
    except safetensors.SafetensorError:
        expected = None
    try:
        loaded = {name: tensor.tobytes() for name, tensor in load(file).items()}
    except SafetensorsError:
        return  # stricter is allowed: names twice, fields too many
    assert loaded == expected


def test_every_dtype_of_the_library_is_read_or_told_by_its_name():
    with pytest.raises(safetensors.SafetensorError) as caught:
        safetensors.deserialize(file_with("F99"))
    known = re.findall(r"`(\w+)`", str(caught.value).partition("expected one of")[2])
    assert len(known) > 20
    for dtype in known:
        try:
            load(file_with(dtype))
        except SafetensorsError as error:
            assert error.kind == "form" and error.values["form"] == dtype and dtype not in DTYPES


def file_with(dtype):
    """A file of one tensor without elements."""
    header = json.dumps({"a": {"dtype": dtype, "shape": [0], "data_offsets": [0, 0]}}).encode()
    return len(header).to_bytes(8, "little") + header


# What a __metadata__ may be made of: JSON that is nearly right, names twice, names and values that no text can hold.
strings = st.sampled_from(['""', '"a"', '"a\\u0000"', '"é"', '"\\ud83d\\ude42"', '"\\ud800"', '"__metadata__"'])
scalars = st.sampled_from(["null", "true", "0", "-1.5", "1e999"]) | strings
members = st.lists(st.tuples(strings, scalars | st.sampled_from(["{}", "[]", '{"a": "b"}', '["a"]'])), max_size=3)
objects = members.map(lambda pairs: "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}")


@settings(max_examples=1500, deadline=None, database=None)
@given(st.lists(objects | scalars | st.just("[]") | st.just("{}"), max_size=2), st.integers(0, 2))
def test_metadata_is_taken_exactly_as_the_library_takes_it(values, place):
    members = ['"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}']
    members[place:place] = [f'"__metadata__": {value}' for value in values]
    header = ("{" + ", ".join(members) + "}").encode()
    file = len(header).to_bytes(8, "little") + header + bytes(8)
    try:
        safetensors.deserialize(file)
    except safetensors.SafetensorError:
        with pytest.raises(SafetensorsError):
            read_header(file)
    else:
        entries, metadata = read_header(file)
        assert list(entries) == ["a"]
        assert metadata == (json.loads(values[0]) or {} if values else {})
