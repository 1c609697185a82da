"""A reader's own checkpoint, as Hugging Face publishes GPT-2s: read tensor by tensor and checked.

Held as float32 its weights are the file's own numbers, else they are rounded to 8 bits. Nothing here knows
where the bytes come from, and nothing is sent anywhere.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable

import numpy as np

from model.checkpoint.file_error import reading
from model.checkpoint.file_kinds import TELLING, check_weights, json_text
from model.checkpoint.huggingface import Sources, differing, sources
from model.checkpoint.layout import is_quantized, nested, part_of, tensor_shapes
from model.checkpoint.loading import Compile, Model, Progress, no_kernel, way_for, where_there_is_room
from model.checkpoint.quantization import Precision, Quantized, quantize_rows, squares
from model.checkpoint.room import make_room
from model.checkpoint.safetensors import Entry, header_end, read_header, read_tensor
from model.config import GPT2Config
from model.kernel.kernel import multiplied_by
from model.tokenizer import vocabulary

Read = Callable[[int, int], Awaitable[np.ndarray]]  # the file's bytes from one place up to another, uint8
WEIGHTS = "model.safetensors"


async def load_user_checkpoint(
    read: Read,
    size: int,
    tokenizer_json: bytes,
    config_json: bytes,
    progress: Progress,
    precision: Precision | None,
    gigabytes: float | None = None,
    name: str = WEIGHTS,
    compile_kernel: Compile = no_kernel,
) -> Model:
    """A model from a safetensors file `name` of `size` bytes, held as `precision` says or as suits the device.

    Raises as `loading.load` does. Can be cancelled.
    """
    with reading("config.json"):
        config = GPT2Config.from_json(json_text(config_json))
    with reading(name):
        check_weights((await read(0, min(TELLING, size))).tobytes())
        end = header_end((await read(0, 8)).tobytes())
        entries, _ = read_header(await read(0, min(end, size)), size)
        found = sources(entries, config)
    with reading("tokenizer.json"):
        tokenizer = vocabulary.read(json_text(tokenizer_json), config)
    with reading(name):
        await check_copies(read, entries, found)

        async def load_as(precision: Precision | None) -> Model:
            held, kernel = await way_for(config, precision, gigabytes, compile_kernel)
            make_room(config, held)
            weights, rounding = await read_weights(read, entries, found, config, progress, held)
            return Model(config, tokenizer, multiplied_by(kernel, weights), held, rounding)

        return await where_there_is_room(load_as, precision)


async def read_weights(
    read: Read, entries: dict[str, Entry], found: Sources, config: GPT2Config, progress: Progress, precision: Precision
) -> tuple[dict, float]:
    """The weights as `gpt2.py` takes them, and how far rounding moved the matrices: relative, 0 for float32."""
    source_of = found.found
    names = list(tensor_shapes(config))
    progress.expect({name: entries[source_of[name].name].end - entries[source_of[name].name].begin for name in names})
    progress.parts = [[] for _ in range(config.n_layer + 2)]
    for name in names:
        progress.parts[part_of(name)].append(name)
    flat: dict[str, np.ndarray | Quantized] = {}
    moved = total = 0.0  # squares, summed
    for name in names:
        w = source_of[name].as_ours(await stored(read, entries, source_of[name].name))  # shape as in tensor_shapes
        if precision != "float32" and is_quantized(name, w.shape):
            rounded = quantize_rows(w)
            moved, total = moved + squares(w, rounded), total + squares(w)
            flat[name] = rounded
        else:
            flat[name] = w
        del w  # there may be no room for it beside the next one
        progress.arrived(name)(progress.sizes[name])
        await asyncio.sleep(0)
    return nested(flat, config), math.sqrt(moved / total) if moved else 0.0


async def stored(read: Read, entries: dict[str, Entry], name: str) -> np.ndarray:
    """A tensor as it lies in the file."""
    entry = entries[name]
    return read_tensor(await read(entry.begin, entry.end), name, entry)


async def check_copies(read: Read, entries: dict[str, Entry], found: Sources) -> None:
    """A tensor that the file holds under two names must be the same in both."""
    for full, other in found.copies:
        one, same = [await stored(read, entries, name) for name in (full, other)]
        if not np.array_equal(one, same, equal_nan=True):  # what is no number is named where it is read
            raise differing(full, other)
