"""The functions the page may call, and only those. Answers are JSON text; a failure is an answer too, not an exception.

Everything runs on the worker's one thread; `await asyncio.sleep(0)` between blocks lets newer requests in.

Each text that is read is a run, with a number. What the page asks about a run, it asks by that number, so that no
number of one text is ever taken for another's: see `of_run`.
"""

import asyncio
import functools
import json
from collections.abc import Callable

import numpy as np
import pyodide_js
from js import URL, Blob, Object
from pyodide.ffi import to_js

from model import export, sampling
from model.checkpoint import parameters
from model.choosing import Coming, Loaded, Runner, cancel, hold, load, open_own, progress, remove, stored  # noqa: F401
from model.download import device_memory
from model.explain import attention_heads, next_tokens, read_prompt
from model.lens import lens
from model.lists import text_of
from model.pinned import Pinned
from model.session import Session, TooLargeError
from model.tokenizer import Tokenizer, TokenizerError
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
    "use",
    "work",
]


GONE = {"gone": True}  # the model has gone on to another text
NO_TEXT = json.dumps({"value": ""})


def of_run(answer: Callable[..., dict]) -> Callable[..., str]:
    """Makes `answer` take the number of a run first: the last one, else all there is to say is `GONE`."""

    @functools.wraps(answer)
    def asked(run: int, *values: object) -> str:
        return text_of(answer(*values) if run == Loaded.run else GONE)

    return asked


def heap() -> int:
    """Bytes of WebAssembly memory this interpreter holds now."""
    return pyodide_js._module.HEAPU8.length


def session() -> Session:
    """Of the model in use."""
    return Loaded.runner.session


def tokenizer() -> Tokenizer:
    return Loaded.runner.tokenizer


@of_run
def about() -> dict:
    """How the run went: seconds of its parts, operations in all; how the weights are held, and the memory."""
    timing, config = session().timing, session().config
    return {
        **timing._asdict(),
        "total": timing.total,
        "operations": timing.operations(config),
        "parameters": parameters(config),
        "resident": Loaded.runner.resident,
        "rounding": Loaded.runner.rounding,
        "without_token": tokenizer().vocab_size - tokenizer().token_count,
        "first_without": tokenizer().token_count,
        "heap": heap(),
        "device_memory": device_memory(),
    }


def tokenize(field: str) -> str:
    """The tokens of a text, given as JSON {"value": text}; the model does not run."""
    try:
        _, answer = read_prompt(json.loads(field)["value"], tokenizer(), session().config.n_positions)
    except TokenizerError as error:
        return text_of({"error": "text", "file": str(error)})
    return text_of(answer)


async def predict(field: str, appended: str, settings: str, block: int, head: int, row: int) -> str:
    """A new run: the model in use reads a text, given as for `tokenize`, and the ids `appended` to it, a JSON list.

    Answers the number of the run, its tokens, the likeliest next tokens under `settings` (see `reshape`), the picture
    of one block, head and token (see `look`), milliseconds and heap bytes; {"replaced": true} when a newer call came
    before this one was done, {"error", "file"} when the model cannot read this. The last run then stays.
    """
    return text_of(await read(Loaded.runner, field, appended, settings, block, head, row))


async def use(field: str, appended: str, settings: str, block: int, head: int, row: int) -> str:
    """The same with the model that has been loaded: when it can read the text, it is the model in use.

    After {"replaced": true} it waits to be asked again; after an error it is gone, and the one in use before stays. Of
    a text that is not Unicode nothing is read, and `unread` says why.
    """
    runner = Coming.runner
    if runner is None:
        return text_of({"error": "cancelled", "file": ""})
    answer = await read(runner, field, appended, settings, block, head, row)
    if answer.get("error") == "text":  # no fault of the model
        answer = await read(runner, NO_TEXT, "[]", settings, block, head, row) | {"unread": answer["file"]}
    if answer.get("error") == "broken":
        answer |= {"error": "unused"}
    if "replaced" not in answer and Coming.runner is runner:
        Coming.runner = None
    return text_of(answer)


async def read(runner: Runner, field: str, appended: str, settings: str, block: int, head: int, row: int) -> dict:
    """A run of `runner`'s model, which is then the one in use; see `predict`."""
    Loaded.newest += 1
    mine = Loaded.newest
    Loaded.done, Loaded.total = 0, runner.session.config.n_layer
    try:
        text, drawn = json.loads(field)["value"], json.loads(appended)
        ids, answer = read_prompt(text, runner.tokenizer, runner.session.config.n_positions, drawn)
        for Loaded.done in runner.session.steps(ids):
            await asyncio.sleep(0)
            if mine != Loaded.newest:
                return {"replaced": True}
    except TokenizerError as error:
        return {"error": "text", "file": str(error)}
    except MemoryError:
        return {"error": "memory", "file": f"{len(ids)}"}
    except TooLargeError as error:
        return {"error": "broken", "file": str(error)}
    except Exception as error:  # whatever it was: the page waits for an answer
        return {"error": "failed", "file": f"{type(error).__name__}: {error}"}
    Loaded.runner, Loaded.run = runner, mine
    Loaded.order = sampling.ranking(session().final.logits[0])
    answer["run"] = mine
    answer["milliseconds"] = 1000 * session().timing.total
    answer["computed"] = session().timing.tokens
    answer["heap"] = heap()
    answer["next"] = following(json.loads(settings))
    answer["view"] = view(block, head, row)
    return answer


def computing() -> str:
    """How far the newest run is: {"done", "total"} blocks."""
    return text_of({"done": Loaded.done, "total": Loaded.total})


def following(settings: dict) -> dict:
    """`count` and `query` in `settings` say which tokens are listed; the rest shapes the distribution."""
    count, query = settings.pop("count"), settings.pop("query")
    answer = next_tokens(session(), tokenizer(), Loaded.order, count, settings, query)
    if Loaded.pinned:
        listed = [row["id"] for row in answer["candidates"]]
        answer["pinned"] = Loaded.pinned.line(shares(settings), tokenizer(), listed)
    return answer


def shares(settings: dict) -> np.ndarray:
    """The last prediction's probabilities (V,) as sampled under `settings`."""
    return sampling.sampled(
        session().final.logits[0], Loaded.order, settings["temperature"], settings["top_k"], settings["top_p"]
    )


def within(block: int, head: int) -> tuple[int, int]:
    """A block and head that this model has: a link may have been made with a larger one."""
    config = session().config
    return min(max(block, 0), config.n_layer - 1), min(max(head, 0), config.n_head - 1)


def token_within(row: int) -> int:
    return drawn_row(session(), row)


@of_run
def reshape(settings: str) -> dict:
    """The last prediction under other settings, JSON {"temperature", "top_k", "top_p", "u", "count", "query"}."""
    return following(json.loads(settings))


@of_run
def pin(settings: str) -> dict:
    """Put the present distribution aside, to be laid beside later ones; answers as `reshape` does."""
    chosen = json.loads(settings)
    answer = following(dict(chosen))
    Loaded.pinned = Pinned(shares(chosen), answer, tokenizer())
    return following(chosen)


@of_run
def unpin(settings: str) -> dict:
    Loaded.pinned = None
    return following(json.loads(settings))


@of_run
def compare(settings: str) -> dict:
    """The pinned distribution and the present one, token by token."""
    rows = Loaded.pinned.rows(shares(json.loads(settings)), tokenizer())
    return {"rows": rows, "next": following(json.loads(settings))}


@of_run
def look(block: int, head: int, row: int) -> dict:
    """The picture of one block and head, with the token `row` explaining itself, or the last for one not drawn."""
    return view(block, head, row)


def view(block: int, head: int, row: int) -> dict:
    """See `look`."""
    row = row if row == token_within(row) else len(session().ids) - 1
    return block_view(session(), *within(block, head), row)


async def forming(run: int) -> str:
    """What the model would say if it stopped after each block; `GONE` as soon as a newer text is being read."""
    newest, depths = Loaded.newest, []
    if run == Loaded.run:
        for depth in lens(session(), tokenizer()):
            depths.append(depth)
            await asyncio.sleep(0)
            if newest != Loaded.newest:
                return text_of(GONE)
    return text_of({"depths": depths} if depths else GONE)


@of_run
def heads() -> dict:
    """Every head of every block in small."""
    return {"blocks": attention_heads(session(), tokenizer())}


@of_run
def work(block: int, head: int) -> dict:
    """The three steps of one head, from queries and keys to shares."""
    return stages(session(), *within(block, head))


@of_run
def score(block: int, head: int, row: int, column: int) -> dict:
    """One cell of those steps, worked out."""
    return one_score(session(), *within(block, head), token_within(row), token_within(column))


@of_run
def strip(name: str, block: int, head: int, row: int, cell: int) -> dict:
    """What one cell of a strip stands for."""
    return read_strip(session(), name, *within(block, head), token_within(row), cell)


@of_run
def table(name: str, block: int, head: int) -> dict:
    """The numbers of a strip, or of one step of a head, for a table."""
    make = square_table if name in ("scores", "masked", "pattern") else strip_table
    return make(session(), name, *within(block, head))


@of_run
def numbers(part: str, settings: str, block: int, head: int, table: str) -> dict:
    """The numbers of an opened part as a CSV file: its address, for the page to hand to the reader.

    The file itself does not cross to the page's interpreter, which is slow with long texts.
    """
    block, head = within(block, head)
    chosen = {"block": block, "head": head, "table": table, "pinned": Loaded.pinned}
    text = export.numbers(part, session(), tokenizer(), Loaded.order, json.loads(settings), chosen)
    if Loaded.saved:
        URL.revokeObjectURL(Loaded.saved)
    kind = to_js({"type": "text/csv;charset=utf-8"}, dict_converter=Object.fromEntries)
    Loaded.saved = URL.createObjectURL(Blob.new(to_js([text]), kind))
    return {"address": Loaded.saved}
