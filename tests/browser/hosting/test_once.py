"""A first visit asks for each file once, all of them before any Python runs; a second one for none."""

import threading

from build.serve import serving
from build.site import offline
from tests.browser.conftest import LIMIT, UNDER, Visit
from tests.browser.hosting.test_offline import kept_whole
from tests.shaped import shaped

RUNTIME, WEIGHTS = "vendor/pyodide/pyodide.asm.wasm", "weights/mini/model-00001-of-00001.safetensors"


def test_each_file_is_asked_for_once_before_python_runs_and_none_at_a_second_visit(chromium, dist):
    """The model's Python does not come before its weights are asked for."""
    asked, ahead = [], threading.Event()

    def host(path):
        asked.append(path)
        if path == WEIGHTS:
            ahead.set()
        if path == RUNTIME:
            assert ahead.wait(LIMIT / 1000)

    with (
        serving(dist, UNDER, host) as server,
        shaped(server, 10e6, 0.04) as (address, line),
        chromium.new_context(locale="en-US") as context,
    ):
        one = Visit(context.new_page(), address)
        one.wait_live()
        kept_whole(one)
        assert sorted(asked) == sorted(set(asked))
        order = ["py/page.files.json", RUNTIME, "vendor/pyodide/python_stdlib.zip", "py/model.files.json", WEIGHTS]
        assert sorted(order, key=asked.index) == order
        asked.clear()
        before = line.bytes
        one.page.reload()
        one.wait_live()
        assert set(asked) <= {offline.WORKER}, "at which the browser looks by itself"
        assert line.bytes - before < 1000
        assert one.errors == []
