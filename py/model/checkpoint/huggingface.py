"""GPT-2 checkpoints as Hugging Face publishes them: which of a file's tensors is which of ours.

Published files differ: names may begin with `transformer.` and with what a training program wrapped the model in, older
files carry the attention mask as a tensor, some list the output head although it is the token embedding. Block matrices
are stored as (in, out), ours are (out, in).
"""

import re
from typing import NamedTuple

import numpy as np

from model.checkpoint.file_error import shortened
from model.checkpoint.layout import CheckpointError, tensor_shapes
from model.checkpoint.safetensors import Entry
from model.config import GPT2Config

PREFIX = "transformer."  # where GPT2LMHeadModel keeps everything but its head
# What DataParallel, torch.compile, FSDP and the like put around a model or a part of it.
WRAPPER = re.compile(r"(?<![^.])(module|_orig_mod|_forward_module|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.")
NAME = re.compile(r"(?<![^.])(wte|wpe|ln_f|lm_head|h\.\d+)\.(?s:.+)")  # a GPT-2's name behind what holds the GPT-2
MASK = re.compile(r"h\.\d+\.attn\.(bias|masked_bias)")  # constants beside the weights
CONV1D = re.compile(r"h\.\d+\.(attn|mlp)\.\w+\.weight")  # Hugging Face's class for what it keeps as (in, out)
HEAD = "lm_head.weight"
FLOATS = ("F32", "F16", "BF16")
QUANTIZED = re.compile(r"\.(qweight|qzeros|SCB|absmax|weight_packed)$")  # what is beside such weights, or they
LARGEST = 1e18  # of a weight: far more than training leaves, and no text that it takes part in can be computed
OTHER_FAMILIES = (  # by names that a GPT-2 does not have
    ("LoRA (an adapter)", r"lora_[AB]"),
    ("GPT-Neo", r"attn\.attention\.q_proj"),
    ("GPT-J", r"h\.\d+\.attn\.q_proj"),
    ("BLOOM, Falcon", r"self_attention\.query_key_value"),
    ("GPT-NeoX", r"attention\.query_key_value"),
    ("OPT", r"decoder\.layers\.\d+\.self_attn"),
    ("Llama, Mistral, Qwen, Gemma", r"layers\.\d+\.self_attn"),
    ("BERT, RoBERTa", r"attention\.self\.query"),
    ("T5", r"SelfAttention\.q\."),
    ("Mamba", r"mixer\.A_log"),
)


class Source(NamedTuple):
    """Where one of our tensors stands in a published file, and how."""

    name: str  # in that file
    transposed: bool

    def as_ours(self, stored: np.ndarray) -> np.ndarray:
        """The stored tensor as float32 and (out, in). Raises CheckpointError for a NaN and beyond LARGEST."""
        w = np.ascontiguousarray(stored.T if self.transposed else stored, dtype=np.float32)  # shape as in tensor_shapes
        if not (w.min() >= -LARGEST and w.max() <= LARGEST):  # NaN is neither
            name = plain(self.name)
            raise CheckpointError(f"{name} holds a NaN, or a number beyond {LARGEST:g}.", "runaway", tensor=name)
        return w


class Sources(NamedTuple):
    """`found` has a source for each of our tensors; each pair in `copies`, names in the file, has to be equal."""

    found: dict[str, Source]
    copies: list[tuple[str, str]]


def plain(name: str) -> str:
    """A tensor's name in GPT-2 itself."""
    match = NAME.search(WRAPPER.sub("", name))
    return match[0] if match else name


def sources(entries: dict[str, Entry], config: GPT2Config) -> Sources:
    """For each of `tensor_shapes(config)` its source in a file with these entries.

    A file may have a tensor twice, with a prefix and without, or the output head beside the token embedding that it is.
    Raises CheckpointError unless the file holds exactly a GPT-2.
    """
    for family, names in OTHER_FAMILIES:
        if any(re.search(names, name) for name in entries):
            raise CheckpointError(f"the source's tensors are those of {family}", "other_model", family=family)
    if any(QUANTIZED.search(name) for name in entries):
        raise CheckpointError("the source's weights are quantized", "form", form="GPTQ, AWQ, bitsandbytes …")
    stored: dict[str, str] = {}
    copies = []
    for full in entries:
        name = plain(full)
        if not MASK.fullmatch(name):
            if name in stored:
                copies.append((full, stored[name]))
            stored.setdefault(name, full)
    if config.n_layer > len(entries):  # an absurd number: the shapes of so many blocks would fill the memory
        raise lacking(f"h.{config.n_layer - 1}.ln_1.weight", entries)
    found = {}
    shapes = tensor_shapes(config)
    if HEAD in stored:
        shapes[HEAD] = shapes["wte.weight"]
    for name, shape in shapes.items():
        if name not in stored:
            raise lacking(name, entries)
        transposed = bool(CONV1D.fullmatch(name))
        full = stored.pop(name)
        entry, expected = entries[full], shape[::-1] if transposed else shape
        if entry.dtype not in FLOATS:
            raise CheckpointError(f"{name} should be floats, but is {entry.dtype}.", "form", form=entry.dtype)
        if entry.shape != expected:
            raise CheckpointError(
                f"{name} should have the shape {expected}, but the source has {entry.shape}.",
                "shape",
                tensor=name,
                expected=f"{expected}",
                found=shortened(entry.shape),
            )
        found[name] = Source(full, transposed)
    if stored:
        names = ", ".join(shortened(name) for name in sorted(stored)[:5])
        raise CheckpointError(f"the source holds tensors that a GPT-2 does not have: {names}", "extra", tensors=names)
    if HEAD in found:
        copies.append((found.pop(HEAD).name, found["wte.weight"].name))
    return Sources(found, copies)


def lacking(tensor: str, entries: dict[str, Entry]) -> CheckpointError:
    """The error for a file with these entries that has no such tensor."""
    if not entries:
        return CheckpointError("the source has no tensors", "no_tensors")
    if not any(NAME.search(name) for name in entries):
        names = ", ".join(shortened(name) for name in sorted(entries)[:5])
        return CheckpointError(f"the source has no tensor {tensor}, but {names}", "no_gpt2", tensors=names)
    return CheckpointError(f"the source has no tensor {tensor}: is it a GPT-2?", "lacking", tensor=tensor)


def differing(full: str, other: str) -> CheckpointError:
    """The error for a pair of `copies` that are not equal."""
    if plain(full) == HEAD and plain(other) != HEAD:
        return CheckpointError(f"{HEAD} differs from wte.weight; in GPT-2 they are one.", "head")
    names = f"{shortened(full)}, {shortened(other)}"
    return CheckpointError(f"one tensor has two values: {names}", "twice", tensors=names)
