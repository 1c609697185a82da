"""Write tokenizer.json for GPT-2's vocabulary, whole or cut to its first entries.

A cut vocabulary keeps GPT-2's own ids: the 256 bytes, then the results of its first merges. Only
`<|endoftext|>` moves, to the last id. The npm package js-tiktoken has the vocabulary, but lists tokens and no
merges; each merge is found again by running BPE on its token with the merges before it, and a hash proves the
result to be GPT-2's vocab.bpe.

    python -m build.weights.tokenizer_files OUT_DIR --vocab-size 8192
"""

import base64
import functools
import hashlib
import itertools
import json
import subprocess
import sys
from pathlib import Path

import tokenizers

from build.command import command
from build.paths import ROOT, typed

END_OF_TEXT = "<|endoftext|>"
VOCAB_BPE_SHA256 = "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5"
FULL_SIZE = 50_257  # 256 bytes, 50,000 merges, <|endoftext|>
SMALLEST_SIZE = 257  # 256 bytes, <|endoftext|>

# One printable character for each byte. Ordered by code point, as GPT-2's ids of single bytes are.
ALPHABET = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())

# Each line of bpe_ranks is "! FIRST_ID TOKEN TOKEN ...", the tokens in base64 and in order of id.
READ_RANKS = """
import ranks from "js-tiktoken/ranks/gpt2";
const tokens = [];
for (const line of ranks.bpe_ranks.split("\\n").filter(Boolean)) {
  const [, first, ...row] = line.split(" ");
  row.forEach((token, i) => { tokens[Number(first) + i] = token; });
}
console.log(JSON.stringify(tokens));
"""


class TokenizerFilesError(RuntimeError):
    """GPT-2's vocabulary could not be read or is not the real one."""


def gpt2_tokens() -> list[bytes]:
    """GPT-2's 50,256 tokens in order of id, without `<|endoftext|>`, from js-tiktoken in node_modules.

    Raises TokenizerFilesError if Node.js or the package is missing.
    """
    command = ["node", "--input-type=module"]
    try:
        node = subprocess.run(command, input=READ_RANKS, cwd=ROOT, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TokenizerFilesError(f"Node.js is needed to read GPT-2's vocabulary: {error}") from error
    if node.returncode != 0:
        raise TokenizerFilesError(f"js-tiktoken could not be read; run `npm ci` first.\n{node.stderr}")
    return [base64.b64decode(token) for token in json.loads(node.stdout)]


def split_into_merges(tokens: list[bytes]) -> list[tuple[bytes, bytes]]:
    """The pair of tokens that each token was merged from, in order, for every token longer than a byte."""
    rank = {token: i for i, token in enumerate(tokens)}
    merges = []
    for token in tokens:
        parts = [bytes([byte]) for byte in token]
        while len(parts) > 2:
            pairs = [rank.get(a + b, len(tokens)) for a, b in itertools.pairwise(parts)]
            first = pairs.index(min(pairs))
            parts[first : first + 2] = [parts[first] + parts[first + 1]]
        if len(parts) == 2:
            merges.append((parts[0], parts[1]))
    return merges


@functools.cache
def gpt2_merges() -> list[tuple[str, str]]:
    """GPT-2's 50,000 merges in the byte alphabet.

    Raises TokenizerFilesError if they are not the published ones.
    """
    tokens = gpt2_tokens()
    character = {byte: printable for [byte], printable in zip(tokens, ALPHABET, strict=False)}  # the first 256 tokens
    merges = [
        ("".join(character[byte] for byte in left), "".join(character[byte] for byte in right))
        for left, right in split_into_merges(tokens)
    ]
    vocab_bpe = "".join(f"{line}\n" for line in ["#version: 0.2", *map(" ".join, merges)])
    if hashlib.sha256(vocab_bpe.encode()).hexdigest() != VOCAB_BPE_SHA256:
        raise TokenizerFilesError(
            "the vocabulary in js-tiktoken does not give GPT-2's vocab.bpe; is its version pinned?"
        )
    return merges


def build_tokenizer(vocab_size: int) -> tokenizers.Tokenizer:
    """GPT-2's tokenizer cut to `vocab_size` entries. Raises ValueError for a size it cannot have."""
    if not SMALLEST_SIZE <= vocab_size <= FULL_SIZE:
        raise ValueError(f"the vocabulary size must be from {SMALLEST_SIZE} to {FULL_SIZE}, not {vocab_size}")
    merges = gpt2_merges()[: vocab_size - SMALLEST_SIZE]
    tokens = [*ALPHABET, *map("".join, merges), END_OF_TEXT]
    vocab = {token: i for i, token in enumerate(tokens)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocab, merges=merges))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    tokenizer.add_special_tokens([END_OF_TEXT])
    return tokenizer


def write(out_dir: Path, vocab_size: int) -> Path:
    """Write `out_dir`/tokenizer.json and return its path."""
    out_dir.mkdir(parents=True, exist_ok=True)
    path = out_dir / "tokenizer.json"
    build_tokenizer(vocab_size).save(str(path), pretty=False)
    return path


def main() -> None:
    parser = command(__doc__)
    parser.add_argument("out_dir", type=typed, help="folder to write tokenizer.json into")
    parser.add_argument("--vocab-size", type=int, default=FULL_SIZE, help=f"entries to keep (default: {FULL_SIZE})")
    arguments = parser.parse_args()
    try:
        path = write(arguments.out_dir, arguments.vocab_size)
    except (TokenizerFilesError, ValueError) as error:
        sys.exit(f"error: {error}")
    print(f"{path}: {arguments.vocab_size} entries, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
