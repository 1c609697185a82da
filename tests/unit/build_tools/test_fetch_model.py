"""Getting a published checkpoint with Hugging Face's own client, from a stand-in for its server on this machine."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from build.paths import ROOT
from build.weights import random_checkpoint, tokenizer_files
from build.weights.fetch_model import PINS, FetchError, Pin, fetch
from build.weights.quantize import quantize
from model.checkpoint.layout import INDEX, read_index
from model.config import GPT2Config

FILES = ("config.json", "tokenizer.json", "model.safetensors")
REVISION = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "somebody/tiny-gpt2"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    random_checkpoint.write(folder, GPT2Config(300, 16, 64, 2, 1), 1)
    tokenizer_files.write(folder, 300)
    return folder


@contextmanager
def hub(contents: dict[str, bytes]):
    """Answers as the hub does for files of one revision; gives its address and the list of what was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):
            found = re.fullmatch(rf"/{REPOSITORY}/resolve/{REVISION}/(.+)", self.path)
            data = contents.get(found[1]) if found else None
            asked.append((self.command, self.path))
            self.send_response(404 if data is None else 200)
            if data is not None:
                self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
                self.send_header("X-Repo-Commit", REVISION)
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            if self.command == "GET" and data:
                self.wfile.write(data)

        do_GET = do_HEAD  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def contents(source):
    return {name: (source / name).read_bytes() for name in FILES}


@pytest.fixture
def pins(contents):
    return {"tiny": Pin(REPOSITORY, REVISION, {n: hashlib.sha256(data).hexdigest() for n, data in contents.items()})}


def test_it_is_downloaded_once_and_is_what_was_published(contents, pins, tmp_path):
    with hub(contents) as (endpoint, asked):
        folder = fetch("tiny", pins, endpoint, tmp_path / "cache")
        assert {name: (folder / name).read_bytes() for name in FILES} == contents
        gets = [path for command, path in asked if command == "GET"]
        assert len(gets) == 3 and all(f"/{REVISION}/" in path for path in gets)
        asked.clear()
        assert fetch("tiny", pins, endpoint, tmp_path / "cache") == folder
        assert [command for command, _ in asked if command == "GET"] == []
    quantize(folder, tmp_path / "out")
    assert len(read_index((tmp_path / "out" / INDEX).read_bytes()).files) == 3


def test_a_changed_file_is_refused(contents, pins, tmp_path):
    changed = bytearray(contents["model.safetensors"])
    changed[-1] ^= 1
    with (
        hub(contents | {"model.safetensors": bytes(changed)}) as (endpoint, _),
        pytest.raises(FetchError, match=r"model\.safetensors is not the file that was published: its SHA-256 is"),
    ):
        fetch("tiny", pins, endpoint, tmp_path / "cache")


def test_a_missing_file_and_an_unknown_name_say_what_to_do(contents, pins, tmp_path):
    del contents["tokenizer.json"]
    with (
        hub(contents) as (endpoint, _),
        pytest.raises(FetchError, match=r"(?s)could not be downloaded: .*make model NAME=tiny SRC=that-folder"),
    ):
        fetch("tiny", pins, endpoint, tmp_path / "cache")
    with pytest.raises(FetchError, match="make model NAME=other SRC=its-folder"):
        fetch("other", pins)


def test_the_pins_are_whole():
    assert list(PINS) == ["gpt2", "distilgpt2", "gpt2-medium"]
    for repository, revision, files in PINS.values():
        assert re.fullmatch(r"[\w-]+/[\w-]+", repository) and re.fullmatch(r"[0-9a-f]{40}", revision)
        assert tuple(files) == FILES and all(re.fullmatch(r"[0-9a-f]{64}", sha256) for sha256 in files.values())
    assert len({pin.files["model.safetensors"] for pin in PINS.values()}) == 3


@pytest.mark.parametrize("name", ["mini", "../x", "a b", "", "ä"])
def test_names_that_are_no_folder_are_refused(name, source):
    command = [sys.executable, "-m", "build.weights.fetch_model", name, "--source", str(source)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and "cannot be a model's name" in done.stderr


def test_the_command_takes_a_folder(source, tmp_path):
    """In a copy of the code, as it writes beside it."""
    for folder in ("build", "py"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "build.weights.fetch_model", "own-1", "--source", str(source), "--bits", "4"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert read_index((tmp_path / "weights" / "own-1" / INDEX).read_bytes()).bits == 4


def test_a_tilde_that_the_shell_has_left_is_the_home_folder(source, tmp_path):
    """As in make model SRC=~/folder, where some shells do not expand it, and between quotes none does."""
    shutil.copytree(source, tmp_path / "own" / "source")
    (tmp_path / "own" / "text.txt").write_text("to be or not to be " * 20)

    def run(module, *arguments):
        command = [sys.executable, "-m", module, *arguments]
        environment = os.environ | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)

    done = run("build.weights.quantize", "~/own/source", "~/own/out", "--eval", "~/own/text.txt")
    assert done.returncode == 0 and "perplexity" in done.stdout, done.stderr
    assert (tmp_path / "own" / "out" / INDEX).is_file()
    done = run("build.weights.fetch_model", "tiny", "--source", "~/nothing")
    assert done.returncode == 1 and str(tmp_path / "nothing" / "config.json") in done.stderr
    done = run("build.weights.quantize", "~nobody-of-this-name/x", "~/own/out")
    assert done.returncode == 1 and "~nobody-of-this-name/x/config.json" in done.stderr
