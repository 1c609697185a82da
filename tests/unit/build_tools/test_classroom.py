"""What starts the page where there is nothing but a folder: line ends of its parts, and a port of its own."""

import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from build.classroom import offline_folder
from build.paths import ROOT
from build.site import site
from model.checkpoint.layout import INDEX

TAKEN = 8000  # the port that is tried first


@pytest.mark.parametrize("clone", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("part", sorted(set(offline_folder.PLACES.values())))
def test_each_part_has_the_line_ends_of_its_system(part, clone):
    lines = (offline_folder.COMPUTERS / part).read_bytes().replace(b"\r\n", b"\n")
    written = offline_folder.with_line_ends(part, lines.replace(b"\n", clone))
    end = b"\r\n" if part in ("start.cmd", "READ ME.txt", "Server.cs") else b"\n"
    assert written == lines.replace(b"\n", end) and lines.count(b"\n") > 5


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="this is no clone")
def test_a_clone_has_the_same_bytes_whatever_git_does_to_line_ends(tmp_path):
    for setting in ("true", "false"):
        prefix = f"--prefix={tmp_path / setting}/"
        command = ["git", "-c", f"core.autocrlf={setting}", "checkout-index", "--all", "--quiet", prefix]
        subprocess.run(command, cwd=ROOT, check=True, timeout=120)
    paths = [path.relative_to(tmp_path / "true") for path in (tmp_path / "true").rglob("*") if path.is_file()]
    assert len(paths) > 200
    for path in paths:
        data = (tmp_path / "true" / path).read_bytes()
        assert data == (tmp_path / "false" / path).read_bytes(), path
        if path.suffix == ".cmd":
            assert data.count(b"\r\n") == data.count(b"\n") > 5
        elif path.suffix in (".sh", ".pl", ".py", ".json", ".js", ".html", ".css") or path.name in ("Makefile", "run"):
            assert b"\r" not in data, path


def test_a_model_whose_files_git_has_changed_is_refused_when_building(tmp_path):
    shutil.copytree(ROOT / "weights" / site.MODEL, tmp_path / "model")
    site.check_files(tmp_path / "model")
    changed = tmp_path / "model" / "config.json"
    changed.write_bytes(changed.read_bytes() + b"\r\n")
    with pytest.raises(SystemExit, match=rf"config\.json is not the file that {re.escape(INDEX)} describes"):
        site.check_files(tmp_path / "model")


@pytest.fixture
def folder(tmp_path):
    """The classroom folder with a small site in it."""
    folder = tmp_path / "a folder"
    for place, part in offline_folder.PLACES.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(
            offline_folder.with_line_ends(part, (offline_folder.COMPUTERS / part).read_bytes())
        )
    (folder / "site" / "empty").mkdir(parents=True)
    (folder / "site" / "index.html").write_text("<p>Glassformer</p>")
    (folder / "site" / "x.mjs").write_text("1")
    return folder


@contextmanager
def started(folder, tmp_path, *programs):
    """start.sh where there is nothing but `programs`; gives what it prints, line by line."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for program in ("dirname", *programs):
        real = sys.executable if program == "python3" else shutil.which(program)
        (tools / program).write_text(f'#!/bin/sh\nexec "{real}" "$@"\n')
        (tools / program).chmod(0o755)
    process = subprocess.Popen(
        ["/bin/sh", str(folder / "start.sh"), "--no-browser"],
        env={"PATH": str(tools)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def taken_port():
    """Another program listens on the first port: this one, unless it is taken already."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", TAKEN))
            other.listen()
        except OSError:
            pass
        yield


@pytest.mark.parametrize("program", ["perl", "python3"])
def test_it_is_served_on_a_free_port_whose_address_is_printed(folder, tmp_path, program):
    with taken_port(), started(folder, tmp_path, program) as process:
        address = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
        assert int(address[1]) > TAKEN
        with urllib.request.urlopen(address[0], timeout=30) as answer:
            assert answer.read() == b"<p>Glassformer</p>" and answer.headers["Content-Type"].startswith("text/html")
        with urllib.request.urlopen(address[0] + "x.mjs", timeout=30) as answer:
            assert answer.headers["Content-Type"] == "text/javascript"
        for path in ("../tools/serve.pl", "%2e%2e/start.sh", "nothing", "empty/"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(address[0] + path, timeout=30)


@pytest.mark.parametrize(
    ("lacking", "programs", "said"),
    [("site/index.html", ("perl", "python3"), "unpack the whole zip"), (None, (), "Please open glassformer.html")],
)
def test_what_is_missing_is_said_in_words(folder, tmp_path, lacking, programs, said):
    if lacking:
        (folder / lacking).unlink()
    with started(folder, tmp_path, *programs) as process:
        text, _ = process.communicate(timeout=60)
        assert process.returncode == 1 and said in text and "Traceback" not in text
