"""The tokenizer against what Hugging Face's `tokenizers` wrote (tests/golden/make_tokenizer.py)."""

import json
from pathlib import Path

import pytest

from model.tokenizer.tokenizer import WORD, Tokenizer, TokenizerError

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "tokenizer.json").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=f"{i}-{case['text'][:12]!a}") for i, case in enumerate(GOLDEN["cases"])]
SPECIAL = "<|endoftext|>"


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.from_json(GOLDEN["tokenizer"])


def id_of(token):
    return GOLDEN["tokenizer"]["model"]["vocab"][token]


@pytest.mark.parametrize("case", CASES)
def test_ids_are_the_librarys(case, tokenizer):
    assert tokenizer.encode(case["text"]) == case["ids"]


@pytest.mark.parametrize("case", CASES)
def test_ids_with_a_prefix_space_are_the_librarys(case, file):
    file["pre_tokenizer"]["add_prefix_space"] = True
    assert Tokenizer.from_json(file).encode(case["text"]) == case["ids_with_prefix_space"]


@pytest.mark.parametrize("case", CASES)
def test_words_are_the_librarys(case):
    assert WORD.findall(case["text"]) == case["words"]


@pytest.mark.parametrize("case", CASES)
def test_ids_give_the_text_back(case, tokenizer):
    assert tokenizer.decode_bytes(case["ids"]) == case["text"].encode()
    assert tokenizer.decode(case["ids"]) == case["text"]


def test_reads_text_bytes_and_both_ways_to_write_merges(file, tokenizer):
    file["model"]["merges"] = [" ".join(pair) for pair in file["model"]["merges"]]
    text = json.dumps(file)
    expected = tokenizer.encode("the thing's in 1999")
    assert Tokenizer.from_json(text).encode("the thing's in 1999") == expected
    assert Tokenizer.from_json(text.encode()).encode("the thing's in 1999") == expected


def test_reads_a_file_that_leaves_the_defaults_out(file):
    del file["model"]["type"], file["decoder"]
    file["model"] |= {"continuing_subword_prefix": "", "end_of_word_suffix": ""}
    file["truncation"] = {"max_length": 1, "stride": 0, "strategy": "LongestFirst", "direction": "Right"}
    assert len(Tokenizer.from_json(file).encode("one two three")) >= 3


@pytest.mark.parametrize(
    ("option", "ends"), [("lstrip", [1, 15, 16, 18, 19]), ("rstrip", [1, 2, 17, 18, 19]), ("normalized", None)]
)
def test_an_added_token_can_take_the_spaces_beside_it_along(option, ends, file):
    file["added_tokens"][0][option] = True
    tokenizer = Tokenizer.from_json(file)
    text = f"a {SPECIAL}  bx"
    found = tokenizer.encode_with_ends(text)
    assert [id for id, _ in found] == tokenizer.encode(text)
    assert [end for _, end in found] == (ends or [1, 2, 15, 16, 18, 19])
    assert [id for id, _ in found].count(id_of(SPECIAL)) == 1


def test_an_added_token_whose_spaces_are_gone_is_gone(file):
    """Of two added tokens the first takes along the whole of the second, as in the library."""
    size = len(file["model"]["vocab"])
    file["added_tokens"] += [
        {"id": size, "content": "<pad>", "rstrip": True},
        {"id": size + 1, "content": "\u3000", "lstrip": True},
    ]
    assert Tokenizer.from_json(file).encode_with_ends("<pad>\u3000a") == [(size, 8), (id_of("a"), 9)]


def one_in_a_sequence(key):
    return lambda part: {"type": "Sequence", key: [{"type": "Sequence", key: [part]}]}


def test_a_sequence_of_one_is_that_one(file, tokenizer):
    for name, key in (("pre_tokenizer", "pretokenizers"), ("decoder", "decoders"), ("post_processor", "processors")):
        file[name] = one_in_a_sequence(key)(file[name] or {"type": "ByteLevel"})
    file["normalizer"] = {"type": "Sequence", "normalizers": []}
    text = "the thing's in 1999"
    assert Tokenizer.from_json(file).encode(text) == tokenizer.encode(text)


def template(*single, ids=(GOLDEN["tokenizer"]["model"]["vocab"]["A"],)):
    pieces = [
        {"Sequence": {"id": one, "type_id": 0}} if one in "AB" else {"SpecialToken": {"id": one}} for one in single
    ]
    return {"type": "TemplateProcessing", "single": pieces, "special_tokens": {"x": {"id": "x", "ids": list(ids)}}}


@pytest.mark.parametrize(
    ("post_processor", "before", "after"),
    [
        (template("x", "A"), [id_of("A")], []),
        (template("A", "x"), [], [id_of("A")]),
        (template("x", "x", "A", "x", ids=[7, 8]), [7, 8, 7, 8], [7, 8]),
        ({"type": "RobertaProcessing", "cls": ["<s>", 5], "sep": ["</s>", 6]}, [5], [6]),
        ({"type": "Sequence", "processors": [{"type": "ByteLevel"}, template("x", "A")]}, [id_of("A")], []),
    ],
    ids=["before", "after", "several", "RoBERTa's", "beside another"],
)
def test_a_template_adds_its_tokens_to_every_text(post_processor, before, after, file, tokenizer):
    file["post_processor"] = post_processor
    ours = Tokenizer.from_json(file)
    for text in ("the thing", ""):
        assert ours.encode(text) == before + tokenizer.encode(text) + after
    assert [end for _, end in ours.encode_with_ends("é")] == [0] * len(before) + [1, 2][
        -len(tokenizer.encode("é")) :
    ] + [2] * len(after)
    assert ours.start == before + after and ours.has_start


def test_an_empty_text_starts_from_a_token_made_for_it(file):
    tokenizer = Tokenizer.from_json(file)
    assert tokenizer.start == [id_of(SPECIAL)] and tokenizer.has_start
    tokenizer.begin_with(id_of("A"), None, 10**9, id_of(SPECIAL))  # "A" is a word like any other
    assert tokenizer.start == [id_of(SPECIAL)] and tokenizer.has_start
    file["added_tokens"] = []
    tokenizer = Tokenizer.from_json(file)
    assert tokenizer.start == [0] and not tokenizer.has_start


def test_ids_beyond_the_tokens_stand_for_no_text(tokenizer):
    padded = Tokenizer.from_json(GOLDEN["tokenizer"])
    count = padded.token_count
    padded.vocab_size = count + 3
    assert [padded.is_token(id) for id in (-1, 0, count - 1, count, count + 2)] == [False, True, True, False, False]
    assert padded.decode([id_of("A"), count, count + 2, id_of("A")]) == "AA"
    assert padded.display(count) == f"⟨#{count}⟩" and padded.token_bytes(count + 2) == b""
    with pytest.raises(TokenizerError, match=f"no token {count + 3}"):
        padded.display(count + 3)


def test_added_tokens_match_leftmost_then_longest_and_plain_before_normalized(file):
    size = len(file["model"]["vocab"])
    contents = ["abc", "abcd", "bcde", "é "]
    for i, content in enumerate([*contents, "xé"]):
        file["added_tokens"].append({"id": size + i, "content": content, "normalized": content == "xé"})
    tokenizer = Tokenizer.from_json(file)
    ids = {content: size + i for i, content in enumerate([*contents, "xé"])}
    assert tokenizer.encode("abcde") == [ids["abcd"], id_of("e")]
    assert tokenizer.encode("abcxé abc") == [ids["abc"], id_of("x"), ids["é "], ids["abc"]]
    assert tokenizer.encode("xéabc") == [ids["xé"], ids["abc"]]
    assert tokenizer.token_bytes(ids["é "]) == "é ".encode()


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        ("A", "A"),
        ("Ġthe", " the"),
        ("Ċ", "↵"),
        ("ĊĊ", "↵↵"),
        ("ĉ", "⇥"),
        ("Ā", "⟨00⟩"),
        ("č", "⟨0D⟩"),
        ("¡", "⟨A1⟩"),
        ("âĢ", "⟨E2 80⟩"),
        ("ĠâĢ", " ⟨E2 80⟩"),
        ("âĢĻ", "\u2019"),
        ("âĢĭ", "⟨E2 80 8B⟩"),
        ("Ã©", "é"),
        ("ãĥ¼ãĥ", "ー⟨E3 83⟩"),
        ("ļéĨĴ", "⟨9A⟩醒"),
        ("ï¿½", "\ufffd"),
        (SPECIAL, SPECIAL),
    ],
)
def test_display(token, shown, file):
    vocab = file["model"]["vocab"]
    vocab.setdefault(token, len(vocab))
    assert Tokenizer.from_json(file).display(vocab[token]) == shown


def test_display_never_shows_a_broken_byte_as_a_replacement_character(tokenizer):
    assert tokenizer.vocab_size == len(GOLDEN["tokenizer"]["model"]["vocab"])
    shown = [tokenizer.display(id) for id in range(tokenizer.vocab_size)]
    assert all(text and "\ufffd" not in text and text.encode() for text in shown)
    assert tokenizer.decode([id_of("âĢ")]) == "\ufffd"


@pytest.mark.parametrize("id", [-1, len(GOLDEN["tokenizer"]["model"]["vocab"]), 10**30])
def test_an_id_outside_the_vocabulary_is_refused(id, tokenizer):
    for read in (tokenizer.token_bytes, tokenizer.display, lambda id: tokenizer.decode([0, id])):
        with pytest.raises(TokenizerError, match=f"no token {id}"):
            read(id)


@pytest.mark.parametrize(("text", "position"), [("\ud800", 0), ("ab\udfffc", 2), (SPECIAL + "\udc80", 13)])
def test_a_lone_surrogate_is_refused(text, position, tokenizer):
    with pytest.raises(TokenizerError, match=f"lone surrogate .* at position {position}"):
        tokenizer.encode(text)


class CountingDict(dict):
    """Counts its look-ups, and stops a run that makes too many."""

    def __init__(self, items, limit):
        super().__init__(items)
        self.lookups, self.limit = 0, limit

    def get(self, key, default=None):
        self.lookups += 1
        assert self.lookups <= self.limit, "the cost grows faster than the text"
        return super().get(key, default)


@pytest.mark.parametrize("letters", ["a", "ab", "é", "the", "\n", "="])
def test_ten_times_as_long_a_word_costs_at_most_fifteen_times_as_much(letters, tokenizer, monkeypatch):
    """Every merge, whether made or found undone, looks its rank up, so look-ups count the steps."""
    limit = 10_000
    for length in (1_000, 10_000, 100_000):
        ranks = CountingDict(tokenizer.ranks, limit)
        monkeypatch.setattr(tokenizer, "ranks", ranks)
        text = letters * (length // len(letters))
        assert tokenizer.decode(tokenizer.encode(text)) == text
        assert ranks.lookups >= length - len(letters)  # one for each pair of neighbours at least
        limit = 15 * ranks.lookups
