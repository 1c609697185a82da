"""Memory for a model, made in one piece before its weights come.

When the browser's memory for Python is full it grows by a fifth of itself, or by what is asked for where that is more
(Emscripten's way). Weights that come piece by piece have it grow again and again, in the end by far more than they
need, and it never shrinks. One array as large as all that is to come, let go at once, has it grow by just that.
"""

import math
from contextlib import suppress

import numpy as np

from model.checkpoint.layout import is_quantized, tensor_shapes
from model.checkpoint.quantization import Precision
from model.config import GPT2Config

TOKENS = 80  # of a first text: 64, and a quarter more, for which an activation cache makes room ahead
PASSING = 1536  # rows of d_mlp numbers that a pass holds for a moment: some weights as float32, the steps of GELU


def make_room(config: GPT2Config, precision: Precision, there: int = 0) -> None:
    """For the weights, of which so many bytes are `there`, and for the pass over a first text.

    Where so much is not to be had in one piece nothing is done: it may still come piece by piece.
    """
    with suppress(MemoryError):
        np.empty(max(0, weight_bytes(config, precision) + pass_bytes(config) - there), np.uint8)


def pass_bytes(config: GPT2Config) -> int:
    """What the pass over a first text takes."""
    return activation_bytes(config, TOKENS) + 4 * PASSING * config.d_mlp


def weight_bytes(config: GPT2Config, precision: Precision) -> int:
    """What the weights take, but for the few scales of those that are held as int8."""
    wide = precision == "float32"
    return sum(
        math.prod(shape) * (1 if is_quantized(name, shape) and not wide else 4)
        for name, shape in tensor_shapes(config).items()
    )


def activation_bytes(config: GPT2Config, tokens: int) -> int:
    """What a text's activations take, in each block ten times E and twice M numbers a token, and scores and pattern."""
    of_tokens = tokens * (10 * config.n_embd + 2 * config.d_mlp)
    of_pairs = 2 * config.n_head * tokens * tokens
    return 4 * config.n_layer * (of_tokens + of_pairs)
