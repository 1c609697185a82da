"""How much of the built site a reader fetches, and when: `make size`."""

import gzip
import re
import sys
from pathlib import Path

from build.command import command
from build.paths import ROOT
from build.site.compress import KINDS
from build.site.site import MODEL

LIMITS = {
    "first picture": 1_000_000,
    "embedded model, live": 40_000_000,
}  # bytes as sent, of what is fetched until then
LARGEST_FILE = 50_000_000
LARGEST_SITE = 1_000_000_000

GROUPS = {  # of the files, by the first pattern that fits
    "page with its first picture": r"(index\.html|style\.css|py/page/\w+\.js|vendor/font/.*\.woff2)$",
    "page, in MicroPython": r"(py/page[./]|vendor/(pyscript|micropython)/|(page|examples/1|weights/models)\.json)",
    "model's Python and runtime": r"(py/model[./]|vendor/pyodide/|model\.json)",
    "embedded model": rf"weights/{MODEL}/",
    "other models": r"weights/",
    "for later": r"",
}


def sent(path: Path) -> int:
    """Bytes on the line from a host that compresses text."""
    data = path.read_bytes()
    return len(gzip.compress(data, 9)) if path.suffix in KINDS else len(data)


def table(out: Path) -> tuple[str, list[str]]:
    """The table, and a sentence for every limit that is not kept."""
    files = [path for path in sorted(out.rglob("*")) if path.is_file() and path.suffix != ".gz"]
    groups: dict[str, list[Path]] = {name: [] for name in GROUPS}
    for path in files:
        name = next(n for n, pattern in GROUPS.items() if re.match(pattern, path.relative_to(out).as_posix()))
        groups[name].append(path)
    lines, wire = [f"{'':30} {'files':>6} {'MB':>8} {'MB sent':>8}"], {}
    for name, members in groups.items():
        size = sum(path.stat().st_size for path in members)
        wire[name] = sum(map(sent, members))
        lines.append(f"{name:30} {len(members):6} {size / 1e6:8.2f} {wire[name] / 1e6:8.2f}")
    names = list(GROUPS)
    wrong = []
    for (name, limit), last in zip(LIMITS.items(), (1, 4), strict=True):
        size = sum(wire[group] for group in names[:last])
        lines.append(f"until {name:24} {'':6} {'':8} {size / 1e6:8.2f}   of at most {limit / 1e6:g}")
        if size > limit:
            wrong.append(f"until {name}: {size:,} bytes are sent, more than {limit:,}")
    sizes = {path: path.stat().st_size for path in out.rglob("*") if path.is_file()}
    for path, size in sizes.items():
        if size > LARGEST_FILE:
            wrong.append(f"{path.relative_to(out)} is larger than {LARGEST_FILE:,} bytes")
    if sum(sizes.values()) > LARGEST_SITE:
        wrong.append(f"the site is larger than {LARGEST_SITE:,} bytes")
    return "\n".join(lines), wrong


def main() -> None:
    command(__doc__).parse_args()
    text, wrong = table(ROOT / "dist")
    print(text)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
