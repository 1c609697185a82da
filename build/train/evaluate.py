"""How well a model predicts a text it has not seen, and what it writes: two tables for its model card.

    python -m build.train.evaluate MODEL_FOLDER TEXT_FILE

MODEL_FOLDER is a float32 Hugging Face folder or a quantised one. Of the latter the very bytes that the browser loads
are measured, dequantised by `py/model`.
"""

import math
import sys

import numpy as np
import tokenizers
import torch
from torch.nn import functional

from build.command import command
from build.paths import typed
from build.train.data import DataError, byte_count, consecutive_windows, read_documents, token_stream
from build.train.model import GPT2, ModelError, load
from build.train.writing import continuations, markdown
from model.checkpoint.layout import nested
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer, TokenizerError
from page.state.examples import EXAMPLES, TEMPERATURE

TOKENS_AT_ONCE = 4096
LENGTH = 60  # of a continuation, tokens


def summed_loss(model: GPT2, windows: np.ndarray) -> float:
    """The loss of every token but the first of each window (n, length + 1), summed, in nats."""
    device = model.wte.weight.device
    n, length = windows.shape[0], windows.shape[1] - 1
    if not length:
        return 0.0  # nothing is left to predict
    total = 0.0
    rows = max(1, TOKENS_AT_ONCE // length)
    with torch.no_grad():
        for first in range(0, n, rows):
            ids = torch.from_numpy(windows[first : first + rows]).to(device)  # (rows, length + 1)
            logits = model(ids[:, :-1])  # (rows, length, V)
            losses = functional.cross_entropy(
                logits.flatten(0, 1).float(), ids[:, 1:].flatten(), reduction="none"
            )  # (rows * length,)
            total += losses.double().sum().item()
    return total


def held_out_table(model: GPT2, documents: list[str], tokenizer: tokenizers.Tokenizer) -> str:
    """Loss, perplexity and bits per byte of all the documents, one after the other, as a markdown table."""
    ids = np.concatenate(list(token_stream(documents, tokenizer)))  # (tokens,)
    windows, rest = consecutive_windows(ids, model.config.n_positions)  # (n, T + 1), (1, at most T)
    total = summed_loss(model, windows) + summed_loss(model, rest)  # nats
    predicted, text_bytes = len(ids) - 1, byte_count(documents)
    rows = {
        "documents": f"{len(documents):,}",
        "bytes": f"{text_bytes:,}",
        "tokens predicted": f"{predicted:,}",
        "loss (nats per token)": f"{total / predicted:.4f}",
        "perplexity": f"{math.exp(total / predicted):.2f}",
        "bits per byte": f"{total / math.log(2) / text_bytes:.4f}",
    }
    return markdown(("held-out text", ""), list(rows.items()))


def continuations_table(model: GPT2, tokenizer: Tokenizer, seed: int) -> str:
    """A continuation of each of the page's examples, computed by the site's own forward pass."""
    weights = {name: w.cpu().numpy() for name, w in model.state_dict().items()}
    session = Session(nested(weights, model.config), model.config)
    return continuations(EXAMPLES, session, tokenizer, LENGTH, TEMPERATURE, seed)


def main() -> None:
    parser = command(__doc__)
    parser.add_argument("model", type=typed, metavar="MODEL_FOLDER")
    parser.add_argument("text", type=typed, metavar="TEXT_FILE", help="documents separated by lines of <|endoftext|>")
    parser.add_argument("--seed", type=int, default=0, help="of the draws (default: 0)")
    arguments = parser.parse_args()
    try:
        tokenizer_json = (arguments.model / "tokenizer.json").read_text(encoding="utf-8")
        model = load(arguments.model).to("cuda" if torch.cuda.is_available() else "cpu")
        documents = read_documents(arguments.text)
        if not documents:
            raise DataError(f"{arguments.text} holds no text.")
        print(held_out_table(model, documents, tokenizers.Tokenizer.from_str(tokenizer_json)), flush=True)
        print(f"\nTemperature {TEMPERATURE}, seed {arguments.seed}, unedited; ↵ is a line end.\n")
        print(continuations_table(model, Tokenizer.from_json(tokenizer_json), arguments.seed))
    except (OSError, DataError, ModelError, TokenizerError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
