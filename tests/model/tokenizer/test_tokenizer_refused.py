"""Tokenizers that cannot be computed here, and files that are none: refused with what is wrong in them."""

import pytest

from model.tokenizer.tokenizer import Tokenizer, TokenizerError
from tests.model.tokenizer.test_tokenizer import GOLDEN, SPECIAL, template


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
    "a normalizer in a sequence": (
        changed("normalizer", to={"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]}),
        "NFC and Lowercase normalizer",
    ),
    "digits apart": (
        changed("pre_tokenizer", to={"type": "Sequence", "pretokenizers": [{"type": "Digits"}, {"type": "ByteLevel"}]}),
        "Digits and ByteLevel pre_token",
    ),
    "an empty sequence of pre-tokenizers": (
        changed("pre_tokenizer", to={"type": "Sequence", "pretokenizers": []}),
        "no pre_token",
    ),
    "a kind that is a list": (changed("decoder", "type", to=["ByteLevel"]), "decoder"),
    "a template": (changed("post_processor", to={"type": "TemplateProcessing"}), "TemplateProcessing post"),
    "a template without the text": (changed("post_processor", to=template("x")), "TemplateProcessing post"),
    "a template with the text twice": (changed("post_processor", to=template("A", "A")), "TemplateProcessing post"),
    "a template for two texts": (changed("post_processor", to=template("A", "B")), "second text"),
    "a template with an id that is text": (
        changed("post_processor", to=template("x", "A", ids=["7"])),
        "TemplateProcessing post",
    ),
    "a template with an id of no token": (
        changed("post_processor", to=template("x", "A", ids=[10**6])),
        "1000000, which is no token's",
    ),
    "two templates": (
        changed("post_processor", to={"type": "Sequence", "processors": 2 * [template("x", "A")]}),
        "several parts",
    ),
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
