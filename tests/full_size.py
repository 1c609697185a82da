"""A random GPT-2 of full size, in the very layout in which the real one is published, for tests that need it large."""

from pathlib import Path

from build.weights import random_checkpoint, tokenizer_files
from model.config import GPT2Config

CONFIG = GPT2Config(vocab_size=50_257, n_positions=1024, n_embd=768, n_layer=12, n_head=12)
TEXTS = ("The quick brown fox jumps over", "To be, or not to be, that is the question: whether 'tis nobler")
EVERY = 16  # one logit in so many is compared


def write_source(folder: Path) -> None:
    """As `gpt2` is published: plain names, the attention masks among the tensors."""
    random_checkpoint.write(folder, CONFIG, seed=0, prefix="", masks=True)
    tokenizer_files.write(folder, CONFIG.vocab_size)
