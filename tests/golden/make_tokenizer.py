"""Write tokenizer.json beside this file: a small vocabulary, and what `tokenizers` makes of hard texts.

The tests that run inside Pyodide, where that library cannot go, read it.

    python -m tests.golden.make_tokenizer
"""

import json
from pathlib import Path

import tokenizers

from build.weights import tokenizer_files

GOLDEN = Path(__file__).with_name("tokenizer.json")
VOCAB_SIZE = 1500

TEXTS = [
    "",
    "Hello world!",
    "The quick brown fox jumps over the lazy dog.",
    "I'll say we've seen they're sure it's what I'd've done, don't'm 'S'LL ' s",
    " leading, trailing ",
    "a  b   c    d",
    "tabs\t\tand\r\nlines\n\n\n  indented\n ",
    "x = [i**2 for i in range(10_000)]  # 3.14e-10",
    "1234567890 ٣٤٥ Ⅷ ½ ²³ 一二三",
    "naïve café, résumé; nai\u0308ve cafe\u0301",
    "日本語のテキスト。中文，标点！ 한국어",
    "שלום עולם مرحبا بالعالم हिन्दी ภาษาไทย",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇺🇳 e\u200d\ufe0f",
    "\x00\x01\x1b[0m\x7f\x80\x9f",
    "spaces:\x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000end \x1c\x1d\x1e\x1f\u180e\u200b\ufeff.",
    "new letters: \u1c89\u1c8aa \U000105c0a \U0002ebf0a \U000323afa; no letters yet: \u088fa \U000323b0a",
    "new numbers: \U0001e5f11 \U00010d401",
    "\ue000\uffff\U000f0000\U0010ffff",
    "<|endoftext|>",
    "one<|endoftext|>two <|endoftext|> three<|endoftext|><|endoftext|>",
    "<|endoftext <|endoftext|>|> <|ENDOFTEXT|>",
    "a" * 300 + " " * 70 + "!" * 70 + "\n" * 40,
]


def render() -> str:
    """The text of the golden file."""
    tokenizer = tokenizer_files.build_tokenizer(VOCAB_SIZE)
    with_prefix_space = tokenizer_files.build_tokenizer(VOCAB_SIZE)
    with_prefix_space.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=True)
    cases = [
        {
            "text": text,
            "ids": tokenizer.encode(text).ids,
            "ids_with_prefix_space": with_prefix_space.encode(text).ids,
            "words": [text[begin:end] for _, (begin, end) in tokenizer.pre_tokenizer.pre_tokenize_str(text)],
        }
        for text in TEXTS
    ]
    lines = ",\n".join(json.dumps(case) for case in cases)
    return f'{{"tokenizer": {json.dumps(json.loads(tokenizer.to_str()))},\n"cases": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    GOLDEN.write_text(render(), encoding="utf-8")
