"""The whole site as one page, glassformer.html: runtime, code and embedded model inside, for a double click.

    python -m build.classroom.single_file [OUT_FILE]

Made from dist/. It works from a disk in browsers that let such a page use blobs (Chromium's do), and asks nobody for
anything.
"""

import base64
import gzip
import json
import re
import sys
from pathlib import Path

from build.command import command
from build.paths import ROOT, typed
from build.site.site import MODEL

LARGEST = 60_000_000  # bytes
NOWHERE = "https://glassformer.invalid/"  # stands before a runtime's path: for a file: address it would not use fetch

# Inline code and blobs, and nothing else: no address at all can be asked for anything.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:; worker-src blob:; "
    "connect-src blob:; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
)

APART = (".gz", ".woff2")  # the same files once more; the font is in the style

# Where modules import by an address that is known only as they run: the blob is looked up.
LOOKED_UP = {
    r"vendor/pyscript/core-[\w-]+\.js": [
        (r'import\("\./([\w-]+\.js)"\)', r'import(inThisFile("vendor/pyscript/\1"))'),
        (r"import\(o\)", "import(inThisFile(o))"),
        # The worker's program: a module that waits, here no module.
        (r'new Blob\(\["/\*@\*/"', 'new Blob([inThisFile.start,"(async()=>{"'),
        (r'\.replace\(Wr,Hr\)\],\{type:"text/javascript"\}', '.replace(Wr,Hr),"})()"],{type:"text/javascript"}'),
    ],
    r"vendor/pyodide/pyodide\.mjs": [(r"import\(e\)", "import(inThisFile(e))")],
}


def files(site: Path) -> dict[str, bytes]:
    """What the page asks for while it runs, by path."""
    found = {}
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        fetched = r"(page|model|examples/\d|lessons/[^/]+)\.json"
        wanted = re.match(rf"(py/.*\.(py|json)|vendor/(?!codemirror/).*|weights/{MODEL}/.*|{fetched})$", name)
        if path.is_file() and wanted and path.suffix not in APART and path.name not in ("manifest.json", "LICENSE"):
            found[name] = looked_up(name, path.read_bytes())
    for name in ("page.json", "model.json"):
        settings = json.loads(found[name])
        found[name] = json.dumps({**settings, "interpreter": NOWHERE + settings["interpreter"][2:]}).encode()
    return found


def looked_up(name: str, data: bytes) -> bytes:
    """A module that finds its neighbours in this file."""
    for pattern, changes in LOOKED_UP.items():
        if re.fullmatch(pattern, name):
            text = data.decode("utf-8")
            for old, new in changes:
                text, count = re.subn(old, new, text)
                if not count:
                    raise ValueError(f"{name} has no {old}: bring LOOKED_UP in single_file.py up to date.")
            data = text.encode("utf-8")
    return data


def page(site: Path) -> str:
    """The text of glassformer.html."""
    html = (site / "index.html").read_text(encoding="utf-8")
    style = with_font((site / "style.css").read_text(encoding="utf-8"), site)
    style = style.replace("\\", r"\\")  # for re to put in as it is
    start = Path(__file__).with_name("single_file.js").read_text(encoding="utf-8")
    for old, new in (
        (r'(http-equiv="Content-Security-Policy"\s+content=")[^"]*"', rf'\1{POLICY}"'),
        (r'<link rel="stylesheet" [^>]*>', f"<style>\n{style}</style>"),
        (r' *<link rel="(?:preload|modulepreload|manifest|apple-touch-icon)" [^>]*>\n', ""),
        (r' *<script type="module" [^>]*></script>\n', ""),
        ("<html ", "<html data-whole "),
        (r' *<a href="THIRD_PARTY.md"[^>]*>[^<]*</a>\n', ""),
    ):
        html, count = re.subn(old, new, html)
        if not count:
            raise ValueError(f"index.html has no {old}")

    def inline(match: re.Match) -> str:
        return f"<script>\n{(site / match[1]).read_text(encoding='utf-8')}</script>"

    html = re.sub(r'<script src="([^"]+)"[^>]*></script>', inline, html)
    listed = json.loads((site / "weights" / "models.json").read_bytes())
    embedded = [model for model in listed if model["name"] == MODEL]
    data = files(site) | {"weights/models.json": json.dumps(embedded).encode()}
    scripts = [
        f'<script type="application/gzip" data-path="{name}">{packed(content)}</script>'
        for name, content in data.items()
    ]
    return html.replace("</body>", "\n".join(scripts) + f"\n<script>\n{start}</script>\n</body>")


def with_font(style: str, site: Path) -> str:
    """The style sheet with the font inside, which it names by its path in the site."""
    style, count = re.subn(
        r'url\("([^"]+\.woff2)"\)',
        lambda m: f'url("data:font/woff2;base64,{base64.b64encode((site / m[1]).read_bytes()).decode()}")',
        style,
    )
    if count != 1:
        raise ValueError(f"style.css should name one font, it names {count}")
    return style


def packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()


def main() -> None:
    parser = command(__doc__)
    parser.add_argument("out", nargs="?", type=typed, default=ROOT / "dist" / "glassformer.html", metavar="OUT_FILE")
    out = parser.parse_args().out
    text = page(ROOT / "dist")
    if len(text.encode()) > LARGEST:
        sys.exit(f"{out.name} would be larger than {LARGEST:,} bytes.")
    out.write_text(text, encoding="utf-8")
    print(f"{out}: {len(text.encode()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
