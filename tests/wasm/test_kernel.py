"""The compiled products, run where they belong: on Pyodide's memory."""

from tests.wasm.test_pyodide import passes_inside_pyodide


def test_the_compiled_products_are_right(tmp_path):
    assert passes_inside_pyodide(tmp_path, "tests/wasm/kernel_in_pyodide.py")
