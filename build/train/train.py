"""Train a GPT-2 for a given time, then stop at its best.

    python -m build.train.train --text FOLDER --out FOLDER --minutes 60
    python -m build.train.train --text FOLDER --out FOLDER --minutes 60 --from FOLDER/stable

A leg warms up, learns at the full rate, and lets the rate fall to 0 over its last part, where most of the visible
gain comes (Hu et al., MiniCPM, 2024, section 4). OUT gets the model; OUT/stable the weights from just before the
rate fell, from which a later leg goes on as if there had been no end; OUT/curve.jsonl the held-out loss; OUT/way the
model as it was early on, each with four times the tokens of the one before.
"""

import argparse
import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from build.command import command
from build.paths import typed
from build.train.data import DataError, TokenFiles, consecutive_windows, prepare, shuffled_windows
from build.train.evaluate import summed_loss
from build.train.model import GPT2, ModelError, fresh, load, save
from build.train.muon import Muon
from build.train.precision import faster_type, name_of
from build.weights.tokenizer_files import TokenizerFilesError
from model.config import ConfigError, GPT2Config

WARM_UP = 100  # steps
REPORT_EVERY = 20  # seconds
MEASURE_EVERY = 180  # seconds, the held-out loss
MEASURED_WINDOWS = 512  # of the held-out text, evenly spread: enough for a curve. evaluate.py reads it whole
LARGEST_GRADIENT = 1.0  # norm, over what AdamW trains
WAY_FROM, WAY_EVERY = 2**16, 4  # tokens of the first model kept on the way; times as many for each further one
SIZES = {"vocab_size": 8192, "n_positions": 128, "n_embd": 256, "n_layer": 6, "n_head": 4}


def rate_factor(step: int, done: float, decay: float) -> float:
    """What the learning rates are multiplied by; `done` is the share of the leg's time that has passed."""
    falling = (1 - done) / decay if decay else 1.0
    return min(1.0, (step + 1) / WARM_UP, falling)


def spread(windows: np.ndarray, count: int) -> np.ndarray:
    """At most `count` of the windows (n, length + 1), evenly spaced."""
    return windows[np.linspace(0, len(windows) - 1, min(count, len(windows))).astype(int)]


def mean_loss(model: GPT2, windows: torch.Tensor) -> torch.Tensor:
    """The loss of every token but the first of each window (B, T + 1), nats a token."""
    logits = model(windows[:, :-1])  # (B, T, V)
    return functional.cross_entropy(logits.flatten(0, 1).float(), windows[:, 1:].flatten())


def optimizers(model: GPT2, muon_lr: float, adam_lr: float, dtype: torch.dtype) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the blocks; AdamW for embeddings, LayerNorms and biases."""
    matrices: list[torch.nn.Parameter] = []
    rest: list[torch.nn.Parameter] = []
    for name, w in model.named_parameters():
        (matrices if name.startswith("h.") and w.dim() == 2 else rest).append(w)
    return [Muon(matrices, muon_lr, dtype), torch.optim.AdamW(rest, adam_lr, betas=(0.9, 0.95), weight_decay=0)]


class Leg:
    """One run of training, from its first step to the model in `out`."""

    def __init__(self, model: GPT2, tokens: TokenFiles, arguments: argparse.Namespace) -> None:
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = model.to(self.device)
        self.dtype = faster_type(self.device)
        self.mean_loss = torch.compile(mean_loss) if self.device == "cuda" else mean_loss
        self.arguments = arguments
        self.out: Path = arguments.out
        self.optimizers = optimizers(model, arguments.muon_lr, arguments.adam_lr, self.dtype)
        for group in self.groups():
            group["full_lr"] = group["lr"]
        length = model.config.n_positions
        random = np.random.default_rng(arguments.seed)
        self.batches = shuffled_windows(tokens.train, length, arguments.batch, random)
        self.measured = spread(consecutive_windows(tokens.held_out, length)[0], MEASURED_WINDOWS)
        if not len(self.measured):
            raise DataError(f"the held-out text is shorter than {length} tokens: please hold out more.")
        self.bytes_per_token = tokens.held_out_bytes / len(tokens.held_out)
        self.step_count = 0
        self.train_loss = math.nan  # of the latest steps, smoothed

    def groups(self) -> list[dict]:
        return [group for optimizer in self.optimizers for group in optimizer.param_groups]

    @property
    def tokens_seen(self) -> int:
        return self.step_count * self.arguments.batch * self.model.config.n_positions

    def mixed(self) -> torch.autocast:
        """Weights stay float32; products are taken in the faster type."""
        return torch.autocast(self.device, self.dtype, enabled=self.dtype is not torch.float32)

    def run(self) -> None:
        self.write_line(self.head())
        start = time.monotonic()
        total = 60 * self.arguments.minutes  # seconds
        falling = False
        measured = reported = -math.inf  # seconds since the start
        next_kept = WAY_FROM  # tokens
        while (seconds := time.monotonic() - start) < total:
            done = seconds / total
            # The last of these is the one from just before the rate falls; the earlier ones are for a leg cut off.
            if not falling and (done >= 1 - self.arguments.decay or seconds - measured >= MEASURE_EVERY):
                save(self.model, self.out / "stable")
                falling = done >= 1 - self.arguments.decay
            if seconds - measured >= MEASURE_EVERY:
                self.measure(seconds)
                measured = seconds
            self.step(rate_factor(self.step_count, done, self.arguments.decay))
            if self.tokens_seen >= next_kept:
                save(self.model, self.out / "way" / str(self.tokens_seen))
                next_kept *= WAY_EVERY
            if seconds - reported >= REPORT_EVERY:
                self.report(time.monotonic() - start, total)
                reported = seconds
        if not falling:
            save(self.model, self.out / "stable")
        save(self.model, self.out)
        self.measure(time.monotonic() - start)

    def step(self, factor: float) -> None:
        """One batch seen, one step of both optimizers."""
        windows = torch.from_numpy(next(self.batches)).to(self.device)  # (batch, T + 1)
        with self.mixed():
            loss = self.mean_loss(self.model, windows)
        loss.backward()
        for group in self.groups():
            group["lr"] = factor * group["full_lr"]
        muon, adam = self.optimizers  # Muon's step is as long whatever the gradient, so only AdamW's is held back
        torch.nn.utils.clip_grad_norm_(adam.param_groups[0]["params"], LARGEST_GRADIENT)
        for optimizer in (muon, adam):
            optimizer.step()
            optimizer.zero_grad()
        self.step_count += 1
        if self.step_count % 10 == 1:  # reading the number makes a GPU wait
            latest = loss.item()
            self.train_loss = latest if math.isnan(self.train_loss) else 0.9 * self.train_loss + 0.1 * latest
            if not math.isfinite(latest):
                raise FloatingPointError(
                    f"the loss is {latest} after {self.step_count} steps: please lower --muon-lr and --adam-lr."
                )

    def measure(self, seconds: float) -> None:
        """The held-out loss, as a line of the curve."""
        with self.mixed():
            loss = summed_loss(self.model, self.measured) / self.measured[:, 1:].size
        line = {
            "minutes": round(seconds / 60, 2),
            "step": self.step_count,
            "tokens": self.tokens_seen,
            "train_loss": None if math.isnan(self.train_loss) else round(self.train_loss, 4),
            "held_out_loss": round(loss, 4),
            "bits_per_byte": round(loss / math.log(2) / self.bytes_per_token, 4),
        }
        self.write_line(line)
        print(f"  held-out loss {loss:.4f} ({line['bits_per_byte']:.3f} bits per byte)", flush=True)

    def report(self, seconds: float, total: float) -> None:
        print(
            f"step {self.step_count:,}  loss {self.train_loss:.3f}  {self.tokens_seen / seconds:,.0f} tokens/s  "
            f"{max(0.0, total - seconds) / 60:.1f} minutes left",
            flush=True,
        )

    def head(self) -> dict:
        arguments = {name: str(v) if isinstance(v, Path) else v for name, v in vars(self.arguments).items()}
        parameters = sum(w.numel() for w in self.model.parameters())
        print(f"{parameters:,} parameters on {self.device}", flush=True)
        versions = {"products": name_of(self.dtype), "torch": torch.__version__}
        return {"arguments": arguments, "parameters": parameters, "device": self.device, **versions}

    def write_line(self, line: dict) -> None:
        with open(self.out / "curve.jsonl", "a", encoding="utf-8") as curve:
            curve.write(json.dumps(line) + "\n")


def starting_model(arguments: argparse.Namespace) -> GPT2:
    """What the leg starts from; the sizes in `arguments` that were left out are filled in. Raises ModelError."""
    given = {name: getattr(arguments, name) for name in SIZES if getattr(arguments, name) is not None}
    if arguments.start is None:
        config = GPT2Config.from_json(json.dumps({"model_type": "gpt2", **SIZES, **given}))
        model = fresh(config, arguments.seed)
    else:
        model = load(arguments.start)
        for name, size in given.items():
            if getattr(model.config, name) != size:
                raise ModelError(f"{arguments.start} has {name} {getattr(model.config, name)}, not {size}.")
    for name in SIZES:
        setattr(arguments, name, getattr(model.config, name))
    return model


def parse_arguments() -> argparse.Namespace:
    parser = command(__doc__)
    parser.add_argument("--text", type=typed, required=True, metavar="FOLDER", help="holds .txt files to learn from")
    parser.add_argument("--out", type=typed, required=True, metavar="FOLDER", help="gets the model")
    parser.add_argument(
        "--from", dest="start", type=typed, metavar="FOLDER", help="a stable/ folder or a quantised model"
    )
    parser.add_argument("--minutes", type=float, default=60, help="length of the leg (default: 60)")
    for name, size in SIZES.items():
        option = "--" + name.replace("_", "-")
        parser.add_argument(option, type=int, help=f"default: {size}, or as in --from")
    parser.add_argument("--batch", type=int, default=32, help="windows a step (default: 32)")
    parser.add_argument("--muon-lr", type=float, default=0.02, help="for the blocks' matrices (default: 0.02)")
    parser.add_argument("--adam-lr", type=float, default=3e-3, help="for everything else (default: 0.003)")
    parser.add_argument(
        "--decay",
        type=float,
        default=0.4,
        help="share of the leg with a falling rate, 0 for a leg that another follows (default: 0.4)",
    )
    parser.add_argument("--seed", type=int, default=int(time.time()), help="default: the time, so that legs differ")
    arguments = parser.parse_args()
    if arguments.minutes <= 0 or arguments.batch < 1 or not 0 <= arguments.decay <= 1:
        parser.error("--minutes must be above 0, --batch 1 or more, --decay from 0 to 1")
    if arguments.start is None and (arguments.out / "stable").exists():
        parser.error(
            f"{arguments.out} has a run already: go on with --from {arguments.out / 'stable'}, or name another"
        )
    return arguments


def main() -> None:
    arguments = parse_arguments()
    torch.set_float32_matmul_precision("high")
    try:
        model = starting_model(arguments)
        tokens = prepare(arguments.text, model.config.vocab_size)
        arguments.out.mkdir(parents=True, exist_ok=True)
        Leg(model, tokens, arguments).run()
    except (ConfigError, DataError, ModelError, TokenizerFilesError, FloatingPointError, OSError) as error:
        sys.exit(f"error: {error}")
    print(f"{arguments.out}: done. build/train/README.md says how to measure it and how to put it on the site.")


if __name__ == "__main__":
    main()
