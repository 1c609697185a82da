"""What a reader takes along prints the page's numbers on another computer, with Python and NumPy alone."""

import io
import json
import subprocess
import sys
import zipfile

import pytest

from build.paths import ROOT
from build.site import site
from model import sampling
from model.checkpoint.loading import Model
from model.code.archive import archive
from model.edits import edited
from model.removals import Own, edits, from_json
from model.sandbox.handed import Handed
from model.sandbox.own import numbers_of
from model.session import Session

TEXT = "The little girl was very happy because"
SETTINGS = {"temperature": 0.8, "top_k": 40, "top_p": 0.9, "u": 0.5}
NOTE = "Take it – 带走它"
CUTS = {
    "whole": [],
    "cuts": [["arrow", 5, 0, 6, 2], ["head", 3, 1], ["position"]],
    "means": [["mlp", 2], ["block", 4]],
    "experiments": [["gelu"], ["order"], ["mlp", 1]],
    "own": [["head", 3, 1]],
}
OWN = edited(["scale", "uniform"])  # by way of a reader's own version


def as_floats(weights):
    """The same model, every matrix as float32."""
    return {
        name: [as_floats(block) for block in w] if name == "h" else w[:] if hasattr(w, "scale") else w
        for name, w in weights.items()
    }


@pytest.fixture(scope="module")
def embedded() -> Model:
    return site.load_model(ROOT / "weights" / site.MODEL)


@pytest.mark.parametrize("held", [lambda w: w, as_floats], ids=["int8", "float32"])
@pytest.mark.parametrize("cuts", CUTS)
def test_the_archive_prints_the_runs_numbers(embedded, tmp_path, held, cuts):
    session, tokenizer = embedded
    ids, removals = tokenizer.encode(TEXT), from_json(CUTS[cuts], cuts == "means")
    handed = Handed(held(session.weights), session.config, [])
    source = OWN if cuts == "own" else ""
    own = (Own(numbers_of(source, handed, ids, removals)),) if source else ()
    session = Session(handed.weights, session.config, (*removals, *own))
    session.run(ids)
    zipfile.ZipFile(io.BytesIO(archive(session, tokenizer, SETTINGS, NOTE, source))).extractall(tmp_path)
    folder = tmp_path / "glassformer"
    notebook = json.loads((folder / "run.ipynb").read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    (folder / "cells.py").write_text("\n".join(cells), encoding="utf-8")
    logits = session.final.logits[0]
    order = sampling.ranking(logits)
    probabilities = sampling.sampled(logits, order, 0.8, 40, 0.9)
    expected = [
        f"{100 * probabilities[i]:8.4f} %  logit {logits[i]:9.4f}  {tokenizer.display(int(i))!r}" for i in order[:12]
    ]
    for script in ("run.py", "cells.py"):
        done = subprocess.run(
            [sys.executable, script], cwd=folder, env={"PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8"
        )
        assert done.stdout.splitlines() == expected, done.stderr
    assert NOTE in (folder / "README.txt").read_text(encoding="utf-8") and notebook["cells"][0]["source"] == NOTE
    assert (folder / "model" / "gpt2.py").read_text(encoding="utf-8") == (source or edited(edits(removals)))
