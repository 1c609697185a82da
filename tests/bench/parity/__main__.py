"""Random checkpoints of every accepted kind against Hugging Face in float64: `make bench PARITY=1`.

    PYTHONPATH=py:. python -m tests.bench.parity

Each is saved by `transformers`, changed to its variant and read by our readers: whole ones by the page's, sharded ones
by `make model`'s. Their weights are then held as float32, int8 and int4. Writes docs/parity.md. Ends with status 1
where the tokens are others than those of `tokenizers`, or float32 differs by more than LARGEST.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import safetensors.torch
import tokenizers
import torch
import transformers

from build.command import command
from build.paths import ROOT
from build.weights import tokenizer_files
from build.weights.source import Source
from model.checkpoint.layout import INDEX, is_quantized, nested
from model.checkpoint.loading import Progress
from model.checkpoint.quantization import quantize_groups, quantize_rows
from model.checkpoint.user_checkpoint import load_user_checkpoint
from model.config import GPT2Config
from model.gpt2 import gpt2
from model.tokenizer.tokenizer import Tokenizer
from tests.bench.parity.variants import CONFIGS, END, FORMATS, NAMES, SHAPES, TOKENIZERS

OUT = ROOT / "docs" / "parity.md"
LARGEST = 5e-6  # relative, of logits; absolute, of shares of attention: what float32 may lose
SHARDS = 3  # files of a sharded checkpoint, or a few more
TEXT = "To be, or not to be: that is the question. 你好 <|endoftext|> Whether 'tis nobler in the mind, we'll see! " * 3
ROUND: dict[str, Callable] = {"float32": lambda w: w, "int8": quantize_rows, "int4": quantize_groups}
HEAD = """# Parity

`make bench PARITY=1` writes this page: {count} random checkpoints, every accepted kind of sizes, number format, names,
`config.json` and `tokenizer.json`, against Hugging Face's `transformers` {transformers} in float64 (torch {torch}) and
`tokenizers` {tokenizers}, on a text as long as the model can read. In each the tokens are the same as the library's.

Logits: the length (root of the sum of squares) of the difference at all positions over that of Hugging Face's logits;
for float32 the largest difference over the largest logit. Attention: the largest difference of a share. int8 and int4
round the weights, as `make model` does.

"""


class Difference(NamedTuple):
    logits: float  # the largest, over the largest logit
    length: float  # of the vectors of all logits, relative
    pattern: float  # the largest


def checkpoint(folder: Path, number: int, shape: dict, kind: torch.dtype, sharded: bool) -> None:
    """A random one as `transformers` saves it: no head attends evenly, no bias is 0."""
    torch.manual_seed(number)
    more = list(CONFIGS.values())[number % len(CONFIGS)].fields(shape["n_embd"])
    ends = {"bos_token_id": shape["vocab_size"] - 1, "eos_token_id": shape["vocab_size"] - 1}
    model = transformers.GPT2LMHeadModel(transformers.GPT2Config(**shape | ends | more)).to(torch.float32)
    for name, w in model.named_parameters():
        if w.dim() == 2:
            torch.nn.init.normal_(w, std=1.7 / shape["n_embd"] ** 0.5)
        else:
            torch.nn.init.normal_(w, mean=1.0 if "ln_" in name and name.endswith("weight") else 0.0, std=0.2)
    size = model.to(kind).num_parameters() * kind.itemsize  # bytes
    model.save_pretrained(folder, max_shard_size=size // SHARDS if sharded else size * 2)
    tokenizer_files.write(folder, shape["vocab_size"])


def change(folder: Path, number: int) -> None:
    """Names, config.json and tokenizer.json become those of the variants whose turn it is."""
    rename = list(NAMES.values())[number % len(NAMES)]
    weight_map = {}
    for path in sorted(folder.glob("*.safetensors")):
        state = rename(safetensors.torch.load_file(path))
        safetensors.torch.save_file(state, path, {"format": "pt"})
        weight_map |= dict.fromkeys(state, path.name)
    if (folder / INDEX).exists():
        (folder / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    config = json.loads((folder / "config.json").read_text())
    for field in list(CONFIGS.values())[number % len(CONFIGS)].lacks:
        del config[field]
    (folder / "config.json").write_text(json.dumps(config))
    path = folder / "tokenizer.json"
    file = json.loads(path.read_text())
    end = file["model"]["vocab"][END]
    path.write_text(json.dumps(file | list(TOKENIZERS.values())[number % len(TOKENIZERS)](file, end)))


def read(folder: Path) -> tuple[GPT2Config, Tokenizer, dict]:
    """Sizes, tokenizer and weights by full name, float32."""
    if (folder / INDEX).exists():
        source = Source(folder)
        return source.config, source.tokenizer()[0], dict(source.tensors())
    data = np.fromfile(folder / "model.safetensors", np.uint8)  # (size,)

    async def between(begin: int, end: int) -> np.ndarray:
        return data[begin:end]

    texts = [(folder / name).read_bytes() for name in ("tokenizer.json", "config.json")]
    model = asyncio.run(load_user_checkpoint(between, data.size, *texts, Progress(), "float32"))
    flat = {name: w for name, w in model.weights.items() if name != "h"}
    flat |= {f"h.{n}.{name}": w for n, block in enumerate(model.weights["h"]) for name, w in block.items()}
    return model.config, model.tokenizer, flat


def difference(
    config: GPT2Config, weights: dict, ids: list[int], logits: np.ndarray, patterns: np.ndarray
) -> Difference:
    """Of our pass from these logits (T, V) and patterns (blocks, H, T, T)."""
    seen = []

    def keep(name: str, value: np.ndarray) -> np.ndarray:
        if name.endswith("attn.pattern"):
            seen.append(value)
        return value

    *_, ours = gpt2(ids, weights, config, keep, rows=len(ids))  # (T, V)
    return Difference(
        float(np.abs(ours - logits).max() / np.abs(logits).max()),
        float(np.linalg.norm(ours - logits) / np.linalg.norm(logits)),
        float(np.abs(np.stack(seen) - patterns).max()),
    )


def compare(number: int, shape: dict, kind: torch.dtype, sharded: bool) -> dict[str, Difference]:
    """Of one checkpoint, held in each way. Raises ValueError where its tokens are not those of `tokenizers`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        checkpoint(folder, number, shape, kind, sharded)
        model = transformers.GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float64, attn_implementation="eager")
        change(folder, number)
        config, tokenizer, flat = read(folder)
        expected = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json")).encode(TEXT).ids
    ids = tokenizer.encode(TEXT)
    if ids != expected:
        raise ValueError(f"checkpoint {number}: other tokens than those of `tokenizers`")
    ids = ids[: config.n_positions]
    with torch.no_grad():
        answer = model.eval()(torch.tensor([ids]), output_attentions=True)
    logits = answer.logits[0].numpy()  # (T, V)
    patterns = torch.stack([pattern[0] for pattern in answer.attentions]).numpy()  # (blocks, H, T, T)
    differences = {}
    for held, round_to in ROUND.items():
        weights = {name: round_to(w) if is_quantized(name, w.shape) else w for name, w in flat.items()}
        differences[held] = difference(config, nested(weights, config), ids, logits, patterns)
    return differences


def line(number: int, name: str, kind: str, sharded: bool, of: dict[str, Difference]) -> str:
    variants = [list(table)[number % len(table)] for table in (NAMES, CONFIGS, TOKENIZERS)]
    figures = [f"{of['float32'].logits:.1e}", f"{of['float32'].pattern:.1e}", f"{of['int8'].length:.1%}"]
    cells = [name, f"{kind}, {'sharded' if sharded else 'whole'}", *variants, *figures, f"{of['int4'].length:.0%}"]
    return f"| {' | '.join(cells)} |\n"


def main() -> None:
    command(__doc__).parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    kinds = list(product(SHAPES.items(), FORMATS.items(), (False, True)))
    title = (
        "sizes",
        "file",
        "names",
        "config.json",
        "tokenizer.json",
        *("float32: logits", "attention", "int8", "int4"),
    )
    text = HEAD.format(count=len(kinds), **{name: version(name) for name in ("transformers", "torch", "tokenizers")})
    text += f"| {' | '.join(title)} |\n| {' | '.join('---' for _ in title)} |\n"
    found = []
    for number, ((name, shape), (kind, dtype), sharded) in enumerate(kinds):
        found.append(compare(number, shape, dtype, sharded))
        text += line(number, name, kind, sharded, found[-1])
        print(line(number, name, kind, sharded, found[-1]), end="", flush=True)
    worst = [max(of["float32"].logits for of in found), max(of["float32"].pattern for of in found)]
    spans = {held: [of[held].length for of in found] for held in ("int8", "int4")}
    told = f"At most: logits {worst[0]:.1e}, attention {worst[1]:.1e}. "
    told += (
        ", ".join(f"{held} moves the logits by {min(all):.1%} to {max(all):.1%}" for held, all in spans.items()) + ".\n"
    )
    print(told)
    OUT.write_text(f"{text}\n{told}")
    if max(worst) > LARGEST:
        sys.exit(f"float32 differs by more than {LARGEST:g}.")


if __name__ == "__main__":
    main()
