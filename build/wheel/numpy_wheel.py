"""Pyodide's NumPy wheel with its modules compiled: as they come, most of an import's time goes to compiling them."""

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

LOCK = "pyodide-lock.json"
HERE = Path(__file__).parent
SHA256 = "c4c7d4d611cefbfec6c0478d00416a525bfd86cbdd9dbf379a08dc4b243b4175"  # of the compiled one


class WheelError(Exception):
    """What went wrong, and what to do."""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def numpy_files(pyodide: Path, file_name: str, kept: Path, fetched: Callable[[], bytes]) -> dict[str, bytes]:
    """The compiled wheel, and the lock file with its SHA-256, by name.

    `pyodide` is the npm package; `kept` the folder with what was compiled before; `fetched()` gives the wheel as the
    package's lock file names it. Raises WheelError where anything else comes out than SHA256 says.
    """
    path = kept / file_name
    wheel = path.read_bytes() if path.is_file() else b""
    if sha256(wheel) != SHA256:
        wheel = compiled(pyodide, fetched())
    if sha256(wheel) != SHA256:
        raise WheelError(
            f"{file_name}, compiled, has the SHA-256 {sha256(wheel)}, not {SHA256}.\n"
            "With another Pyodide, or another build/wheel/, that is right: bring SHA256 in build/wheel/numpy_wheel.py\n"
            "up to date. Otherwise please report it."
        )
    lock = (pyodide / LOCK).read_text(encoding="utf-8")
    named = json.loads(lock)["packages"]["numpy"]["sha256"]
    return {file_name: wheel, LOCK: lock.replace(named, SHA256).encode()}


def compiled(pyodide: Path, wheel: bytes) -> bytes:
    """See compiled.py."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "wheel", Path(folder) / "compiled"
        before.write_bytes(wheel)
        asked = ["node", HERE / "in_pyodide.mjs", pyodide.resolve(), HERE / "compiled.py", before, after]
        done = subprocess.run([str(one) for one in asked], capture_output=True, text=True)
        if done.returncode:
            raise WheelError(f"NumPy's wheel could not be compiled: {done.stdout}{done.stderr}")
        return after.read_bytes()
