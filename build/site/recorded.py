"""What the embedded model says of the page's examples: at once, and for browsers in which its Python cannot run.

The first is what the page shows before a model is there; the second is what it may ask of the examples all the same,
see page/recorded.py.
"""

import gzip
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from model.explain.answers import Prediction, Settings
from model.explain.block_view import IN_STAGES, first_row, heatmap_shape, vectors
from model.explain.pictures.heatmap import heatmap_cell
from model.explain.to_json import text_of
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer
from model.worker.engine import Engine, finish
from model.worker.run import Runner
from page.lessons.tour.output import WARM
from page.next_token import candidates, random_draw
from page.recorded import question
from page.state import examples
from page.state.state import LAST

DIGITS = 5  # of a number: the page shows three or four
SAID_OF_A_SCORE = ("row", "column", "scaled", "share", "length")


def opened(
    text: str, temperature: float, session: Session, tokenizer: Tokenizer
) -> tuple[Engine, Prediction, Settings]:
    """An engine that has read a text, what it said of that, and under which settings."""
    settings: Settings = {
        "temperature": temperature,
        "top_k": None,
        "top_p": None,
        "u": random_draw.FIRST,
        "count": candidates.COUNT,
        "query": "",
    }
    engine = Engine(Runner(session, tokenizer, "float32"))
    answer = finish(engine.predict(text, [], settings, 0, 0, LAST))
    if "run" not in answer:
        raise ValueError(f"the model does not read {text!r}: {answer}")
    return engine, answer, settings


def explain(text: str, temperature: float, session: Session, tokenizer: Tokenizer, opening: bool = False) -> dict:
    """What the engine answers to `predict`, with what it says after each block, less the timings.

    As the page's `opening` it shows the arrow that matters most, and says in `matters` what cutting it does.
    """
    engine, answer, _ = opened(text, temperature, session, tokenizer)
    whole = {**answer, **finish(engine.logit_lens(answer["run"]))}
    if opening:
        matters = finish(engine.most_telling(answer["run"], answer["view"]["row"], temperature))
        whole["matters"] = matters
        if "arrow" in matters and (arrow := matters["arrow"]):
            whole["view"] = engine.ask(answer["run"], "block_view", arrow["block"], arrow["head"], arrow["row"])
    return {name: value for name, value in whole.items() if name not in ("run", "milliseconds", "computed")}


def questions(session: Session, listed: list[int], pieces: int, settings: Settings) -> Iterator[tuple]:
    """Names of what can be asked about a run, each with what else crosses the wire.

    The text has so many `pieces`, and `listed` are its next tokens.

    What is alike stands together, which makes the file small. Left out is what would be most of it: the arithmetic of
    all numbers but shares, logits and probabilities.
    """
    config, count, first = session.config, len(session.ids), first_row(session)
    rows, blocks, heads = range(first, count), range(config.n_layer), range(config.n_head)
    yield from (("block_view", *place) for place in product(blocks, heads, (*rows, LAST)))
    yield from (("score", *place) for place in product(blocks, heads, rows, rows))
    for block, head, row in product(blocks, heads, rows):
        for column in range(row + 1):
            yield "inspect", f"blocks.{block}.attn.pattern[{head}, {row}, {column}]", settings
    for row in rows:
        yield "all_heads", row
        yield "likeliest", row, WARM
        yield "merges", LAST, row
        yield "logit_terms", -1, -1, row
    yield from (("merges", piece, LAST) for piece in range(pieces))
    for token in listed:
        yield "logit_terms", token, -1, count - 1
        yield "inspect", f"logits[{count - 1}, {token}]", settings
        yield "inspect", f"probabilities[{count - 1}, {token}]", settings


def strip_cells(session: Session) -> Iterator[tuple[str, dict]]:
    """What the run answers about each cell of each strip, by question: as they are many, the arrays are made once."""
    config, first, (cells, _) = session.config, first_row(session), heatmap_shape(session)
    asked = set()
    for block, head in product(range(config.n_layer), range(config.n_head)):
        for name, values in vectors(session, block, head, first).items():
            strip = question("heatmap_cell", (name, block, head))
            if name in IN_STAGES or strip in asked:
                continue
            asked.add(strip)
            for row, cell in product(range(len(values)), range(cells)):
                read = heatmap_cell(values, row, cell, cells)
                yield f"{strip} {first + row} {cell}", {"name": name, "row": first + row, **read}


def record(text: str, temperature: float, session: Session, tokenizer: Tokenizer) -> bytes:
    """The answers about a text as JSON text, by `question`, in JSON, compressed: it is most of all the same words."""
    engine, answer, settings = opened(text, temperature, session, tokenizer)
    run, listed = answer["run"], [row["id"] for row in answer["next"]["candidates"]]
    last = len(answer["tokens"]) - 1
    answers: dict[str, Any] = {
        question("logit_lens", ()): finish(engine.logit_lens(run)),
        question("most_telling", (last, temperature)): finish(engine.most_telling(run, last, temperature)),
    }
    pieces = len(engine.ask(run, "merges", LAST, last)["pieces"])
    for name, *values in questions(session, listed, pieces, settings):
        found = engine.ask(run, name, *values)
        if name == "score":  # its products would be more than all else together
            found = {field: found[field] for field in SAID_OF_A_SCORE}
        answers[question(name, values)] = found
    answers.update(strip_cells(session))
    texts = {key: text_of(rounded(found)) for key, found in answers.items()}
    return gzip.compress(json.dumps(texts, ensure_ascii=False).encode(), 9, mtime=0)


def write_examples(out: Path, session: Session, tokenizer: Tokenizer) -> list[dict]:
    """The files of the site in `out`; what is prepared of each example."""
    prepared = []
    for number, text in enumerate(examples.EXAMPLES):
        answer = explain(text, examples.TEMPERATURE, session, tokenizer, opening=True)
        path = out / examples.prepared(number)
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
        (out / examples.recorded(number)).write_bytes(record(text, examples.TEMPERATURE, session, tokenizer))
        prepared.append(answer)
    return prepared


def rounded(answer: Any) -> Any:
    """With no more digits than anybody reads."""
    if isinstance(answer, float):
        return float(f"{answer:.{DIGITS}g}")
    if isinstance(answer, list):
        return [rounded(one) for one in answer]
    if isinstance(answer, dict):
        return {name: rounded(one) for name, one in answer.items()}
    return answer
