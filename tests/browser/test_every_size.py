"""The page at every size of window, in both themes and languages, with texts of every length: nothing lies on another
text, is cut, too small, hard to read or without a legend, and no ribbon runs through what is not its own."""

import pytest

from build.paths import ROOT
from build.weights import random_checkpoint, tokenizer_files
from model.config import GPT2Config
from page.state.examples import EXAMPLES
from tests.browser import looking
from tests.browser.conftest import put_in_place

SIZES = ((1440, 900), (1366, 640), (1280, 600), (1024, 700), (390, 844))
LENGTHS = (1, 3, 7, 15, 40, 128)  # tokens
LANGUAGES = ("en", "zh")
THEMES = ("light", "dark")
OWN_WORDS = ROOT / "tests" / "model" / "own_words.txt"
LONG = GPT2Config(vocab_size=512, n_positions=1024, n_embd=144, n_layer=12, n_head=12)
PARTS = (
    "models",
    "share",
    "embedding",
    "all_heads",
    "attention_head",
    "probabilities",
    "effects",
    "logit_lens",
    "logit_terms",
    "merges",
    "number",
    "compare",
    "cuts",
    "run",
    "glossary",
    "try_it",
)
NUMBERS = ("embed-2-3", "blocks.5.ln1-6-2", "blocks.5.attn.q-6-0-3", "blocks.5.attn.z-6-0-16", "blocks.5.mlp.post-6-9")
NUMBERS += ("blocks.5.attn.pattern-0-6-2", "blocks.5.mlp_out-6-3", "probabilities-6-673")
VIEWS = {  # of the code beside a number -> what it has once it is there
    "steps": "#code-scrub",
    "edits": "#edits .experiment",
    "write": "#write-room .editor",
    "ask": "#ask-examples",
}
ENDS = {"compare": "#unpin", "cuts": "#cuts-undo"}
WAITED = "() => !document.querySelector('.stop.waiting')"


@pytest.fixture(scope="module")
def one(visiting):
    with visiting(pyodide=False, locale="en-US", reduced_motion="reduce") as one:
        one.wait_live()
        yield one


def text_of(tokenizer, count):
    """The beginning of a text of our own, or the example that is opened with, as long as so many tokens."""
    if count == len(tokenizer.encode(EXAMPLES[0])):
        return EXAMPLES[0]
    return tokenizer.decode(tokenizer.encode(OWN_WORDS.read_text(encoding="utf-8"))[:count])


def speak(one, language):
    one.page.select_option("#language", language)
    one.page.wait_for_function("language => document.documentElement.lang === language", arg=language)
    one.page.wait_for_function(WAITED)


def look(one, state, blocks):
    """The faults at each of these blocks and sizes, of Chinese at the last of the blocks alone; there colours are
    looked at too, in both themes, of Chinese in the dark one."""
    found = {}
    for language in LANGUAGES:
        speak(one, language)
        for block in blocks if language == "en" else blocks[-1:]:
            one.go(block, 1)
            for size in SIZES:
                looking.resize(one.page, *size)
                here = f"{state}, block {block}, {language}, {size[0]}x{size[1]}"
                found[here] = looking.places(one.page)
                for theme in THEMES[language == "zh" :] if block == blocks[-1] else ():
                    one.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                    found[f"{here}, {theme}"] = looking.contrast(one.page)
    return looking.told(found)


@pytest.mark.parametrize("count", LENGTHS)
def test_all_is_read_and_nothing_crosses(one, reference, count):
    session, tokenizer = reference
    one.type(text_of(tokenizer, count))
    assert len(one.tokens()) == count
    layers = session.config.n_layer
    assert (faults := look(one, f"{count} tokens", (1, layers, layers // 2))) == "", f"\n{faults}"


def test_a_deep_model_and_a_long_text(visiting, dist, tmp_path):
    random_checkpoint.write(tmp_path / "source", LONG, 1)
    tokenizer_files.write(tmp_path / "source", LONG.vocab_size)
    put_in_place(dist, tmp_path / "source", tmp_path / "dist")
    with visiting(folder=tmp_path / "dist", pyodide=False, locale="en-US", reduced_motion="reduce") as one:
        one.wait_live()
        one.type("a" + " a" * 399)
        assert "400" in one.page.text_content("#prompt-count")
        faults = look(one, "400 tokens of a random model", (12, 6))
        one.type(EXAMPLES[0])
        faults += look(one, "a random model", (1, 7))
    assert faults == "", f"\n{faults}"


def look_at_what_is_open(one, what):
    """The faults at every size; of colours at the widest and the narrowest, in both themes."""
    found = {}
    for size in SIZES:
        looking.resize(one.page, *size)
        here = f"{what}, {size[0]}x{size[1]}"
        found[here] = looking.places(one.page)
        if size in (SIZES[0], SIZES[-1]):
            for theme in THEMES:
                one.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                found[f"{here}, {theme}"] = looking.contrast(one.page)
    return looking.told(found)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_opened_parts_are_read(one, part, language):
    speak(one, language)
    one.type(EXAMPLES[0])
    looking.resize(one.page, *SIZES[0])
    one.open(part)
    if part == "effects":
        one.page.locator(".effect-table").wait_for()
    faults = look_at_what_is_open(one, f"{part}, {language}")
    one.close()
    if part in ENDS:
        one.page.click(ENDS[part])
    assert faults == "", f"\n{faults}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", NUMBERS)
def test_opened_numbers_are_read(one, address, language):
    speak(one, language)
    one.type(EXAMPLES[0])
    found = {}
    looking.resize(one.page, *SIZES[0])
    one.page.evaluate("link => { location.hash = link }", f"#block=6&head=1&open=number&at={address}")
    one.page.locator("#panel[open] code").filter(has_text=address.split("-")[0]).wait_for()
    whole = one.page.locator("#whole:not([open]) summary")
    if whole.count():
        whole.press("Enter")
        one.page.locator(".factor").first.wait_for()
    for size in SIZES:
        looking.resize(one.page, *size)
        here = f"{address}, {language}, {size[0]}x{size[1]}"
        found[here] = looking.places(one.page)
        theme = THEMES[language == "zh"]
        one.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found[f"{here}, {theme}"] = looking.contrast(one.page)
    one.close()
    assert (faults := looking.told(found)) == "", f"\n{faults}"


def open_code(one, view):
    """Beside an opened number."""
    one.page.evaluate(
        "link => { location.hash = link }", "#block=6&head=1&open=number&at=blocks.5.attn.z-6-0-16&code=1"
    )
    one.page.locator("#code-lines .listing").wait_for()
    if view != "steps":
        one.page.click(f"#code-{view}")
    one.page.locator(VIEWS[view]).first.wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_the_code_is_read(one, view, language):
    speak(one, language)
    one.type(EXAMPLES[0])
    looking.resize(one.page, *SIZES[0])
    open_code(one, view)
    faults = look_at_what_is_open(one, f"{view}, {language}")
    one.close()
    assert faults == "", f"\n{faults}"
