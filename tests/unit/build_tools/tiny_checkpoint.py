"""A tiny GPT-2 as Hugging Face publishes them, to be converted, and changed before that."""

import json
import shutil

import numpy as np
import safetensors.numpy

from build.paths import ROOT
from build.weights import tokenizer_files

GOLDEN = ROOT / "tests" / "golden"
ROWS = 300  # of the vocabulary; GPT-2's kind of tokenizer needs 256 at least


def write(folder):
    """The golden checkpoint with further tokens of which it knows nothing: their logits are 0, all others stay."""
    folder.mkdir()
    tensors = safetensors.numpy.load_file(GOLDEN / "gpt2" / "model.safetensors")
    wte = tensors["transformer.wte.weight"]
    tensors["transformer.wte.weight"] = np.pad(wte, ((0, ROWS - len(wte)), (0, 0)))
    safetensors.numpy.save_file(tensors, folder / "model.safetensors")
    shutil.copy(GOLDEN / "gpt2" / "config.json", folder)
    with_config(vocab_size=ROWS)(folder)
    tokenizer_files.write(folder, ROWS)
    return folder


def tensors_of(source):
    return safetensors.numpy.load_file(source / "model.safetensors")


def with_config(**fields):
    def apply(source):
        config = json.loads((source / "config.json").read_text())
        (source / "config.json").write_text(json.dumps(config | fields))

    return apply
