"""A GPT-2 of full size (124M, random weights): downloaded slowly, stopped, resumed, mended, kept, run; and one's own.

Its logits are held against those that Hugging Face transformers computed with the same weights.
"""

import csv
import io
import re
import shutil
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from build.site import site
from build.weights import quantize
from model.checkpoint.layout import INDEX, read_index
from tests import full_size
from tests.browser.hosting.test_loading import flipped
from tests.browser.models.test_models import KEPT, choose, in_use, weights_asked
from tests.browser.models.test_user_checkpoint import FILES, user_files

ON_PYODIDE = True  # see `on_pyodide` in conftest.py

PACE = 12_000_000  # bytes a second for each of the four files that come at once
GOLDEN = Path(__file__).parents[2] / "golden" / "gpt2_full.npz"
TOLERANCE = 1e-3
MOST_ERROR = {
    "float32": 1e-4,
    "int8": 0.03,
    "int4": 0.3,
}  # of the logits, relative to those of the weights as published


def apart(function, *arguments):
    """Called in a process of its own: the memory that it takes ends with it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        process.submit(function, *arguments).result()


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("full")
    apart(full_size.write_source, folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def large(dist, source, tmp_path_factory):
    """A site with the embedded model and the large one at 8 and at 4 bits."""
    folder = tmp_path_factory.mktemp("large") / "dist"
    shutil.copytree(dist, folder)
    for bits in (8, 4):
        apart(quantize.quantize, source, folder / "weights" / f"int{bits}", bits)
    site.write_models(folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def golden():
    return dict(np.load(GOLDEN))


def logits(one):
    """Of the whole vocabulary, as the page saves them."""
    one.open("probabilities")
    with one.page.expect_download() as download:
        one.page.click("#panel-save")
    rows = csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig")))
    found = {int(row["id"]): float(row["logit"]) for row in csv.DictReader(",".join(map(quoted, r)) for r in rows)}
    one.close()
    return np.array([found[i] for i in range(len(found))])


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"'


def answers_like_hugging_face(one, golden, kind):
    for number, text in enumerate(full_size.TEXTS):
        one.type(text)
        assert one.tokens() == golden[f"{number}/ids"].tolist()
        found = logits(one)
        assert len(found) == 50_257
        every = found[:: full_size.EVERY]
        np.testing.assert_allclose(every, golden[f"{number}/{kind}"], rtol=0, atol=TOLERANCE)
        exact = golden[f"{number}/float32"]
        assert np.linalg.norm(every - exact) < MOST_ERROR[kind] * np.linalg.norm(exact)


def test_sizes_and_files(large):
    listed = {model["name"]: model for model in site.list_models(large / "weights")}
    assert list(listed) == ["mini", "int4", "int8"]
    for name, limit in (("int8", 130_000_000), ("int4", 80_000_000)):
        whole = sum(path.stat().st_size for path in (large / "weights" / name).iterdir())
        assert listed[name]["bytes"] < whole < limit
        index = read_index((large / "weights" / name / INDEX).read_bytes())
        sizes = [file.size for file in index.files if file.name in index.shards]
        assert all(8 * 2**20 <= size <= 16 * 2**20 for size in sizes)


def test_downloaded_slowly_stopped_resumed_mended_and_kept(visit, large, golden):
    """One reader's afternoon with the 8-bit model."""
    resumed, late, bad = threading.Event(), "model-00007-of-00009.safetensors", "model-00008-of-00009.safetensors"
    before: list[str] = []
    again: list[str] = []

    def on_the_way(path):
        """The first time two shards do not come before it is stopped; the second time one of them comes damaged."""
        name = Path(path).name
        if "weights/int8/" not in path:
            return None
        if resumed.is_set():
            again.append(name)
            return flipped((large / path).read_bytes()) if name == bad and again.count(bad) == 1 else None
        before.append(name)
        if name in (late, bad):
            resumed.wait(120)
        return None

    one = visit(on_the_way, folder=large, pace=PACE, locale="en-US")
    one.wait_live()
    choose(one, "int8")
    assert "129 MB" in one.page.text_content(".asking") and before == [], "it asks first"
    one.page.click('[data-model="int8"] [data-do="use-sure"]')
    one.page.wait_for_function("() => document.querySelectorAll('#coming-parts li').length === 14")
    one.page.wait_for_function(
        "() => / of 129 MB, [\\d.]+ MB a second, about \\d+ s to go/.test("
        "document.querySelector('#panel [data-coming]')?.textContent)"
    )
    one.close()
    one.page.wait_for_function("() => document.querySelectorAll('#coming-parts .there').length >= 2")
    assert one.page.locator("#coming-parts li").last.evaluate("one => !one.classList.contains('there')")
    one.type("Meanwhile the other model answers")  # it waits for the answer
    assert "mini" in one.page.text_content("#model-text")
    one.page.click("#coming-cancel")
    one.page.locator("#coming").wait_for(state="hidden")
    kept = next(count for name, count in one.page.evaluate(KEPT, "weights").items() if " int8 " in name)
    assert 2 < kept < 12
    resumed.set()
    choose(one, "int8", "use", "use-sure")
    in_use(one, "int8")
    assert again.count(bad) == 2, "what comes damaged is fetched again"
    assert len(again) <= 13 - kept, "what was finished is not"
    one.close()
    answers_like_hugging_face(one, golden, "int8")
    assert one.page.locator("#logit-lens .stop").count() == 13
    one.fragment("model=", without="open=")
    one.requests.clear()
    one.page.reload()
    in_use(one, "int8")
    assert weights_asked(one) == [], "the second visit needs no network for the weights"
    one.page.click("#open-run")
    assert one.page.locator("[name=precision]:checked").get_attribute("value") == "kernel"
    one.page.check("[name=precision][value=int8]")
    one.page.wait_for_function("() => document.querySelector('[name=precision][value=int8]:checked:not(:disabled)')")
    one.close()
    answers_like_hugging_face(one, golden, "int8")
    assert one.errors == []


def test_the_network_fails_in_between_and_four_bits_answer_like_hugging_face(visit, large, golden):
    """Attempts give up in words; what is finished stays; the same button goes on when the network is back."""
    broken = threading.Event()
    one = visit(
        lambda path: 503 if broken.is_set() and "weights/int4/" in path else None,
        folder=large,
        pace=PACE,
        locale="en-US",
    )
    one.wait_live()
    choose(one, "int4", "use", "use-sure")
    one.page.wait_for_function("() => /: [2-6]\\d of/.test(document.querySelector('#coming-text').textContent)")
    broken.set()
    one.page.locator("#notice.error").wait_for()
    one.close()
    one.type("Still here")
    kept = next(count for name, count in one.page.evaluate(KEPT, "weights").items() if " int4 " in name)
    one.requests.clear()
    one.errors.clear()
    broken.clear()
    choose(one, "int4", "use", "use-sure")
    in_use(one, "int4")
    assert len(weights_asked(one)) <= 9 - kept
    one.close()
    answers_like_hugging_face(one, golden, "int4")
    assert one.errors == []


def test_ones_own_checkpoint_of_full_size(visit, source, golden):
    one = visit(locale="en-US")
    one.wait_live()
    one.requests.clear()
    user_files(one, *(source / name for name in FILES))
    in_use(one, "your own model")
    one.page.locator("#user-checkpoint .in-use").wait_for()
    one.page.locator("#user-checkpoint").get_by_text("rounded to 8 bits").wait_for()
    one.close()
    answers_like_hugging_face(one, golden, "int8")
    one.open("run")
    for precision, said in (("float32", "the very numbers of your file"), ("int8", "rounded to 8 bits, which moves")):
        one.page.check(f'[name=precision][value="{precision}"]')
        one.page.locator("#panel .precision .note").filter(has_text=said).wait_for()
        one.close()
        answers_like_hugging_face(one, golden, precision)
        one.open("run")
    one.close()
    asked = {url for url in one.requests if not url.startswith(("blob:", "data:"))}
    assert [url.rpartition("/")[2] for url in asked] == ["relaxed.wasm"], "only what multiplies"
    assert re.search(r"12 blocks of 12 heads", one.page.text_content("#model-text"))
    assert one.errors == []
