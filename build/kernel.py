"""The product compiled for browsers, py/model/kernel/multiply.ts, with AssemblyScript: two files of WebAssembly.

Compiling takes seconds, so what was compiled from the same text by the same compiler is taken again.
"""

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

from build.paths import ROOT

SOURCE = ROOT / "py" / "model" / "kernel" / "multiply.ts"
MADE_OF = "made_of.txt"
FEATURES = {"relaxed.wasm": "simd,relaxed-simd", "simd.wasm": "simd"}  # what a browser must have for each


class CompileError(Exception):
    """The compiler's own words."""


def kernel_files(node_modules: Path, kept: Path) -> dict[str, bytes]:
    """The files by name; `kept` is the folder with those of an earlier time. Raises CompileError, FileNotFoundError."""
    compiler = node_modules / "assemblyscript"
    version = json.loads((compiler / "package.json").read_bytes())["version"]
    made_of = f"AssemblyScript {version}, {hashlib.sha256(SOURCE.read_bytes()).hexdigest()}\n".encode()
    found = {name: kept / name for name in (MADE_OF, *FEATURES)}
    if all(path.is_file() for path in found.values()) and found[MADE_OF].read_bytes() == made_of:
        return {name: path.read_bytes() for name, path in found.items()}
    files = {name: compiled(compiler, features) for name, features in FEATURES.items()}
    return {MADE_OF: made_of, **files}


def compiled(compiler: Path, features: str) -> bytes:
    """WebAssembly that has no memory of its own and keeps nothing in the one it is given."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "kernel.wasm"
        command = [
            "node",
            str(compiler.resolve() / "bin" / "asc.js"),
            SOURCE.name,
            "--outFile",
            str(out),
            "-O3",
            "--noAssert",
        ]
        command += ["--runtime", "stub", "--importMemory", "--enable", features]
        done = subprocess.run(command, cwd=SOURCE.parent, capture_output=True, text=True)
        if done.returncode:
            raise CompileError(f"{SOURCE.name} could not be compiled: {done.stdout}{done.stderr}")
        return out.read_bytes()
