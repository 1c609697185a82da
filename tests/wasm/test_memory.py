"""How memory grows, tried where it does: on Pyodide's."""

from tests.wasm.test_pyodide import passes_inside_pyodide


def test_memory_grows_once(tmp_path):
    assert passes_inside_pyodide(tmp_path, "tests/wasm/memory_in_pyodide.py")
