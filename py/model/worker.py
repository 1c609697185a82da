"""The functions the page may call, and only those. Answers are JSON text; a failure is an answer too, not an exception.

Everything runs on the worker's one thread; `await asyncio.sleep(0)` between blocks lets newer requests in.
"""

import asyncio
import json
import time

import pyodide_js

from model import sampling
from model.checkpoint import CheckpointError, weights_from_shards
from model.config import ConfigError, GPT2Config
from model.download import DownloadError, download, download_index
from model.explain import attention_heads, next_tokens, read_prompt
from model.safetensors import SafetensorsError
from model.session import Session
from model.tokenizer import Tokenizer, TokenizerError

__export__ = ["load", "predict", "progress", "reshape", "tokenize"]


class Loaded:
    """The model in use and the text it last read. `newest` numbers the requests: an older one gives way."""

    session: Session | None = None
    tokenizer: Tokenizer | None = None
    order = None  # ranking of the last prediction's logits
    arrived = 0  # bytes
    total = 0  # bytes
    newest = 0


def progress() -> str:
    """How much of the model has come: {"arrived", "total"} in bytes; total is 0 before the index is read."""
    return text_of({"arrived": Loaded.arrived, "total": Loaded.total})


async def load(base: str, fresh: bool) -> str:
    """Load the model under `base` (an absolute address ending in /); `fresh` refetches past the browser's cache."""
    Loaded.arrived = Loaded.total = 0
    try:
        files = await download_index(base, fresh)
        Loaded.total = sum(file.size for file in files)
        data = {}
        for file in files:
            data[file.name] = await download(base, file, count_arrived, fresh)
        config = GPT2Config.from_json(data.pop("config.json").tobytes())
        tokenizer = Tokenizer.from_json(data.pop("tokenizer.json").tobytes().decode())
        weights = weights_from_shards(list(data.values()), config)
    except DownloadError as error:
        return text_of({"error": error.kind, "file": error.file})
    except (
        ConfigError,
        CheckpointError,
        SafetensorsError,
        TokenizerError,
        KeyError,
        UnicodeDecodeError,
    ) as error:
        return text_of({"error": "unusable", "file": str(error)})
    except MemoryError:
        return text_of({"error": "memory", "file": base})
    Loaded.session, Loaded.tokenizer = Session(weights, config), tokenizer
    return text_of({"n_layer": config.n_layer, "n_head": config.n_head, "bytes": Loaded.total, "heap": heap()})


def text_of(answer: dict) -> str:
    """JSON with every character as itself: MicroPython's json does not join the two halves of an escaped emoji."""
    return json.dumps(answer, ensure_ascii=False)


def count_arrived(count: int) -> None:
    Loaded.arrived += count


def heap() -> int:
    """Bytes of WebAssembly memory this interpreter holds now."""
    return pyodide_js._module.HEAPU8.length


def tokenize(field: str) -> str:
    """The tokens of a text, given as JSON {"value": text}; the model does not run."""
    try:
        _, answer = read_prompt(json.loads(field)["value"], Loaded.tokenizer, Loaded.session.config.n_positions)
    except TokenizerError as error:
        return text_of({"error": "text", "file": str(error)})
    return text_of(answer)


async def predict(field: str, count: int, temperature: float) -> str:
    """Run the model on a text, given as for `tokenize`.

    Answers its tokens, the `count` likeliest next tokens, every head's pattern, milliseconds and heap bytes;
    {"replaced": true} when a newer call came before this one was done.
    """
    Loaded.newest += 1
    mine = Loaded.newest
    session = Loaded.session
    try:
        ids, answer = read_prompt(json.loads(field)["value"], Loaded.tokenizer, session.config.n_positions)
        started = time.perf_counter()
        for _ in session.steps(ids):
            await asyncio.sleep(0)
            if mine != Loaded.newest:
                return text_of({"replaced": True})
    except TokenizerError as error:
        return text_of({"error": "text", "file": str(error)})
    except MemoryError:
        return text_of({"error": "memory", "file": f"{len(ids)}"})
    Loaded.order = sampling.ranking(session.final.logits[0])
    answer["milliseconds"] = 1000 * (time.perf_counter() - started)
    answer["heads"] = attention_heads(session, Loaded.tokenizer)
    answer["heap"] = heap()
    answer["next"] = next_tokens(session, Loaded.tokenizer, Loaded.order, count, temperature)
    return text_of(answer)


def reshape(count: int, temperature: float) -> str:
    """The last prediction under another temperature; the model does not run."""
    return text_of(next_tokens(Loaded.session, Loaded.tokenizer, Loaded.order, count, temperature))
