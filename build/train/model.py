"""GPT-2 in PyTorch, for training: the arithmetic of `py/model/gpt2.py`, batched and differentiable.

Parameters carry GPT-2's own names, and torch keeps matrices as (out, in), as `py/model` does: the weights of one are
the weights of the other. Shapes in comments: B texts of T tokens, E numbers a token, H heads of D = E / H numbers
each, V entries in the vocabulary.
"""

import json
import os
from pathlib import Path

import numpy as np
import safetensors.torch
import tokenizers
import torch
from torch import nn
from torch.nn import functional

from build.weights import tokenizer_files
from build.weights.random_checkpoint import config_fields, random_tensors
from build.weights.source import Source, SourceError
from model.checkpoint.assemble import weights_from_shards
from model.checkpoint.huggingface import CONV1D, PREFIX
from model.checkpoint.layout import INDEX, CheckpointError, read_index
from model.config import GPT2Config


class ModelError(ValueError):
    """The folder does not hold a GPT-2 that can be trained; the message says why."""


class Attention(nn.Module):
    def __init__(self, config: GPT2Config) -> None:
        super().__init__()
        self.config = config
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        heads = (self.config.n_head, self.config.d_head)
        q, k, v = (  # each (B, H, T, D)
            part.unflatten(-1, heads).transpose(1, 2) for part in self.c_attn(x).chunk(3, dim=-1)
        )
        z = functional.scaled_dot_product_attention(q, k, v, is_causal=True)  # (B, H, T, D)
        return self.c_proj(z.transpose(1, 2).flatten(2))  # (B, T, E)


class MLP(nn.Module):
    def __init__(self, config: GPT2Config) -> None:
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, config.d_mlp)
        self.c_proj = nn.Linear(config.d_mlp, config.n_embd)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.c_proj(functional.gelu(self.c_fc(x), approximate="tanh"))  # (B, T, E)


class Block(nn.Module):
    def __init__(self, config: GPT2Config) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.n_embd, config.layer_norm_epsilon)
        self.attn = Attention(config)
        self.ln_2 = nn.LayerNorm(config.n_embd, config.layer_norm_epsilon)
        self.mlp = MLP(config)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attn(self.ln_1(x))  # (B, T, E)
        return x + self.mlp(self.ln_2(x))  # (B, T, E)


class GPT2(nn.Module):
    """Radford et al., "Language Models are Unsupervised Multitask Learners", 2019; without dropout."""

    def __init__(self, config: GPT2Config) -> None:
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.n_positions, config.n_embd)
        self.h = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        self.ln_f = nn.LayerNorm(config.n_embd, config.layer_norm_epsilon)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """ids (B, T), whole numbers -> logits (B, T, V)."""
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]  # (B, T, E)
        for block in self.h:
            x = block(x)  # (B, T, E)
        return functional.linear(self.ln_f(x), self.wte.weight)  # (B, T, V)


def fresh(config: GPT2Config, seed: int) -> GPT2:
    """A model that has learned nothing yet."""
    stored = {name.removeprefix(PREFIX): w for name, w in random_tensors(config, seed).items()}
    return with_weights(config, {name: w.T if CONV1D.fullmatch(name) else w for name, w in stored.items()})


def with_weights(config: GPT2Config, weights: dict[str, np.ndarray]) -> GPT2:
    """A model with `weights`, matrices as (out, in)."""
    model = GPT2(config)
    model.load_state_dict({name: torch.from_numpy(np.array(w, np.float32)) for name, w in weights.items()})
    return model


def load(folder: Path) -> GPT2:
    """The model of a Hugging Face folder, or of a quantised one, dequantised by `py/model`.

    Raises ModelError for anything but a GPT-2 over GPT-2's own vocabulary, whole or cut.
    """
    try:
        config = GPT2Config.from_json((folder / "config.json").read_bytes())
        if is_quantized(folder):
            weights = quantized_weights(folder, config)
        else:
            weights = dict(Source(folder).tensors())
    except (OSError, ValueError, SourceError) as error:
        raise ModelError(f"{folder} does not hold a GPT-2: {error}") from None
    check_tokenizer(folder, config)
    return with_weights(config, weights)


def is_quantized(folder: Path) -> bool:
    """Whether the folder is in our own layout; Hugging Face's has an index of the same name."""
    try:
        read_index((folder / INDEX).read_bytes())
    except (OSError, CheckpointError):
        return False
    return True


def quantized_weights(folder: Path, config: GPT2Config) -> dict[str, np.ndarray]:
    """Weights by name, float32, as the browser has them."""
    index = read_index((folder / INDEX).read_bytes())
    shards = [np.fromfile(folder / file, np.uint8) for file in index.shards]
    weights = weights_from_shards(shards, config)
    for i, block in enumerate(weights.pop("h")):
        weights |= {f"h.{i}.{name}": w for name, w in block.items()}
    return weights


def check_tokenizer(folder: Path, config: GPT2Config) -> None:
    """Raises ModelError when the folder's tokenizer.json gives ids that our token files would not."""
    path = folder / "tokenizer.json"
    if path.exists():
        vocab = tokenizers.Tokenizer.from_file(str(path)).get_vocab()
        if vocab != tokenizer_files.build_tokenizer(config.vocab_size).get_vocab():
            raise ModelError(f"{path} is not GPT-2's vocabulary cut to its first {config.vocab_size} entries.")


def save(model: GPT2, folder: Path) -> None:
    """Write a folder that Hugging Face's `transformers` and `build.weights.quantize` read, weights in float32."""
    config = model.config
    end_of_text = config.vocab_size - 1
    fields = {**config_fields(config), "bos_token_id": end_of_text, "eos_token_id": end_of_text}
    tensors = {}
    for name, w in model.state_dict().items():
        w = w.detach().float().cpu()
        tensors[PREFIX + name] = (w.T if CONV1D.fullmatch(name) else w).contiguous()
    tokenizer_files.write(folder, config.vocab_size)
    (folder / "config.json").write_text(json.dumps(fields, indent=1) + "\n")
    part = folder / "model.safetensors.part"  # renamed when whole: a run can be cut off at any time
    part.write_bytes(safetensors.torch.save(tensors, {"format": "pt"}))
    os.replace(part, folder / "model.safetensors")
