"""A folder with a Hugging Face GPT-2 checkpoint: config.json, tokenizer.json and model.safetensors, whole or in shards.

It is read by the page's own readers, so that what is accepted here runs there, and refused in the page's own words.
Tensors are read one by one: a checkpoint may be larger than the memory.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from build.site.languages import texts_of
from model.checkpoint.file_error import FileError, reading
from model.checkpoint.file_kinds import TELLING, check_weights, json_text
from model.checkpoint.huggingface import differing, sources
from model.checkpoint.layout import INDEX, tensor_shapes
from model.checkpoint.safetensors import Entry, header_end, read_header, read_tensor
from model.config import GPT2Config
from model.tokenizer import vocabulary
from model.tokenizer.tokenizer import Tokenizer
from page.text.words import Words

WORDS = Words("en", texts_of)
WEIGHTS = "model.safetensors"
PYTORCH = ("*.bin", "*.pt", "*.pth", "*.ckpt")


class SourceError(ValueError):
    """The source is not a whole GPT-2 checkpoint; the message names the file or the tensor."""


@contextmanager
def refusing(file: Path) -> Iterator[None]:
    """What the page's readers refuse is a SourceError, in the page's words."""
    try:
        with reading(str(file)):
            yield
    except FileError as error:
        raise SourceError(WORDS.say("error." + error.kind, **error.values)) from None


class Source:
    """Raises SourceError, here and in `tensors`, unless the folder holds exactly a GPT-2."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with refusing(folder / "config.json"):
            self.config_json = json_text(self.read("config.json"))
            self.config = GPT2Config.from_json(self.config_json)
        self.files: dict[str, Path] = {}  # by tensor
        self.entries: dict[str, Entry] = {}
        for path in self.weight_files():
            entries = header(path)
            if both := self.entries.keys() & entries.keys():
                raise SourceError(f"{path} has the tensor {min(both)}, which another file of the checkpoint has too.")
            self.entries |= entries
            self.files |= dict.fromkeys(entries, path)
        with refusing(folder / WEIGHTS):
            self.found, self.copies = sources(self.entries, self.config)

    def read(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise self.unreadable(name, error) from None

    def unreadable(self, name: str, error: OSError) -> SourceError:
        said = f"{self.folder / name} cannot be read: {error.strerror}. It is part of a checkpoint."
        if name == WEIGHTS and (others := sorted(path.name for kind in PYTORCH for path in self.folder.glob(kind))):
            said += (
                f" {others[0]} is PyTorch's own format, which is not read here; "
                "model.save_pretrained(folder) writes model.safetensors."
            )
        elif name == "tokenizer.json" and (self.folder / "vocab.json").exists():
            said += (
                " In Python, AutoTokenizer.from_pretrained(folder).save_pretrained(folder) makes it of vocab.json and "
                "merges.txt."
            )
        return SourceError(said)

    def weight_files(self) -> list[Path]:
        whole = self.folder / WEIGHTS
        if not whole.exists() and (self.folder / INDEX).exists():
            with refusing(self.folder / INDEX):
                text = json_text(self.read(INDEX))
            try:
                return [self.folder / name for name in sorted(set(json.loads(text)["weight_map"].values()))]
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise SourceError(f"{self.folder / INDEX} has no weight_map that can be read: {error!r}") from None
        try:
            whole.stat()
        except OSError as error:
            raise self.unreadable(WEIGHTS, error) from None
        return [whole]

    def tokenizer(self) -> tuple[Tokenizer, bytes]:
        """As the page reads it, and its file minimised."""
        with refusing(self.folder / "tokenizer.json"):
            text = json_text(self.read("tokenizer.json"))
            return vocabulary.read(text, self.config), minimised(text)

    def stored(self, name: str) -> np.ndarray:
        """The tensor `name` as it lies in its file, read from the disk only where it is used."""
        entry, size = self.entries[name], self.entries[name].end - self.entries[name].begin
        data = np.memmap(self.files[name], np.uint8, mode="r", offset=entry.begin, shape=(size,))  # (size,)
        return read_tensor(data, name, entry)

    def tensors(self) -> Iterator[tuple[str, np.ndarray]]:
        """Every tensor of `tensor_shapes` in its order, float32, matrices as (out, in)."""
        for full, other in self.copies:
            if not np.array_equal(self.stored(full), self.stored(other), equal_nan=True):
                with refusing(self.files[full]):
                    raise differing(full, other)
        for name in tensor_shapes(self.config):
            full = self.found[name].name
            with refusing(self.files[full]):
                w = self.found[name].as_ours(self.stored(full))  # shape as in tensor_shapes
            yield name, w


def header(path: Path) -> dict[str, Entry]:
    try:
        with path.open("rb") as file, refusing(path):
            first = file.read(TELLING)
            check_weights(first)
            file.seek(0)
            entries, _ = read_header(file.read(header_end(first)), path.stat().st_size)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from None
    return entries


def minimised(text: str) -> bytes:
    """The same JSON without spaces and escapes; half a character can only be written as one."""
    return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")
