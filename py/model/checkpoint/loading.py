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
from model.checkpoint.room import make_room
from model.config import GPT2Config
from model.explain.answers import Ready, Report
from model.kernel.kernel import Kernel, multiplied_by
from model.tokenizer import vocabulary
from model.tokenizer.tokenizer import Tokenizer

AT_ONCE = 4  # files
SHARE = 10  # of the device's memory, one part in so many may go to float32 weights
UNKNOWN_MEMORY = 4  # gigabytes, where the browser does not say
LARGE = (
    40_000_000  # weights: NumPy alone multiplies those of a model up to this size, unless the reader wants otherwise
)

Arrived = Callable[[int], None]  # told of each number of bytes that came
Compile = Callable[[], Awaitable[Kernel | None]]  # gives the kernel, None where this browser cannot run it
Fetch = Callable[[StoredFile, Arrived], Awaitable[np.ndarray]]  # gives a file's bytes (size,) uint8


class Model(NamedTuple):
    config: GPT2Config
    tokenizer: Tokenizer
    weights: dict  # as gpt2.py takes them
    precision: Precision
    rounding: float | None = None  # how far it was rounded on loading, relative; None for one that came rounded
    unused: tuple[str, ...] = ()  # names of files that were chosen and are no part of it

    def ready(self, wish: Precision | None, progress: "Progress") -> Ready:
        """What is said of it when it has come."""
        return {
            "n_layer": self.config.n_layer,
            "n_head": self.config.n_head,
            "n_embd": self.config.n_embd,
            "parameters": parameters(self.config),
            "bytes": progress.report()["total"],
            "precision": self.precision,
            "rounding": self.rounding,
            "unused": self.unused,
            "cramped": wish == "float32" and self.precision != wish,
            "uncompiled": wish == "kernel" and self.precision != wish,
        }


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


async def no_kernel() -> None:
    """Where there is no browser."""


async def way_for(
    config: GPT2Config, precision: Precision | None, gigabytes: float | None, compile_kernel: Compile
) -> tuple[Precision, Kernel | None]:
    """How to hold a model's weights, None for what suits model and device, and what multiplies them, None for NumPy."""
    if precision == "kernel" or (precision is None and parameters(config) > LARGE):
        if kernel := await compile_kernel():
            return "kernel", kernel
        precision = precision and "int8"
    return precision or precision_for(config, gigabytes), None


def precision_for(config: GPT2Config, gigabytes: float | None) -> Precision:
    """How NumPy is to have a model's weights on a device with so much memory, None where that is not known."""
    room = (gigabytes or UNKNOWN_MEMORY) * 1e9 / SHARE
    return "float32" if 4 * parameters(config) <= room else "int8"


async def load(
    index: Index,
    fetch: Fetch,
    progress: Progress,
    precision: Precision | None,
    gigabytes: float | None = None,
    compile_kernel: Compile = no_kernel,
) -> Model:
    """Fetch all files and make a model of them, held as `precision` says or, for None, as suits it and the device.

    Where there is no room for float32, or no kernel, it is held as int8. Raises whatever `fetch` does, MemoryError, and
    for files that do not make a model FileError or KeyError. Can be cancelled.
    """
    return await where_there_is_room(
        lambda held: load_as(index, fetch, progress, held, gigabytes, compile_kernel), precision
    )


async def where_there_is_room(load_as: Load, precision: Precision | None) -> Model:
    """What `load_as` gives for `precision` or, where float32 has no room, held small. Raises as that does."""
    try:
        return await load_as(precision)
    except MemoryError:
        if precision in ("int8", "kernel"):
            raise
    return await load_as("kernel")


async def load_as(
    index: Index,
    fetch: Fetch,
    progress: Progress,
    precision: Precision | None,
    gigabytes: float | None,
    compile_kernel: Compile,
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
        held, kernel = await way_for(config, precision, gigabytes, compile_kernel)
        make_room(config, held, progress.report()["arrived"])
        with reading("tokenizer.json"):
            tokenizer = vocabulary.read((await tasks["tokenizer.json"]).tobytes(), config)
        assembly = Assembly(config, held)
        for shard in index.shards:
            with reading(shard):
                assembly.add(await tasks.pop(shard))  # the task goes, and with it the bytes, unless weights need them
            await asyncio.sleep(0)
        return Model(config, tokenizer, multiplied_by(kernel, assembly.finish()), held)
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
