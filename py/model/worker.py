"""The functions the page may call, and only those. Answers are JSON text; a failure is an answer too, not an exception.

Everything runs on the worker's one thread; `await asyncio.sleep(0)` between blocks lets newer requests in.
"""

import asyncio
import json

import numpy as np
import pyodide_js
from js import URL, Blob, Object
from pyodide.ffi import to_js

from model import export, sampling
from model.checkpoint import parameters
from model.choosing import Loaded, cancel, hold, load, open_own, progress, remove, stored  # noqa: F401  exported
from model.download import device_memory
from model.explain import attention_heads, next_tokens, read_prompt
from model.lens import lens
from model.lists import text_of
from model.pinned import Pinned
from model.tokenizer import TokenizerError
from model.view import block_view, drawn_row, one_score, read_strip, square_table, stages, strip_table

__export__ = [
    "about",
    "cancel",
    "compare",
    "computing",
    "forming",
    "heads",
    "hold",
    "load",
    "look",
    "numbers",
    "open_own",
    "pin",
    "predict",
    "progress",
    "remove",
    "reshape",
    "score",
    "stored",
    "strip",
    "table",
    "tokenize",
    "unpin",
    "work",
]


def heap() -> int:
    """Bytes of WebAssembly memory this interpreter holds now."""
    return pyodide_js._module.HEAPU8.length


def about() -> str:
    """How the last pass went: seconds of its parts, operations in all; how the weights are held, and the memory."""
    session = Loaded.session
    timing = session.timing
    return text_of(
        {
            **timing._asdict(),
            "total": timing.total,
            "operations": timing.operations(session.config),
            "parameters": parameters(session.config),
            "resident": Loaded.resident,
            "heap": heap(),
            "device_memory": device_memory(),
        }
    )


def tokenize(field: str) -> str:
    """The tokens of a text, given as JSON {"value": text}; the model does not run."""
    try:
        _, answer = read_prompt(json.loads(field)["value"], Loaded.tokenizer, Loaded.session.config.n_positions)
    except TokenizerError as error:
        return text_of({"error": "text", "file": str(error)})
    return text_of(answer)


async def predict(field: str, appended: str, settings: str, block: int, head: int, row: int) -> str:
    """Run the model on a text, given as for `tokenize`, and the ids `appended` to it, a JSON list.

    Answers its tokens, the likeliest next tokens under `settings` (see `reshape`), the picture of one block, head and
    token (see `look`), milliseconds and heap bytes; {"replaced": true} when a newer call came before this one was done.
    """
    Loaded.newest += 1
    mine = Loaded.newest
    session = Loaded.session
    try:
        text, drawn = json.loads(field)["value"], json.loads(appended)
        ids, answer = read_prompt(text, Loaded.tokenizer, session.config.n_positions, drawn)
        for Loaded.done in session.steps(ids):
            await asyncio.sleep(0)
            if mine != Loaded.newest:
                return text_of({"replaced": True})
    except TokenizerError as error:
        return text_of({"error": "text", "file": str(error)})
    except MemoryError:
        return text_of({"error": "memory", "file": f"{len(ids)}"})
    Loaded.order = sampling.ranking(session.final.logits[0])
    Loaded.run = mine
    answer["milliseconds"] = 1000 * session.timing.total
    answer["heap"] = heap()
    answer["next"] = following(json.loads(settings))
    answer["view"] = view(block, head, row)
    return text_of(answer)


def computing() -> str:
    """How far the newest `predict` is: {"done", "total"} blocks."""
    return text_of({"done": Loaded.done, "total": Loaded.session.config.n_layer})


def following(settings: dict) -> dict:
    """`count` and `query` in `settings` say which tokens are listed; the rest shapes the distribution."""
    count, query = settings.pop("count"), settings.pop("query")
    answer = next_tokens(Loaded.session, Loaded.tokenizer, Loaded.order, count, settings, query)
    if Loaded.pinned:
        listed = [row["id"] for row in answer["candidates"]]
        answer["pinned"] = Loaded.pinned.line(shares(settings), Loaded.tokenizer, listed)
    return answer


def shares(settings: dict) -> np.ndarray:
    """The last prediction's probabilities (V,) as sampled under `settings`."""
    return sampling.sampled(
        Loaded.session.final.logits[0], Loaded.order, settings["temperature"], settings["top_k"], settings["top_p"]
    )


def within(block: int, head: int) -> tuple[int, int]:
    """A block and head that this model has: a link may have been made with a larger one."""
    config = Loaded.session.config
    return min(max(block, 0), config.n_layer - 1), min(max(head, 0), config.n_head - 1)


def token_within(row: int) -> int:
    return drawn_row(Loaded.session, row)


def reshape(settings: str) -> str:
    """The last prediction under other settings, JSON {"temperature", "top_k", "top_p", "u", "count", "query"}."""
    return text_of(following(json.loads(settings)))


def pin(settings: str) -> str:
    """Put the present distribution aside, to be laid beside later ones; answers as `reshape` does."""
    chosen = json.loads(settings)
    answer = following(dict(chosen))
    Loaded.pinned = Pinned(shares(chosen), answer, Loaded.tokenizer)
    return reshape(settings)


def unpin(settings: str) -> str:
    Loaded.pinned = None
    return reshape(settings)


def compare(settings: str) -> str:
    """The pinned distribution and the present one, token by token."""
    rows = Loaded.pinned.rows(shares(json.loads(settings)), Loaded.tokenizer)
    return text_of({"rows": rows, "next": following(json.loads(settings))})


def look(block: int, head: int, row: int) -> str:
    """The picture of one block and head, with the token `row` explaining itself, or the last for one not drawn."""
    return text_of(view(block, head, row))


def view(block: int, head: int, row: int) -> dict:
    """A picture and the `run` it belongs to: the page drops one that no longer fits the tokens it shows."""
    session = Loaded.session
    row = row if row == token_within(row) else len(session.ids) - 1
    return {**block_view(session, *within(block, head), row), "run": Loaded.run}


async def forming() -> str:
    """What the model would say if it stopped after each block; {"replaced": true} when a newer text came meanwhile."""
    mine, depths = Loaded.newest, []
    for depth in lens(Loaded.session, Loaded.tokenizer):
        depths.append(depth)
        await asyncio.sleep(0)
        if mine != Loaded.newest:
            return text_of({"replaced": True})
    return text_of({"depths": depths})


def heads() -> str:
    """Every head of every block in small."""
    return text_of({"blocks": attention_heads(Loaded.session, Loaded.tokenizer)})


def work(block: int, head: int) -> str:
    """The three steps of one head, from queries and keys to shares."""
    return text_of(stages(Loaded.session, *within(block, head)))


def score(block: int, head: int, row: int, column: int) -> str:
    """One cell of those steps, worked out."""
    return text_of(one_score(Loaded.session, *within(block, head), token_within(row), token_within(column)))


def strip(name: str, block: int, head: int, row: int, cell: int) -> str:
    """What one cell of a strip stands for."""
    return text_of(read_strip(Loaded.session, name, *within(block, head), token_within(row), cell))


def table(name: str, block: int, head: int) -> str:
    """The numbers of a strip, or of one step of a head, for a table."""
    make = square_table if name in ("scores", "masked", "pattern") else strip_table
    return text_of(make(Loaded.session, name, *within(block, head)))


def numbers(part: str, settings: str, block: int, head: int, table: str) -> str:
    """The numbers of an opened part as a CSV file: its address, for the page to hand to the reader.

    The file itself does not cross to the page's interpreter, which is slow with long texts.
    """
    block, head = within(block, head)
    chosen = {"block": block, "head": head, "table": table, "pinned": Loaded.pinned}
    text = export.numbers(part, Loaded.session, Loaded.tokenizer, Loaded.order, json.loads(settings), chosen)
    if Loaded.saved:
        URL.revokeObjectURL(Loaded.saved)
    kind = to_js({"type": "text/csv;charset=utf-8"}, dict_converter=Object.fromEntries)
    Loaded.saved = URL.createObjectURL(Blob.new(to_js([text]), kind))
    return text_of({"address": Loaded.saved})
