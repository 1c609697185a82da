"""A reader's own checkpoint, chosen or dropped, and files that are none."""

import base64
import json
import re

import numpy as np
import pytest

from build.weights import random_checkpoint, tokenizer_files
from build.weights.source import Source
from model.checkpoint.layout import nested
from model.config import GPT2Config
from model.gpt2 import softmax
from model.session import Session
from tests.browser.conftest import CONFIG
from tests.browser.models.test_models import in_use
from tests.browser.reading import close
from tests.unit.build_tools.test_wrong_checkpoints import POINTER

FILES = ("model.safetensors", "tokenizer.json", "config.json")
TEXT = "to be or not to be"


def user_files(one, *paths):
    one.open("models")
    one.page.set_input_files("#user-files", [str(path) for path in paths])


def test_a_readers_own_checkpoint(visit, source, tmp_path):
    one = visit(locale="en-US")
    one.wait_live()
    one.type(TEXT)
    weights, tokenizer_json, config = (source / name for name in FILES)
    readme, again = tmp_path / "weights", tmp_path / "config (1).json"
    readme.write_text("a file more")
    again.write_bytes(config.read_bytes())
    for chosen, said in (
        ([tokenizer_json, readme], "no .safetensors file among them"),
        ([weights], "tokenizer.json is missing"),
        ([weights, tokenizer_json], "config.json is missing"),
        ([weights, weights], "several"),
    ):
        user_files(one, *chosen)
        text = one.page.text_content("#user-files-said")
        assert said in text and text.endswith(f"Chosen: {', '.join(path.name for path in chosen)}.")
        one.close()
    one.requests.clear()
    user_files(one, weights, readme, tokenizer_json, again)
    in_use(one, "your own model")
    assert one.requests == [], "nothing is sent or fetched"
    own = one.page.locator("#user-checkpoint")
    own.get_by_text("the very numbers of your file").wait_for()
    assert "Not used: weights." in own.text_content()
    one.close()
    assert one.page.input_value("#prompt") == TEXT
    one.fragment(without="model=")
    assert one.page.locator("#logit-lens .stop").count() == CONFIG.n_layer + 1
    one.page.click("#open-run")
    one.page.check('[name=precision][value="int8"]')
    one.page.wait_for_function("() => document.querySelector('[name=precision][value=int8]:checked:not(:disabled)')")
    rounded = one.page.locator("#panel").get_by_text("rounded to 8 bits, which moves them by").text_content()
    moved = float(re.search(r"by ([\d.]+)", rounded)[1])
    assert 0.3 < moved < 2
    one.close()
    one.type(TEXT + " again")
    one.open("models")
    assert rounded in one.page.locator("#user-checkpoint").text_content()
    assert one.errors == []


def test_a_readers_own_checkpoint_is_computed_by_its_own_configuration(visit, tmp_path):
    """Heads of 32, an MLP of another width, rows without a token, and tokens that the tokenizer adds."""
    config = GPT2Config(vocab_size=320, n_positions=64, n_embd=128, n_layer=2, n_head=4, n_inner=200)
    random_checkpoint.write(tmp_path, config, 5)
    file = json.loads(tokenizer_files.write(tmp_path, 300).read_text(encoding="utf-8"))
    file["post_processor"] = {"type": "BertProcessing", "cls": ["<|endoftext|>", 299], "sep": ["!", 0]}
    (tmp_path / "tokenizer.json").write_text(json.dumps(file), encoding="utf-8")
    one = visit(locale="en-US")
    one.wait_live()
    one.type(TEXT)
    user_files(one, *(tmp_path / name for name in FILES))
    in_use(one, "your own model")
    one.close()
    source = Source(tmp_path)
    tokenizer, _ = source.tokenizer()
    session = Session(nested(dict(source.tensors()), config), config)
    assert one.tokens() == tokenizer.encode(TEXT) == [299, *tokenizer.encode(TEXT)[1:-1], 0]
    session.run(one.tokens())
    order = np.argsort(-session.final.logits[0], kind="stable")
    listed = one.candidates()
    assert [row["id"] for row in listed] == order[: len(listed)].tolist()
    shares = softmax(session.final.logits[0])
    for row in listed:
        assert close(row["model"], 100 * float(shares[row["id"]]))
    assert (
        one.page.eval_on_selector_all("#prompt-tokens .tint", "all => all.map(one => one.textContent).join('')") == TEXT
    ), "what the tokenizer adds tints nothing"
    one.open("embedding")
    notes = one.page.eval_on_selector_all(".pieces .note", "all => all.map(one => one.textContent)")
    assert notes[0] == notes[-1] == "added, not typed"
    one.close()
    one.open("probabilities")
    one.page.fill("#search", "#310")
    one.page.wait_for_function("() => document.querySelectorAll('#probability-rows tr[data-number]').length === 1")
    assert "⟨#310⟩" in one.page.text_content("#probability-rows")
    one.close()
    one.page.click("#open-run")
    one.wait_open("run")
    assert "20, shown as ⟨#300⟩" in one.page.text_content("#panel .facts")
    one.close()
    one.page.fill("#prompt", "")
    one.page.locator("#notice-text").filter(has_text="starts from <|endoftext|>!").wait_for()
    assert one.errors == []


def test_an_empty_text_without_a_token_to_start_from_says_what_is_read(visit, source, tmp_path):
    file = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    file["added_tokens"] = []
    (tmp_path / "tokenizer.json").write_text(json.dumps(file), encoding="utf-8")
    one = visit(locale="en-US")
    one.wait_live()
    one.page.fill("#prompt", "")
    one.page.locator("#notice-text").filter(has_text="starts from <|endoftext|>, which marks the start").wait_for()
    user_files(one, source / "model.safetensors", tmp_path / "tokenizer.json", source / "config.json")
    in_use(one, "your own model")
    one.close()
    one.page.locator("#notice-text").filter(has_text="it reads !, the first token").wait_for()
    assert one.tokens() == [0] and one.errors == []


WRONG = {  # a file, what it holds instead, and what is said of it in either language
    "cut short": (
        "model.safetensors",
        lambda data: data[: len(data) // 2],
        "model.safetensors is cut short",
        "不完整",
    ),
    "a text": (
        "model.safetensors",
        lambda data: b"hello " * 100,
        "a text that begins “hello hello",
        "是一段文字",
    ),
    "a pointer": (
        "tokenizer.json",
        lambda data: POINTER,
        "tokenizer.json is not the file itself but a Git LFS",
        "指针",
    ),
    "a page": ("config.json", lambda data: b"<!doctype html>", "config.json is a saved web page", "config.json 是保存"),
    "absurd": (
        "config.json",
        lambda data: data.replace(b'"n_layer": 4', b'"n_layer": 400000000'),
        "model.safetensors has no tensor h.399999999.ln_1.weight",
        "中没有张量",
    ),
}


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_a_file_that_is_something_else_is_refused_in_words(visit, source, tmp_path, language):
    one = visit(locale=language)
    one.wait_live()
    one.type(TEXT)
    for name, change, english, chinese in WRONG.values():
        paths = {file: source / file for file in FILES}
        paths[name] = tmp_path / name
        paths[name].write_bytes(change((source / name).read_bytes()))
        user_files(one, *paths.values())
        said = english if language == "en-US" else chinese
        one.page.locator("#notice.error").filter(has_text=said).wait_for()
        one.close()
    assert one.page.input_value("#prompt") == TEXT and "mini" in one.page.text_content("#model-text")
    one.type("and it goes on")
    assert one.errors == []


DROP = """async ([files, place]) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files)
        transfer.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], name));
    const event = new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true});
    return !document.querySelector(place).dispatchEvent(event);
}"""


def test_files_dropped_anywhere_are_taken(visit, source):
    one = visit(locale="en-US")
    one.wait_live()
    files = [
        (path.name, base64.b64encode(path.read_bytes()).decode())
        for path in (source / "model.safetensors", source / "tokenizer.json", source / "config.json")
    ]
    assert one.page.evaluate(DROP, [files, "#flow"]), "the browser does not leave the page for the file"
    in_use(one, "your own model")
    assert one.errors == []
