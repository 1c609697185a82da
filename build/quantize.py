"""Any Hugging Face GPT-2 checkpoint -> the int8 layout that the browser loads (`py/model/checkpoint.py`).

    python -m build.quantize SOURCE_FOLDER OUT_FOLDER

SOURCE_FOLDER holds config.json, tokenizer.json and model.safetensors (or its shards and their index), weights
in float32, float16 or bfloat16.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

import numpy as np
import safetensors.numpy
import tokenizers

from model.checkpoint import INDEX, LAYOUT, SCALE, is_quantized, tensor_shapes
from model.config import ConfigError, GPT2Config
from model.quantization import quantize_rows
from model.safetensors import SafetensorsError, load

LARGEST_SHARD = 16 * 2**20 - 2**16  # bytes of tensors: with its header a file stays below 16 MiB
SMALLEST_SHARD = 8 * 2**20  # bytes; for a model that has so many
MASK = re.compile(r"h\.\d+\.attn\.(bias|masked_bias)")  # constants that old checkpoints carry beside the weights
CONV1D = re.compile(r"h\.\d+\.(attn|mlp)\.\w+\.weight")  # Hugging Face keeps these as (in, out)


class QuantizeError(ValueError):
    """The source is not a whole GPT-2 checkpoint; the message names the file or the tensor."""


def quantize(source: Path, out: Path) -> None:
    """Write the quantised checkpoint of `source` to the folder `out` and print what each tensor lost.

    Raises QuantizeError; `out` is written only when the whole of `source` is good.
    """
    if source.resolve() == out.resolve():
        raise QuantizeError("OUT_FOLDER must be another folder than SOURCE_FOLDER, whose weights it would replace.")
    config_json = read(source, "config.json")
    try:
        config = GPT2Config.from_json(config_json)
    except ConfigError as error:
        raise QuantizeError(f"{source}: {error}") from None
    texts = {"config.json": minimised(config_json), "tokenizer.json": checked_tokenizer(source, config)}
    pieces = []
    for name, w in gpt2_tensors(source, config).items():
        pieces += quantized_pieces(name, w)
    shards = split_into_shards(pieces)

    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("model*.safetensors"):
        old.unlink()
    contents = dict(texts)
    weight_map: dict[str, str] = {}  # a matrix in several shards is listed where it begins
    for i, shard in enumerate(shards):
        file = f"model-{i + 1:05}-of-{len(shards):05}.safetensors"
        contents[file] = safetensors.numpy.save(shard)
        for name in shard:
            weight_map.setdefault(name, file)
    index = {
        "metadata": {
            "total_size": sum(tensor.nbytes for shard in shards for tensor in shard.values()),
            "layout": LAYOUT,
            "files": [
                {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                for name, content in contents.items()
            ],
        },
        "weight_map": weight_map,
    }
    for name, content in contents.items():
        (out / name).write_bytes(content)
    (out / INDEX).write_text(json.dumps(index, indent=1) + "\n")
    total = sum(len(content) for content in contents.values())
    print(f"{out}: {total:,} bytes in {len(shards)} shard(s), tokenizer.json and config.json")


def read(source: Path, name: str) -> bytes:
    try:
        return (source / name).read_bytes()
    except OSError as error:
        raise QuantizeError(f"{source / name} cannot be read: {error.strerror}. It is part of a checkpoint.") from None


def minimised(text: bytes) -> bytes:
    """The same JSON without spaces and escapes."""
    return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode()


def checked_tokenizer(source: Path, config: GPT2Config) -> bytes:
    """tokenizer.json, minimised. The `tokenizers` library must read it and count the tokens of `config`."""
    text = read(source, "tokenizer.json")
    try:
        size = tokenizers.Tokenizer.from_str(text.decode()).get_vocab_size()
    except Exception as error:  # the library raises no narrower class
        raise QuantizeError(f"{source / 'tokenizer.json'} is not a tokenizer: {error}") from None
    if size != config.vocab_size:
        raise QuantizeError(f"tokenizer.json has {size} tokens, but vocab_size in config.json is {config.vocab_size}.")
    return minimised(text)


def source_tensors(source: Path) -> dict[str, np.ndarray]:
    """Every tensor of the source's safetensors files; most are views, not yet read from the disk."""
    files = ["model.safetensors"]
    if not (source / files[0]).exists() and (source / INDEX).exists():
        try:
            files = sorted(set(json.loads(read(source, INDEX))["weight_map"].values()))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QuantizeError(f"{source / INDEX} has no weight_map that can be read: {error!r}") from None
    tensors: dict[str, np.ndarray] = {}
    for file in files:
        try:
            tensors.update(load(np.memmap(source / file, np.uint8, mode="r")))
        except (
            OSError,
            ValueError,
        ) as error:  # SafetensorsError is a ValueError, as is that of an empty file
            reason = error if isinstance(error, SafetensorsError) else "there is no such file, or it is empty"
            raise QuantizeError(f"{source / file} cannot be read: {reason}.") from None
    return tensors


def gpt2_tensors(source: Path, config: GPT2Config) -> dict[str, np.ndarray]:
    """GPT-2's tensors in the order of `tensor_shapes`, matrices transposed to (out, in), any float dtype."""
    tensors = {name.removeprefix("transformer."): w for name, w in source_tensors(source).items()}
    tensors = {name: w for name, w in tensors.items() if not MASK.fullmatch(name)}
    head = tensors.pop("lm_head.weight", None)
    ordered = {}
    for name, shape in tensor_shapes(config).items():
        if name not in tensors:
            raise QuantizeError(f"the source has no tensor {name}: is it a GPT-2?")
        w = tensors.pop(name)
        stored = shape[::-1] if CONV1D.fullmatch(name) else shape
        if w.shape != stored or w.dtype not in (np.float32, np.float16):
            raise QuantizeError(f"{name} should be floats of shape {stored}, but the source has {w.dtype} {w.shape}.")
        ordered[name] = w.T if CONV1D.fullmatch(name) else w  # shape
    if tensors:
        raise QuantizeError(f"the source holds tensors that a GPT-2 does not have: {', '.join(sorted(tensors)[:5])}")
    if head is not None and not np.array_equal(head, ordered["wte.weight"]):
        raise QuantizeError("lm_head.weight differs from wte.weight; in GPT-2 they are one.")
    return ordered


def quantized_pieces(name: str, w: np.ndarray) -> list[dict[str, np.ndarray]]:
    """The tensors to store for w, in pieces that each fit a shard; prints what rounding has cost."""
    w = np.ascontiguousarray(w, dtype=np.float32)  # same shape as w
    if not np.isfinite(w).all():
        raise QuantizeError(f"{name} holds a NaN or an infinity.")
    if not is_quantized(name, w.shape):
        print(f"{name:28} {w.shape!s:16} float32")
        return [{name: w}]
    rows = quantize_rows(w)
    norm = np.linalg.norm(w)
    error = np.linalg.norm(w - rows[:]) / norm if norm else 0.0
    print(f"{name:28} {w.shape!s:16} int8    relative error {error:.5f}")
    count = -(-(rows.values.nbytes + rows.scale.nbytes) // LARGEST_SHARD)
    pairs = zip(np.array_split(rows.values, count), np.array_split(rows.scale, count), strict=True)
    return [{name: values, name + SCALE: scale} for values, scale in pairs]


def split_into_shards(pieces: list[dict[str, np.ndarray]]) -> list[dict[str, np.ndarray]]:
    """Pieces in order, gathered into as few shards as LARGEST_SHARD allows and of nearly the same size."""

    def gathered(limit: int) -> list[dict[str, np.ndarray]]:
        shards: list[dict[str, np.ndarray]] = []
        room = 0
        for piece in pieces:
            size = sum(tensor.nbytes for tensor in piece.values())
            if not shards or size > room or shards[-1].keys() & piece.keys():
                shards.append({})
                room = limit
            shards[-1] |= piece
            room -= size
        return shards

    fewest = len(gathered(LARGEST_SHARD))
    for limit in range(SMALLEST_SHARD, LARGEST_SHARD, 2**18):
        if len(gathered(limit)) == fewest:
            return gathered(limit)
    return gathered(LARGEST_SHARD)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m build.quantize", description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, metavar="SOURCE_FOLDER")
    parser.add_argument("out", type=Path, metavar="OUT_FOLDER")
    arguments = parser.parse_args()
    try:
        quantize(arguments.source, arguments.out)
    except QuantizeError as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
