"""build/vendor.py: only the right bytes are taken, from the first source that has them."""

import base64
import hashlib
import importlib
import importlib.metadata
import io
import json
import urllib.error
import urllib.request
import zipfile

import pytest

from build import vendor
from build.wheel import numpy_wheel
from build.wheel.compiled import compiled

GOOD = b"the wheel"
BAD = b"not the wheel"
COMPILED = b"compiled: "
WHEEL = vendor.Wheel("numpy.whl", hashlib.sha256(GOOD).hexdigest(), "1.2.3")


def gives(data):
    return lambda wheel, cache: data


def fails(error):
    def source(wheel, cache):
        raise error

    return source


def test_wrong_bytes_are_refused_and_the_next_source_is_tried(tmp_path, capsys):
    sources = [("first", fails(OSError("no network"))), ("second", gives(BAD)), ("third", gives(GOOD))]
    assert vendor.fetch_wheel(WHEEL, tmp_path, sources) == GOOD
    lines = capsys.readouterr().out.splitlines()
    assert "first" in lines[0] and "no network" in lines[0]
    assert "second" in lines[1] and hashlib.sha256(BAD).hexdigest() in lines[1] and WHEEL.sha256 in lines[1]
    assert "third" in lines[2]
    # Kept for next time, when no other source is asked.
    assert vendor.fetch_wheel(WHEEL, tmp_path, [vendor.SOURCES[0], ("never", gives(BAD))]) == GOOD


def test_a_spoiled_cache_is_replaced(tmp_path):
    (tmp_path / WHEEL.file_name).write_bytes(BAD)
    assert vendor.fetch_wheel(WHEEL, tmp_path, [vendor.SOURCES[0], ("next", gives(GOOD))]) == GOOD
    assert (tmp_path / WHEEL.file_name).read_bytes() == GOOD


def test_when_all_sources_fail_the_message_says_what_to_put_where(tmp_path):
    with pytest.raises(vendor.VendorError) as failure:
        vendor.fetch_wheel(WHEEL, tmp_path, [("one", gives(BAD)), ("two", fails(vendor.VendorError("gone")))])
    for needed in (WHEEL.file_name, WHEEL.sha256, str(tmp_path)):
        assert needed in str(failure.value)
    assert not (tmp_path / WHEEL.file_name).exists()


def test_an_unreachable_address_is_a_failed_source(tmp_path, monkeypatch, capsys):
    def refuse(url, timeout):
        assert url.endswith("/v1.2.3/full/numpy.whl") and timeout <= 10
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    sources = [source for source in vendor.SOURCES if source[1] is vendor.from_cdn]
    with pytest.raises(vendor.VendorError):
        vendor.fetch_wheel(WHEEL, tmp_path, sources)
    assert "Name or service not known" in capsys.readouterr().out


@pytest.mark.parametrize("holds_it", [True, False])
def test_the_carrier_package_gives_the_wheel_and_leaves_nothing(tmp_path, monkeypatch, holds_it):
    def download(command, **options):
        carrier = io.BytesIO()
        with zipfile.ZipFile(carrier, "w") as archive:
            archive.writestr("open_webui/frontend/pyodide/numpy.whl" if holds_it else "other", GOOD)
        with open(command[command.index("--dest") + 1] + "/carrier.whl", "wb") as file:
            file.write(carrier.getvalue())
        return vendor.subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(vendor.subprocess, "run", download)
    if holds_it:
        assert vendor.from_carrier(WHEEL, tmp_path) == GOOD
    else:
        with pytest.raises(vendor.VendorError, match=r"carrier\.whl holds no numpy\.whl"):
            vendor.from_carrier(WHEEL, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def node_modules(tmp_path, monkeypatch):
    """A node_modules folder with the least that vendoring reads; nothing is compiled or bundled in truth."""
    monkeypatch.setattr(numpy_wheel, "compiled", lambda pyodide, wheel: COMPILED + wheel)
    monkeypatch.setattr(numpy_wheel, "SHA256", hashlib.sha256(COMPILED + GOOD).hexdigest())
    monkeypatch.setattr(vendor, "kernel_files", lambda node_modules, kept: {"simd.wasm": b"compiled"})
    monkeypatch.setattr(vendor, "codemirror_files", lambda node_modules: {"codemirror/codemirror.js": b"bundled"})
    folder = tmp_path / "node_modules"
    core = "".join(f'import("./{name}-a_B-9.js");' for name in (*vendor.PYSCRIPT_CHUNKS, "codemirror"))
    lock = {"packages": {"numpy": {"file_name": WHEEL.file_name, "sha256": WHEEL.sha256}}}
    contents = {f"pyodide/{name}": name for name in vendor.PYODIDE_FILES}
    contents |= {f"@pyscript/core/dist/{name}-a_B-9.js": name for name in (*vendor.PYSCRIPT_CHUNKS, "codemirror")}
    contents |= {
        "pyodide/package.json": '{"version": "1.2.3"}',
        "pyodide/pyodide-lock.json": json.dumps(lock),
        "@pyscript/core/LICENSE": "Apache",
        "@pyscript/core/dist/core.js": 'export{a}from"./core-x.js";',
        "@pyscript/core/dist/core-x.js": core,
        f"@fontsource-variable/inter/files/{vendor.FONT}": "woff2",
        "@fontsource-variable/inter/LICENSE": "OFL",
        "@micropython/micropython-webassembly-pyscript/micropython.mjs": "mjs",
        "@micropython/micropython-webassembly-pyscript/micropython.wasm": "wasm",
    }
    for path, text in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def test_collect_fills_then_leaves_alone_then_repairs(tmp_path, node_modules):
    def collect(*sources):
        return vendor.collect(node_modules, target, tmp_path / "cache", sources)

    target = tmp_path / "vendor"
    written = collect(("only", gives(GOOD)))
    manifest = json.loads((target / "manifest.json").read_text())
    assert set(written) == {*manifest, "manifest.json"}
    assert {"pyodide/numpy.whl", "pyscript/error-a_B-9.js", "micropython/micropython.wasm"} <= set(manifest)
    assert {f"font/{vendor.FONT}", "font/LICENSE", "kernel/simd.wasm", "codemirror/codemirror.js"} <= set(manifest)
    assert "pyscript/codemirror-a_B-9.js" not in manifest
    for path, digest in manifest.items():
        assert hashlib.sha256((target / path).read_bytes()).hexdigest() == digest

    lock = json.loads((target / "pyodide/pyodide-lock.json").read_text())
    assert lock["packages"]["numpy"]["sha256"] == manifest["pyodide/numpy.whl"] != WHEEL.sha256

    assert collect() == []  # and asks no source

    (target / "pyodide/pyodide.mjs").write_text("spoiled")
    (target / "pyodide/numpy.whl").write_bytes(BAD)
    (target / "pyscript/left-over.js").write_text("from an older version")
    assert sorted(collect(("again", gives(GOOD)))) == ["pyodide/numpy.whl", "pyodide/pyodide.mjs"]
    assert not (target / "pyscript/left-over.js").exists()


def test_a_missing_npm_package_says_how_to_install_it(tmp_path, node_modules):
    (node_modules / "@micropython/micropython-webassembly-pyscript/micropython.wasm").unlink()
    with pytest.raises(vendor.VendorError, match=r"micropython\.wasm is missing.*npm ci"):
        vendor.collect(node_modules, tmp_path / "vendor", tmp_path / "cache", [])


def test_a_wheel_that_compiles_to_something_else_is_not_taken(tmp_path, node_modules, monkeypatch):
    monkeypatch.setattr(numpy_wheel, "compiled", lambda pyodide, wheel: BAD)
    with pytest.raises(vendor.VendorError, match=f"{hashlib.sha256(BAD).hexdigest()}, not {numpy_wheel.SHA256}"):
        vendor.collect(node_modules, tmp_path / "vendor", tmp_path / "cache", [("only", gives(GOOD))])
    assert not (tmp_path / "vendor" / "pyodide" / "numpy.whl").exists()


MODULE = '"""What it is."""\nVALUE = {"one", "two", "three"}\n\n\ndef twice(x):\n    """Doubles."""\n    return 2 * x\n'


def test_a_compiled_wheel_has_the_same_modules_and_no_text_of_them(tmp_path, monkeypatch):
    before = io.BytesIO()
    with zipfile.ZipFile(before, "w") as archive:
        archive.writestr("some_package/__init__.py", "from some_package.inside import twice\n")
        for name in ("inside.py", "data.json", "inside.pyi", "tests/test_it.py", "lib/it.a", "so_it_is.so"):
            archive.writestr(f"some_package/{name}", MODULE)
        for name in ("METADATA", "RECORD", "licenses/LICENSE.txt"):
            archive.writestr(f"some_package-1.0.dist-info/{name}", "Name: some_package\nVersion: 1.0\n")
    data = compiled(before.getvalue())
    assert data == compiled(before.getvalue())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path)
    package = {f"some_package/{name}" for name in ("__init__.pyc", "inside.pyc", "data.json", "so_it_is.so")}
    described = {f"some_package-1.0.dist-info/{name}" for name in ("METADATA", "RECORD", "licenses/LICENSE.txt")}
    assert names == package | described
    monkeypatch.syspath_prepend(tmp_path)
    inside = importlib.import_module("some_package.inside")
    assert inside.twice(4) == 8 and inside.twice.__doc__ == "Doubles." and inside.__doc__ == "What it is."
    recorded = importlib.metadata.distribution("some_package").files
    assert {str(file) for file in recorded} == names
    for file in recorded:
        if file.hash:
            digest = hashlib.sha256(file.read_binary()).digest()
            assert file.hash.value == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
