"""The classroom folder: one zip with the site, what starts it on each system, and the page in one file.

    python -m build.classroom.offline_folder [NAME ...]

NAMEs are models from weights/ to put in beside the embedded one. Writes glassformer.zip.
"""

import tempfile
import zipfile
from pathlib import Path

from build.classroom import single_file
from build.command import command
from build.paths import ROOT
from build.site import site
from model.checkpoint.layout import INDEX

COMPUTERS = ROOT / "build" / "classroom" / "computers"
TOP = "glassformer"  # the zip's only folder
PLACES = {  # in the zip -> which part
    "READ ME.txt": "READ ME.txt",
    "start.cmd": "start.cmd",
    "start.command": "start.sh",
    "start.sh": "start.sh",
    "tools/Server.cs": "Server.cs",
    "tools/serve.pl": "serve.pl",
    "tools/serve.py": "serve.py",
}
WINDOWS = ("READ ME.txt", "start.cmd", "Server.cs")  # its editors and its command line want their own line ends
STARTED = (".command", ".sh", ".pl")  # systems that have such a thing must be allowed to run them


def write_zip(out: Path, names: tuple[str, ...]) -> None:
    """Raises SystemExit for a model that is not there."""
    for name in names:
        if not (ROOT / "weights" / name / INDEX).exists():
            raise SystemExit(f"weights/{name} is missing. `make model NAME={name}` gets it.")
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        dist = Path(folder) / "site"
        site.build(dist, (site.MODEL, *names))
        for path in sorted(dist.rglob("*")):
            if path.is_file() and path.suffix != ".gz":
                archive.write(path, f"{TOP}/site/{path.relative_to(dist).as_posix()}")
        archive.writestr(f"{TOP}/glassformer.html", single_file.page(dist))
        for place, part in PLACES.items():
            entry = zipfile.ZipInfo(f"{TOP}/{place}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if place.endswith(STARTED) else 0o644) << 16
            archive.writestr(entry, with_line_ends(part, (COMPUTERS / part).read_bytes()))
    print(f"{out.name}: {out.stat().st_size / 1e6:.1f} MB. Unpack it on any computer and read READ ME.txt in it.")


def with_line_ends(part: str, text: bytes) -> bytes:
    """A part with the line ends that its system wants, whatever those of this clone are."""
    lines = text.replace(b"\r\n", b"\n")
    return lines.replace(b"\n", b"\r\n") if part in WINDOWS else lines


def main() -> None:
    parser = command(__doc__)
    parser.add_argument("models", nargs="*", metavar="NAME", help="of a model in weights/ beside the embedded one")
    write_zip(ROOT / "glassformer.zip", tuple(parser.parse_args().models))


if __name__ == "__main__":
    main()
