"""The tokenizer against Hugging Face's `tokenizers`: text of every kind, vocabularies of several sizes."""

import hashlib
import json
import unicodedata

import pytest
import tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st

from build.weights import tokenizer_files, unicode_classes
from model.tokenizer.tokenizer import WORD, Tokenizer, TokenizerError
from tests.golden import make_tokenizer

SIZES = [400, 8192, 50_257]
EVERY_CHARACTER = unicode_classes.EVERY_CHARACTER
MARKS = "".join(character for character in EVERY_CHARACTER if unicodedata.combining(character))

SNIPPETS = [
    *["<|endoftext|>", "<|endoftext", "|>", "<|", "endoftext"],
    *["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "\u2019s", "''", "I'll've"],
    *[
        "the",
        " the",
        " of",
        "tokenization",
        " Transformer",
        "don't",
        "e.g.",
        "3.14",
        "1,000",
        "x_1",
        "=>",
        "...",
        "----",
    ],
    *["👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇺🇳", "1️⃣", "\u200d", "\ufe0f", "\u200f", "\u202e", "\ufeff"],
    *[
        "שָׁלוֹם",
        "العَرَبِيَّة",
        "हिन्दी",
        "ภาษาไทย",
        "한국어",
        "日本語",
        "中文",
        "龍醒",
        "Ελληνικά",
        "Русский",
        "ﬁ",
        "Ⅷ",
        "½",
        "٣",
    ],
]
texts = st.lists(
    st.sampled_from(SNIPPETS)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
    | st.text(st.sampled_from(EVERY_CHARACTER), max_size=4)
    | st.text(st.sampled_from(" \t\n\r\v\f\x1c\x85\xa0\u1680\u2003\u2028\u202f\u3000"), min_size=1, max_size=6)
    | st.text(st.characters(max_codepoint=0x9F), max_size=4)
    | st.text(st.sampled_from(MARKS), min_size=1, max_size=3)
    | st.builds(str.__mul__, st.sampled_from(["a", "ab", " ", "é", "=", "🙂"]), st.integers(1, 90)),
    max_size=12,
).map("".join)

# More added tokens, and whether they are normalized: contained in each other, overlapping, parts of words,
# and one that is in the vocabulary too ('s).
ADDED = {
    "<|end": True,
    "<|endo": False,
    "'s": True,
    "aba": False,
    "abab": True,
    " the": False,
    "éa": False,
    "  ": True,
}


@pytest.fixture(scope="session")
def pairs(tokenizer_json):
    """Our tokenizer and the library's, for each vocabulary size and for files with other settings."""
    files = [tokenizer_json(size) for size in SIZES]
    changed = json.loads(files[0])
    changed["pre_tokenizer"]["add_prefix_space"] = True
    changed["model"]["merges"] = [" ".join(merge) for merge in changed["model"]["merges"]]
    options = {"single_word": False, "lstrip": False, "rstrip": False, "special": False}
    ids = dict(changed["model"]["vocab"])
    for content, normalized in ADDED.items():
        id = ids.setdefault(content, len(ids))
        changed["added_tokens"].append({"id": id, "content": content, "normalized": normalized, **options})
    files.append(json.dumps(changed))
    return [(Tokenizer.from_json(file), tokenizers.Tokenizer.from_str(file)) for file in files]


@settings(max_examples=2500, deadline=None, database=None)
@given(text=texts)
def test_ids_and_words_are_the_librarys(pairs, text):
    for ours, theirs in pairs:
        ids = ours.encode(text)
        assert ids == theirs.encode(text).ids
        if not ours.add_prefix_space:
            assert ours.decode_bytes(ids) == text.encode()
    words = pairs[0][1].pre_tokenizer.pre_tokenize_str(text)
    assert WORD.findall(text) == [text[begin:end] for _, (begin, end) in words]


def test_ids_of_every_character_are_the_librarys(pairs):
    ours, theirs = pairs[2]
    for begin in range(0, len(EVERY_CHARACTER), 2**16):  # all at once take 1 GB
        text = EVERY_CHARACTER[begin : begin + 2**16]
        ids = ours.encode(text)
        assert ids == theirs.encode(text).ids
        assert ours.decode_bytes(ids) == text.encode()


def test_every_token_is_the_librarys(pairs):
    for ours, theirs in pairs:
        assert ours.vocab_size == theirs.get_vocab_size()
    ours, theirs = pairs[2]
    for id in range(ours.vocab_size):
        assert ours.decode([id]) == theirs.decode([id], skip_special_tokens=False)


@settings(max_examples=200, deadline=None, database=None)
@given(before=texts, surrogate=st.characters(categories=["Cs"]), after=texts)
def test_a_lone_surrogate_is_refused_with_its_position(pairs, before, surrogate, after):
    with pytest.raises(TokenizerError, match=f"position {len(before)}:"):
        pairs[0][0].encode(before + surrogate + after)


def test_the_vocabulary_is_gpt2s_own():
    merges = tokenizer_files.gpt2_merges()
    text = "#version: 0.2\n" + "".join(f"{left} {right}\n" for left, right in merges)
    assert hashlib.sha256(text.encode()).hexdigest() == tokenizer_files.VOCAB_BPE_SHA256
    assert tokenizer_files.build_tokenizer(50_257).encode("Hello world<|endoftext|>").ids == [
        15496,
        995,
        50256,
    ]


@pytest.mark.parametrize("vocab_size", [256, 50_258])
def test_a_vocabulary_size_out_of_range_is_refused(vocab_size):
    with pytest.raises(ValueError, match="from 257 to 50257"):
        tokenizer_files.build_tokenizer(vocab_size)


def test_a_changed_vocabulary_is_refused(monkeypatch):
    tokens = tokenizer_files.gpt2_tokens()
    tokens[-1], tokens[-2] = tokens[-2], tokens[-1]
    monkeypatch.setattr(tokenizer_files, "gpt2_tokens", lambda: tokens)
    with pytest.raises(tokenizer_files.TokenizerFilesError, match=r"vocab\.bpe"):
        tokenizer_files.gpt2_merges.__wrapped__()


def test_the_unicode_classes_are_up_to_date():
    assert unicode_classes.MODULE.read_text(encoding="utf-8") == unicode_classes.render()


def test_the_golden_file_is_up_to_date():
    assert make_tokenizer.GOLDEN.read_text(encoding="utf-8") == make_tokenizer.render()
