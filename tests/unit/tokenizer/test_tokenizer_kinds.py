"""Every tokenizer.json that is accepted gives the ids of the `tokenizers` library; every other is refused in words."""

import copy
import json

import pytest
import tokenizers
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from model.explain.prompt import read_prompt
from model.tokenizer.tokenizer import Tokenizer, TokenizerError
from tests.unit.tokenizer.test_tokenizer_library import texts

END = "<|endoftext|>"
SIZE = 400


@pytest.fixture(scope="module")
def plain(tokenizer_json):
    return json.loads(tokenizer_json(SIZE))


def sequence(key, parts):
    return {"type": "Sequence", key: parts}


def wrapped(key, parts, none=None):
    """A part by itself, in a Sequence, in a Sequence of Sequences, or beside others; or `none`."""
    one = parts.map(lambda part: sequence(key, [part]))
    several = st.lists(parts | one, max_size=3).map(lambda some: sequence(key, some))
    return st.sampled_from([none, none]) | parts | one | one.map(lambda part: sequence(key, [part])) | several


def often(usual, rare):
    return st.integers(0, 5).flatmap(lambda n: usual if n else rare)


booleans = st.booleans()
byte_level = st.fixed_dictionaries(
    {
        "type": st.just("ByteLevel"),
        "add_prefix_space": booleans,
        "trim_offsets": booleans,
        "use_regex": often(st.just(True), st.just(False)),
    }
)
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True}
pre_tokenizers = st.sampled_from(
    [
        {"type": "Digits", "individual_digits": True},
        {"type": "Whitespace"},
        {"type": "Split", "pattern": {"Regex": "a|b"}, "behavior": "Isolated", "invert": False},
        {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
    ]
)
normalizers = st.sampled_from([{"type": "NFC"}, {"type": "Lowercase"}, {"type": "Prepend", "prepend": "x"}])
TEXT = {"Sequence": {"id": "A", "type_id": 0}}
PAIR = [TEXT, {"Sequence": {"id": "B", "type_id": 1}}]
MARKS = {"[CLS]": [3], "[SEP]": [5, 6], END: [SIZE - 1]}
marks = st.sampled_from([*MARKS]).map(lambda name: {"SpecialToken": {"id": name, "type_id": 0}})
templates = st.builds(
    lambda before, text, after: {
        "type": "TemplateProcessing",
        "single": before + text + after,
        "pair": PAIR,
        "special_tokens": {name: {"id": name, "ids": ids, "tokens": ["x"] * len(ids)} for name, ids in MARKS.items()},
    },
    st.lists(marks, max_size=2),
    st.sampled_from([[TEXT], [TEXT], [TEXT], [], [TEXT, TEXT]]),
    st.lists(marks, max_size=2),
)
berts = st.builds(
    lambda kind, more: {"type": kind, "sep": ["</s>", 9], "cls": ["<s>", 8], **more},
    st.sampled_from(["BertProcessing", "RobertaProcessing"]),
    st.fixed_dictionaries({"trim_offsets": booleans, "add_prefix_space": booleans}),
)
decoders = byte_level | st.sampled_from([{"type": "WordPiece", "prefix": "##", "cleanup": True}, {"type": "Fuse"}])
options = st.fixed_dictionaries(
    {},
    optional={
        "dropout": st.sampled_from([None, 0.0]),
        "unk_token": st.sampled_from([None, END]),
        "byte_fallback": booleans,
        "fuse_unk": booleans,
        "ignore_merges": often(st.just(False), st.just(True)),
        "end_of_word_suffix": often(st.sampled_from([None, ""]), st.just("</w>")),
        "continuing_subword_prefix": st.sampled_from([None, ""]),
    },
)
added = st.lists(
    st.fixed_dictionaries(
        {
            "content": st.sampled_from(["<pad>", "<mask>", " the", "\u3000", "ab", "  ", "é", "<|end", "\n<", "x "]),
            "single_word": often(st.just(False), often(st.just(False), st.just(True))),
            "lstrip": booleans,
            "rstrip": booleans,
            "normalized": booleans,
            "special": booleans,
        }
    ),
    max_size=4,
    unique_by=lambda token: token["content"],
)
TRUNCATION = {"max_length": 2, "stride": 0, "strategy": "LongestFirst", "direction": "Right"}
PADDING = {"strategy": {"Fixed": 9}, "direction": "Left", "pad_to_multiple_of": None, "pad_id": 7}
PADDING |= {"pad_type_id": 0, "pad_token": "x"}
files = st.fixed_dictionaries(
    {
        "pre_tokenizer": often(
            byte_level | wrapped("pretokenizers", byte_level, BYTE_LEVEL),
            wrapped("pretokenizers", byte_level | pre_tokenizers),
        ),
        "normalizer": often(st.none() | st.just(sequence("normalizers", [])), wrapped("normalizers", normalizers)),
        "post_processor": wrapped("processors", often(byte_level | templates | berts, templates)),
        "decoder": often(byte_level | st.none(), wrapped("decoders", decoders)),
        "truncation": st.sampled_from([None, TRUNCATION]),
        "padding": st.sampled_from([None, PADDING]),
    }
)


def library_of(file):
    """As `transformers` uses it on a single text."""
    library = tokenizers.Tokenizer.from_str(json.dumps(file))
    library.no_truncation()
    library.no_padding()
    return library


def encoded(library, text):
    """What the library says; assumed away where it breaks off by a fault of its own ("AddedVocabulary bad split")."""
    try:
        return library.encode(text)
    except BaseException as panic:  # its panics are no Exceptions
        assume(type(panic).__name__ != "PanicException")
        raise


spaced = st.lists(
    st.sampled_from(
        ["<pad>", "<mask>", " the", "\u3000", "ab", "é", "<|end", END, "x ", " ", "\n", "\x85", "\x1c", "a1"]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=1500, deadline=None, database=None)
@given(parts=files, model=options, more=added, old=booleans, some=st.lists(texts | spaced, min_size=1, max_size=3))
def test_what_is_accepted_has_the_librarys_ids(plain, parts, model, more, old, some):
    file = copy.deepcopy(plain) | parts
    file["model"] |= model
    if old:
        file["model"]["merges"] = ["#version: 0.2", *(" ".join(merge) for merge in file["model"]["merges"])]
    ids = dict(file["model"]["vocab"])
    for token in more:
        file["added_tokens"].append({"id": ids.setdefault(token["content"], len(ids)), **token})
    try:
        ours = Tokenizer.from_json(json.dumps(file))
    except TokenizerError as error:
        event(f"refused: {error.kind}")
        assert len(str(error)) > 20
        return
    event("accepted")
    library = library_of(file)
    for text in some:
        assert ours.encode(text) == encoded(library, text).ids
        read, answer = read_prompt(text, ours, 10**6)
        assert read == (ours.encode(text) if text else ours.start)
        assert "".join(token["text"] for token in answer["tokens"]) == text


@settings(max_examples=500, deadline=None, database=None)
@given(text=texts | spaced, prefix=booleans, more=added)
def test_each_token_holds_the_characters_that_the_library_says(plain, text, prefix, more):
    file = copy.deepcopy(plain) | {"pre_tokenizer": BYTE_LEVEL | {"add_prefix_space": prefix}, "post_processor": None}
    ids = dict(file["model"]["vocab"])
    for token in more:
        token |= {"single_word": False}
        file["added_tokens"].append({"id": ids.setdefault(token["content"], len(ids)), **token})
    ours, theirs = Tokenizer.from_json(file).encode_with_ends(text), encoded(library_of(file), text)
    assert [id for id, _ in ours] == theirs.ids
    places = [len(text[:i].encode()) for i in range(len(text) + 1)]  # of each character's first byte
    before = 0
    for (_, end), (_, theirs_end) in zip(ours, theirs.offsets, strict=True):
        if end > before:  # else it is a space put before the text, which to the library holds the first character
            assert sum(place < end for place in places[:-1]) == theirs_end  # a character is its first token's
        before = end
