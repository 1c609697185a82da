"""A published GPT-2, or one of your own, made ready for the site: `make model NAME=gpt2`.

    python -m build.weights.fetch_model NAME [--source FOLDER] [--bits 4] [--eval TEXT_FILE]

Writes weights/NAME, from where the next `make site` takes it. Without --source the checkpoint comes from Hugging Face:
each name stands for one revision, and each file must have the hash that is written here.
"""

import hashlib
import sys
from pathlib import Path
from typing import NamedTuple

from build.command import command
from build.paths import ROOT, typed
from build.site.site import MODEL
from build.weights.quantize import quantize
from build.weights.source import SourceError

TOKENIZER = "8414cab924d8b9b33013f0d221c5862f365ee9be39c5c2bfae8a5a9e970478a6"  # one for the whole family


class Pin(NamedTuple):
    repository: str
    revision: str
    files: dict[str, str]  # name -> SHA-256


def pin(repository: str, revision: str, weights: str, config: str) -> Pin:
    return Pin(
        repository,
        revision,
        {"config.json": config, "tokenizer.json": TOKENIZER, "model.safetensors": weights},
    )


PINS = {
    "gpt2": pin(
        "openai-community/gpt2",
        "607a30d783dfa663caf39e06633721c8d4cfcd7e",
        "248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707",
        "0daed7749b4f02b8f76240d5444551d7b08712dab4d0adb8239c56ba823bb7b4",
    ),
    "distilgpt2": pin(
        "distilbert/distilgpt2",
        "2290a62682d06624634c1f46a6ad5be0f47f38aa",
        "e1ff18884359fe8beb795a5f414feb85a6ce3d929ad019c0d958c039d2b94a1b",
        "4ec5947c1d59fee6212cdf3b0ec1a53eac02092554c5ff0a733488cbd2c64f3a",
    ),
    "gpt2-medium": pin(
        "openai-community/gpt2-medium",
        "6dcaa7a952f72f9298047fd5137cd6e4f05f41da",
        "fc5a354a19255ad494f3d71549390baca1ccf61d1d822b9408971705c687c9cd",
        "ef1a44d889ad1a0acc7731c78134f1b87d2d222f110e97dd10fd4117331caf22",
    ),
}


class FetchError(Exception):
    """The checkpoint could not be had; the message says what to do instead."""


def fetch(name: str, pins: dict[str, Pin] = PINS, endpoint: str | None = None, cache: Path | None = None) -> Path:
    """The folder where Hugging Face's client keeps the checkpoint, its files downloaded if need be, and checked.

    `endpoint` and `cache` are None for the client's own. Raises FetchError.
    """
    if name not in pins:
        raise FetchError(
            f"{name} is none of the models known here ({', '.join(pins)}).\n"
            f"To use a checkpoint of your own: make model NAME={name} SRC=its-folder"
        )
    import huggingface_hub  # it reads its settings from the environment when it is imported, and takes a second

    huggingface_hub.logging.set_verbosity_error()  # else each attempt is told at length
    repository, revision, files = pins[name]
    paths = []
    for file, sha256 in files.items():
        print(f"{repository}, {file}", flush=True)
        try:
            path = Path(
                huggingface_hub.hf_hub_download(repository, file, revision=revision, endpoint=endpoint, cache_dir=cache)
            )
        except Exception as error:  # the client raises its own errors, its HTTP library's and the system's
            raise FetchError(unreachable(name, repository, revision, files, error)) from None
        if digest(path) != sha256:
            raise FetchError(
                f"{path} is not the file that was published: its SHA-256 is {digest(path)}, not {sha256}.\n"
                "It may have been damaged on the way. Delete it and try again."
            )
        paths.append(path)
    return paths[0].parent


def unreachable(name: str, repository: str, revision: str, files: dict[str, str], error: Exception) -> str:
    reason = str(error).strip().splitlines() or [type(error).__name__]
    return (
        f"{repository} could not be downloaded: {reason[0]}\n"
        f"On a machine that can, download {', '.join(files)}\n"
        f"of {repository} (revision {revision}) into one folder, bring it here, and run\n"
        f"    make model NAME={name} SRC=that-folder"
    )


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    parser = command(__doc__)
    parser.add_argument("name", metavar="NAME", help=f"{', '.join(PINS)}, or a name for a model of your own")
    parser.add_argument("--source", type=typed, metavar="FOLDER", help="take the checkpoint from this folder")
    parser.add_argument("--bits", type=int, choices=(8, 4), default=8, help="bits a weight (default: 8)")
    parser.add_argument("--eval", type=typed, metavar="TEXT_FILE", help="text to measure the perplexity on")
    arguments = parser.parse_args()
    name = arguments.name
    if not name.replace("-", "").replace("_", "").replace(".", "").isalnum() or not name.isascii() or name == MODEL:
        sys.exit(f"{name} cannot be a model's name: letters, digits, - _ and . are, but not {MODEL}, the embedded one.")
    try:
        quantize(arguments.source or fetch(name), ROOT / "weights" / name, arguments.bits, arguments.eval)
    except (FetchError, SourceError) as error:
        sys.exit(f"{error}")
    print(f"`make site` or `make serve` puts {name} into the page's list of models.")


if __name__ == "__main__":
    main()
