"""A quantised checkpoint on its way into memory: several files at once, put together in order, room made for others.

Nothing here knows where files come from.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import numpy as np

from model.checkpoint.assemble import Assembly
from model.checkpoint.file_error import reading
from model.checkpoint.layout import Index, StoredFile, parameters
from model.checkpoint.quantization import Precision
from model.config import GPT2Config
from model.explain.answers import Report
from model.tokenizer import vocabulary
from model.tokenizer.tokenizer import Tokenizer

AT_ONCE = 4  # files
SHARE = 10  # of the device's memory, one part in so many may go to float32 weights
UNKNOWN_MEMORY = 4  # gigabytes, where the browser does not say

Arrived = Callable[[int], None]  # told of each number of bytes that came
Fetch = Callable[[StoredFile, Arrived], Awaitable[np.ndarray]]  # gives a file's bytes (size,) uint8


class Model(NamedTuple):
    config: GPT2Config
    tokenizer: Tokenizer
    weights: dict  # as gpt2.py takes them
    precision: Precision
    rounding: float | None = None  # how far it was rounded on loading, relative; None for one that came rounded
    unused: tuple[str, ...] = ()  # names of files that were chosen and are no part of it


Load = Callable[
    [Precision | None], Awaitable[Model]
]  # loads a model as it is to be held, None for what suits the device


class Progress:
    """How much has come, in bytes, and of which part of the model."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}  # of what is expected, by name of file or tensor
        self.came: dict[str, int] = {}
        self.parts: list[list[str]] = []  # the names that hold the embedding, each block, the final LayerNorm

    def expect(self, sizes: dict[str, int]) -> None:
        self.sizes, self.came = sizes, dict.fromkeys(sizes, 0)

    def arrived(self, name: str) -> Arrived:
        def count(size: int) -> None:
            self.came[name] += size

        return count

    def report(self) -> Report:
        share = {name: self.came[name] / max(size, 1) for name, size in self.sizes.items()}
        return {
            "arrived": sum(self.came.values()),
            "total": sum(self.sizes.values()),
            "parts": [sum(share[name] for name in part) / len(part) for part in self.parts],
        }


def precision_for(config: GPT2Config, gigabytes: float | None) -> Precision:
    """How to hold a model's weights on a device with so much memory, None where that is not known."""
    room = (gigabytes or UNKNOWN_MEMORY) * 1e9 / SHARE
    return "float32" if 4 * parameters(config) <= room else "int8"


async def load(
    index: Index, fetch: Fetch, progress: Progress, precision: Precision | None, gigabytes: float | None = None
) -> Model:
    """Fetch all files and make a model of them, held as `precision` says or, for None, as suits the device.

    Where there is no room for float32, it is held as int8. Raises whatever `fetch` does, MemoryError, and for files
    that do not make a model FileError or KeyError. Can be cancelled.
    """
    return await where_there_is_room(lambda held: load_as(index, fetch, progress, held, gigabytes), precision)


async def where_there_is_room(load_as: Load, precision: Precision | None) -> Model:
    """What `load_as` gives for `precision` or, where there is no room for that, for int8. Raises as `load_as` does."""
    try:
        return await load_as(precision)
    except MemoryError:
        if precision == "int8":
            raise
    return await load_as("int8")


async def load_as(
    index: Index, fetch: Fetch, progress: Progress, precision: Precision | None, gigabytes: float | None
) -> Model:
    progress.expect({file.name: file.size for file in index.files})
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(file: StoredFile) -> np.ndarray:
        async with slots:
            return await fetch(file, progress.arrived(file.name))

    tasks = {file.name: asyncio.ensure_future(one(file)) for file in index.files}
    try:
        with reading("config.json"):
            config = GPT2Config.from_json((await tasks["config.json"]).tobytes())
        progress.parts = index.shards_of_parts(config)
        precision = precision or precision_for(config, gigabytes)
        with reading("tokenizer.json"):
            tokenizer = vocabulary.read((await tasks["tokenizer.json"]).tobytes(), config)
        assembly = Assembly(config, precision)
        for shard in index.shards:
            with reading(shard):
                assembly.add(await tasks.pop(shard))  # the task goes, and with it the bytes, unless weights need them
            await asyncio.sleep(0)
        return Model(config, tokenizer, assembly.finish(), precision)
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
