"""Tokenizers built once for all the tests of a session, a checkpoint for each test; no property has a time limit."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from build.weights import tokenizer_files
from tests.unit.build_tools import tiny_checkpoint

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def tokenizer_json(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], str]:
    """A function from vocabulary size to the text of GPT-2's tokenizer.json cut to that size."""
    texts: dict[int, str] = {}

    def text_of_size(vocab_size: int) -> str:
        if vocab_size not in texts:
            folder = tmp_path_factory.mktemp(f"tokenizer-{vocab_size}")
            texts[vocab_size] = tokenizer_files.write(folder, vocab_size).read_text(encoding="utf-8")
        return texts[vocab_size]

    return text_of_size


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A tiny published checkpoint, see `tiny_checkpoint`."""
    return tiny_checkpoint.write(tmp_path / "source")
