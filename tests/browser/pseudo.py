"""A language that nobody speaks, made of English: what is not in the language files stays plain, what has no room is
cut, and where it runs from right to left, what cannot be mirrored sticks out."""

import json
import re
import shutil
from pathlib import Path

from build.site.languages import pairs

LONGER, LEFTWARD = "en-XA", "en-XB"  # as Android's pseudolocales are called
PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED = "áƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÁƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ"
DOUBLED = re.compile("([áéîöûñýÁÉÎÖÛÑÝ])")  # which makes English about 40 % longer
KEPT = re.compile(r"(\{\w*\}|\[\w+\||\]|&\w+;)")  # gaps, and terms of the glossary
RIGHT_TO_LEFT = "\u200f"


def spoken(text: str, mark: str = "") -> str:
    """A text in that language, in brackets, with its gaps and terms as they are; `mark` stands at both ends."""
    pieces = [
        piece if KEPT.fullmatch(piece) else DOUBLED.sub(r"\1\1", piece.translate(str.maketrans(PLAIN, ACCENTED)))
        for piece in KEPT.split(text)
    ]
    return f"{mark}⟦{''.join(pieces)}⟧{mark}"


def write(texts: Path) -> None:
    """Both languages into the folder of all languages. Names such as GELU are the same in every one."""
    for code, mark, direction in ((LONGER, "", "ltr"), (LEFTWARD, RIGHT_TO_LEFT, "rtl")):
        shutil.copytree(texts / "en", texts / code)
        for path in sorted((texts / code).rglob("*.json")):
            chinese = dict(pairs(texts / "zh" / path.relative_to(texts / code)))
            said = {key: text if chinese[key] == text else spoken(text, mark) for key, text in pairs(path)}
            if "language.direction" in said:
                said |= {"language.direction": direction, "language.name": code}
            path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
