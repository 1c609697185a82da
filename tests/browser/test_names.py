"""Names of tokens in any script and of any length: tints under their characters, whole names within reach."""

import pytest

from build.weights import random_checkpoint, tokenizer_files
from model.config import GPT2Config
from tests.browser.conftest import put_in_place

TEXTS = (
    "He said שלום (ال) again, " + "-" * 32,  # as one direction among another's
    "שלום, (abc) ال! " + "-" * 32,  # what runs from right to left
    "ال\nabc 你 שלום.\n\nשלום abc",  # by lines
    "a " * 60 + "שלום ال. " * 12,  # more than a line
)
# Of every character, whether the field has it where the layer below has it: pointed at, it has the caret at one of its
# two sides. Where directions meet there is one place for two carets: it has to be so at one of its ends.
BESIDE = """() => {
    const field = document.querySelector("#prompt"), wrong = [];
    const walker = document.createTreeWalker(document.querySelector("#prompt-tokens"), NodeFilter.SHOW_TEXT);
    let at = 0;
    for (let node; (node = walker.nextNode()) && !node.parentElement.closest(".ghost"); at += node.length) {
        for (let i = 0; i < node.length; i++) {
            const range = new Range();
            range.setStart(node, i);
            range.setEnd(node, i + 1);
            const box = range.getBoundingClientRect();
            if (!box.width || /[\\ud800-\\udfff\\u200b]/.test(node.data[i])) continue;
            const hits = [0.2, 0.8].map(share =>
                document.caretPositionFromPoint(box.left + share * box.width, box.top + box.height / 2));
            const near = hits.some(hit => hit.offset === at + i || hit.offset === at + i + 1);
            if (!near || hits.some(hit => hit.offsetNode !== field)) wrong.push([at + i, node.data[i]]);
        }
    }
    return at ? wrong : "nothing is tinted";
}"""
CUT = """() => [...document.querySelectorAll("main bdi, main .piece, main .guess, #append bdi, .overlay text.row-name,"
        + ".overlay text.column-name, .overlay text.said, main th, main .copy li")]
    .filter(one => one.getClientRects().length && !one.closest(".waiting"))
    .filter(one => one.textContent.includes("…") || one.scrollWidth > one.clientWidth + 1 && one.localName !== "bdi")
    .map(one => [one.textContent.trim(), !!(one.closest("[title]") || one.querySelector("[title], title"))])"""
ISOLATED = "[...document.querySelectorAll('bdi')].every(one => getComputedStyle(one).unicodeBidi === 'isolate')"


@pytest.fixture(scope="module")
def scripts(visiting, dist, tmp_path_factory):
    """A page whose model has GPT-2's whole vocabulary, with its Hebrew and Arabic, and random weights."""
    folder = tmp_path_factory.mktemp("scripts")
    config = GPT2Config(vocab_size=50257, n_positions=256, n_embd=64, n_layer=2, n_head=2)
    random_checkpoint.write(folder / "source", config, 1)
    tokenizer_files.write(folder / "source", config.vocab_size)
    put_in_place(dist, folder / "source", folder / "dist")
    with visiting(folder=folder / "dist", locale="en-US", pyodide=False) as one:
        one.wait_live()
        yield one


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
@pytest.mark.parametrize("text", TEXTS)
def test_tints_lie_under_their_characters_and_no_name_is_cut_without_a_whole_one(scripts, size, text):
    scripts.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    scripts.type(text)
    scripts.page.wait_for_function("() => !document.querySelector('.stop.waiting')")
    assert scripts.page.evaluate(BESIDE) == []
    begins = scripts.page.locator("#prompt-tokens .tint").first.bounding_box()
    field = scripts.page.locator("#prompt").bounding_box()
    assert (begins["x"] > field["x"] + field["width"] / 2) == (text[0] in "שا"), "a line begins where its language does"
    cut = scripts.page.evaluate(CUT)
    assert [name for name, is_whole in cut if not is_whole] == []
    assert scripts.page.evaluate(ISOLATED)
    if "---" in text and len(scripts.tokens()) <= 16:
        names = [name for name, _ in cut]
        assert any(name.startswith("----") and name.endswith("--") for name in names), names
    assert scripts.errors == []
