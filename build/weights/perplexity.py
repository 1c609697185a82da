"""What rounding the weights costs in prediction: the perplexity of one text with each kind of weights.

Computed by `py/model/gpt2.py` itself, so that what is measured is what the page runs.
"""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from build.weights.source import Source, SourceError
from model.checkpoint.layout import is_quantized, nested
from model.checkpoint.quantization import Quantized
from model.config import GPT2Config
from model.gpt2 import gpt2
from model.tokenizer.tokenizer import Tokenizer

WINDOW = 256  # tokens read at once, or the model's context where that is shorter
WINDOWS = 8  # spread over the text

Round = Callable[[np.ndarray], Quantized]


def windows_of(text: Path, tokenizer: Tokenizer, config: GPT2Config) -> list[list[int]]:
    """Stretches of the text, each of WINDOW tokens and one more to predict."""
    try:
        ids = tokenizer.encode(text.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{text} cannot be read: {error}") from None
    length = min(WINDOW, config.n_positions) + 1
    if len(ids) < length:
        raise SourceError(f"{text} has {len(ids)} tokens; to measure the perplexity at least {length} are needed.")
    count = min(WINDOWS, len(ids) // length)
    starts = [i * (len(ids) - length) // max(count - 1, 1) for i in range(count)]
    return [ids[start : start + length] for start in starts]


def perplexities(source: Source, windows: list[list[int]], rounded: dict[str, Round]) -> None:
    """Print the perplexity with the source's weights and with each kind of rounding, one after the other."""
    predicted = sum(len(window) - 1 for window in windows)
    print(f"perplexity of {predicted:,} tokens in {len(windows)} windows:", flush=True)
    kinds: dict[str, Round | None] = {"float32": None, **rounded}
    for kind, round_weights in kinds.items():
        flat = {
            name: round_weights(w) if round_weights and is_quantized(name, w.shape) else w
            for name, w in source.tensors()
        }
        loss = nats(nested(flat, source.config), source.config, windows) / predicted
        print(f"  {kind:8} {math.exp(loss):9.3f}   ({loss:.4f} nats a token)", flush=True)


def nats(weights: dict, config: GPT2Config, windows: list[list[int]]) -> float:
    """The loss of every token but the first of each window, summed."""
    total = 0.0
    for window in windows:
        *_, logits = gpt2(window[:-1], weights, config, rows=len(window) - 1)  # (T, V)
        logits = logits.astype(np.float64)  # (T, V)
        largest = logits.max(axis=1, keepdims=True)  # (T, 1)
        sums = np.log(np.exp(logits - largest).sum(axis=1)) + largest[:, 0]  # (T,)
        total += float((sums - logits[np.arange(len(logits)), window[1:]]).sum())
    return total
