"""What the worker answers to many questions about many texts: recorded once, so that a redesign keeps every number.

    python -m tests.unit.worker.recorded        writes tests/golden/recorded.json.xz anew, from the code as it is

The texts come one after the other, so that each keeps what it shares with the one before.
"""

import asyncio
import csv
import io
import json
import lzma
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from build.paths import ROOT
from build.site import site
from page.state import links
from tests.model.explain.pictures import pixels
from tests.unit.without_browser import in_thread, runner_of, worker_of

FILE = Path(__file__).parents[2] / "golden" / "recorded.json.xz"
DIGITS = 6  # of a number, as it is kept
CLOSE = 2e-4  # relative, and absolute: float32 sums come out a little differently on another machine
ONE_STEP = 2  # of 255: a colour or opacity that rounds the other way
# Of `predict` and `about` what depends on the machine and its browser.
OF_THE_CLOCK = ("milliseconds", "heap", "embedding", "attention", "mlp", "head", "total", "kernel")

TEXTS = (  # with the ids generated after each
    ("The little girl was very happy because", ()),
    ("The little girl was very happy because", (673, 373)),
    ("The little boy was very happy because", ()),
    ("", ()),
    ("a", ()),
    ("My sister married Mr. Davis. I like Mr.", ()),
    ('Is it <b>"50 %"</b> & more?\n\tYes; 你好 🙂 é, naïve\u200b.', ()),
    ("One day a little girl went to the park with her mother and saw a small dog. " * 9, ()),
    ("It is the largest city in the", ()),
)
SETTINGS = (
    {"temperature": 0.8, "top_k": None, "top_p": None, "u": 0.5, "count": 12, "query": ""},
    {"temperature": 0, "top_k": None, "top_p": None, "u": 0.25, "count": 20, "query": ""},
    {"temperature": 1, "top_k": 6, "top_p": None, "u": 0.99, "count": 12, "query": ""},
    {"temperature": 1.35, "top_k": 30, "top_p": 0.4, "u": 0.125, "count": 40, "query": ""},
    {"temperature": 0.5, "top_k": None, "top_p": None, "u": 0.5, "count": 12, "query": " th"},
    {"temperature": 1, "top_k": None, "top_p": 0.9, "u": 0.75, "count": 12, "query": "no such token"},
)
FIRST = json.dumps(SETTINGS[0])
PLACES = ((0, 0, -1), (5, 0, 6), (3, 2, 1), (99, 99, 99))  # block, head, row: beyond the ends too
STRIPS = ("token", "position", "embedded", "resid_pre", "q", "k", "v", "head_q", "head_k", "head_v", "z", "attn_out")
STRIPS += ("resid_mid", "mlp_post", "mlp_out", "resid_post")
SQUARES = ("scores", "masked", "pattern")
LINKS = (
    "",
    "#text=The%20cat&block=3&head=2&token=2&open=head&t=0.5&k=40&p=0.9&seed=7&draw=2&hide=curve,forming&check=12",
    "#text=Ho%2C%20ho&block=3&t=0.5&open=head",
    "#text=The cat, sat? on%C3&block=99&head=9&t=7&token=88&open=<b>&k=-1",
    "#model=gpt2&text=%E4%BD%A0%E5%A5%BD&open=next",
)


def questions(number: int) -> Iterator[tuple]:
    """(call, arguments) to be asked about the text with this number; `csv` and tables of a few texts only."""
    for settings in SETTINGS:
        yield "next_tokens", json.dumps(settings)
    for place in PLACES:
        yield "block_view", *place
    for block, head, row in PLACES[:3]:
        yield "attention_head", block, head
        yield "score", block, head, row, 0
        yield "score", block, head, 2, row
        for name in STRIPS:
            yield "heatmap_cell", name, block, head, row, 5
    yield ("logit_lens",)
    yield "all_heads", -1
    yield ("about",)
    yield ("pin", FIRST, 1) if number == 1 else ("compare" if number > 1 else "unpin", FIRST)
    if number == 2:
        for name in (*STRIPS, *SQUARES):
            yield "table", name, 4, 3
            yield "csv", "table", FIRST, 4, 3, name
        for part in ("embedding", "attention_head", "all_heads", "probabilities", "logit_lens", "compare"):
            yield "csv", part, FIRST, 4, 3, ""


def table_of(saved: str) -> list[list]:
    """A CSV file's lines, its numbers as such."""
    assert saved.startswith("\ufeff")
    return [[number_or_text(cell) for cell in line] for line in csv.reader(io.StringIO(saved[1:]))]


def number_or_text(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def play() -> list[dict]:
    """Every question with its answer, in order."""
    answers = []
    with worker_of(runner_of(*site.load_model(ROOT / "weights" / site.MODEL))) as worker:
        for number, (text, ids) in enumerate(TEXTS):
            field = json.dumps({"value": text})
            answer = json.loads(
                in_thread(worker.predict(field, json.dumps(ids), FIRST, 5, 0, -1, json.dumps({"cuts": []})))
            )
            run = answer.pop("run")
            answers.append({"text": number, "asked": ["predict"], "answer": answer})
            for name, *values in questions(number):
                found = getattr(worker, name)(run, *values)
                found = json.loads(in_thread(found) if asyncio.iscoroutine(found) else found)
                if name == "csv":
                    found = table_of(found["address"])
                answers.append({"text": number, "asked": [name, *values], "answer": found})
            for one in answers:
                if one["asked"][0] in ("predict", "about"):
                    for name in OF_THE_CLOCK:
                        one["answer"].pop(name, None)
        for text in ("\ud800", "x" * 5):
            found = json.loads(worker.tokenize(json.dumps({"value": text})))
            answers.append({"text": None, "asked": ["tokenize", ascii(text)], "answer": found})
    for link in LINKS:
        answers.append({"text": None, "asked": ["link", link], "answer": list(links.understood(link))})
    return json.loads(json.dumps(answers), parse_float=lambda digits: float(f"{float(digits):.{DIGITS}g}"))


def differences(kept: object, found: object, place: str = "") -> Iterator[str]:
    """Where an answer is another than the kept one, in words."""
    if isinstance(kept, dict) and isinstance(found, dict):
        if kept.keys() != found.keys():
            yield f"{place}: fields {sorted(kept.keys() ^ found.keys())}"
        for name in kept.keys() & found.keys():
            yield from differences(kept[name], found[name], f"{place}.{name}")
    elif isinstance(kept, list) and isinstance(found, list):
        if len(kept) != len(found):
            yield f"{place}: {len(found)} entries, not {len(kept)}"
        for i, (a, b) in enumerate(zip(kept, found, strict=False)):
            yield from differences(a, b, f"{place}[{i}]")
    elif isinstance(kept, str) and isinstance(found, str) and kept.startswith("data:image/png"):
        a, b = pixels(kept).astype(int), pixels(found).astype(int)
        if a.shape != b.shape or np.abs(a - b).max(initial=0) > ONE_STEP:
            yield f"{place}: another picture"
    elif is_number(kept) and is_number(found):
        if not math.isclose(kept, found, rel_tol=CLOSE, abs_tol=CLOSE):
            yield f"{place}: {found}, not {kept}"
    elif kept != found:
        yield f"{place}: {found!r}, not {kept!r}"


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def read() -> list[dict]:
    return json.loads(lzma.decompress(FILE.read_bytes()))


if __name__ == "__main__":
    text = json.dumps(play(), ensure_ascii=True, separators=(",", ":"))
    FILE.write_bytes(lzma.compress(text.encode(), preset=9))
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")
