"""A quantised checkpoint: which files it has, and how their tensors become the weights `gpt2.py` reads.

Layout: Hugging Face's sharded safetensors (`model.safetensors.index.json`), with matrices stored transposed to
(out, in) as int8 and, beside each, `<name>.scale` with one float32 a row. A matrix too large for one shard (GPT-2's
token embedding) continues in the next under the same name, from the row where the last one stopped.
"""

from typing import NamedTuple

import numpy as np

from model import safetensors, shallow_json
from model.config import GPT2Config
from model.quantization import Int8Rows

INDEX = "model.safetensors.index.json"
LAYOUT = "glassformer-int8-rows"
SCALE = ".scale"


class CheckpointError(ValueError):
    """The checkpoint is incomplete or does not fit its configuration; the message names the tensor or file."""


class StoredFile(NamedTuple):
    name: str
    size: int  # bytes
    sha256: str  # hexadecimal


def read_index(text: str | bytes) -> list[StoredFile]:
    """Every file of the checkpoint but the index itself, shards in the order they are to be loaded."""
    try:
        metadata = shallow_json.parse(text)["metadata"]
        files = [StoredFile(str(f["name"]), int(f["size"]), str(f["sha256"])) for f in metadata["files"]]
        layout = metadata["layout"]
    except (ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{INDEX} cannot be read: {error!r}") from None
    if layout != LAYOUT:
        raise CheckpointError(f"{INDEX}: layout {layout!r} is not {LAYOUT!r}; run build/quantize.py again.")
    return files


def tensor_shapes(config: GPT2Config) -> dict[str, tuple[int, ...]]:
    """GPT-2's tensors and their shapes, matrices as (out, in). Order: embedding, blocks, final LayerNorm."""
    E = config.n_embd
    shapes: dict[str, tuple[int, ...]] = {"wte.weight": (config.vocab_size, E), "wpe.weight": (config.n_positions, E)}
    for i in range(config.n_layer):
        for name, n_out, n_in in (
            ("attn.c_attn", 3 * E, E),
            ("attn.c_proj", E, E),
            ("mlp.c_fc", 4 * E, E),
            ("mlp.c_proj", E, 4 * E),
        ):
            shapes[f"h.{i}.{name}.weight"] = (n_out, n_in)
            shapes[f"h.{i}.{name}.bias"] = (n_out,)
        for name in ("ln_1", "ln_2"):
            shapes[f"h.{i}.{name}.weight"] = shapes[f"h.{i}.{name}.bias"] = (E,)
    shapes["ln_f.weight"] = shapes["ln_f.bias"] = (E,)
    return shapes


def is_quantized(name: str, shape: tuple[int, ...]) -> bool:
    """Matrices and the token embedding are; positions, LayerNorms and biases stay float."""
    return len(shape) == 2 and name != "wpe.weight"


def weights_from_shards(shards: list[np.ndarray], config: GPT2Config, resident: str = "float32") -> dict:
    """Weights as `gpt2.py` takes them: `wte.weight`, `wpe.weight`, `ln_f.*` and `h`, one dict a block.

    `shards` are the files' bytes (uint8). resident "int8" keeps matrices as views of those bytes (small);
    "float32" dequantises them once (faster). Raises CheckpointError or SafetensorsError.
    """
    tensors: dict[str, list[np.ndarray]] = {}  # the parts of each, usually one
    for shard in shards:
        for name, part in safetensors.load(shard).items():
            tensors.setdefault(name, []).append(part)
    flat = {}
    for name, shape in tensor_shapes(config).items():
        quantized = is_quantized(name, shape)
        if quantized:
            values, scale = take(tensors, name, shape, np.int8), take(tensors, name + SCALE, shape[:1], np.float32)
            rows = Int8Rows(values, scale)
            flat[name] = rows if resident == "int8" else rows[:]  # (out, in)
        else:
            flat[name] = take(tensors, name, shape, np.float32)
    if tensors:
        raise CheckpointError(f"the checkpoint holds tensors a GPT-2 does not have: {', '.join(sorted(tensors))}")
    return nested(flat, config)


def nested(flat: dict, config: GPT2Config) -> dict:
    """Weights by full name, regrouped as `gpt2.py` takes them."""
    weights: dict = {name: w for name, w in flat.items() if not name.startswith("h.")}
    weights["h"] = [
        {name.removeprefix(f"h.{i}."): w for name, w in flat.items() if name.startswith(f"h.{i}.")}
        for i in range(config.n_layer)
    ]
    return weights


def take(tensors: dict[str, list[np.ndarray]], name: str, shape: tuple[int, ...], dtype: type) -> np.ndarray:
    """Remove and return the tensor `name`, which must have this shape and dtype and only finite numbers."""
    parts = tensors.pop(name, None)
    if parts is None:
        raise CheckpointError(f"the checkpoint has no tensor {name}")
    try:
        tensor = parts[0] if len(parts) == 1 else np.concatenate(parts)  # shape
    except ValueError as error:
        raise CheckpointError(f"the parts of {name} do not fit together: {error}") from None
    if tensor.shape != shape or tensor.dtype != dtype:
        expected = f"{np.dtype(dtype)} {shape}"
        raise CheckpointError(f"{name} should be {expected}, the file has {tensor.dtype} {tensor.shape}")
    if dtype is np.float32 and not np.isfinite(tensor).all():
        raise CheckpointError(f"{name} holds a NaN or an infinity")
    return tensor
