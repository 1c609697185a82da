"""How much memory a model takes is known before it comes."""

from model.checkpoint.layout import is_quantized
from model.checkpoint.quantization import quantize_rows
from model.checkpoint.room import activation_bytes, weight_bytes
from model.session import Session

TOKENS = 11


def test_weights_take_what_is_said(tiny):
    held = {name: quantize_rows(w).values if is_quantized(name, w.shape) else w for name, w in tiny.flat.items()}
    assert weight_bytes(tiny.config, "int8") == sum(w.nbytes for w in held.values())
    assert weight_bytes(tiny.config, "float32") == sum(w.nbytes for w in tiny.flat.values())


def test_activations_take_what_is_said(tiny):
    session = Session(tiny.weights, tiny.config)
    session.run(list(range(TOKENS)))
    blocks = [session.block(number) for number in range(tiny.config.n_layer)]
    kept = sum(values.nbytes for block in blocks for values in block[1:])  # each begins with what the last one left
    assert activation_bytes(tiny.config, TOKENS) == kept
