"""The compiled product in the real worker: chosen, timed beside NumPy, and absent."""

import re

ON_PYODIDE = True
CHOSEN = "value => document.querySelector(`[name=precision][value=${value}]:checked:not(:disabled)`)"


def choose(one, way, given=None):
    one.page.click(f"[name=precision][value={way}]")
    one.page.wait_for_function(CHOSEN, arg=given or way)


def test_the_reader_switches_between_the_ways_and_sees_what_each_takes(live):
    one = live
    one.page.click("#open-run")
    panel = one.page.locator("#panel")
    panel.get_by_text("NumPy alone multiplied the weights, held as float32").wait_for()
    one.page.click("#ways")
    one.page.wait_for_function("() => [...document.querySelectorAll('#panel output')].every(one => one.textContent)")
    times = panel.locator("output").all_inner_texts()
    assert len(times) == 3 and all(re.fullmatch(r"\d+\.\d ms", text) for text in times)
    before = [candidate["shown"] for candidate in one.candidates()]
    choose(one, "kernel")
    panel.get_by_text("a small compiled program multiplied the weights, held as int8").wait_for()
    assert [candidate["shown"] for candidate in one.candidates()] == before
    kernels = [path for path in one.requests if "kernel/" in path and path.endswith(".wasm")]
    assert [path.rpartition("/")[2] for path in kernels] == ["relaxed.wasm"]
    choose(one, "float32")
    assert one.errors == []


def test_without_relaxed_simd_the_other_build_runs_and_without_both_numpy(visit):
    one = visit(lambda path: 404 if path == "vendor/kernel/relaxed.wasm" else None, locale="en-US")
    one.wait_live()
    one.page.click("#open-run")
    choose(one, "kernel")
    one.page.locator("#panel").get_by_text("a small compiled program multiplied").wait_for()


def test_where_none_runs_numpy_does_and_it_is_said(visit):
    one = visit(lambda path: 404 if path.startswith("vendor/kernel/") else None, locale="en-US")
    one.wait_live()
    one.page.click("#open-run")
    choose(one, "kernel", "int8")
    one.page.locator("#panel").get_by_text("so NumPy multiplies; the model computes more slowly").wait_for()
    assert one.page.locator("[name=precision][value=kernel]").is_disabled()
