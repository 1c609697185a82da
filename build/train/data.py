"""A folder of text files -> token files, made once; and the windows of tokens that training reads.

A text file is UTF-8, its documents separated by a line that holds only `<|endoftext|>`. In the token files, uint16,
every document follows the token `<|endoftext|>`: from it the model learns how a document begins.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tokenizers

from build.vendor import cache_folder
from build.weights import tokenizer_files
from build.weights.tokenizer_files import END_OF_TEXT

HELD_OUT_FILE = "val.txt"
HELD_OUT_SHARE = 100  # one document in so many, where the folder has no such file
AT_ONCE = 1000  # documents given to the tokenizer's threads together

SEPARATOR = re.compile(rf"^{re.escape(END_OF_TEXT)}\r?$", re.MULTILINE)


class DataError(ValueError):
    """The text cannot be trained on; the message says why and what to do."""


class TokenFiles(NamedTuple):
    train: np.ndarray  # (tokens,) uint16, read from the disk when used
    held_out: np.ndarray  # (tokens,) uint16
    held_out_bytes: int  # UTF-8 bytes of the held-out documents: what bits per byte divides by


def read_documents(path: Path) -> list[str]:
    """The documents of one text file, without the line ends around them. Raises DataError, OSError."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 ({error}); please convert it.") from None
    documents = [document.strip("\r\n") for document in SEPARATOR.split(text)]
    return [document for document in documents if document.strip()]


def token_stream(documents: list[str], tokenizer: tokenizers.Tokenizer) -> Iterator[np.ndarray]:
    """For each document `<|endoftext|>` and its tokens, (1 + tokens,) uint16.

    The same letters inside a document are ordinary text, so that a document cannot end early.
    """
    end_of_text = tokenizer.token_to_id(END_OF_TEXT)
    tokenizer.encode_special_tokens = True
    for first in range(0, len(documents), AT_ONCE):
        for encoding in tokenizer.encode_batch_fast(documents[first : first + AT_ONCE]):
            yield np.array([end_of_text, *encoding.ids], dtype=np.uint16)  # (1 + tokens,)


def is_held_out(document: str) -> bool:
    """The same documents in every run, whatever file they stand in: decided by their hash."""
    digest = hashlib.blake2b(document.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % HELD_OUT_SHARE == 0


def split(files: list[Path]) -> Iterator[tuple[list[str], list[str]]]:
    """For each file its documents to train on and those held out."""
    has_own = any(file.name == HELD_OUT_FILE for file in files)
    for file in files:
        documents = read_documents(file)
        held_out = [file.name == HELD_OUT_FILE if has_own else is_held_out(document) for document in documents]
        pairs = list(zip(documents, held_out, strict=True))
        yield [document for document, out in pairs if not out], [document for document, out in pairs if out]


def prepare(text: Path, vocab_size: int, cache: Path | None = None) -> TokenFiles:
    """The token files of the folder `text`, made unless `cache` has them for the very same files.

    Raises DataError for a folder without text or with nothing to hold out, and for a size no vocabulary of GPT-2's has.
    """
    files = sorted(text.glob("*.txt"))
    if not files:
        raise DataError(f"{text} holds no .txt files; please name a folder that does.")
    facts = [[file.name, file.stat().st_size, file.stat().st_mtime_ns] for file in files]
    key = hashlib.sha256(json.dumps([vocab_size, facts]).encode()).hexdigest()[:16]
    folder = (cache or cache_folder() / "tokens") / key
    about = folder / "about.json"  # written last: where it is, the rest is whole
    if not about.exists():
        folder.mkdir(parents=True, exist_ok=True)
        about.write_text(json.dumps(tokenise(files, vocab_size, folder), indent=1) + "\n")
    held_out_bytes = json.loads(about.read_text())["held_out_bytes"]
    train, held_out = (np.memmap(folder / name, np.uint16, mode="r") for name in ("train.bin", "val.bin"))
    return TokenFiles(train, held_out, held_out_bytes)


def tokenise(files: list[Path], vocab_size: int, folder: Path) -> dict:
    """Write train.bin and val.bin to `folder`; returns what else there is to know about them."""
    try:
        tokenizer = tokenizer_files.build_tokenizer(vocab_size)
    except ValueError as error:
        raise DataError(f"{error}; please change --vocab-size.") from None
    counts = {"train_documents": 0, "held_out_documents": 0, "held_out_bytes": 0}
    with open(folder / "train.bin", "wb") as train, open(folder / "val.bin", "wb") as val:
        for file, (to_train, held_out) in zip(files, split(files), strict=True):
            print(f"{file.name}: {len(to_train):,} documents to train on, {len(held_out):,} held out", flush=True)
            for documents, out in ((to_train, train), (held_out, val)):
                for ids in token_stream(documents, tokenizer):
                    ids.tofile(out)
            counts["train_documents"] += len(to_train)
            counts["held_out_documents"] += len(held_out)
            counts["held_out_bytes"] += byte_count(held_out)
    if not counts["train_documents"]:
        raise DataError(f"there is nothing to train on: please add a .txt file other than {HELD_OUT_FILE}.")
    if not counts["held_out_documents"]:
        raise DataError(f"no document is held out to measure with: please add a {HELD_OUT_FILE} of other text.")
    return {"vocab_size": vocab_size, **counts}


def byte_count(documents: list[str]) -> int:
    return sum(len(document.encode()) for document in documents)


def shuffled_windows(ids: np.ndarray, length: int, batch: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """Batches (batch, length + 1) int64 without end: `length` tokens and, one place on, what follows each.

    Every pass over the text cuts it at other places and takes the windows in another order, each once but for the
    few that do not fill a batch.
    Raises DataError at once, not at the first batch, when the text does not fill one.
    """
    if len(ids) <= (batch + 1) * length:
        raise DataError(
            f"{len(ids):,} tokens are too few for batches of {batch} x {length}: please add text or lower --batch."
        )
    return endless_windows(ids, length, batch, random)


def endless_windows(ids: np.ndarray, length: int, batch: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """The batches of `shuffled_windows`; every pass over `ids` must fill one, or this never yields."""
    span = np.arange(length + 1)  # (length + 1,)
    while True:
        starts = np.arange(random.integers(length), len(ids) - length, length)  # (windows,)
        random.shuffle(starts)
        for first in range(0, len(starts) - batch + 1, batch):
            yield ids[starts[first : first + batch, None] + span].astype(np.int64)  # (batch, length + 1)


def consecutive_windows(ids: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """All of `ids`, cut so that each but the first is predicted once.

    Returns windows (n, length + 1) and what is left over (1, at most length), at least the last window's last token.
    """
    whole = (len(ids) - 1) // length
    span = np.arange(length + 1)  # (length + 1,)
    windows = ids[np.arange(whole)[:, None] * length + span].astype(np.int64)  # (windows, length + 1)
    return windows, ids[None, whole * length :].astype(np.int64)  # (windows, length + 1), (1, rest)
