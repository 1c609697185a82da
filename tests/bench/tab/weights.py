"""Random weights of GPT-2 124M's shape, the same wherever they are made: in Pyodide for us, outside it for the peer."""

import numpy as np

from model.checkpoint.layout import is_quantized, nested, tensor_shapes
from model.checkpoint.quantization import Precision, Quantized
from model.config import GPT2Config

GPT2_124M = GPT2Config(vocab_size=50_257, n_positions=1024, n_embd=768, n_layer=12, n_head=12)
STEP = 0.02 / 73  # of int8 rows: weights between -127 and 127 steps, evenly spread, have the deviation 0.02


def random_weights(precision: Precision) -> dict:
    """As `gpt2.py` takes them. Matrices are int8 rows, for "float32" widened: each precision has the same numbers."""
    random = np.random.default_rng(0)
    flat: dict[str, np.ndarray | Quantized] = {}
    for name, shape in tensor_shapes(GPT2_124M).items():
        if is_quantized(name, shape):
            values = random.integers(-127, 127, shape, np.int8, endpoint=True)  # (out, in)
            rows = Quantized(values, np.full((shape[0], 1), STEP, np.float32))
            flat[name] = rows[:] if precision == "float32" else rows  # (out, in)
        elif len(shape) == 2:
            flat[name] = random.standard_normal(shape, np.float32) * np.float32(0.01)  # shape
        else:
            flat[name] = np.full(shape, 0.0 if name.endswith("bias") else 1.0, np.float32)  # shape
    return nested(flat, GPT2_124M)
