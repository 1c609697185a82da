"""Write py/model/tokenizer/unicode_classes.py: what counts as a letter, a number and a space.

GPT-2's word pattern asks for \\p{L}, \\p{N} and \\s, and each Unicode version answers with more characters.
The ids of a text must not depend on the Python that runs the tokenizer, so the classes are read off the
`tokenizers` library and kept as a module.

    python -m build.weights.unicode_classes
"""

from collections.abc import Iterator

from tokenizers import Regex, pre_tokenizers

from build.command import command
from build.paths import ROOT

MODULE = ROOT / "py" / "model" / "tokenizer" / "unicode_classes.py"
LINE_LENGTH = 110
CLASSES = {"LETTERS": r"\p{L}+", "NUMBERS": r"\p{N}+", "SPACES": r"\s+"}
EVERY_CHARACTER = "".join(chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)

DOCSTRING = '''"""The letters, numbers and spaces of GPT-2's word pattern.

They are those of the `tokenizers` library, whose Unicode version is 16.0.

Written by `python -m build.weights.unicode_classes`; do not edit. Each string goes between the brackets of a regular
expression's character class. Python's own classes will not do: they change with its Unicode version.
"""
'''


def runs(pattern: str) -> Iterator[str]:
    """The runs of consecutive characters that the library's `pattern` matches, in order."""
    split = pre_tokenizers.Split(Regex(pattern), behavior="removed", invert=True)  # keeps what matches
    for run, _ in split.pre_tokenize_str(EVERY_CHARACTER):
        yield run


def class_item(run: str) -> str:
    """A run of consecutive characters as an item of a character class, escaped: "a-z", "\\xaa"."""
    return ascii(run if len(run) < 3 else f"{run[0]}-{run[-1]}")[1:-1]


def render() -> str:
    """The text of the module."""
    module = DOCSTRING
    for name, pattern in CLASSES.items():
        lines = [""]
        for item in map(class_item, runs(pattern)):
            if len(lines[-1] + item) > LINE_LENGTH - len('    ""'):
                lines.append("")
            lines[-1] += item
        quoted = "\n".join(f'    "{line}"' for line in lines)
        module += f'\n{name} = "{lines[0]}"\n' if len(lines) == 1 else f"\n{name} = (\n{quoted}\n)\n"
    return module


def main() -> None:
    command(__doc__).parse_args()
    MODULE.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
