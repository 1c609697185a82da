"""What lets the built site work without a network and be installed: its service worker, its manifest, its icons."""

import hashlib
import json
import re
from pathlib import Path

from build.site.icons import SIZES, icon
from build.site.style import light_colour

WORKER = "service-worker.js"
MANIFEST = "manifest.webmanifest"
# The first are the same files once more; weights the page's Python keeps itself; the last are for who has no Pyodide.
NOT_KEPT = (".gz", ".safetensors", ".recorded")


def write_manifest(out: Path) -> None:
    """The web app manifest (W3C, "Web Application Manifest") and the icons it names."""
    icons = []
    for size in SIZES:
        name = f"icon-{size}.png"
        (out / name).write_bytes(icon(size))
        icons.append({"src": name, "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"})
    manifest = {
        "name": "Glassformer",
        "short_name": "Glassformer",
        "description": "A Transformer shown by running one: GPT-2 in pure NumPy, in the browser",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": light_colour("paper", out),
        "theme_color": light_colour("accent", out),
        "icons": icons,
    }
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")


def kept_files(out: Path) -> dict[str, str]:
    """SHA-256 by path of every file of the site that its service worker keeps."""
    paths = [path for path in sorted(out.rglob("*")) if path.is_file() and path.suffix not in NOT_KEPT]
    names = [path.relative_to(out).as_posix() for path in paths]
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in zip(names, paths, strict=True)
        if name not in (WORKER, ".nojekyll") and not re.match(r"weights/[^/]+/", name)
    }


def version_of(files: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:16]


def write_service_worker(out: Path) -> None:
    """To be written last: it names every file of the site."""
    files = kept_files(out)
    script = Path(__file__).with_name("service_worker.js").read_text(encoding="utf-8")
    for constant, value in (("VERSION", version_of(files)), ("FILES", files)):
        line = f"const {constant} = {json.dumps(value)};".replace("\\", r"\\")  # for re to put in as it is
        script, count = re.subn(rf"^const {constant} = .*;$", line, script, flags=re.MULTILINE)
        if count != 1:
            raise ValueError(f"service_worker.js should have one line for {constant}")
    (out / WORKER).write_text(script, encoding="utf-8")
