"""Files of a checkpoint from static hosting, each streamed straight into one array and checked before use."""

import hashlib
from collections.abc import Callable

import numpy as np
from js import Object, fetch
from pyodide.ffi import JsException, to_js

from model.checkpoint import INDEX, StoredFile, read_index


class DownloadError(Exception):
    """`kind` is "missing" (the server has no such file), "unreachable" (no answer) or "damaged" (wrong bytes)."""

    def __init__(self, kind: str, file: str) -> None:
        super().__init__(f"{kind}: {file}")
        self.kind = kind
        self.file = file


async def open_stream(base: str, name: str, fresh: bool):
    """The response to a request for base + name; `fresh` goes past the browser's own cache."""
    options = to_js({"cache": "reload" if fresh else "default"}, dict_converter=Object.fromEntries)
    try:
        response = await fetch(base + name, options)
    except JsException:
        raise DownloadError("unreachable", name) from None
    if not response.ok:
        raise DownloadError("missing", name)
    return response


async def download_index(base: str, fresh: bool) -> list[StoredFile]:
    """What the checkpoint at `base` (an address ending in /) consists of. Raises DownloadError or CheckpointError."""
    response = await open_stream(base, INDEX, fresh)
    return read_index(await response.text()).files


async def download(base: str, file: StoredFile, arrived: Callable[[int], None], fresh: bool) -> np.ndarray:
    """The file's bytes as one uint8 array (size,), written as they come; `arrived` is told how many each time.

    Raises DownloadError; "damaged" when length or SHA-256 differ from what the index says.
    """
    response = await open_stream(base, file.name, fresh)
    data = np.empty(file.size, np.uint8)  # (size,)
    view = memoryview(data)
    reader = response.body.getReader()
    at = 0
    while True:
        try:
            step = await reader.read()
        except JsException:
            raise DownloadError("unreachable", file.name) from None
        if step.done:
            break
        count = step.value.byteLength
        if at + count > file.size:
            await reader.cancel()
            raise DownloadError("damaged", file.name)
        step.value.assign_to(view[at : at + count])
        at += count
        arrived(count)
    if at != file.size or hashlib.sha256(view).hexdigest() != file.sha256:
        raise DownloadError("damaged", file.name)
    return data
