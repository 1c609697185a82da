"""The languages of the page: each is a folder under py/page/text, named by its code, with a file for each subject.

In its folder `lessons` are those of what is learnt with the page, which a reader downloads when they are opened. To add
a language, copy en/ and translate it; nothing else lists them.
"""

import json
import shutil
from pathlib import Path

from build.paths import ROOT

TEXT = ROOT / "py" / "page" / "text"
LESSONS = "lessons"


def codes() -> list[str]:
    """Of all languages that there are, English first."""
    return sorted({path.parent.name for path in TEXT.glob("*/*.json")}, key=lambda code: (code != "en", code))


def texts_of(language: str, room: str = "") -> dict[str, str]:
    """Its texts by key, or those of a `room` in its folder. Raises ValueError where a file is not JSON, or a key
    stands twice."""
    texts: dict[str, str] = {}
    places: dict[str, Path] = {}
    for path in sorted((TEXT / language / room).glob("*.json")):
        for key, text in pairs(path):
            if key in places:
                raise ValueError(f"The key {key} stands twice: in {places[key]} and in {path}")
            texts[key], places[key] = text, path
    return texts


def every_text(language: str) -> dict[str, str]:
    """Its texts by key, those of the lessons among them."""
    return texts_of(language) | texts_of(language, LESSONS)


def pairs(path: Path) -> list[tuple[str, str]]:
    """The keys and texts of a file, also those that stand in it twice."""
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}") from None


def write_joined(folder: Path, lessons: Path) -> None:
    """One file a language into the built site's `folder`, instead of those by subject: the page asks for fewer; and one
    of its lessons into the folder `lessons`."""
    lessons.mkdir(exist_ok=True)
    for language in codes():
        shutil.rmtree(folder / language, ignore_errors=True)
        for room, out in (("", folder), (LESSONS, lessons)):
            texts = json.dumps(texts_of(language, room), ensure_ascii=False)
            (out / f"{language}.json").write_text(texts, encoding="utf-8")
