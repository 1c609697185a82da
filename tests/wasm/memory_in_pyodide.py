"""How the browser's memory grows; test_pyodide.py runs this there."""

import numpy as np
from pyodide_js import _module

from model.checkpoint.layout import is_quantized, nested, tensor_shapes
from model.checkpoint.quantization import Quantized
from model.checkpoint.room import make_room, pass_bytes, weight_bytes
from model.config import GPT2Config
from model.session import Session

CONFIG = GPT2Config(vocab_size=8192, n_positions=256, n_embd=512, n_layer=8, n_head=8)
FIRST_TEXT = 64  # tokens
PIECE = 2**20  # bytes; memory grows by whole pages, and Python takes a little of its own meanwhile


def heap():
    return _module.HEAPU8.length


def weights():
    flat = {}
    for name, shape in tensor_shapes(CONFIG).items():
        if is_quantized(name, shape):
            flat[name] = Quantized(np.zeros(shape, np.int8), np.ones((shape[0], 1), np.float32))  # (out, in)
        else:
            flat[name] = np.zeros(shape, np.float32)  # shape
    return nested(flat, CONFIG)


def test_it_grows_once_and_by_what_a_model_needs():
    before = heap()
    make_room(CONFIG, "int8")
    made = heap()
    assert 0 < made - before <= weight_bytes(CONFIG, "int8") + pass_bytes(CONFIG) + PIECE
    Session(weights(), CONFIG).run(list(range(FIRST_TEXT)))
    assert heap() == made
