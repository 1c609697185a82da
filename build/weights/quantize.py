"""Any Hugging Face GPT-2 checkpoint -> the quantised layout that the browser loads (`py/model/checkpoint/layout.py`).

    python -m build.weights.quantize SOURCE_FOLDER OUT_FOLDER [--bits 4] [--eval TEXT_FILE]

SOURCE_FOLDER holds config.json, tokenizer.json and model.safetensors (or its shards and their index), weights
in float32, float16 or bfloat16. A table says what each tensor loses at 8 and at 4 bits; with --eval also how well
the model predicts a text with the source's weights and with either kind of rounding.
"""

import hashlib
import json
import math
import shutil
import sys
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import safetensors.numpy

from build.command import command
from build.paths import typed
from build.weights.perplexity import perplexities, windows_of
from build.weights.source import Source, SourceError, minimised
from model.checkpoint.layout import INDEX, LAYOUTS, SCALE, is_quantized, tensor_shapes
from model.checkpoint.quantization import GROUP, Quantized, pack, quantize_groups, quantize_rows

LARGEST_SHARD = 16 * 2**20 - 2**16  # bytes of tensors: with its header a file stays below 16 MiB
SMALLEST_SHARD = 8 * 2**20  # bytes; for a model that has so many
QUANTIZE = {8: quantize_rows, 4: quantize_groups}


class Piece(NamedTuple):
    """What one shard holds of one tensor: all of it, or some rows of a large matrix."""

    name: str
    rows: slice
    nbytes: int  # scales included


def quantize(source_folder: Path, out: Path, bits: int = 8, text: Path | None = None) -> None:
    """Write the quantised checkpoint of `source_folder` to the folder `out` and print what each tensor loses.

    Raises SourceError; `out` changes only when the whole of the source is good.
    """
    if source_folder.resolve() == out.resolve():
        raise SourceError("OUT_FOLDER must be another folder than SOURCE_FOLDER, whose weights it would replace.")
    source = Source(source_folder)
    tokenizer, tokenizer_json = source.tokenizer()
    texts = {"config.json": minimised(source.config_json), "tokenizer.json": tokenizer_json}
    shapes = tensor_shapes(source.config)
    compared: tuple[int, ...] = (8, 4)
    if any(shape[1] % GROUP for name, shape in shapes.items() if is_quantized(name, shape)):
        if bits == 4:
            raise SourceError(f"at 4 bits the rows of every matrix must be a multiple of {GROUP} weights long.")
        compared = (8,)
    windows = windows_of(text, tokenizer, source.config) if text else None

    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        write_checkpoint(source, part, bits, texts, compared)
        if out.exists():
            shutil.rmtree(out)
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    total = sum(path.stat().st_size for path in out.iterdir())
    print(f"{out}: {total:,} bytes at {bits} bits")
    if windows is not None:
        perplexities(source, windows, {f"int{b}": QUANTIZE[b] for b in compared})


def write_checkpoint(source: Source, out: Path, bits: int, texts: dict[str, bytes], compared: tuple[int, ...]) -> None:
    """All files of the checkpoint into the empty folder `out`, one tensor at a time."""
    shapes = tensor_shapes(source.config)
    plan = {
        b: split_into_shards([p for name, shape in shapes.items() for p in pieces(name, shape, b)]) for b in compared
    }
    for name, data in texts.items():
        (out / name).write_bytes(data)
    files = list(texts)
    weight_map: dict[str, str] = {}
    to_come = [list(shard) for shard in plan[bits]]
    shard: dict[str, np.ndarray] = {}  # the one being filled
    for number, (name, w) in enumerate(source.tensors()):
        quantized = {b: QUANTIZE[b](w) for b in compared} if is_quantized(name, w.shape) else {}
        print(line(f"[{number + 1}/{len(shapes)}] {name}", w, quantized), flush=True)
        while to_come and to_come[0][0].name == name:
            shard |= stored(to_come[0].pop(0), quantized.get(bits, w), bits)
            if not to_come[0]:
                files.append(f"model-{len(plan[bits]) - len(to_come) + 1:05}-of-{len(plan[bits]):05}.safetensors")
                (out / files[-1]).write_bytes(safetensors.numpy.save(shard))
                weight_map = dict.fromkeys(shard, files[-1]) | weight_map  # a cut matrix is listed where it begins
                to_come, shard = to_come[1:], {}
    order = {name: i for i, name in enumerate(key for n in shapes for key in (n, n + SCALE))}
    index = {
        "metadata": {
            "total_size": sum(piece.nbytes for shard in plan[bits] for piece in shard),
            "layout": LAYOUTS[bits],
            "files": [described(out / name) for name in files],
        },
        "weight_map": dict(sorted(weight_map.items(), key=lambda item: order[item[0]])),
    }
    (out / INDEX).write_text(json.dumps(index, indent=1) + "\n")
    sizes = {"float32": 4 * sum(math.prod(shape) for shape in shapes.values())}
    sizes |= {f"int{b}": sum(piece.nbytes for shard in plan[b] for piece in shard) for b in compared}
    print("weights in all: " + ", ".join(f"{kind} {size / 1e6:,.1f} MB" for kind, size in sizes.items()))


def described(path: Path) -> dict:
    data = path.read_bytes()
    return {"name": path.name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def line(name: str, w: np.ndarray, quantized: dict[int, Quantized]) -> str:
    """A tensor's row of the table."""
    norm = np.linalg.norm(w)
    errors = [f"int{b} {np.linalg.norm(w - q[:]) / norm if norm else 0:.5f}" for b, q in quantized.items()]
    what = "relative error " + ", ".join(errors) if errors else "stays float32"
    return f"{name:38} {w.shape!s:16} {what}"


def pieces(name: str, shape: tuple[int, ...], bits: int) -> list[Piece]:
    """What is to be stored of a tensor of this shape, in pieces that each fit a shard."""
    if not is_quantized(name, shape):
        return [Piece(name, slice(None), 4 * math.prod(shape))]
    n_out, n_in = shape
    row = n_in + 4 if bits == 8 else n_in // 2 + 2 * (n_in // GROUP)  # bytes
    count = -(-n_out * row // LARGEST_SHARD)
    edges = [n_out * i // count for i in range(count + 1)]
    return [Piece(name, slice(a, b), (b - a) * row) for a, b in pairwise(edges)]


def stored(piece: Piece, w: np.ndarray | Quantized, bits: int) -> dict[str, np.ndarray]:
    """The tensors that a shard holds for a piece of w."""
    if not isinstance(w, Quantized):
        return {piece.name: w}
    values, scale = w.values[piece.rows], w.scale[piece.rows]
    if bits == 8:
        return {piece.name: values, piece.name + SCALE: scale[:, 0]}  # (rows, in), (rows,)
    return {
        piece.name: pack(values),
        piece.name + SCALE: scale.astype(np.float16),
    }  # (rows, in / 2), (rows, in / GROUP)


def split_into_shards(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces in order, gathered into as few shards as LARGEST_SHARD allows and of nearly the same size."""

    def gathered(limit: int) -> list[list[Piece]]:
        shards: list[list[Piece]] = []
        room = 0
        for piece in pieces:
            if not shards or piece.nbytes > room or piece.name in [other.name for other in shards[-1]]:
                shards.append([])
                room = limit
            shards[-1].append(piece)
            room -= piece.nbytes
        return shards

    fewest = len(gathered(LARGEST_SHARD))
    for limit in range(SMALLEST_SHARD, LARGEST_SHARD, 2**18):
        if len(gathered(limit)) == fewest:
            return gathered(limit)
    return gathered(LARGEST_SHARD)


def main() -> None:
    parser = command(__doc__)
    parser.add_argument("source", type=typed, metavar="SOURCE_FOLDER")
    parser.add_argument("out", type=typed, metavar="OUT_FOLDER")
    parser.add_argument("--bits", type=int, choices=(8, 4), default=8, help="bits a weight (default: 8)")
    parser.add_argument("--eval", type=typed, metavar="TEXT_FILE", help="text to measure the perplexity on")
    arguments = parser.parse_args()
    try:
        quantize(arguments.source, arguments.out, arguments.bits, arguments.eval)
    except SourceError as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
