"""Text becomes tokens without loss, and training reads them as it says: what build/train/data.py promises."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
import tokenizers
from hypothesis import assume, given
from hypothesis import strategies as st

from build.train import data
from build.train.data import DataError, consecutive_windows, prepare, read_documents, shuffled_windows, token_stream
from build.weights.tokenizer_files import END_OF_TEXT, build_tokenizer

VOCAB_SIZE = 512
NUMBERED = [f"This is document {i}." for i in range(400)]
HELD_OUT = [f"This is document {i}." for i in (53, 177, 246)]  # by their hash, in every run on every machine


@pytest.fixture(scope="module")
def tokenizer() -> tokenizers.Tokenizer:
    return build_tokenizer(VOCAB_SIZE)


def write(folder: Path, files: dict[str, list[str]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, documents in files.items():
        (folder / name).write_text(f"\n{END_OF_TEXT}\n".join(documents), encoding="utf-8")
    return folder


def documents_of(ids: np.ndarray, tokenizer: tokenizers.Tokenizer) -> list[str]:
    """The texts that follow each `<|endoftext|>`, decoded."""
    parts = np.split(ids, np.flatnonzero(ids == tokenizer.token_to_id(END_OF_TEXT)))  # before the first, then each
    assert not len(parts[0]), "every token belongs to a document"
    return [tokenizer.decode(part[1:].tolist(), skip_special_tokens=False) for part in parts[1:]]


PIECES = st.sampled_from([END_OF_TEXT, "<|endof", "\n", "\r\n", "\n\n", " ", "a", "Once upon a time", "é", "🙂"])
TEXTS = st.lists(PIECES | st.text(max_size=8), min_size=1, max_size=8).map("".join)


@given(
    texts=st.lists(TEXTS, max_size=7),
    line_end=st.sampled_from(["\n", "\r\n"]),
    around=st.sampled_from(["", "\n", END_OF_TEXT + "\n"]),
)
def test_documents_come_back_from_their_tokens(tmp_path_factory, tokenizer, texts, line_end, around):
    documents = [text.strip("\r\n") for text in texts]
    assume(all(document.strip() for document in documents))
    assume(not any(line == END_OF_TEXT for document in documents for line in re.split("\r?\n", document)))
    path = tmp_path_factory.getbasetemp() / "documents.txt"
    path.write_bytes((around + f"{line_end}{END_OF_TEXT}{line_end}".join(documents)).encode())
    assert read_documents(path) == documents
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "AT_ONCE", 2)
        streams = list(token_stream(documents, tokenizer))
    assert all(ids.dtype == np.uint16 for ids in streams)
    assert documents_of(np.concatenate([np.empty(0, np.uint16), *streams]), tokenizer) == documents


@pytest.mark.parametrize(
    "files",
    [
        {"a.txt": NUMBERED},
        {"a.txt": NUMBERED[::-1]},
        {"b.txt": NUMBERED[:150], "a.txt": NUMBERED[150:]},
    ],
    ids=["one file", "backwards", "two files"],
)
def test_the_same_documents_are_held_out_wherever_they_stand(tmp_path, tokenizer, files):
    tokens = prepare(write(tmp_path / "text", files), VOCAB_SIZE, tmp_path / "cache")
    held_out = documents_of(tokens.held_out, tokenizer)
    assert sorted(held_out) == sorted(HELD_OUT)
    assert sorted(held_out + documents_of(tokens.train, tokenizer)) == sorted(NUMBERED)
    assert tokens.held_out_bytes == sum(len(document) for document in HELD_OUT)


def test_a_file_of_its_own_is_what_is_held_out(tmp_path, tokenizer):
    own = ["Été.", "Of another kind."]
    text = write(tmp_path / "text", {"a.txt": NUMBERED, "val.txt": own, "z.txt": ["The last."]})
    tokens = prepare(text, VOCAB_SIZE, tmp_path / "cache")
    assert documents_of(tokens.held_out, tokenizer) == own
    assert documents_of(tokens.train, tokenizer) == [*NUMBERED, "The last."]
    assert tokens.held_out_bytes == len("".join(own).encode())


def test_token_files_are_made_once(tmp_path, monkeypatch):
    text = write(tmp_path / "text", {"a.txt": NUMBERED, "val.txt": ["Other."]})
    first = prepare(text, VOCAB_SIZE, tmp_path / "cache")
    monkeypatch.setattr(data, "tokenise", lambda *_: pytest.fail("made a second time"))
    second = prepare(text, VOCAB_SIZE, tmp_path / "cache")
    assert np.array_equal(first.train, second.train) and np.array_equal(first.held_out, second.held_out)
    assert first.held_out_bytes == second.held_out_bytes


def test_token_files_follow_the_text_and_the_vocabulary(tmp_path, tokenizer):
    text = write(tmp_path / "text", {"a.txt": ["The first."], "val.txt": ["Other."]})
    prepare(text, VOCAB_SIZE, tmp_path / "cache")
    before = (text / "a.txt").stat().st_mtime_ns
    write(text, {"a.txt": ["The third."]})  # as long as it was
    os.utime(text / "a.txt", ns=(before + 1000, before + 1000))
    assert documents_of(prepare(text, VOCAB_SIZE, tmp_path / "cache").train, tokenizer) == ["The third."]
    write(text, {"b.txt": ["The fourth."]})
    both = prepare(text, VOCAB_SIZE, tmp_path / "cache").train
    assert documents_of(both, tokenizer) == ["The third.", "The fourth."]
    smaller = prepare(text, 300, tmp_path / "cache").train
    assert documents_of(smaller, build_tokenizer(300)) == ["The third.", "The fourth."]


def test_token_files_cut_off_midway_are_made_again(tmp_path, monkeypatch, tokenizer):
    text = write(tmp_path / "text", {"a.txt": NUMBERED, "b.txt": ["The last."], "val.txt": ["Other."]})

    def cut_off(documents):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(data, "byte_count", cut_off)  # after the first file's tokens
        with pytest.raises(KeyboardInterrupt):
            prepare(text, VOCAB_SIZE, tmp_path / "cache")
    tokens = prepare(text, VOCAB_SIZE, tmp_path / "cache")
    assert documents_of(tokens.train, tokenizer) == [*NUMBERED, "The last."]
    assert documents_of(tokens.held_out, tokenizer) == ["Other."]


@pytest.mark.parametrize(
    ("files", "vocab_size", "message"),
    [
        ({}, VOCAB_SIZE, "holds no .txt files; please name a folder that does"),
        ({"a.md": b"Text."}, VOCAB_SIZE, "holds no .txt files"),
        ({"a.txt": b"Good.", "b.txt": b"caf\xe9"}, VOCAB_SIZE, r"b\.txt is not UTF-8 .*; please convert it"),
        ({"val.txt": b"Good."}, VOCAB_SIZE, "nothing to train on: please add a .txt file other than val.txt"),
        ({"a.txt": b"", "val.txt": b"Good."}, VOCAB_SIZE, "nothing to train on"),
        ({"a.txt": b"Good."}, VOCAB_SIZE, "no document is held out .*: please add a val.txt"),
        ({"a.txt": b"Good.", "val.txt": b"\n \n"}, VOCAB_SIZE, "no document is held out"),
        ({"a.txt": b"Good.", "val.txt": b"Good."}, 10, "from 257 to 50257, not 10; please change --vocab-size"),
    ],
    ids=[
        "empty folder",
        "other files",
        "Latin-1",
        "only val.txt",
        "no document",
        "nothing held out",
        "empty val.txt",
        "vocabulary",
    ],
)
def test_text_that_cannot_be_trained_on_is_refused_in_words(tmp_path, files, vocab_size, message):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    for _ in range(2):  # a failure is no token file either
        with pytest.raises(DataError, match=message):
            prepare(tmp_path, vocab_size, tmp_path / "cache")


@given(count=st.integers(1, 300), length=st.integers(1, 40))
def test_consecutive_windows_predict_every_token_but_the_first_once(count, length):
    ids = np.arange(count, dtype=np.uint16)  # (count,)
    windows, rest = consecutive_windows(ids, length)
    assert windows.shape[1:] == (length + 1,) and rest.shape[0] == 1 and 1 <= rest.shape[1] <= length
    assert np.array_equal(np.concatenate([windows[:, 1:].ravel(), rest[0, 1:]]), ids[1:])
    for row in (*windows, *rest):
        assert np.array_equal(row, np.arange(row[0], row[0] + len(row))), "each is predicted from the ones before it"


@given(length=st.integers(1, 12), batch=st.integers(1, 5), more=st.integers(1, 200), seed=st.integers(0, 2**32 - 1))
def test_shuffled_windows_are_visited_once_a_pass(length, batch, more, seed):
    ids = np.arange((batch + 1) * length + more, dtype=np.uint16)  # (tokens,)
    batches = shuffled_windows(ids, length, batch, np.random.default_rng(seed))
    for _ in range(3):
        windows = next(batches)  # (batch, length + 1)
        cut = windows[0, 0] % length
        starts = range(cut, len(ids) - length, length)  # every window that has a token after its last
        windows = np.concatenate(
            [windows, *(next(batches) for _ in range(len(starts) // batch - 1))]
        )  # (n, length + 1)
        assert len(np.unique(windows[:, 0])) == len(windows) == len(starts) // batch * batch
        assert set(windows[:, 0].tolist()) <= set(starts)
        assert np.array_equal(windows, windows[:, :1] + np.arange(length + 1))


def test_every_pass_cuts_the_text_elsewhere_and_in_another_order():
    length, passes = 8, 100
    ids = np.arange(10 * length + 1, dtype=np.uint16)  # (81,): 9 or 10 windows, one batch a pass
    batches = shuffled_windows(ids, length, 9, np.random.default_rng(1))
    starts = np.stack([next(batches)[:, 0] for _ in range(passes)])  # (passes, 9)
    assert set((starts % length).ravel().tolist()) == set(range(length))
    assert len({tuple(order) for order in starts.argsort(axis=1).tolist()}) > passes / 2


def test_a_text_that_does_not_fill_a_batch_is_refused():
    length, batch = 8, 3
    ids = np.zeros((batch + 1) * length, np.uint16)  # (tokens,)
    with pytest.raises(
        DataError, match=r"32 tokens are too few for batches of 3 x 8: please add text or lower --batch"
    ):
        shuffled_windows(ids, length, batch, np.random.default_rng(0))  # before a run has left anything behind
