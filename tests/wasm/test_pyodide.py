"""The model's tests hold in the reader's browser too: all of tests/model passes inside Pyodide."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTEST_AND_ITS_NEEDS = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")
LIMIT_S = 900


def copy_packages(folder: Path) -> None:
    """Copy pytest, all of it pure Python, out of the environment that runs this."""
    for name in PYTEST_AND_ITS_NEEDS:
        package = distribution(name)
        for file in package.files or []:
            if ".." not in file.parts and file.suffix != ".pyc":
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(package.locate_file(file), target)


def collected_here() -> int:
    """How many tests CPython finds in tests/model."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/model",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S)
    found = re.search(r"^(\d+) tests? collected", listing.stdout, re.MULTILINE)
    assert found, listing.stdout + listing.stderr
    return int(found[1])


def passes_inside_pyodide(packages: Path, tests: str) -> int:
    """How many tests passed there; all that there are, or this one fails. `packages` is an empty folder."""
    assert (ROOT / "vendor/pyodide").is_dir(), "vendor/ is not there yet: run `make setup`."
    copy_packages(packages)
    command = ["node", "tests/wasm/run.mjs", str(packages), tests, "-q"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S)
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"(\d+) passed", run.stdout)
    assert passed and "skipped" not in run.stdout, run.stdout + run.stderr
    return int(passed[1])


def test_every_model_test_passes_inside_pyodide(tmp_path):
    # None skipped, none lost: what holds on CPython is what was checked in WebAssembly.
    assert passes_inside_pyodide(tmp_path, "tests/model") == collected_here()
