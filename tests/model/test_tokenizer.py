"""The tokenizer against what Hugging Face's `tokenizers` wrote (tests/golden/make_tokenizer.py)."""

import copy
import json
from pathlib import Path

import pytest

from model.tokenizer import WORD, Tokenizer, TokenizerError

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "tokenizer.json").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=f"{i}-{case['text'][:12]!a}") for i, case in enumerate(GOLDEN["cases"])]
SPECIAL = "<|endoftext|>"


@pytest.fixture
def file():
    """A tokenizer.json, parsed, to change at will."""
    return copy.deepcopy(GOLDEN["tokenizer"])


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


def changed(*path, to):
    """A change to tokenizer.json: the value at `path` becomes `to`."""

    def change(file):
        *parents, last = path
        for key in parents:
            file = file[key]
        file[last] = to

    return change


def removed_byte(file):
    del file["model"]["vocab"]["A"]


REFUSED = {
    "a WordPiece model": (changed("model", "type", to="WordPiece"), "WordPiece model"),
    "a Unigram model": (changed("model", to={"type": "Unigram", "vocab": [["a", 0.0]]}), "Unigram model"),
    "no model": (changed("model", to=None), "no model"),
    "a model that is text": (changed("model", to="BPE"), "'BPE' model"),
    "a vocabulary that is a list": (changed("model", "vocab", to=["a"]), "no vocab and merges"),
    "no merges": (changed("model", "merges", to=None), "no vocab and merges"),
    "a normalizer": (changed("normalizer", to={"type": "NFC"}), "NFC normalizer"),
    "no pre-tokenizer": (changed("pre_tokenizer", to=None), "no pre_tokenizer"),
    "a Whitespace pre-tokenizer": (
        changed("pre_tokenizer", to={"type": "Whitespace"}),
        "Whitespace pre_token",
    ),
    "a sequence of pre-tokenizers": (changed("pre_tokenizer", "type", to="Sequence"), "Sequence pre_token"),
    "a pre-tokenizer without words": (changed("pre_tokenizer", "use_regex", to=False), "use_regex"),
    "no add_prefix_space": (changed("pre_tokenizer", "add_prefix_space", to=None), "add_prefix_space"),
    "a template": (changed("post_processor", to={"type": "TemplateProcessing"}), "TemplateProcessing post"),
    "a WordPiece decoder": (changed("decoder", "type", to="WordPiece"), "WordPiece decoder"),
    "dropout": (changed("model", "dropout", to=0.1), "dropout"),
    "ignore_merges": (changed("model", "ignore_merges", to=True), "ignore_merges"),
    "a subword prefix": (changed("model", "continuing_subword_prefix", to="##"), "continuing_subword_prefix"),
    "a word suffix": (changed("model", "end_of_word_suffix", to="</w>"), "end_of_word_suffix"),
    "a merge of three": (changed("model", "merges", 7, to="a b c"), "merge 7"),
    "a merge that is a number": (changed("model", "merges", 7, to=5), "merge 7"),
    "a merge of lists": (changed("model", "merges", 7, to=[["a"], ["b"]]), "merge 7"),
    "a merge of unknown tokens": (changed("model", "merges", 7, to=["zqx", "zqx"]), "merge 7"),
    "a merge into no token": (changed("model", "merges", 7, to=["Q", "Q"]), "merge 7"),
    "an id twice": (changed("model", "vocab", "A", to=5), "ids of the"),
    "an id that is text": (changed("model", "vocab", "A", to="5"), "ids of the"),
    "an id past the end": (changed("model", "vocab", "A", to=10**20), "ids of the"),
    "a byte without a token": (removed_byte, "ids of the"),
    "a byte outside the alphabet": (
        changed("model", "vocab", "a b", to=len(GOLDEN["tokenizer"]["model"]["vocab"])),
        "' '",
    ),
    "added tokens that are no list": (changed("added_tokens", to={"a": 1}), "added_tokens"),
    "an added token that is text": (changed("added_tokens", 0, to=SPECIAL), "content or its id"),
    "an added token without text": (changed("added_tokens", 0, "content", to=""), "content or its id"),
    "an added token without an id": (changed("added_tokens", 0, "id", to=None), "content or its id"),
    "an added token with another id": (changed("added_tokens", 0, "id", to=5), "another id"),
    "an added token past the end": (
        changed("added_tokens", 0, to={"id": 10**6, "content": "new"}),
        "ids of the",
    ),
    "an added token that strips": (changed("added_tokens", 0, "lstrip", to=True), "lstrip"),
    "an added token of whole words": (changed("added_tokens", 0, "single_word", to=True), "single_word"),
    "an added token of half a character": (changed("added_tokens", 0, "content", to="\ud800"), "surrogate"),
}


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_other_tokenizers_are_refused(change, message, file):
    change(file)
    with pytest.raises(TokenizerError, match=message):
        Tokenizer.from_json(file)


def test_a_vocabulary_without_all_bytes_is_refused(file):
    vocab = file["model"]["vocab"]
    vocab["\u0100\u0100"] = vocab.pop("A")
    with pytest.raises(TokenizerError, match="no token 'A' for byte 65"):
        Tokenizer.from_json(file)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '"text"', b"\xff\xfe{", "[" * 100_000, '{"a": ' * 100_000, "9" * 5000],
    ids=lambda text: repr(text[:8]),
)
def test_text_that_is_no_json_object_is_refused(text):
    with pytest.raises(TokenizerError, match="JSON"):
        Tokenizer.from_json(text)
