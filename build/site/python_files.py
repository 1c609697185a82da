"""The Python of each interpreter as one file of the built site, py/PART.files.json, which its main.py unpacks.

Not an archive: some hosts take a .tar.gz for a compressed answer, and send what browsers unpack on the way.
"""

import json
from pathlib import Path

MAIN = "main.py"  # it stands beside: the interpreter starts with it
KINDS = (".py", ".json")


def joined(part: str) -> str:
    """Its path in the site."""
    return f"py/{part}.files.json"


def read(out: Path, part: str) -> dict[str, str]:
    """The texts of a part's files by their paths from py/, as the site in `out` has them."""
    return json.loads((out / joined(part)).read_bytes())


def write(out: Path, part: str, texts: dict[str, str]) -> None:
    (out / joined(part)).write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")


def join(out: Path, part: str) -> None:
    """Put the files of py/PART in the site into one."""
    folder = out / "py" / part
    paths = [path for path in sorted(folder.rglob("*")) if path.suffix in KINDS and path != folder / MAIN]
    write(out, part, {path.relative_to(out / "py").as_posix(): path.read_text(encoding="utf-8") for path in paths})
    for path in paths:
        path.unlink()
    for inner in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        if not any(inner.iterdir()):
            inner.rmdir()
