"""The wire between the page's interpreter and the model's: which calls cross it, and what of the browser they need.

Answers (see explain/answers.py, field by field) cross as JSON text, and so do those arguments that READ names; numbers
and short words cross as they are.
"""

import json
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pyodide_js
from js import URL, Blob, Object
from pyodide.ffi import JsProxy, to_js

from model.checkpoint import loading
from model.checkpoint.loading import Model
from model.checkpoint.quantization import Precision
from model.checkpoint.user_checkpoint import load_user_checkpoint
from model.code.difference import restored, version, with_edits
from model.explain.answers import Answer
from model.explain.to_json import text_of
from model.removals import Own, from_json
from model.sandbox.handed import pack
from model.worker.compiled import Loader
from model.worker.download import Store, cache_name, device_memory, download, download_index, forget, kept, read_file
from model.worker.engine import Engine
from model.worker.failure import failure_of
from model.worker.own import reading_by_own
from model.worker.run import name_of

READ: dict[str, Callable[[str], object]] = {  # what crosses as JSON
    "text": lambda crossed: json.loads(crossed)["value"],  # as the browser makes it of a field
    "ids": json.loads,
    "path": lambda crossed: [tuple(call) for call in json.loads(crossed)],
    "settings": json.loads,
    "removals": lambda crossed: from_json(**json.loads(crossed)),
}
TEXT = ("text", "ids", "settings", "block", "head", "row", "removals")
CALLS: dict[str, tuple[str, ...]] = {  # methods of the Engine that answer at once, with their arguments
    "cancel": (),
    "cancel_effects": (),
    "effects_progress": (),
    "pass_progress": (),
    "tokenize": ("text",),
}
WAITED_FOR: dict[str, tuple[str, ...]] = {  # those that take their time
    "logit_lens": ("run",),
    "ways": ("run",),
    "effects": ("run", "kind", "row", "token", "temperature"),
    "most_telling": ("run", "row", "temperature"),
    "set_precision": ("precision",),
    "read_aside": ("text", "settings"),
    "pin_text": ("run", "text", "settings", "mark", "removals"),
    "predict": TEXT,
    "use": TEXT,
}
OF_A_RUN: dict[str, tuple[str, ...]] = {  # methods of the Run: its number crosses before these
    "about": (),
    "archive": ("settings", "text", "text"),
    "code": ("address", "path", "settings"),
    "edits": (),
    "compare": ("settings",),
    "all_heads": ("row",),
    "block_view": ("block", "head", "row"),
    "csv": ("part", "settings", "block", "head", "table"),
    "inspect": ("address", "settings"),
    "logit_terms": ("token", "minus", "row"),
    "likeliest": ("row", "temperature"),
    "guess": ("text", "settings"),
    "merges": ("piece", "row"),
    "most_moved": ("row",),
    "nearest": ("token",),
    "pin": ("settings", "mark"),
    "product": ("name", "block", "head"),
    "reading": (),
    "next_tokens": ("settings",),
    "steps": ("settings",),
    "score": ("block", "head", "row", "column"),
    "intact": ("settings",),
    "heatmap_cell": ("name", "block", "head", "row", "cell"),
    "table": ("name", "block", "head"),
    "unpin": ("settings",),
    "weights": ("address", "closer"),
    "attention_head": ("block", "head"),
    "what_if": ("removals", "settings", "row"),
}
OF_THE_BROWSER = (  # the functions below
    *("load", "open_user_checkpoint", "load_progress", "remove", "stored", "handed", "predict_own"),
    *("own_reading", "version_of", "version_with", "version_by"),
)

compile_kernel = Loader()
engine = Engine(compile_kernel=compile_kernel)
store: Store | None = None  # the finished files of the model last asked for
saved = ""  # the address of the last file that was handed out


def heap() -> int:
    """Bytes of WebAssembly memory this interpreter holds now."""
    return pyodide_js._module.HEAPU8.length


def read(names: tuple[str, ...], crossed: tuple) -> list:
    """What crossed the wire as the engine takes it."""
    return [READ[name](value) if name in READ else value for name, value in zip(names, crossed, strict=True)]


def with_browser(name: str, answer: Answer) -> Answer:
    """An answer with what only the browser knows."""
    if "run" in answer:
        return {**answer, "heap": heap()}
    if "gone" in answer:
        return answer
    if name == "about":
        return {**answer, "heap": heap(), "device_memory": device_memory(), "kernel": compile_kernel.build}
    if name == "csv":
        return {"address": handed_out(answer["text"], "text/csv;charset=utf-8")}
    if name == "archive":
        return {"address": handed_out(answer["data"], "application/zip")}
    return answer


def handed_out(data: str | bytes, kind: str) -> str:
    """The address of a file of this kind for the reader: it does not itself cross to the page's interpreter, which is
    slow with long texts."""
    global saved
    if saved:
        URL.revokeObjectURL(saved)
    options = to_js({"type": kind}, dict_converter=Object.fromEntries)
    saved = URL.createObjectURL(Blob.new(to_js([data]), options))
    return saved


def handed(model: str) -> JsProxy:
    """What the sandbox is given of the model in use, as bytes: no address, the page's policy lets it read none.

    Raises LookupError where that is not the `model` of a reading any more.
    """
    if name_of(engine.in_use) != model:
        raise LookupError(model)
    return to_js(pack(engine.in_use.session, engine.in_use.tokenizer))


def own_reading(text: str, ids: str, removals: str) -> str:
    """What the sandbox is to compute of a text, see `own.py`."""
    try:
        return text_of(reading_by_own(engine.in_use, *read(("text", "ids", "removals"), (text, ids, removals))))
    except Exception as error:
        return text_of(failure_of(error))


async def predict_own(*crossed: Any) -> str:
    """As `predict`, of which the last argument is what a reader's own version of the code has left: float32 numbers, an
    ArrayBuffer."""
    *values, buffer = crossed
    try:
        *asked, removals = read(TEXT, tuple(values))
        asked.append((*removals, Own(np.frombuffer(buffer.to_bytes(), np.float32))))
        return text_of(with_browser("predict", await engine.predict(*asked)))
    except Exception as error:
        return failure(error)


def version_of(text: str) -> str:
    """What a text of the code changes, see `difference.py`."""
    return text_of(version(json.loads(text)["value"]))


def version_with(names: str) -> str:
    """Our text with these edits, as JSON."""
    return text_of(with_edits(json.loads(names)))


def version_by(changes: str) -> str:
    """The text of the code that these changes make."""
    return text_of(restored(json.loads(changes)["value"]))


def failure(error: Exception) -> str:
    """Whatever goes wrong is an answer: the page waits for one."""
    if isinstance(error, MemoryError):
        return text_of({"error": "memory", "file": ""})
    return text_of({"error": "failed", "file": f"{type(error).__name__}: {error}"})


def at_once(name: str) -> Callable[..., str]:
    def call(*crossed: object) -> str:
        try:
            return text_of(getattr(engine, name)(*read(CALLS[name], crossed)))
        except Exception as error:
            return failure(error)

    return call


def waited_for(name: str) -> Callable:
    async def call(*crossed: object) -> str:
        try:
            answer = await getattr(engine, name)(*read(WAITED_FOR[name], crossed))
            return text_of(with_browser(name, answer))
        except Exception as error:
            return failure(error)

    return call


def of_a_run(name: str) -> Callable[..., str]:
    def call(run: int, *crossed: object) -> str:
        try:
            return text_of(with_browser(name, engine.ask(run, name, *read(OF_A_RUN[name], crossed))))
        except Exception as error:
            return failure(error)

    return call


def load_progress() -> str:
    """How much of the model has come, see `answers.Report`."""
    return text_of(engine.progress.report())


async def load(request: str) -> str:
    """Load a model of this site: JSON {"site", "name", "version", "base", "precision"}.

    `site` and `base` are the absolute addresses of the site and of the model's folder, ending in /; `version` is the
    SHA-256 of the model's index; `precision` is how its weights are to be held and multiplied, see `Precision`, or null
    for what suits it and the device. Answers what `Engine.take` does.
    """
    global store
    asked = json.loads(request)
    site, name, version, base = asked["site"], asked["name"], asked["version"][:16], asked["base"]
    if store is None or store.name != cache_name(site, name, version):
        store = Store(site, name, version)
    mine = store
    await mine.open()  # anew: what was kept may have been removed meanwhile

    async def fetched(precision: Precision | None) -> Model:
        index = await download_index(base, asked["version"], mine)
        model = await loading.load(
            index,
            lambda file, arrived: download(base, file, mine, arrived),
            engine.progress,
            precision,
            device_memory(),
            compile_kernel,
        )
        await mine.only_this(site, name)
        return model

    answer = await engine.take(fetched, asked["precision"])
    return text_of(answer if "error" in answer else {**answer, "trouble": mine.trouble})


async def open_user_checkpoint(files: JsProxy, precision: Precision | Literal[""]) -> str:
    """Load a reader's own checkpoint: an array of JavaScript Files, weights, tokenizer.json, config.json and others."""
    weights, tokenizer, config, *unused = files

    async def read_whole(file: JsProxy) -> bytes:
        return (await read_file(file, 0, file.size)).tobytes()

    async def read_user_checkpoint(precision: Precision | None) -> Model:
        model = await load_user_checkpoint(
            lambda begin, end: read_file(weights, begin, end),
            weights.size,
            await read_whole(tokenizer),
            await read_whole(config),
            engine.progress,
            precision,
            device_memory(),
            weights.name,
            compile_kernel,
        )
        return model._replace(unused=tuple(file.name for file in unused))

    return text_of(await engine.take(read_user_checkpoint, precision or None))


async def stored(site: str) -> str:
    """How many files this browser keeps of each model of the site: {"NAME VERSION": number}, 16 digits a version."""
    return text_of(await kept(site))


async def remove(site: str, name: str, version: str) -> str:
    """Forget what this browser keeps of a model; answers as `stored` does."""
    await forget(site, name, version[:16])
    return await stored(site)


for makes, table in ((at_once, CALLS), (waited_for, WAITED_FOR), (of_a_run, OF_A_RUN)):
    globals().update({name: makes(name) for name in table})
__export__ = [*CALLS, *WAITED_FOR, *OF_A_RUN, *OF_THE_BROWSER]
