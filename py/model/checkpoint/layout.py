"""A quantised checkpoint: which files it has, and which tensors are in them.

Layout: Hugging Face's sharded safetensors (`model.safetensors.index.json`), with matrices stored transposed to
(out, in), and beside each its scales as `<name>.scale`. At 8 bits a matrix is int8 with one float32 scale a row; at
4 bits two weights share a byte and `quantization.GROUP` of them a float16 scale. A matrix too large for one shard
(GPT-2's token embedding) continues in the next under the same name, from the row where the last one stopped.
"""

import math
from typing import NamedTuple

from model import safe_json
from model.checkpoint.file_error import FileError
from model.config import GPT2Config

INDEX = "model.safetensors.index.json"
LAYOUTS = {8: "glassformer-int8-rows", 4: "glassformer-int4-groups"}  # by bits a weight
SCALE = ".scale"


class CheckpointError(FileError):
    """The checkpoint is incomplete or does not fit its configuration; the message names the tensor or file."""


class StoredFile(NamedTuple):
    name: str
    size: int  # bytes
    sha256: str  # hexadecimal


class Index(NamedTuple):
    bits: int  # a weight
    files: list[StoredFile]  # all but the index itself, shards in the order they are to be loaded
    shard_of: dict[str, str]  # the file in which each tensor begins

    @property
    def size(self) -> int:
        """Bytes of all the files."""
        return sum(file.size for file in self.files)

    @property
    def shards(self) -> list[str]:
        return [file.name for file in self.files if file.name.endswith(".safetensors")]

    def shards_of_parts(self, config: GPT2Config) -> list[list[str]]:
        """The shards that hold each part of the model: the embedding, every block, the final LayerNorm."""
        places = {shard: i for i, shard in enumerate(self.shards)}
        found: list[list[int]] = [[] for _ in range(config.n_layer + 2)]
        for name in tensor_shapes(config):
            found[part_of(name)].append(places.get(self.shard_of.get(name, ""), 0))
        return [self.shards[min(part) : max(part) + 1] for part in found]


def read_index(text: str | bytes) -> Index:
    """Raises CheckpointError for what is not the index of a checkpoint that this code can load."""
    try:
        index = safe_json.parse(text)
        metadata = index["metadata"]
        files = [StoredFile(str(f["name"]), int(f["size"]), str(f["sha256"])) for f in metadata["files"]]
        shard_of = {str(name): str(file) for name, file in index["weight_map"].items()}
        layout = metadata["layout"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{INDEX} cannot be read: {error!r}") from None
    for bits, name in LAYOUTS.items():
        if layout == name:
            return Index(bits, files, shard_of)
    raise CheckpointError(f"{INDEX}: layout {layout!r} is unknown; run build/weights/quantize.py again.")


def tensor_shapes(config: GPT2Config) -> dict[str, tuple[int, ...]]:
    """GPT-2's tensors and their shapes, matrices as (out, in). Order: embedding, blocks, final LayerNorm."""
    E, M = config.n_embd, config.d_mlp
    shapes: dict[str, tuple[int, ...]] = {"wte.weight": (config.vocab_size, E), "wpe.weight": (config.n_positions, E)}
    for i in range(config.n_layer):
        for name, n_out, n_in in (
            ("attn.c_attn", 3 * E, E),
            ("attn.c_proj", E, E),
            ("mlp.c_fc", M, E),
            ("mlp.c_proj", E, M),
        ):
            shapes[f"h.{i}.{name}.weight"] = (n_out, n_in)
            shapes[f"h.{i}.{name}.bias"] = (n_out,)
        for name in ("ln_1", "ln_2"):
            shapes[f"h.{i}.{name}.weight"] = shapes[f"h.{i}.{name}.bias"] = (E,)
    shapes["ln_f.weight"] = shapes["ln_f.bias"] = (E,)
    return shapes


def parameters(config: GPT2Config) -> int:
    """How many numbers the model has learned."""
    return sum(math.prod(shape) for shape in tensor_shapes(config).values())


def part_of(name: str) -> int:
    """Which part of the model a tensor belongs to: 0 the embedding, 1 the first block, ..., -1 the final LayerNorm."""
    if name.startswith("h."):
        return 1 + int(name.split(".")[1])
    return 0 if name.startswith("w") else -1


def is_quantized(name: str, shape: tuple[int, ...]) -> bool:
    """Matrices and the token embedding are; positions, LayerNorms and biases stay float."""
    return len(shape) == 2 and name != "wpe.weight"


def nested(flat: dict, config: GPT2Config) -> dict:
    """Weights by full name, regrouped as `gpt2.py` takes them."""
    weights: dict = {name: w for name, w in flat.items() if not name.startswith("h.")}
    weights["h"] = [
        {name.removeprefix(f"h.{i}."): w for name, w in flat.items() if name.startswith(f"h.{i}.")}
        for i in range(config.n_layer)
    ]
    return weights
