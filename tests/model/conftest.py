"""The tiny GPT-2 of tests/golden, as floats and quantised. NumPy alone, as these tests run in Pyodide too."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from model.checkpoint import safetensors
from model.checkpoint.layout import SCALE, is_quantized, nested
from model.checkpoint.quantization import pack, quantize_groups, quantize_rows
from model.config import GPT2Config

GOLDEN = Path(__file__).parent.parent / "golden"


class Tiny(NamedTuple):
    config: GPT2Config
    flat: dict[str, np.ndarray]  # by full name, matrices as (out, in)
    weights: dict  # the same, as gpt2.py takes them


@pytest.fixture(scope="session")
def tiny() -> Tiny:
    config = GPT2Config.from_json((GOLDEN / "gpt2" / "config.json").read_bytes())
    flat = {}
    for name, w in safetensors.load((GOLDEN / "gpt2" / "model.safetensors").read_bytes()).items():
        is_conv1d = w.ndim == 2 and ".h." in name
        flat[name.removeprefix("transformer.")] = np.ascontiguousarray(w.T) if is_conv1d else w
    return Tiny(config, flat, nested(flat, config))


@pytest.fixture(scope="session")
def forward_golden() -> dict[str, np.ndarray]:
    return dict(np.load(GOLDEN / "gpt2.npz"))


@pytest.fixture(scope="session")
def rounded_golden() -> dict[str, np.ndarray]:
    return dict(np.load(GOLDEN / "gpt2_rounded.npz"))


@pytest.fixture(scope="session")
def sampling_golden() -> dict[str, np.ndarray]:
    return dict(np.load(GOLDEN / "sampling.npz"))


def stored(flat: dict[str, np.ndarray], bits: int) -> dict[str, np.ndarray]:
    """What a quantised checkpoint of these weights holds."""
    tensors = {}
    for name, w in flat.items():
        if not is_quantized(name, w.shape):
            tensors[name] = w
        elif bits == 8:
            rows = quantize_rows(w)
            tensors |= {name: rows.values, name + SCALE: rows.scale[:, 0]}
        else:
            groups = quantize_groups(w)
            tensors |= {name: pack(groups.values), name + SCALE: groups.scale.astype(np.float16)}
    return tensors


@pytest.fixture
def quantized_tensors(tiny: Tiny) -> dict[str, np.ndarray]:
    """The tiny model at 8 bits."""
    return stored(tiny.flat, 8)


@pytest.fixture
def packed_tensors(tiny: Tiny) -> dict[str, np.ndarray]:
    """The tiny model at 4 bits."""
    return stored(tiny.flat, 4)


@pytest.fixture(scope="session")
def shard():
    """A function from tensors to the bytes of a safetensors file."""

    def write(tensors: dict[str, np.ndarray]) -> np.ndarray:
        names = {"float32": "F32", "float16": "F16", "int8": "I8", "uint8": "U8"}
        header, data = {}, b""
        for name, w in sorted(tensors.items(), key=lambda item: -item[1].itemsize):  # float32 stays aligned
            offsets = [len(data), len(data) + w.nbytes]
            header[name] = {"dtype": names[w.dtype.name], "shape": list(w.shape), "data_offsets": offsets}
            data += w.tobytes()
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        return np.frombuffer(len(text).to_bytes(8, "little") + text + data, np.uint8)

    return write


@pytest.fixture
def file() -> dict:
    """A tokenizer.json, parsed, to change at will."""
    return json.loads((GOLDEN / "tokenizer.json").read_text(encoding="utf-8"))["tokenizer"]
