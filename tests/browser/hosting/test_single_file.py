"""The page in one file, and the classroom folder, opened from a disk or served by what lies in it."""

import re
import shutil
import subprocess
import zipfile

import pytest

from build.classroom import offline_folder, single_file
from tests.browser.conftest import Visit
from tests.browser.test_page import assert_list

TEXT = "It was a dark and"
FONTS = "document.fonts.ready.then(all => [...all].map(font => font.status))"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("classroom")
    offline_folder.write_zip(folder / "glassformer.zip", ())
    with zipfile.ZipFile(folder / "glassformer.zip") as archive:
        archive.extractall(folder)
        for entry in archive.infolist():
            (folder / entry.filename).chmod(entry.external_attr >> 16 or 0o644)
    return folder / "glassformer"


def test_a_double_click_predicts_what_cpython_predicts(chromium, unpacked, reference):
    page = unpacked / "glassformer.html"
    assert page.stat().st_size < single_file.LARGEST
    with chromium.new_context(locale="en-US") as context:
        one = Visit(context.new_page(), page.as_uri())
        one.wait_live()
        one.slide(0.8)
        one.type(TEXT)
        assert_list(one.candidates(), reference, TEXT, 0.8)
        for part in ("embedding", "attention_head", "all_heads", "probabilities", "logit_lens", "models", "run"):
            one.open(part)
            one.close()
        one.page.click("#open-tour")
        one.page.wait_for_function(
            "() => document.querySelector('#tour-title').textContent === 'One token, again and again'"
        )
        one.page.click("#tour-close")
        one.page.evaluate("location.hash = 'open=number&code=1&at=blocks.5.mlp.post-0-0'")
        one.page.click("#code-step")
        one.page.locator("#code-text", has_text="has run").wait_for()
        for view in ("write", "ask"):
            one.page.click(f"#code-{view}")
            assert one.page.locator(f"#{view}").inner_text().startswith("To ")
            assert "no safe place" in one.page.locator(f"#{view}").inner_text()
        one.page.click("#code-edits")
        before = one.candidates()
        one.page.click("#edit-gelu")
        one.page.locator(".finding").wait_for()
        assert one.candidates() != before
        one.page.click("#edit-gelu")
        one.page.locator("#cuts").wait_for(state="hidden")
        one.close()
        one.open("models")
        assert "opened from a disk" in one.page.text_content("#kept")
        one.close()
        assert one.page.locator("#from-disk").is_hidden()
        assert one.page.evaluate(FONTS) == ["loaded"], "the typeface is inside"
        one.fragment(f"text={TEXT.replace(' ', '%20')}")
        one.page.reload()
        one.wait_live()
        assert one.page.input_value("#prompt") == TEXT
        assert {url.split(":")[0] for url in one.requests} <= {"file", "blob", "data"}
        assert [url for url in one.requests if url.startswith("file:") and "glassformer.html" not in url] == []
        assert one.errors == []


def test_the_site_itself_opened_from_a_disk_says_what_to_do(chromium, unpacked):
    with chromium.new_context(locale="en-US") as context:
        one = Visit(context.new_page(), (unpacked / "site" / "index.html").as_uri())
        said = one.page.locator("#from-disk")
        said.wait_for()
        for name in ("start.cmd", "start.command", "start.sh", "glassformer.html"):
            assert name in said.text_content() and (unpacked / name).is_file()
        assert "直接从磁盘打开" in said.text_content()
        assert one.page.locator("#candidates tbody tr").count() > 5, "the prepared picture is there"


@pytest.mark.parametrize("browser", ["without popover", "without WebAssembly"])
def test_an_old_browser_gets_a_sentence(visit, chromium, browser):
    one = visit(locale="en-US")
    forget = {
        "without popover": "delete HTMLElement.prototype.popover",
        "without WebAssembly": "Object.defineProperty(self, 'WebAssembly', {value: undefined})",
    }[browser]
    one.page.add_init_script(forget)
    one.page.reload()
    one.page.locator("#too-old").wait_for()
    assert one.page.locator("#candidates tbody tr").count() > 5


def servers(unpacked):
    """The commands that the starting scripts come down to."""
    yield "perl", ["sh", str(unpacked / "start.command"), "--no-browser"]
    if shutil.which("mcs") and shutil.which("mono"):
        program = unpacked / "tools" / "server.exe"
        subprocess.run(["mcs", "-langversion:5", f"-out:{program}", unpacked / "tools" / "Server.cs"], check=True)
        yield "mono", ["mono", str(program), str(unpacked / "site"), "--no-browser"]


@pytest.mark.parametrize("kind", ["perl", "mono"])
def test_what_the_folder_brings_serves_it(chromium, unpacked, kind):
    command = dict(servers(unpacked)).get(kind)
    if command is None:
        pytest.skip("THE SERVER FOR WINDOWS IS NOT TESTED: there is no mono here to run it (Debian's package mono-mcs)")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())[0]
        with chromium.new_context(locale="en-US") as context:
            one = Visit(context.new_page(), address)
            one.wait_live()
            one.type(TEXT)
            one.until("async () => !!(await navigator.serviceWorker.getRegistration())?.active")
            for path in ("../tools/serve.pl", "%2e%2e/tools/serve.pl", "nothing", "py"):
                assert one.page.evaluate("path => fetch(location.origin + '/' + path).then(a => a.status)", path) == 404
            assert [error for error in one.errors if "404" not in error] == []
    finally:
        process.terminate()
        process.communicate()


def test_the_zip_holds_what_each_system_needs(unpacked):
    assert (unpacked / "start.sh").stat().st_mode & 0o111 and (unpacked / "start.command").stat().st_mode & 0o111
    assert b"\r\n" in (unpacked / "start.cmd").read_bytes() and b"\r" not in (unpacked / "start.sh").read_bytes()
    (unpacked / "start.cmd").read_bytes().decode("ascii")
    assert "Server.cs" in (unpacked / "start.cmd").read_text() and (unpacked / "tools" / "Server.cs").is_file()
    assert not list(unpacked.rglob("*.gz"))


def test_a_model_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SystemExit, match="make model NAME=nothing"):
        offline_folder.write_zip(tmp_path / "x.zip", ("nothing",))
    assert not (tmp_path / "x.zip").exists()


def test_a_start_without_perl_or_python_says_what_to_open(unpacked):
    done = subprocess.run(
        ["/bin/sh", str(unpacked / "start.sh")], env={"PATH": str(unpacked)}, capture_output=True, text=True
    )
    assert done.returncode == 1 and "glassformer.html" in done.stdout + done.stderr
