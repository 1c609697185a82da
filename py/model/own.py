"""A reader's own checkpoint, as Hugging Face publishes GPT-2s: read tensor by tensor, checked, rounded to 8 bits.

Nothing here knows where the bytes come from, and nothing is sent anywhere.
"""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np

from model.checkpoint import CheckpointError, is_quantized, nested, part_of, tensor_shapes
from model.config import GPT2Config
from model.huggingface import HEAD, Source, config_from_entries, sources
from model.loading import Model, Progress, resident_for
from model.quantization import quantize_rows
from model.safetensors import Entry, header_end, read_header, read_tensor
from model.tokenizer import Tokenizer

Read = Callable[[int, int], Awaitable[np.ndarray]]  # the file's bytes from one place up to another, uint8


async def load_own(
    read: Read,
    size: int,
    tokenizer_json: str,
    config_json: bytes | None,
    progress: Progress,
    resident: str | None,
    gigabytes: float | None = None,
) -> Model:
    """A model from a model.safetensors of `size` bytes; without a config.json its sizes are read off its tensors.

    Raises as `loading.load` does. Can be cancelled.
    """
    end = header_end((await read(0, min(8, size))).tobytes())
    entries, _ = read_header(await read(0, min(end, size)), size)
    config = GPT2Config.from_json(config_json) if config_json else config_from_entries(entries)
    found = sources(entries, config)
    tokenizer = Tokenizer.from_json(tokenizer_json)
    if tokenizer.vocab_size != config.vocab_size:
        raise CheckpointError(
            f"tokenizer.json has {tokenizer.vocab_size} tokens, but the model has {config.vocab_size}"
        )
    await check_head(read, entries, found)
    resident = resident or resident_for(config, gigabytes)
    names = list(tensor_shapes(config))
    progress.expect({name: entries[found[name].name].end - entries[found[name].name].begin for name in names})
    progress.parts = [[] for _ in range(config.n_layer + 2)]
    for name in names:
        progress.parts[part_of(name)].append(name)
    flat = {}
    for name in names:
        w = found[name].as_ours(await stored(read, entries, found[name]))  # shape as in tensor_shapes
        if is_quantized(name, w.shape):
            rounded = quantize_rows(w)
            w = rounded if resident == "int8" else rounded[:]  # (out, in)
        flat[name] = w
        progress.arrived(name)(progress.sizes[name])
        await asyncio.sleep(0)
    return Model(config, tokenizer, nested(flat, config), resident)


async def stored(read: Read, entries: dict[str, Entry], source: Source) -> np.ndarray:
    """A tensor as it lies in the file."""
    entry = entries[source.name]
    return read_tensor(await read(entry.begin, entry.end), source.name, entry)


async def check_head(read: Read, entries: dict[str, Entry], found: dict[str, Source]) -> None:
    """A file may list the output head as well; in GPT-2 it is the token embedding."""
    if HEAD in found:
        head, embedding = [await stored(read, entries, found[name]) for name in (HEAD, "wte.weight")]
        if not np.array_equal(head, embedding):
            raise CheckpointError(f"{HEAD} differs from wte.weight; in GPT-2 they are one.")
