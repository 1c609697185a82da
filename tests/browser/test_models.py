"""Choosing a model: by hand, by a link, one that is kept, a reader's own."""

import base64
import hashlib
import json
import re
import shutil
import threading

import numpy as np
import pytest

from build.site import site
from build.weights import quantize, random_checkpoint, tokenizer_files
from build.weights.source import Source
from model.checkpoint.layout import INDEX, nested
from model.config import GPT2Config
from model.gpt2 import softmax
from model.session import Session
from tests.browser.conftest import CONFIG, NAME
from tests.browser.reading import close
from tests.browser.test_accessible import violations
from tests.unit.test_quantize import POINTER

FILES = ("model.safetensors", "tokenizer.json", "config.json")
KEPT = """async kind => Object.fromEntries(await Promise.all((await caches.keys())
    .filter(name => name.includes(` glassformer ${kind} `))
    .map(async name => [name, (await (await caches.open(name)).keys()).length])))"""  # "weights" or "site"
DAMAGE = """async name => {
    for (const cache of await Promise.all((await caches.keys()).map(key => caches.open(key)))) {
        const key = (await cache.keys()).find(one => one.url.includes(name) && one.url.endsWith(".safetensors"));
        if (!key) continue;
        const bytes = new Uint8Array(await (await cache.match(key)).arrayBuffer());
        bytes[bytes.length >> 1] ^= 1;
        await cache.put(key, new Response(bytes));
        return key.url;
    }
}"""  # changes one bit of a model's kept weights
TEXT = "to be or not to be"


def in_use(one, name):
    one.page.wait_for_function(
        "name => document.querySelector('.model-state.live #model-text')?.textContent.includes(name)", arg=f"{name},"
    )
    one.wait_answer()


def choose(one, name, *steps):
    one.open("models")
    for step in steps or ("use",):
        one.page.click(f'[data-model="{name}"] [data-do="{step}"]')


def weights_asked(one):
    return [url for url in one.requests if "/weights/" in url and not url.endswith("models.json")]


def test_another_model_answers_and_the_link_says_so(visit, two, source):
    one = visit(folder=two, locale="en-US")
    one.wait_live()
    one.type(TEXT)
    choose(one, NAME)
    in_use(one, NAME)
    session, tokenizer = site.load_model(two / "weights" / NAME)
    assert one.tokens() == tokenizer.encode(TEXT)
    assert one.page.locator("#logit-lens .stop").count() == CONFIG.n_layer + 1
    assert violations(one.page) == []
    one.close()
    fragment = one.fragment(f"model={NAME}&")
    assert one.page.input_value("#prompt") == TEXT
    session.run(tokenizer.encode(TEXT))
    assert one.candidates()[0]["id"] == session.final.logits[0].argmax()
    other = visit(folder=two, locale="zh-CN")
    other.page.goto(other.address + "#" + fragment)
    other.page.reload()
    other.wait_live()
    assert other.tokens() == tokenizer.encode(TEXT)
    choose(one, "mini")
    in_use(one, "mini")
    one.fragment(without="model=")
    assert one.errors == [] and other.errors == []


def test_generated_tokens_become_text_for_another_model(visit, two):
    one = visit(folder=two, locale="en-US")
    one.wait_live()
    one.type(TEXT)
    one.page.click("#append")
    one.page.wait_for_function("() => document.querySelectorAll('#timeline .step').length === 2")
    one.page.wait_for_function("text => document.querySelector('#prompt').value.length > text.length", arg=TEXT)
    text = one.page.input_value("#prompt")
    choose(one, NAME)
    in_use(one, NAME)
    assert one.page.input_value("#prompt") == text and one.page.locator("#timeline .step").count() == 0
    assert one.tokens() == site.load_model(two / "weights" / NAME)[1].encode(text)


def test_what_is_kept_is_used_while_it_is_whole_and_new(visit, two, tmp_path):
    """A reader's visits with the browser's own storage: nothing comes twice, but what was damaged or is out of date."""
    folder = tmp_path / "dist"
    shutil.copytree(two, folder)
    one = visit(folder=folder, pyodide=True, keeps=False, locale="en-US")
    one.wait_live()
    choose(one, NAME)
    in_use(one, NAME)
    before = one.page.evaluate(KEPT, "weights")
    assert sorted(before.values()) == [4, 4]
    for name in (site.MODEL, NAME):
        assert one.page.evaluate(DAMAGE, f"/{name}/").endswith(".safetensors")
    copies = (f"{one.address}deep/", f"{one.address[:-1]}-2/")
    neighbours = [f"{copy} glassformer weights {NAME} 1234" for copy in copies]
    one.page.evaluate("names => Promise.all(names.map(name => caches.open(name)))", neighbours)
    for damaged in (True, False):
        one.requests.clear()
        for name in (site.MODEL, NAME):
            one.page.click(f'[data-model="{name}"] [data-do="use"]')
            in_use(one, name)
        expected = ["model-00001-of-00001.safetensors"] * 2 if damaged else []
        assert [url.rsplit("/", 1)[1] for url in weights_asked(one)] == expected
    random_checkpoint.write(tmp_path / "new", CONFIG, 2)
    tokenizer_files.write(tmp_path / "new", CONFIG.vocab_size)
    quantize.quantize(tmp_path / "new", folder / "weights" / NAME)
    site.write_models(folder)
    one.fragment(f"model={NAME}&")
    one.page.reload()
    in_use(one, NAME)
    version = hashlib.sha256((folder / "weights" / NAME / INDEX).read_bytes()).hexdigest()[:16]
    new, after = f"{one.address} glassformer weights {NAME} {version}", one.page.evaluate(KEPT, "weights")
    assert new in set(after) - set(before) and len(after) == 2 + len(neighbours)
    choose(one, NAME, "remove")
    one.until("async name => !(await caches.keys()).includes(name)", new)
    assert set(neighbours) < set(one.page.evaluate("caches.keys()")), "each of another copy of the site"
    one.page.locator(f'[data-model="{NAME}"]').get_by_text("Kept in this browser").wait_for(state="detached")
    assert one.errors == []


@pytest.mark.parametrize("name", ["gone", "mini"])
def test_a_link_to_a_model_this_site_lacks_gets_the_embedded_one(visit, name):
    one = visit(locale="en-US")
    one.page.goto(one.address + f"#model={name}&text=Hi")
    one.page.reload()
    one.wait_live()
    if name == "gone":
        one.page.locator("#notice").filter(has_text="“gone”").wait_for()
    else:
        assert one.page.locator("#notice").is_hidden()
    assert one.page.input_value("#prompt") == "Hi"


def test_a_link_followed_on_the_open_page_changes_the_model(visit, two):
    one = visit(folder=two, locale="en-US")
    one.wait_live()
    one.page.evaluate("name => { location.hash = `model=${name}&text=Ho` }", NAME)
    in_use(one, NAME)
    one.page.wait_for_function("() => document.querySelector('#prompt').value === 'Ho'")


def test_a_failed_download_leaves_the_model_in_use_and_can_be_retried(visit, two):
    broken, refused = threading.Event(), []
    broken.set()

    def without(path):
        if broken.is_set() and NAME in path and path.endswith(".safetensors"):
            refused.append(path)
            return 404
        return None

    one = visit(without, folder=two, locale="en-US")
    one.wait_live()
    choose(one, NAME)
    one.page.locator("#notice.error").filter(has_text="safetensors").wait_for()
    one.close()
    one.page.fill("#prompt", "meanwhile")
    one.page.wait_for_function("() => document.querySelector('#prompt-tokens').textContent.startsWith('meanwhile')")
    assert "mini" in one.page.text_content("#model-text")
    choose(one, NAME)
    one.follows(lambda: len(refused), 2)  # the former failure is still being said
    one.page.locator("#notice.error").wait_for()
    one.close()
    broken.clear()
    one.page.click("#retry")
    in_use(one, NAME)


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


def test_about_this_run(live, reference):
    live.type("The cat sat on the mat")
    live.page.click("#open-run")
    live.wait_open("run")
    assert violations(live.page) == []
    rows = live.page.eval_on_selector_all(
        ".times tr", "all => all.map(one => one.querySelector('.number').textContent)"
    )
    times = [float(row.removesuffix(" ms")) for row in rows]
    assert len(times) == reference[0].config.n_layer + 2
    facts = live.page.eval_on_selector_all(".facts dd", "all => all.map(one => one.textContent)")
    assert float(facts[2].removesuffix(" ms")) == pytest.approx(sum(times), abs=0.05 * len(times) + 0.1)
    live.close()


def test_models_json_names_what_is_there(two):
    listed = json.loads((two / "weights" / "models.json").read_text())
    assert [model["name"] for model in listed] == ["mini", NAME]
    for model in listed:
        index = json.loads((two / model["base"] / INDEX).read_text())
        assert model["bytes"] == sum(file["size"] for file in index["metadata"]["files"])
        files = [path for path in (two / model["base"]).iterdir() if path.name != INDEX and path.suffix != ".gz"]
        assert model["bytes"] == sum(path.stat().st_size for path in files)
