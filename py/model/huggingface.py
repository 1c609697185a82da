"""GPT-2 checkpoints as Hugging Face publishes them: which of a file's tensors is which of ours.

Published files differ: names may begin with `transformer.`, older files carry the attention mask as a tensor, some
list the output head although it is the token embedding. Block matrices are stored as (in, out), ours are (out, in).
"""

import re
from typing import NamedTuple

import numpy as np

from model.checkpoint import CheckpointError, tensor_shapes
from model.config import GPT2Config
from model.safetensors import Entry

PREFIX = "transformer."  # where GPT2LMHeadModel keeps everything but its head
MASK = re.compile(r"h\.\d+\.attn\.(bias|masked_bias)")  # constants beside the weights
CONV1D = re.compile(r"h\.\d+\.(attn|mlp)\.\w+\.weight")  # Hugging Face's class for what it keeps as (in, out)
HEAD = "lm_head.weight"
FLOATS = ("F32", "F16", "BF16")
HEAD_SIZE = 64  # of every published GPT-2


class Source(NamedTuple):
    """Where one of our tensors stands in a published file, and how."""

    name: str  # in that file
    transposed: bool

    def as_ours(self, stored: np.ndarray) -> np.ndarray:
        """The stored tensor as float32 and (out, in). Raises CheckpointError for what is not finite."""
        w = np.ascontiguousarray(stored.T if self.transposed else stored, dtype=np.float32)  # shape as in tensor_shapes
        if not np.isfinite(w).all():
            raise CheckpointError(f"{self.name.removeprefix(PREFIX)} holds a NaN or an infinity.")
        return w


def sources(entries: dict[str, Entry], config: GPT2Config) -> dict[str, Source]:
    """For each of `tensor_shapes(config)` its source in a file with these entries.

    Where the file has the output head as a tensor of its own, `HEAD` is among the answer's names: its caller has to
    see that it equals the token embedding. Raises CheckpointError unless the file holds exactly a GPT-2.
    """
    stored = {name.removeprefix(PREFIX): name for name in entries}
    stored = {name: full for name, full in stored.items() if not MASK.fullmatch(name)}
    found = {}
    shapes = tensor_shapes(config)
    if HEAD in stored:
        shapes[HEAD] = shapes["wte.weight"]
    for name, shape in shapes.items():
        if name not in stored:
            raise CheckpointError(f"the source has no tensor {name}: is it a GPT-2?")
        transposed = bool(CONV1D.fullmatch(name))
        full = stored.pop(name)
        entry, expected = entries[full], shape[::-1] if transposed else shape
        if entry.shape != expected or entry.dtype not in FLOATS:
            what = f"{entry.dtype} {entry.shape}"
            raise CheckpointError(f"{name} should be floats of shape {expected}, but the source has {what}.")
        found[name] = Source(full, transposed)
    if stored:
        raise CheckpointError(f"the source holds tensors that a GPT-2 does not have: {', '.join(sorted(stored)[:5])}")
    return found


def config_from_entries(entries: dict[str, Entry]) -> GPT2Config:
    """The sizes of a GPT-2 whose config.json is not at hand, read off its tensors; heads are taken to have HEAD_SIZE.

    Raises CheckpointError for a file that does not begin like a GPT-2.
    """
    shapes = {name.removeprefix(PREFIX): entry.shape for name, entry in entries.items()}
    wte, wpe = shapes.get("wte.weight", ()), shapes.get("wpe.weight", ())
    blocks = {int(name.split(".")[1]) for name in shapes if re.match(r"h\.\d+\.", name)}
    if len(wte) != 2 or len(wpe) != 2 or not blocks or wte[1] < HEAD_SIZE or wte[1] % HEAD_SIZE:
        raise CheckpointError(f"its tensors are not those of a GPT-2 with heads of {HEAD_SIZE}")
    return GPT2Config(wte[0], wpe[0], wte[1], max(blocks) + 1, wte[1] // HEAD_SIZE)
