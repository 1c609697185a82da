"""Files of a checkpoint: from what the browser keeps, else from static hosting; checked before use, then kept.

A finished file is never downloaded again: it stands in Cache Storage under the site's address, the model's name and
version or, where the browser offers none (plain http, private windows) or has no room, in memory until the model is
loaded. The storage belongs to the whole host: other copies of the site may keep theirs beside it.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress

import js
import numpy as np
from js import AbortController, Object, Response, fetch
from pyodide.ffi import JsException, JsProxy, to_js

from model.checkpoint.file_error import DownloadError
from model.checkpoint.layout import INDEX, Index, StoredFile, read_index

ATTEMPTS = 3  # at a file that breaks off or comes damaged
PAUSE = 0.5  # seconds before the second attempt, twice as long before the third


def options(**fields: object) -> JsProxy:
    """A JavaScript object."""
    return to_js(fields, dict_converter=Object.fromEntries)


def device_memory() -> float | None:
    """Gigabytes, rounded by the browser; not every browser says."""
    return getattr(js.navigator, "deviceMemory", None)


def prefix(site: str) -> str:
    """How the names of the caches of the site at this address begin."""
    return f"{site} glassformer weights "


def cache_name(site: str, model: str, version: str) -> str:
    return f"{prefix(site)}{model} {version}"


class Store:
    """The finished files of one version of one model of one site, by address."""

    def __init__(self, site: str, model: str, version: str) -> None:
        self.name = cache_name(site, model, version)
        self.cache: JsProxy | None = None
        self.memory: dict[str, np.ndarray] = {}  # files that the browser would not keep
        self.trouble = ""  # "absent" or "full": why it does not

    async def open(self) -> None:
        try:
            self.cache = await js.caches.open(self.name)
        except (AttributeError, JsException):  # not offered to this page, or refused by the reader's settings
            self.trouble = "absent"

    async def get(self, address: str, arrived: Callable[[int], None]) -> np.ndarray | None:
        """The file's bytes (size,), unchecked; None when it is not kept, or cannot be read."""
        if address in self.memory:
            arrived(len(self.memory[address]))
            return self.memory[address]
        try:
            response = await self.cache.match(address) if self.cache else None
            if not response:
                return None
            buffer = await response.arrayBuffer()
        except JsException:  # the browser's storage has been emptied, or is damaged
            return None
        data = np.empty(buffer.byteLength, np.uint8)  # (size,)
        buffer.assign_to(memoryview(data))
        arrived(len(data))
        return data

    async def put(self, address: str, data: np.ndarray) -> None:
        if self.cache:
            try:
                await self.cache.put(address, Response.new(to_js(memoryview(data))))
                return
            except JsException:
                self.trouble = "full"
        self.memory[address] = data

    async def drop(self, address: str) -> None:
        self.memory.pop(address, None)
        if self.cache:
            await quietly(self.cache.delete(address))

    async def only_this(self, site: str, model: str) -> None:
        """The model is loaded: what was kept for it in memory, and its other versions, are not needed any more."""
        self.memory.clear()
        for name in await kept(site):
            other = prefix(site) + name
            if name.rsplit(" ", 1)[0] == model and other != self.name:
                await quietly(js.caches.delete(other))


async def kept(site: str) -> dict[str, int]:
    """The number of files in each of the site's caches: {"NAME VERSION": number}."""
    found = {}
    try:
        for name in await js.caches.keys():
            if name.startswith(prefix(site)):
                found[name.removeprefix(prefix(site))] = len(await (await js.caches.open(name)).keys())
    except (AttributeError, JsException):
        pass  # no Cache Storage, so nothing in it
    return found


async def forget(site: str, model: str, version: str) -> None:
    await quietly(js.caches.delete(cache_name(site, model, version)))


async def quietly(removal: Awaitable[object]) -> None:
    """What the browser cannot remove stays, and harms nobody."""
    with suppress(JsException):
        await removal


async def download_index(base: str, version: str, store: Store) -> Index:
    """What the checkpoint at `base` (an address ending in /) consists of; `version` is the index's SHA-256.

    Raises DownloadError, and CheckpointError for an index that cannot be read.
    """
    file = StoredFile(INDEX, -1, version)
    return read_index((await download(base, file, store, lambda _: None)).tobytes())


async def download(base: str, file: StoredFile, store: Store, arrived: Callable[[int], None]) -> np.ndarray:
    """The file's bytes (size,) uint8, checked; `arrived` is told how many have come each time, less for a new attempt.

    Raises DownloadError after the last attempt; "damaged" when length or SHA-256 differ from what the index says.
    """
    address = base + file.name
    data = await store.get(address, arrived)
    if data is not None:
        if hashlib.sha256(data).hexdigest() == file.sha256:
            return data
        await store.drop(address)
        arrived(-len(data))
    for attempt in range(ATTEMPTS):
        if attempt:
            await asyncio.sleep(PAUSE * attempt)
        mode = "reload" if attempt else "no-store" if store.cache else "default"
        try:
            data = await stream(address, file, arrived, mode)
        except DownloadError as error:
            if error.kind == "missing" or attempt == ATTEMPTS - 1:
                raise
        else:
            await store.put(address, data)
            return data
    raise AssertionError("the last attempt returns or raises")


async def read_file(file: JsProxy, begin: int, end: int) -> np.ndarray:
    """Bytes of a file that the reader chose (a JavaScript File), uint8. Raises DownloadError when it is gone."""
    try:
        buffer = await file.slice(begin, end).arrayBuffer()
    except JsException:
        raise DownloadError("unreadable", file.name) from None
    data = np.empty(buffer.byteLength, np.uint8)  # (end - begin,)
    buffer.assign_to(memoryview(data))
    return data


async def stream(address: str, file: StoredFile, arrived: Callable[[int], None], cache: str) -> np.ndarray:
    """One attempt. `cache` is the browser's own word for how its HTTP cache is to be used."""
    stop = AbortController.new()
    chunks, count, digest = [], 0, hashlib.sha256()
    try:
        response = await fetch(address, options(cache=cache, signal=stop.signal))
        if response.status in (404, 410):
            raise DownloadError("missing", file.name)
        if not response.ok:
            raise DownloadError("refused", file.name)
        if not response.body:  # an answer without any bytes, such as a filter's 204
            raise DownloadError("damaged", file.name)
        reader = response.body.getReader()
        while not (step := await reader.read()).done:
            chunk = np.empty(step.value.byteLength, np.uint8)  # (bytes of this chunk,)
            step.value.assign_to(memoryview(chunk))
            digest.update(chunk)
            chunks.append(chunk)
            count += len(chunk)
            arrived(len(chunk))
            if 0 <= file.size < count:
                break  # longer than it should be: no need to see the rest
        if digest.hexdigest() != file.sha256:
            raise DownloadError("damaged", file.name)
    except JsException:
        arrived(-count)
        raise DownloadError("unreachable", file.name) from None
    except DownloadError:
        arrived(-count)
        raise
    finally:
        stop.abort()  # also when the reader cancelled the whole; after the end it does nothing
    return np.concatenate(chunks) if chunks else np.empty(0, np.uint8)  # (size,)
