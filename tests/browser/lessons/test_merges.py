"""A word of the text becomes tokens, merge by merge: what stands there is what Hugging Face's `tokenizers` makes."""

import pytest
import tokenizers

from build.paths import ROOT
from build.site import site
from model.tokenizer.merges import merge_steps
from model.tokenizer.tokenizer import Tokenizer
from tests.browser import looking

FILE = (ROOT / "weights" / site.MODEL / "tokenizer.json").read_text(encoding="utf-8")
PIECES = """() => [...document.querySelectorAll("#merge-pieces .chip")].map(one =>
    [one.querySelector("bdi").textContent, Number(one.querySelector(".chip-id").textContent.replace(/\\D/g, ""))])"""


@pytest.fixture(scope="module", params=["en-US", "zh-CN"])
def one(visiting, request):
    with visiting(pyodide=False, locale=request.param) as one:
        one.wait_live()
        yield one


def pieces(one):
    """Each with its id."""
    return one.page.evaluate(PIECES)


def step(one):
    return int(one.page.input_value("#merge-step"))


def merged(word, number):
    """The ids of the word's pieces after so many merges, from the list of merges by itself."""
    ids, steps = merge_steps(word.encode(), Tokenizer.from_json(FILE))
    for one in steps[:number]:
        ids[one.left : one.left + 2] = [one.id]
    return ids, len(steps)


def test_a_word_merges_forwards_and_backwards_until_its_tokens_stand_there(one):
    one.type("The little girl was very happy because")
    one.open("merges")
    chosen = one.page.locator("#merge-words [aria-pressed=true]")
    assert "because" in chosen.text_content(), "the chosen token's word"
    size = merged(" because", 0)[1]
    assert step(one) == 0 and [id for _, id in pieces(one)] == merged(" because", 0)[0]
    said = set()
    for number in range(1, size + 1):
        one.page.click("#merge-on")
        one.follows(lambda: [id for _, id in pieces(one)], merged(" because", number)[0])
        assert one.page.locator(".merge-list .now").get_attribute("data-merge") == str(number)
        said.add(one.page.text_content("#merge-said"))
    assert len(said) == size
    assert (
        [id for _, id in pieces(one)] == tokenizers.Tokenizer.from_str(FILE).encode(" because").ids == one.tokens()[-1:]
    )
    one.page.focus("#merge-back")
    for number in (size - 1, size - 2):
        one.page.keyboard.press("ArrowLeft")
        one.follows(lambda: [id for _, id in pieces(one)], merged(" because", number)[0])
    one.page.keyboard.press("End")
    one.follows(lambda: step(one), size)
    one.page.keyboard.press("Home")
    one.follows(lambda: step(one), 0)
    one.page.focus("#merge-step")
    one.page.keyboard.press("ArrowRight")
    one.follows(lambda: [id for _, id in pieces(one)], merged(" because", 1)[0])
    one.page.focus("#merge-words [aria-pressed=true]")
    one.page.keyboard.press("ArrowLeft")
    one.page.keyboard.press("Enter")
    one.follows(lambda: [id for _, id in pieces(one)], merged(" happy", 0)[0])
    assert one.fragment("open=bpe")
    one.close()
    one.page.evaluate("location.hash = '#open=bpe&at=blocks.5.attn.q-6-0-3'")
    one.wait_open("merges")
    assert "because" in chosen.text_content(), "a number is no word"
    one.close()
    assert one.errors == []


def test_a_character_of_three_bytes_is_bracketed_as_one(one):
    one.type("你好")
    one.open("merges")
    brackets = one.page.locator("#merge-characters .many")
    assert brackets.all_text_contents() == ["你", "好"]
    assert [bracket.get_attribute("colspan") for bracket in brackets.all()] == ["3", "3"]
    assert one.page.locator("#merge-bytes td").all_text_contents() == "你好".encode().hex(" ").upper().split()
    assert "“你”" in one.page.text_content(".merge-work .note")
    assert [id for _, id in pieces(one)] == tokenizers.Tokenizer.from_str(FILE).encode("你好").ids
    assert one.page.locator("#merge-step").count() == 0, "no two of these bytes merge"
    one.type("é because <|endoftext|>")
    one.page.wait_for_function("() => document.querySelectorAll('#merge-words button').length === 4")
    one.page.click("#merge-words button >> nth=0")
    one.page.locator("#merge-step").wait_for()
    one.page.click("#merge-last")
    one.follows(lambda: [id for _, id in pieces(one)], tokenizers.Tokenizer.from_str(FILE).encode("é").ids)
    one.page.click("#merge-words button >> nth=3")
    one.page.wait_for_function("() => !document.querySelector('.merge-work')")
    one.type("")
    one.page.wait_for_function("() => !document.querySelector('#merge-words')")
    one.close()
    assert one.errors == []


def test_what_has_merged_is_scrolled_to(one):
    one.type("antidisestablishmentarianism")
    looking.resize(one.page, 390, 844)
    one.open("merges")
    assert one.page.evaluate("document.querySelector('#merge-scroll').scrollLeft") == 0
    one.page.click("#merge-on")
    one.page.wait_for_function(
        """() => {
            const [row, piece] = ["#merge-scroll", "#merge-pieces .new"].map(name => document.querySelector(name));
            const [all, one] = [row, piece].map(element => element?.getBoundingClientRect());
            return one && row.scrollLeft && one.left >= all.left && one.right <= all.right;
        }"""
    )
    one.close()
    looking.resize(one.page, 1280, 720)
