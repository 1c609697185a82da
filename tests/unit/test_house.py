"""What holds the house up: who may import whom, and a README that lists the files there are."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from build.paths import ROOT
from build.site import style
from model.explain.pictures import colours

SOURCES = [path for folder in ("py", "build") for path in sorted((ROOT / folder).rglob("*.py"))]
NUMPY_ONLY = {"numpy", "model"}
OF_THE_BROWSER = {"js", "pyodide", "pyodide_js", "pyscript"}
KNOW_THE_BROWSER = {
    "model/worker/compiled.py",
    "model/worker/download.py",
    "model/worker/api.py",
}
TOOLS = [  # what lies in the classroom's folder is run there, by its starters
    path
    for path in SOURCES
    if '__name__ == "__main__"' in path.read_text(encoding="utf-8") and path.parent.name != "computers"
]


def imported(path: Path) -> set[str]:
    """The names of the modules that a file imports, the first part of each."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", [path for path in SOURCES if path.is_relative_to(ROOT / "py")], ids=lambda p: p.stem)
def test_page_and_model_know_nothing_of_each_other_and_few_of_the_browser(path):
    place = path.relative_to(ROOT / "py").as_posix()
    found = imported(path) - set(sys.stdlib_module_names)
    assert found <= (NUMPY_ONLY if place.startswith("model/") else {"page"}) | OF_THE_BROWSER
    assert place in KNOW_THE_BROWSER or place.startswith("page/browser/") or not found & OF_THE_BROWSER


def test_files_and_folders_stay_small():
    """350 lines a Python file; 12 files a folder, unless it has sub-folders, or is the list of what opens."""
    every = (path for folder in ("build", "py", "tests") for path in (ROOT / folder).rglob("*") if path.is_file())
    files = [path for path in every if path.parent.name != "__pycache__"]
    long = {path: path.read_text(encoding="utf-8").count("\n") for path in files if path.suffix == ".py"}
    assert {path: lines for path, lines in long.items() if lines > 350} == {}
    assert max(lines for path, lines in long.items() if path.name in ("app.py", "dialog.py")) < 200
    folders = Counter(path.parent for path in files)
    has_rooms = {folder for path in files for folder in path.parent.parents} | {
        ROOT / "py" / "page" / "panels" / "parts"
    }
    assert {folder: count for folder, count in folders.items() if count > 12 and folder not in has_rooms} == {}


def test_no_two_modules_of_the_page_give_the_same_name_to_a_drawing():
    """`table`, `sentence` and `cells` say nothing where several modules draw one."""
    names = Counter(
        node.name
        for path in (ROOT / "py" / "page").rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    )
    assert {name for name in ("table", "sentence", "cells", "strip") if names[name] > 1} == set()


def test_the_colours_of_pictures_are_said_in_one_place():
    """The page's style sheets, icon and manifest get them from there."""
    paths = [p for folder in ("py", "build") for p in (ROOT / folder).rglob("*.*") if "__pycache__" not in p.parts]
    written = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "index.html", *paths])
    for rgb in (colours.PURPLE, colours.AMBER, colours.TEAL):
        assert written.count(str(rgb)) == 1 and style.in_hex(rgb) not in written


def files_of(folder: str, kinds: str) -> set[str]:
    """What the README has to list of a folder; a folder in it with many small files is listed as such.

    All languages are in one row, so that a new one is its own folder and nothing else.
    """
    every = {path.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
    whole = {"panels/parts/", "style/", "text/LANGUAGE/", "classroom/computers/"}
    every = {re.sub("^text/[^/]+/.*", "text/LANGUAGE/", file) for file in every}
    names = {next((name for name in whole if file.startswith(name)), file) for file in every}
    return {n for n in names if (n in whole or re.search(kinds, n)) and not n.endswith("__init__.py")}


@pytest.mark.parametrize(
    ("folder", "kinds"),
    [("py/model", r"\.py$"), ("py/page", r"\.(py|js|json|svg)$"), ("build", r"\.(py|js|conf|json|md)$")],
)
def test_the_readme_lists_every_file_and_no_other(folder, kinds):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text[text.index(f"### `{folder}`") :].split("\n###")[0].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    listed = [name for row in rows for name in re.findall(r"`(.+?)`", row)]
    assert len(listed) == len(set(listed))
    assert set(listed) == files_of(folder, kinds)


@pytest.mark.parametrize("path", TOOLS, ids=lambda path: path.stem)
def test_help_is_printed_and_nothing_else_done(path, tmp_path):
    if path.is_relative_to(ROOT / "build" / "train") and path.stem in ("train", "evaluate"):
        pytest.importorskip("torch", reason="training is installed by `make train` alone")
    module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{ROOT / 'py'}:{ROOT}", "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and "usage:" in done.stdout, done.stderr
    assert not list(tmp_path.iterdir())
