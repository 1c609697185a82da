"""A folder with a Hugging Face GPT-2 checkpoint: config.json, tokenizer.json and model.safetensors, whole or in shards.

Tensors are read one by one: a checkpoint may be larger than the memory.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tokenizers

from model.checkpoint import INDEX, CheckpointError, tensor_shapes
from model.config import ConfigError, GPT2Config
from model.huggingface import HEAD, sources
from model.safetensors import Entry, SafetensorsError, header_end, read_header, read_tensor


class SourceError(ValueError):
    """The source is not a whole GPT-2 checkpoint; the message names the file or the tensor."""


class Source:
    """Raises SourceError, here and in `tensors`, unless the folder holds exactly a GPT-2."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config_json = self.read("config.json")
        try:
            self.config = GPT2Config.from_json(self.config_json)
        except ConfigError as error:
            raise SourceError(f"{folder}: {error}") from None
        self.files: dict[str, Path] = {}  # by tensor
        self.entries: dict[str, Entry] = {}
        for path in self.weight_files():
            entries = header(path)
            self.entries |= entries
            self.files |= dict.fromkeys(entries, path)
        try:
            self.found = sources(self.entries, self.config)
        except CheckpointError as error:
            raise SourceError(f"{error}") from None

    def read(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise SourceError(
                f"{self.folder / name} cannot be read: {error.strerror}. It is part of a checkpoint."
            ) from None

    def weight_files(self) -> list[Path]:
        whole = self.folder / "model.safetensors"
        if whole.exists() or not (self.folder / INDEX).exists():
            return [whole]
        try:
            return [self.folder / name for name in sorted(set(json.loads(self.read(INDEX))["weight_map"].values()))]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SourceError(f"{self.folder / INDEX} has no weight_map that can be read: {error!r}") from None

    def tokenizer(self) -> bytes:
        """tokenizer.json, minimised. The `tokenizers` library must read it and count the tokens of the model."""
        text = self.read("tokenizer.json")
        try:
            size = tokenizers.Tokenizer.from_str(text.decode()).get_vocab_size()
        except Exception as error:  # the library raises no narrower class
            raise SourceError(f"{self.folder / 'tokenizer.json'} is not a tokenizer: {error}") from None
        if size != self.config.vocab_size:
            raise SourceError(
                f"tokenizer.json has {size} tokens, but vocab_size in config.json is {self.config.vocab_size}."
            )
        return minimised(text)

    def stored(self, name: str) -> np.ndarray:
        """The tensor `name` as it lies in its file, read from the disk only where it is used."""
        entry, size = self.entries[name], self.entries[name].end - self.entries[name].begin
        data = np.memmap(self.files[name], np.uint8, mode="r", offset=entry.begin, shape=(size,))  # (size,)
        return read_tensor(data, name, entry)

    def tensors(self) -> Iterator[tuple[str, np.ndarray]]:
        """Every tensor of `tensor_shapes` in its order, float32, matrices as (out, in)."""
        if HEAD in self.found:
            head, embedding = self.found[HEAD].name, self.found["wte.weight"].name
            if not np.array_equal(self.stored(head), self.stored(embedding)):
                raise SourceError("lm_head.weight differs from wte.weight; in GPT-2 they are one.")
        for name in tensor_shapes(self.config):
            try:
                yield name, self.found[name].as_ours(self.stored(self.found[name].name))
            except CheckpointError as error:
                raise SourceError(f"{error}") from None


def header(path: Path) -> dict[str, Entry]:
    try:
        with path.open("rb") as file:
            first = file.read(8)
            file.seek(0)
            entries, _ = read_header(file.read(header_end(first)), path.stat().st_size)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from None
    except SafetensorsError as error:
        raise SourceError(f"{path} cannot be read: {error}.") from None
    return entries


def minimised(text: bytes) -> bytes:
    """The same JSON without spaces and escapes."""
    return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode()
