"""A GPT-2 with random weights in Hugging Face's own layout, for trying sizes without downloading anything.

    python -m build.weights.random_checkpoint OUT_FOLDER --n-embd 768 --n-layer 12 --n-head 12 --seed 0

The defaults are the shape of GPT-2 124M. Published files differ: that of `gpt2` has plain names and carries the
attention masks, that of `distilgpt2` both masks and the prefix `transformer.`, newer ones the prefix alone.

Initialisation as in Radford et al., 2019, section 2.3: normal with
deviation 0.02, projections onto the residual stream scaled down by the square root of their number.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import safetensors.numpy

from build.command import command
from build.paths import typed
from model.checkpoint.huggingface import PREFIX
from model.checkpoint.layout import tensor_shapes
from model.config import ConfigError, GPT2Config

DEVIATION = 0.02


def random_tensors(config: GPT2Config, seed: int, prefix: str = PREFIX, masks: bool = False) -> dict[str, np.ndarray]:
    """Tensors under Hugging Face's names and in its shapes: blocks' matrices are (in, out)."""
    random = np.random.default_rng(seed)
    tensors = {}
    for name, shape in tensor_shapes(config).items():
        if name.endswith(".bias"):
            w = np.zeros(shape, np.float32)  # shape
        elif len(shape) == 1:
            w = np.ones(shape, np.float32)  # shape
        else:
            shape = shape[::-1] if name.startswith("h.") else shape
            deviation = DEVIATION / math.sqrt(2 * config.n_layer) if "c_proj" in name else DEVIATION
            w = random.standard_normal(shape, np.float32) * np.float32(deviation)  # shape
        tensors[prefix + name] = w
    if masks:
        mask = np.tril(np.ones((1, 1, config.n_positions, config.n_positions), np.float32))  # (1, 1, T, T)
        tensors |= {f"{prefix}h.{i}.attn.bias": mask for i in range(config.n_layer)}
    return tensors


def config_fields(config: GPT2Config) -> dict:
    """What Hugging Face's config.json says of such a GPT-2."""
    return {
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "activation_function": "gelu_new",
        "vocab_size": config.vocab_size,
        "n_positions": config.n_positions,
        "n_embd": config.n_embd,
        "n_layer": config.n_layer,
        "n_head": config.n_head,
        "n_inner": config.n_inner,
        "layer_norm_epsilon": config.layer_norm_epsilon,
    }


def write(out: Path, config: GPT2Config, seed: int, prefix: str = PREFIX, masks: bool = False) -> None:
    """Write config.json and model.safetensors to the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "config.json").write_text(json.dumps(config_fields(config), indent=2) + "\n")
    # The mark of a PyTorch checkpoint, without which Hugging Face's own loader refuses the file.
    tensors = random_tensors(config, seed, prefix, masks)
    safetensors.numpy.save_file(tensors, out / "model.safetensors", {"format": "pt"})


def main() -> None:
    parser = command(__doc__)
    parser.add_argument("out", type=typed, metavar="OUT_FOLDER")
    for option, default in (
        ("--vocab-size", 50_257),
        ("--n-positions", 1024),
        ("--n-embd", 768),
        ("--n-layer", 12),
        ("--n-head", 12),
    ):
        parser.add_argument(option, type=int, default=default)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plain-names", action="store_true", help=f"names without the prefix {PREFIX}")
    parser.add_argument("--masks", action="store_true", help="with the attention masks as tensors")
    sizes = vars(parser.parse_args())
    out, seed, masks = sizes.pop("out"), sizes.pop("seed"), sizes.pop("masks")
    prefix = "" if sizes.pop("plain_names") else PREFIX
    try:
        config = GPT2Config.from_json(json.dumps({"model_type": "gpt2", **sizes}))
    except ConfigError as error:
        sys.exit(f"{error}")
    write(out, config, seed, prefix, masks)


if __name__ == "__main__":
    main()
