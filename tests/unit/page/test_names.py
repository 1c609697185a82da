"""Names of tokens: clipped in the middle, never within what a reader takes for one character."""

import re
import unicodedata
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from page.text.markup import quoted, quoted_html, svg_name, visible
from page.text.names import characters, clipped, is_mark, isolated, label, width

FAMILY, THUMB, FLAGS, ACCENTS = "👨\u200d👩\u200d👧", "👍🏽", "🇩🇪🇫🇷🇯🇵", "e\u0301a\u0308\u0323"
SCRIPTS = ("ab -", "\u0301\u0308\u0323", "שלום\u05b7", "سلام\u064b", "नमस्ते", "ก็ที่", "你好한국", FAMILY, THUMB, FLAGS)
TEXTS = st.text(st.sampled_from("".join(SCRIPTS)) | st.characters(codec="utf-8"), min_size=1, max_size=60)
ROOM = st.integers(7, 24)


@given(TEXTS, ROOM)
@example("-" * 32, 12)
@example(FLAGS * 8, 9)
@example(FAMILY * 8, 9)
@example(ACCENTS * 8, 9)
def test_a_clipped_name_keeps_whole_characters_of_its_beginning_and_end_and_no_more_than_fit(text, room):
    pieces, name = characters(text), clipped(text, room)
    assert "".join(pieces) == text
    if sum(map(width, pieces)) <= room:
        assert name == text
        return
    fits = [
        (first, last)
        for first in range(1, len(pieces))
        for last in range(first + 1, len(pieces))
        if "".join(pieces[:first]) + "…" + "".join(pieces[last:]) == name
    ]
    assert fits, "a beginning and an end"
    (first, last), *_ = fits
    assert sum(map(width, [*pieces[:first], *pieces[last:]])) + 1 <= room
    assert sum(map(width, [*pieces[:first], *pieces[last:]])) + 1 >= room - 2, "what there is room for is there"


@given(st.characters(codec="utf-8"))
def test_what_stands_on_the_character_before_is_what_unicode_calls_a_mark(one):
    """As far as Unicode 3.2 knows it, which every Python does; later marks came between those."""
    kind = unicodedata.ucd_3_2_0.category(one)
    if kind[0] == "M":
        assert is_mark(one)
    elif kind[0] in "LNPSZ" and unicodedata.category(one)[0] != "M":
        assert not is_mark(one) or "HANGUL" in unicodedata.name(one)


@pytest.mark.parametrize("whole", [FAMILY, THUMB, FLAGS[:2], "e\u0301", "한", "\u1112\u1161\u11ab", "नि"])
def test_what_a_reader_takes_for_one_character_is_one(whole):
    assert characters("a" + whole + "b") == ["a", whole, "b"]


@given(TEXTS)
@example("-" * 32)
@example(" " * 32)
@example("\u0301x")
@example("\u202eabc")
def test_every_name_is_isolated_and_whole_where_it_is_pointed_at(shown):
    for html in (visible(shown), quoted_html(shown), f"<text>{svg_name(shown, 9)}</text>"):
        bare = unescape(re.sub("<title>.*</title>|<[^>]*>", "", html, flags=re.DOTALL))
        assert len(characters(bare)) <= 24
        if "…" in bare and "…" not in shown:
            assert re.search(r' title="“|<title>“', html)
    assert "<bdi" in visible(shown) and "<bdi" in quoted_html(shown)
    assert "…" not in quoted(shown) or "…" in shown


def test_names_by_example():
    assert clipped("-" * 32, 12) == "--------…---"
    assert label(" disappointment", 9) == "disapp…nt"
    assert label("   ", 9) == "␣␣␣" and label(" ", 9) == "␣"
    assert visible(" her") == '<bdi translate="no"><span class="space">␣</span>her</bdi>'
    assert visible("\u0301").endswith("</span>◌\u0301</bdi>")
    assert quoted(" שלום") == "“\u2068␣שלום\u2069”" and isolated("her") == "her"
    assert clipped("人工智能是计算机科学", 9) == "人工智…学"
