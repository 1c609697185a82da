"""The compiled products, run where they belong: on Pyodide's memory."""

import subprocess

from tests.wasm.test_pyodide import LIMIT_S, ROOT, copy_packages


def test_the_compiled_products_are_right(tmp_path):
    copy_packages(tmp_path)
    command = ["node", "tests/wasm/run.mjs", str(tmp_path), "tests/wasm/kernel_in_pyodide.py", "-q"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S)
    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout and "skipped" not in run.stdout, run.stdout
