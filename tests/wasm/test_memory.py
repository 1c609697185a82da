"""How memory grows, tried where it does: on Pyodide's."""

import subprocess

from tests.wasm.test_pyodide import LIMIT_S, ROOT, copy_packages


def test_memory_grows_once(tmp_path):
    copy_packages(tmp_path)
    command = ["node", "tests/wasm/run.mjs", str(tmp_path), "tests/wasm/memory_in_pyodide.py", "-q"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S)
    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout and "skipped" not in run.stdout, run.stdout
