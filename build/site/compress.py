"""Compressed copies beside the site's text and code, for hosts that send them as they are (nginx: gzip_static)."""

import gzip
from pathlib import Path

KINDS = {".css", ".html", ".js", ".json", ".md", ".mjs", ".py", ".svg", ".wasm", ".webmanifest"}
SMALLEST = 1024  # bytes; below, nothing is gained


def compress(out: Path) -> None:
    """Write FILE.gz beside every file worth it."""
    for path in sorted(out.rglob("*")):
        if path.suffix in KINDS and path.stat().st_size >= SMALLEST:
            # No name and no time inside: the same file gives the same bytes.
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
