"""Which model is in use, and loading another while it goes on answering. Answers are JSON text, as in `worker.py`."""

import asyncio
import json
from typing import NamedTuple

from model import loading
from model.checkpoint import parameters
from model.download import (
    DownloadError,
    Store,
    cache_name,
    device_memory,
    download,
    download_index,
    forget,
    kept,
    read_file,
)
from model.file_error import FileError
from model.lists import text_of
from model.loading import Load, Model, Progress
from model.own import load_own
from model.pinned import Pinned
from model.session import Session
from model.tokenizer import Tokenizer


class Runner(NamedTuple):
    """A model with what it takes to run it on a text."""

    session: Session
    tokenizer: Tokenizer
    resident: str  # how its weights are held, "float32" or "int8"
    again: Load  # loads it once more
    rounding: float | None = None  # see `Model`


class Loaded:
    """The model in use and its last run. `newest` numbers the requests to read a text: an older one gives way."""

    runner: Runner | None = None
    order = None  # ranking of the last prediction's logits
    pinned: Pinned | None = None
    saved = ""  # the address of the last exported file
    newest = 0
    done = total = 0  # blocks of the pass under way
    run = 0  # the request that the session's values answer


class Coming:
    """The model that is being loaded; the one in use goes on answering meanwhile."""

    progress = Progress()
    task: asyncio.Task | None = None
    store: Store | None = None  # the finished files of the last one asked for
    runner: Runner | None = None  # it is loaded, and in use as soon as it has read a text, see `worker.use`


def progress() -> str:
    """How much of the model has come, see `Progress.report`."""
    return text_of(Coming.progress.report())


async def load(request: str) -> str:
    """Load a model of this site: JSON {"site", "name", "version", "base", "resident"}.

    `site` and `base` are the absolute addresses of the site and of the model's folder, ending in /; `version` is the
    SHA-256 of the model's index; `resident` is how its weights are to be held, "float32", "int8", or null for what
    suits the device. Answers what `take` does.
    """
    asked = json.loads(request)
    site, name, version, base = asked["site"], asked["name"], asked["version"][:16], asked["base"]
    if Coming.store is None or Coming.store.name != cache_name(site, name, version):
        Coming.store = Store(site, name, version)
        await Coming.store.open()
    store = Coming.store

    async def fetched(resident: str | None) -> Model:
        index = await download_index(base, asked["version"], store)
        model = await loading.load(
            index,
            lambda file, arrived: download(base, file, store, arrived),
            Coming.progress,
            resident,
            device_memory(),
        )
        await store.only_this(site, name)
        return model

    answer = await take(fetched, asked["resident"])
    return text_of(answer if "error" in answer else {**answer, "trouble": store.trouble})


async def open_own(files: object, resident: str) -> str:
    """Load a reader's own checkpoint: an array of JavaScript Files. The page has seen that all three are there."""
    chosen = {"weights" if file.name.endswith(".safetensors") else file.name: file for file in files}
    weights, tokenizer, config = [chosen.pop(name) for name in ("weights", "tokenizer.json", "config.json")]

    async def read_whole(file: object) -> bytes:
        return (await read_file(file, 0, file.size)).tobytes()

    async def read_own(resident: str | None) -> Model:
        model = await load_own(
            lambda begin, end: read_file(weights, begin, end),
            weights.size,
            await read_whole(tokenizer),
            await read_whole(config),
            Coming.progress,
            resident,
            device_memory(),
            weights.name,
        )
        return model._replace(unused=tuple(chosen))

    return text_of(await take(read_own, resident or None))


async def hold(resident: str) -> str:
    """Load the model in use once more, to be held as "float32" or "int8"."""
    return text_of(await take(Loaded.runner.again, resident))


async def take(load_model: Load, resident: str | None) -> dict:
    """Have a model ready for use: its sizes, how it is held, and whether that was the wish; or {"error", "file"}.

    A newer call, or `cancel`, ends an older one with the error "cancelled"; the model in use stays until the new one
    has read a text.
    """
    cancel()
    Coming.progress = Progress()
    Coming.task = asyncio.ensure_future(load_model(resident))
    try:
        model = await Coming.task
    except asyncio.CancelledError:
        return {"error": "cancelled", "file": ""}
    except DownloadError as error:
        return {"error": error.kind, "file": error.file}
    except FileError as error:
        return error.answer()
    except KeyError as error:  # a file that the model's index does not name
        return FileError(f"{error}").answer()
    except MemoryError:
        return {"error": "memory", "file": ""}
    config = model.config
    Coming.runner = Runner(Session(model.weights, config), model.tokenizer, model.resident, load_model, model.rounding)
    return {
        "n_layer": config.n_layer,
        "n_head": config.n_head,
        "n_embd": config.n_embd,
        "parameters": parameters(config),
        "bytes": Coming.progress.report()["total"],
        "resident": model.resident,
        "rounding": model.rounding,
        "unused": model.unused,
        "cramped": resident == "float32" and model.resident != resident,
    }


def cancel() -> None:
    """Stop loading; what has come whole is kept for the next time."""
    Coming.runner = None
    if Coming.task:
        Coming.task.cancel()


async def stored(site: str) -> str:
    """How many files this browser keeps of each model of the site: {"NAME VERSION": number}, 16 digits a version."""
    return text_of(await kept(site))


async def remove(site: str, name: str, version: str) -> str:
    """Forget what this browser keeps of a model; answers as `stored` does."""
    await forget(site, name, version[:16])
    return await stored(site)
