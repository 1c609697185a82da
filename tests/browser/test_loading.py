"""What a reader sees while the model loads and when a file of it does not come."""

import threading

import pytest

from build.serve import Answer

ON_PYODIDE = True  # see `on_pyodide` in conftest.py

TYPED = "My own words stay"


def weight_file(dist):
    return sorted((dist / "weights" / "mini").glob("*.safetensors"))[0]


def flipped(data: bytes) -> bytes:
    """One bit wrong in the middle."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize("failure", ["missing", "busy", "no content", "flipped", "cut short"])
def test_bad_shard_names_the_file_and_can_be_retried(visit, dist, failure):
    shard = weight_file(dist)
    data = shard.read_bytes()
    answer = {
        **{"missing": 404, "busy": 503, "no content": Answer(b"", status=204)},
        **{"flipped": flipped(data), "cut short": data[:-1]},
    }[failure]
    said = {"missing": "is missing on the server", "busy": "does not give out"}.get(failure, "arrived damaged")
    broken = threading.Event()
    broken.set()
    one = visit(lambda path: answer if broken.is_set() and path.endswith(shard.name) else None)
    one.page.fill("#prompt", TYPED)
    notice = one.page.locator("#notice.error")
    notice.wait_for()
    assert shard.name in notice.text_content() and said in notice.text_content()
    assert one.page.input_value("#prompt") == TYPED
    one.page.locator("#retry").click()  # still broken: says so again
    one.page.locator("#notice").wait_for(state="hidden")
    notice.wait_for()
    broken.clear()
    one.page.locator("#retry").click()
    one.wait_live()
    assert one.page.locator("#notice").is_hidden()
    assert one.page.input_value("#prompt") == TYPED
    assert one.page.locator("#prompt-tokens").text_content().startswith(TYPED)


def test_progress_then_what_was_typed_meanwhile(visit, dist):
    """The weights wait until the reader has typed; the header counts megabytes; then that text is answered."""
    typed = threading.Event()
    shard = weight_file(dist)

    def wait(path):
        if path.endswith(shard.name):
            typed.wait(120)

    one = visit(wait)
    one.page.wait_for_function("() => /of [\\d.]+ MB/.test(document.querySelector('#model-text').textContent)")
    one.page.fill("#prompt", TYPED)
    assert "kept" in one.page.text_content("#run")
    typed.set()
    one.wait_live()
    assert one.page.locator("#prompt-tokens").text_content().startswith(TYPED)
    assert one.errors == []
