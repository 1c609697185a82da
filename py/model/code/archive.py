"""The run to be taken along: the code that computed it, the weights in use, and a few lines that print its numbers.

It is a zip file that runs with Python and NumPy alone, as a script or as a notebook.
"""

import ast
import importlib
import inspect
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import asdict

import numpy as np

from model import sampling
from model.checkpoint.layout import SCALE
from model.checkpoint.quantization import Quantized
from model.edits import edited
from model.explain.answers import Sampling
from model.removals import edits, takes_mean, to_json
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer

FOLDER = "glassformer/"
LISTED = 12  # tokens, as on the page
NEEDS = ("gpt2", "sampling", "removals", "config", "checkpoint.layout", "checkpoint.quantization")  # of the lines below
LINES = """import json

import numpy as np

from model.checkpoint.layout import nested
from model.checkpoint.quantization import Quantized
from model.config import GPT2Config
from model.gpt2 import gpt2
from model.removals import Alterations, from_json
from model.sampling import ranking, sampled

run = json.load(open("run.json", encoding="utf-8"))
config = GPT2Config(**run["config"])
stored = np.load("weights.npz")
names = [name for name in stored if not name.endswith(".scale")]
flat = {n: Quantized(stored[n], stored[n + ".scale"]) if n + ".scale" in stored else stored[n] for n in names}
cuts = Alterations(from_json(run["cuts"], run["mean"]))
*_, logits = gpt2(run["ids"], nested(flat, config), config, lambda name, value: cuts.altered(name, value, 0))
order = ranking(logits[0])
probabilities = sampled(logits[0], order, run["temperature"], run["top_k"], run["top_p"])
for token in order[: len(run["tokens"])]:
    print(f"{100 * probabilities[token]:8.4f} %  logit {logits[0, token]:9.4f}  {run['tokens'][str(token)]!r}")
"""


def archive(session: Session, tokenizer: Tokenizer, settings: Sampling, note: str, source: str = "") -> bytes:
    """The bytes of the zip file; `note` is what its reader is told first, `source` the text of `gpt2.py` where that is
    the reader's own."""
    logits = session.final.logits[0]  # (V,)
    shown = {int(token): tokenizer.display(int(token)) for token in sampling.ranking(logits)[:LISTED]}
    run = {
        "ids": session.ids,
        "config": asdict(session.config),
        "cuts": to_json(session.removals),
        "mean": any(takes_mean(removal) for removal in session.removals),
        "temperature": settings["temperature"],
        "top_k": settings["top_k"],
        "top_p": settings["top_p"],
        "tokens": shown,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(FOLDER + "README.txt", note + "\n")
        file.writestr(FOLDER + "run.py", LINES)
        file.writestr(FOLDER + "run.ipynb", json.dumps(notebook(note), ensure_ascii=False, indent=1))
        file.writestr(FOLDER + "run.json", json.dumps(run, ensure_ascii=False, indent=1))
        texts = sources() | {"model/gpt2.py": source or edited(edits(session.removals))}
        for name, text in texts.items():
            file.writestr(FOLDER + name, text)
        with file.open(FOLDER + "weights.npz", "w") as weights:
            save: Callable[..., None] = np.savez  # its named arguments are arrays
            save(weights, **stored(session.weights))
    return out.getvalue()


def sources() -> dict[str, str]:
    """The text of every module of the model's that the lines need, by its place."""
    found: dict[str, str] = {"model/__init__.py": "", "model/checkpoint/__init__.py": ""}
    wanted = [f"model.{name}" for name in NEEDS]
    while wanted:
        name = wanted.pop()
        place = name.replace(".", "/") + ".py"
        if place not in found:
            found[place] = inspect.getsource(importlib.import_module(name))
            wanted += imported(found[place])
    return found


def imported(text: str) -> list[str]:
    """The model's modules that a module imports."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module == "model":
            found += [f"model.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("model."):
            found.append(str(node.module))
    return found


def stored(weights: dict) -> dict[str, np.ndarray]:
    """Weights by full name as they are held: rounded ones as whole numbers with their scales beside."""
    flat = {name: w for name, w in weights.items() if name != "h"}
    for number, block in enumerate(weights["h"]):
        flat |= {f"h.{number}.{name}": w for name, w in block.items()}
    arrays: dict[str, np.ndarray] = {}
    for name, w in flat.items():
        if isinstance(w, Quantized):
            arrays |= {name: w.values, name + SCALE: w.scale}
        else:
            arrays[name] = w
    return arrays


def notebook(note: str) -> dict:
    """The same lines as a Jupyter notebook, in format 4.5."""
    cells: list[dict] = [{"cell_type": "markdown", "id": "note", "metadata": {}, "source": note}]
    for number, lines in enumerate(LINES.rstrip().split("\n\n")):
        code: dict = {"cell_type": "code", "execution_count": None, "outputs": [], "metadata": {}}
        cells.append({**code, "id": f"cell-{number}", "source": lines})
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": {"name": "python"}}, "cells": cells}
