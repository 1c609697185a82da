"""A model whose numbers run away: on the text that is there it is not used, on a later one it says so."""

import hashlib
import json
import shutil

import numpy as np
import pytest

from build.site import python_files, site
from build.weights import quantize
from model.checkpoint import safetensors
from model.checkpoint.layout import INDEX
from model.session import LARGEST
from model.worker.run import Run
from tests.browser.models.test_models import choose, in_use

NAME = "breaks"
READS = 6  # tokens, before its numbers become infinite
SHORT, LONG = "a b c", "a b c d e f g h"


@pytest.fixture(scope="module")
def folder(dist, source, tmp_path_factory):
    """A site with the embedded model and one in which two numbers, each still fit, meet from position READS on."""
    folder = tmp_path_factory.mktemp("breaks") / "dist"
    shutil.copytree(dist, folder)
    weights = folder / "weights" / NAME
    quantize.quantize(source, weights)
    index = json.loads((weights / INDEX).read_text())
    (shard,) = (weights / name for name in set(index["weight_map"].values()))
    data = np.fromfile(shard, np.uint8)
    tensors = safetensors.load(data)  # views of it
    tensors["wpe.weight"][READS:, 0] = tensors["h.0.attn.c_proj.bias"][0] = 0.8 * LARGEST
    data.tofile(shard)
    for file in index["metadata"]["files"]:
        if file["name"] == shard.name:
            file["sha256"] = hashlib.sha256(data).hexdigest()
    (weights / INDEX).write_text(json.dumps(index))
    site.write_models(folder)
    return folder


def picture(one):
    return one.tokens(), one.candidates(), one.page.text_content("#model-text")


def test_it_is_not_used_for_a_text_that_it_cannot_read(visit, folder):
    one = visit(folder=folder, locale="en-US")
    one.wait_live()
    one.type(LONG)
    before = picture(one)
    choose(one, NAME)
    notice = one.page.locator("#panel #notice.error").filter(has_text=f"{NAME} was not taken into use")
    notice.wait_for()
    one.close()
    one.wait_answer()
    assert picture(one) == before and "mini," in before[2]
    one.fragment(without=NAME)
    assert one.page.input_value("#prompt") == LONG
    one.type(LONG + " i")
    assert "mini," in one.page.text_content("#model-text") and one.errors == []


def test_a_later_text_that_it_cannot_read_is_told_and_its_picture_stays(visit, folder):
    one = visit(folder=folder, locale="en-US")
    one.wait_live()
    one.type(SHORT)
    choose(one, NAME)
    in_use(one, NAME)
    one.close()
    before = picture(one)
    one.page.fill("#prompt", LONG)
    one.page.locator("#notice.error").filter(has_text=f"{NAME} has no answer to this text").wait_for()
    assert picture(one) == before and NAME in before[2], "its own numbers, of the text before"
    assert one.page.locator("#figure.stale").count() == 1 and one.page.text_content("#run") == ""
    assert one.page.input_value("#prompt") == LONG
    one.open("attention_head")  # what is drawn can still be read
    one.close()
    one.type(SHORT + " d")
    assert one.page.locator("#notice").is_hidden() and one.page.locator("#figure.stale").count() == 0
    assert one.errors == []


def test_a_link_to_it_with_such_a_text_gets_the_embedded_one(visit, folder):
    one = visit(folder=folder, locale="en-US")
    one.arrive(f"#model={NAME}&text={LONG.replace(' ', '%20')}")
    in_use(one, "mini")
    one.page.locator("#notice").filter(has_text=NAME).wait_for()
    assert one.page.input_value("#prompt") == LONG and len(one.tokens()) >= READS
    assert one.errors == []


def test_a_question_that_fails_is_told_and_the_next_is_answered(visit, monkeypatch):
    failed, strip_of = [], Run.heatmap_cell

    def once(*values):
        if not failed:
            failed.append(True)
            raise ValueError("no strip")
        return strip_of(*values)

    monkeypatch.setattr(Run, "attention_head", lambda *_: 1 / 0)
    monkeypatch.setattr(Run, "heatmap_cell", once)
    one = visit(locale="en-US")
    one.wait_live()
    one.page.press("[data-open=attention_head]", "Enter")
    notice = one.page.locator("#notice.error").filter(has_text="The model could not answer: ZeroDivisionError")
    notice.wait_for()
    assert one.page.locator("#panel[open]").count() == 0
    one.open("all_heads")
    assert one.page.locator("#panel #notice.error").is_visible()
    one.close()
    one.type("The cat sat")
    assert one.page.locator("#notice").is_hidden()
    strip = one.page.locator('#flow [data-heatmap="q"] .calm.told')
    strip.hover(position={"x": 5, "y": 2})
    one.page.locator("#notice.error").filter(has_text="no strip").wait_for()
    assert one.page.input_value("#prompt") == "The cat sat"
    one.read(lambda: strip.hover(position={"x": 5, "y": 12}))
    assert "q" in one.page.text_content("#reading")
    assert one.errors == []


KILL = """
import js
from model.worker.engine import Engine


def kill():
    pyodide_js._api.fatal_error(js.Error.new("the stack is full"))


Engine.{} = lambda engine, *values, whole=Engine.{}: kill() if {} else whole(engine, *values)
"""


HANG = """
from model.worker.engine import Engine


def hang():
    while True:
        pass


Engine.ask = lambda engine, *values, whole=Engine.ask: hang() if values[1] == "all_heads" else whole(engine, *values)
"""


def with_engine(dist, folder, *programs):
    """A copy of the site whose worker runs these programs too."""
    shutil.copytree(dist, folder)
    files = python_files.read(folder, "model")
    files["model/worker/api.py"] += "".join(programs)
    python_files.write(folder, "model", files)
    site.list_files(folder)
    return folder


def test_a_python_that_breaks_down_is_started_anew(visit, dist, tmp_path):
    asked = KILL.format("ask", "ask", "values[1] == 'all_heads'")
    folder = with_engine(dist, tmp_path / "dist", asked, KILL.format("_read", "_read", "'boom' in str(values)"))
    one = visit(folder=folder, pyodide=True, locale="en-US")
    one.wait_live()
    one.type("The cat sat")
    one.go(2, 3)
    u = one.page.get_attribute("#candidates table", "data-u")
    one.page.click("#append")
    one.follows(lambda: len(one.tokens()), 4)
    one.page.wait_for_function("u => document.querySelector('#candidates table').dataset.u !== u", arg=u)
    before = one.tokens(), one.candidates(), one.page.input_value("#prompt")
    one.page.click("[data-open=all_heads]")
    one.page.locator("#notice.error").filter(has_text="started anew").wait_for()
    one.wait_live()
    one.page.locator("#notice").wait_for(state="hidden")
    assert (one.tokens(), one.candidates(), one.page.input_value("#prompt")) == before
    one.page.click("#undo")
    one.follows(lambda: len(one.tokens()), 3)
    assert one.page.input_value("#prompt") == "The cat sat"
    one.open("attention_head")
    assert "head 3 of 4, block 2 of 6" in one.page.text_content("#panel-title")
    one.close()
    one.page.fill("#prompt", "boom")
    one.page.locator("#notice.error").filter(has_text="broke down again").wait_for()
    assert one.page.text_content("#model-text") == "The model is not running"
    assert one.page.input_value("#prompt") == "boom"


def test_a_python_that_says_nothing_more_is_told_and_can_be_started_anew(visit, dist, tmp_path):
    folder = with_engine(dist, tmp_path / "dist", HANG)
    files = python_files.read(folder, "page")
    files["page/browser/client.py"] = files["page/browser/client.py"].replace("TICK = 10 ", "TICK = 1 ")
    python_files.write(folder, "page", files)
    site.list_files(folder)
    one = visit(folder=folder, pyodide=True, locale="en-US")
    one.wait_live()
    one.type("The cat sat")
    one.go(2, 3)
    one.page.click("[data-open=all_heads]")
    notice = one.page.locator("#notice").filter(has_text="has not been heard of")
    notice.wait_for()
    one.page.fill("#prompt", "The cat sat down")
    one.page.click("#retry")
    notice.wait_for(state="hidden")
    one.wait_live()
    one.wait_answer()
    assert one.page.input_value("#prompt") == "The cat sat down" and len(one.tokens()) == 4
    one.open("attention_head")
    assert "head 3 of 4, block 2 of 6" in one.page.text_content("#panel-title")
    assert one.errors == []
