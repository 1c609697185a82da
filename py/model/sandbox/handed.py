"""What the sandbox is given of the model in use: its weights as they are held, its sizes and its vocabulary."""

import io
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import BinaryIO, NamedTuple, TypedDict

import numpy as np

from model.checkpoint.layout import SCALE, nested
from model.checkpoint.quantization import Quantized
from model.code.archive import stored
from model.config import GPT2Config
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer

KNOWN = "known.json"  # beside the weights in the file: the rest, as JSON


class Handed(NamedTuple):
    weights: dict
    config: GPT2Config
    vocabulary: list[str]  # the text of each token by its id


class Reading(TypedDict):
    """How a text was read: `cuts` and `mean` are what `removals.from_json` reads."""

    model: str
    ids: list[int]
    cuts: list[list]
    mean: bool


def pack(session: Session, tokenizer: Tokenizer) -> bytes:
    """As one .npz file."""
    vocabulary = [tokenizer.decode([number]) for number in range(tokenizer.token_count)]
    known = json.dumps({"config": asdict(session.config), "vocabulary": vocabulary})
    out = io.BytesIO()
    save: Callable[..., None] = np.savez  # its named arguments are arrays
    save(out, **stored(session.weights), **{KNOWN: np.frombuffer(known.encode(), np.uint8)})
    return out.getvalue()


def unpack(file: BinaryIO) -> Handed:
    stored = dict(np.load(file))
    for array in stored.values():
        array.flags.writeable = False  # whoever writes into one would change every later pass
    known = json.loads(stored.pop(KNOWN).tobytes())
    names = [name for name in stored if not name.endswith(SCALE)]
    flat = {n: Quantized(stored[n], stored[n + SCALE]) if n + SCALE in stored else stored[n] for n in names}
    config = GPT2Config(**known["config"])
    return Handed(nested(flat, config), config, known["vocabulary"])
