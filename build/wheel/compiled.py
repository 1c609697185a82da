"""A wheel whose modules are compiled, so that a browser need not do it at each start; this runs in Pyodide."""

import base64
import hashlib
import io
import py_compile
import re
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

# For compilers, type checkers and tests alone; the list of files is written anew.
LEFT_OUT = re.compile(r"/tests?/|/f2py/|/_pyinstaller/|/conftest\.py$|\.(pyi|pxd|pyx|h|a|c|src)$|\.dist-info/RECORD$")
TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file knows: the same bytes at each run


def compiled(wheel: bytes) -> bytes:
    """The wheel with name.pyc in the place of each name.py, which Python imports as it is (PEP 3147)."""
    files = {}
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith("/") or LEFT_OUT.search(name):
                continue
            data = archive.read(name)
            if name.endswith(".py"):
                data, name = bytecode(data, name), name + "c"
            files[name] = data
    record = next(name for name in files if name.endswith(".dist-info/METADATA")).replace("METADATA", "RECORD")
    files[record] = "".join(
        [f"{name},{digest(data)},{len(data)}\n" for name, data in files.items()] + [f"{record},,\n"]
    ).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, TIME), data, zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def bytecode(source: bytes, name: str) -> bytes:
    """Of a module; Python is not to look for its source."""
    with TemporaryDirectory() as folder:
        path, out = Path(folder) / "module.py", Path(folder) / "module.pyc"
        path.write_bytes(source)
        unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(path), str(out), dfile=name, doraise=True, invalidation_mode=unchecked)
        return out.read_bytes()


def digest(data: bytes) -> str:
    """As a wheel's RECORD has it."""
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
