"""What a reader sees while the model loads and when a file of it does not come."""

import threading

from build.serve import Answer
from tests.browser.conftest import LIMIT

ON_PYODIDE = True  # see `on_pyodide` in conftest.py

TYPED = "My own words stay"


def weight_file(dist):
    return sorted((dist / "weights" / "mini").glob("*.safetensors"))[0]


def flipped(data: bytes) -> bytes:
    """One bit wrong in the middle."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def test_a_file_that_does_not_come_is_named_and_can_be_retried_until_it_does(visit, dist):
    """One fault after the other; at last it is on its way while the reader types, and that text is answered."""
    shard = weight_file(dist)
    data, arriving = shard.read_bytes(), threading.Event()
    faults = [
        (404, "is missing on the server"),
        (503, "does not give out"),
        (Answer(b"", status=204), "arrived damaged"),
        (flipped(data), "arrived damaged"),
        (data[:-1], "arrived damaged"),
    ]
    answers = [answer for answer, _ in faults]  # the first is the one that the host gives now

    def host(path):
        if not path.endswith(shard.name):
            return None
        if not answers:
            arriving.wait(LIMIT / 1000)
        return answers[0] if answers else None

    one = visit(host, locale="en-US")
    one.page.fill("#prompt", TYPED)
    notice = one.page.locator("#notice.error")
    for _, said in faults:
        notice.wait_for()
        assert shard.name in notice.text_content() and said in notice.text_content()
        assert one.page.input_value("#prompt") == TYPED
        answers.pop(0)
        one.page.locator("#retry").click()
        one.page.locator("#notice").wait_for(state="hidden")
    one.page.wait_for_function("() => /of [\\d.]+ MB/.test(document.querySelector('#model-text').textContent)")
    one.page.fill("#prompt", TYPED + " and more")
    assert "kept" in one.page.text_content("#run")
    arriving.set()
    one.wait_live()
    assert one.page.locator("#notice").is_hidden()
    assert one.page.input_value("#prompt") == TYPED + " and more"
    assert one.page.locator("#prompt-tokens").text_content().startswith(TYPED + " and more")
