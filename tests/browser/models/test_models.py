"""Choosing a model: by hand, by a link, one that is kept."""

import hashlib
import json
import shutil
import threading

import pytest

from build.site import site
from build.weights import quantize, random_checkpoint, tokenizer_files
from model.checkpoint.layout import INDEX
from tests.browser.conftest import CONFIG, NAME
from tests.browser.test_accessible import violations

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
    other.arrive("#" + fragment)
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
    one.arrive(f"#model={name}&text=Hi")
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
