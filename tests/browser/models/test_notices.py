"""What went wrong is said where the reader's eyes are: in the open panel at what was pressed, else under the text."""

import json
import shutil
import sys
import threading

import pytest

from build.site import site
from build.weights.quantize import described
from model.checkpoint.layout import INDEX
from tests.browser.conftest import LIMIT, NAME
from tests.browser.models.test_models import choose, in_use
from tests.browser.models.test_user_checkpoint import user_files
from tests.browser.test_accessible import violations
from tests.browser.test_share import saved

SEEN = """([selector, text]) => {
    const notice = document.querySelector(selector + " #notice:not([hidden])");
    if (!notice?.textContent.includes(text)) return false;
    const box = notice.querySelector("p").getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return Boolean(top && notice.contains(top)) && box.right <= innerWidth;
}"""  # whether a reader sees the notice there, with nothing above it
REMEMBERS = """() => {
    window.headers = [];
    new MutationObserver(() => headers.push(document.querySelector("#model-text").textContent))
        .observe(document.querySelector("#model-text"), {childList: true, characterData: true, subtree: true});
}"""
SIZES = [{"width": 1280, "height": 800}, {"width": 390, "height": 844}]


@pytest.fixture
def broken():
    """While it is set, the files of the other model's weights are missing on the server."""
    event = threading.Event()
    event.set()
    return event


def without(broken, name=NAME, ending=".safetensors"):
    return lambda path: 404 if broken.is_set() and f"/{name}/" in path and path.endswith(ending) else None


def seen(one, place, text):
    one.page.wait_for_function(SEEN, arg=[place, text])


def silent(one):
    one.page.locator("#notice").wait_for(state="hidden")


@pytest.mark.parametrize("size", SIZES, ids=["wide", "phone"])
def test_a_load_that_fails_is_said_at_its_card_and_tried_again_there(visit, two, broken, size):
    one = visit(without(broken), folder=two, locale="en-US", viewport=size)
    one.wait_live()
    choose(one, NAME)
    card = f'[data-model="{NAME}"]'
    seen(one, card, "model-00001")
    assert one.page.locator(card).get_by_role("alert").is_visible()
    one.page.wait_for_function(
        "name => document.activeElement.closest('[data-model]')?.dataset.model === name", arg=NAME
    )
    assert violations(one.page) == []
    one.close()
    seen(one, ".prompt", "is missing on the server")
    one.page.select_option("#language", "zh")
    seen(one, ".prompt", "服务器上缺少")
    one.open("models")
    seen(one, card, "服务器上缺少")
    broken.clear()
    one.page.click(f"{card} #retry")
    silent(one)
    one.page.locator(f"{card}.used").wait_for()
    one.page.wait_for_function("() => document.querySelector('#panel').contains(document.activeElement)")


@pytest.mark.parametrize("size", SIZES, ids=["wide", "phone"])
def test_a_load_that_is_stopped_is_said_at_its_card(visit, two, size):
    stopped = threading.Event()

    def hold(path):
        if f"/{NAME}/" in path and path.endswith(".safetensors"):
            stopped.wait(LIMIT / 1000)

    one = visit(hold, folder=two, locale="en-US", viewport=size)
    one.wait_live()
    choose(one, NAME, "use", "cancel")
    seen(one, f'[data-model="{NAME}"]', "Stopped")
    one.close()
    seen(one, ".prompt", "Stopped")
    stopped.set()


@pytest.mark.parametrize("size", SIZES, ids=["wide", "phone"])
def test_a_file_that_is_no_model_is_said_in_the_place_for_files(visit, source, tmp_path, size):
    one = visit(locale="en-US", viewport=size)
    one.wait_live()
    bad = tmp_path / "model.safetensors"
    bad.write_bytes(b"hello " * 100)
    user_files(one, bad, source / "tokenizer.json", source / "config.json")
    one.page.locator("#user-checkpoint #notice.error[role=alert]").wait_for()
    seen(one, "#user-checkpoint", "")
    one.close()
    seen(one, ".prompt", "")
    one.type("and it goes on")
    assert one.page.locator("#notice.error").is_visible(), "it is still true"


def test_weights_that_cannot_be_held_otherwise_are_said_there(visit, broken):
    broken.clear()
    one = visit(without(broken, site.MODEL), locale="en-US", viewport=SIZES[1])
    one.wait_live()
    one.page.click("#open-run")
    one.wait_open("run")
    broken.set()
    one.page.check('[name=precision][value="int8"]')
    seen(one, ".precision", "is missing on the server")
    one.page.wait_for_function("() => document.querySelector('[name=precision][value=float32]:checked:not(:disabled)')")
    broken.clear()
    one.page.click(".precision #retry")
    one.page.wait_for_function("() => document.querySelector('[name=precision][value=int8]:checked:not(:disabled)')")
    silent(one)


def test_numbers_that_cannot_be_saved_are_said_in_the_part(visit, monkeypatch):
    one = visit(locale="en-US", viewport=SIZES[1])
    one.wait_live()
    with monkeypatch.context() as patch:
        patch.setattr(sys.modules["model.worker.api"], "handed_out", lambda *_: 1 / 0)  # of the page's worker
        one.open("logit_lens")
        one.page.click("#panel-save")
        seen(one, ".panel-notices", "ZeroDivisionError")
    saved(one, "#panel-save")
    silent(one)


def test_notes_on_the_text_stay_beside_the_text(visit):
    one = visit(locale="en-US", viewport=SIZES[0])
    one.wait_live()
    one.type("")
    seen(one, ".prompt", "Nothing typed yet")
    one.open("logit_lens")
    assert not one.page.locator("#panel #notice").count()
    one.close()
    one.page.evaluate("scrollTo(0, 0)")
    seen(one, ".prompt", "Nothing typed yet")


@pytest.mark.parametrize("how", ["missing", "damaged", "unusable", "empty"])
def test_the_embedded_model_stands_in_for_one_that_a_link_asks_for_in_vain(visit, two, tmp_path, how):
    folder = tmp_path / "dist"
    shutil.copytree(two, folder)
    weights, tokenizer = (next((folder / "weights" / NAME).glob(name)) for name in ("*.safetensors", "tokenizer.json"))
    if how == "missing":
        weights.unlink()
    elif how == "damaged":
        weights.write_bytes(bytes(reversed(weights.read_bytes())))
    elif how == "empty":
        weights.write_bytes(b"")
    else:
        index = json.loads((folder / "weights" / NAME / INDEX).read_text())
        tokenizer.write_text("{}")
        index["metadata"]["files"] = [described(weights.parent / one["name"]) for one in index["metadata"]["files"]]
        (folder / "weights" / NAME / INDEX).write_text(json.dumps(index))
        site.write_models(folder)
    one = visit(folder=folder, locale="en-US")
    one.page.goto(one.address + f"#model={NAME}&text=Hi%20there&block=2")
    one.page.add_init_script(f"addEventListener('DOMContentLoaded', {REMEMBERS})")
    one.page.reload()
    one.wait_live()
    in_use(one, "mini")
    seen(one, ".prompt", f"“{NAME}” could not be used")
    assert one.page.input_value("#prompt") == "Hi there"
    one.fragment("block=2", without="model=")
    assert not any("not running" in text for text in one.page.evaluate("headers"))
    assert (how == "unusable") == one.page.locator("#retry").is_hidden()
    one.open("models")
    seen(one, f'[data-model="{NAME}"]', f"“{NAME}” could not be used")


def test_where_the_embedded_model_fails_too_that_is_said(visit, two):
    one = visit(lambda path: 404 if path.endswith(".safetensors") else None, folder=two, locale="en-US")
    one.arrive(f"#model={NAME}&text=Hi")
    seen(one, ".prompt", "is missing on the server")
    one.page.get_by_text("The model is not running").wait_for()
    assert one.page.input_value("#prompt") == "Hi" and f"model={NAME}" in one.page.url
