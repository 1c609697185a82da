"""What else lies on the same host: other pages beside the page and below it, other copies of it, copies of before."""

import threading
from contextlib import ExitStack, contextmanager

import pytest

from build.serve import serving
from build.site import offline
from tests.browser import on_cpython
from tests.browser.conftest import Visit
from tests.browser.hosting.test_offline import ACTIVE, NEW, OLD, WAITING, kept_whole, newer, taglines
from tests.browser.models.test_models import KEPT

COPIES = ("course/", "course/deep/", "course-2/", "my course/")  # within one another, alike in name, with a space
KEEP = "async name => (await caches.open(name)).put('kept', new Response('weights'))"
BEGINNING = "async scope => (await caches.keys()).filter(name => name.startsWith(scope + ' ')).sort()"


@contextmanager
def host(chromium, folder, down=None):
    """A browser, and the address of a server that is cut off when `down` is set, but for models: CPython keeps none."""

    def cut(path):
        return 503 if down and down.is_set() and "weights/mini/" not in path else None

    with ExitStack() as opened:
        address = opened.enter_context(serving(folder, "/", cut))
        context = chromium.new_context(locale="en-US")
        opened.enter_context(on_cpython.python_for(context))
        opened.callback(context.close)
        yield context, address


def test_pages_beside_and_below_it_open_as_they_are(chromium, dist, tmp_path):
    on_cpython.copy(dist, tmp_path)
    others = {
        "lesson.html": "a lesson",
        "py/notes.html": "notes",
        "other/index.html": "another site",
        "a b.txt": "text",
    }
    for path, text in others.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(f"<p>{text}</p>")
    down = threading.Event()
    with host(chromium, tmp_path, down) as (context, address):
        one = Visit(context.new_page(), address)
        one.wait_live()
        kept_whole(one)
        one.page.reload()  # from here on the service worker is asked first
        one.wait_live()
        assert one.page.evaluate("!!navigator.serviceWorker.controller")
        other = context.new_page()
        for path in [*others, "other/"]:
            assert others.get(path, "another site") in other.goto(address + path).text(), path
        assert other.goto(address + "nothing-here").status == 404
        assert other.goto(address + "py/%E0%A4%A").status == 404, "an address that cannot be decoded"
        down.set()
        assert "# " in other.goto(address + "THIRD_PARTY.md").text()
        assert other.goto(address + "lesson.html").status == 503, "not ours to answer for"
        again = Visit(other, address + "index.html?from=a-list#text=Kept")
        again.wait_live()
        assert again.page.input_value("#prompt") == "Kept" and again.errors == []


def test_copies_on_one_host_leave_each_other_alone(chromium, dist, tmp_path):
    for copy in COPIES:
        on_cpython.copy(dist, tmp_path / copy)
    down = threading.Event()
    with host(chromium, tmp_path, down) as (context, address):
        visits, caches = {}, {}
        for copy in COPIES:
            visits[copy] = one = Visit(context.new_page(), address + copy.replace(" ", "%20"))
            one.wait_live()
            one.until("async scope => (await navigator.serviceWorker.getRegistration())?.scope === scope", one.address)
            kept_whole(one)
            one.page.evaluate(KEEP, f"{one.address} glassformer weights mini 1234")
            caches[copy] = one.page.evaluate(BEGINNING, one.address)
            assert len(caches[copy]) == 2, "the page and a model"
        inner = visits["course/deep/"]
        inner.open("models")
        size = inner.page.text_content("#kept")
        inner.page.click("[data-do=remove-all]")
        # The copy in the folder above goes on answering for its own folder, but this one is not kept.
        inner.page.locator("#kept").filter(has_text="not kept yet").filter(has_text="take 0.0 MB").wait_for()
        assert "take 0.0 MB" not in size
        outer = visits["course/"]
        for copy in COPIES:
            left = [] if copy == "course/deep/" else caches[copy]
            assert outer.page.evaluate(BEGINNING, visits[copy].address) == left, copy
        down.set()
        for copy in ("course/", "my course/"):
            visits[copy].page.reload()
            visits[copy].wait_live()
            visits[copy].open("models")
            assert "The page itself is kept" in visits[copy].page.text_content("#kept")
            assert visits[copy].errors == []


def test_an_update_is_taken_while_other_pages_of_the_host_are_open(chromium, dist, tmp_path):
    for copy in COPIES[:2]:
        on_cpython.copy(dist, tmp_path / copy)
    (tmp_path / "course" / "lesson.html").write_text("<p>a lesson</p>")
    with host(chromium, tmp_path) as (context, address):
        one, inner = (Visit(context.new_page(), address + copy) for copy in COPIES[:2])
        for page in (one, inner):
            page.wait_live()
            kept_whole(page)
            page.page.evaluate(KEEP, f"{page.address} glassformer weights mini 1234")
        context.new_page().goto(one.address + "lesson.html")
        kept = inner.page.evaluate(BEGINNING, inner.address)
        newer(tmp_path / "course")
        one.page.reload()
        one.wait_live()
        one.until(WAITING)
        one.page.reload()
        one.wait_live()
        assert taglines(one) == {NEW} and taglines(inner) == {OLD}
        one.until("async () => (await navigator.serviceWorker.getRegistration()).active.state === 'activated'")
        assert len(one.page.evaluate(BEGINNING, one.address)) == 2
        assert inner.page.evaluate(BEGINNING, inner.address) == kept
        assert one.errors == inner.errors == []


def test_of_caches_named_without_a_folder_it_takes_its_own_entries(chromium, dist, tmp_path):
    """As the versions before have left them: shared by all copies on a host."""
    for copy in COPIES[:2]:
        on_cpython.copy(dist, tmp_path / copy)
    (tmp_path / "empty.html").write_text("")
    with host(chromium, tmp_path) as (context, address):
        page = context.new_page()
        page.goto(address + "empty.html")
        page.evaluate(
            """async () => {
                const put = async (name, ...paths) => {
                    for (const path of paths) await (await caches.open(name)).put(path, new Response(path));
                };
                await put("glassformer site 1234", "course/index.html", "course/py/gone.py");
                await put("glassformer site 5678", "course/style.css", "course/deep/index.html", "course-2/style.css");
                await put("glassformer weights big 9abc", "course/weights/big/1", "course/deep/weights/big/1");
            }"""
        )
        one = Visit(page, address + "course/")
        one.wait_live()
        kept_whole(one)
        one.until("async () => (await navigator.serviceWorker.getRegistration()).active.state === 'activated'")
        entries = """async () => Object.fromEntries(await Promise.all((await caches.keys()).map(async name =>
            [name, (await (await caches.open(name)).keys()).map(key => key.url)])))"""
        found = one.page.evaluate(entries)
        assert [name for name in found if name.startswith("glassformer ")] == [
            "glassformer site 5678",
            "glassformer weights big 9abc",
        ]
        assert found["glassformer site 5678"] == [address + "course/deep/index.html", address + "course-2/style.css"]
        assert found["glassformer weights big 9abc"] == [address + "course/deep/weights/big/1"]
        assert found[f"{one.address} glassformer weights big 9abc"] == [address + "course/weights/big/1"]
        assert len(one.page.evaluate(KEPT, "site")) == 1


FAULTS = {
    "changed": ("THIRD_PARTY.md", b"a filter was here", "THIRD_PARTY.md arrives changed"),
    "refused": ("icon-512.png", 403, "the server answers 403 for icon-512.png"),
    "without its worker": (offline.WORKER, 404, f"{offline.WORKER} could not be used"),
    "a page for its worker": (offline.WORKER, b"<html>Log in</html>", f"{offline.WORKER} could not be used"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_why_the_page_cannot_be_kept_is_said(visit, dist, tmp_path, fault):
    file, answer, said = FAULTS[fault]
    opened, mended = threading.Event(), threading.Event()

    def answers(path):
        if path == file:
            opened.wait(120)  # seconds; so the page hears of it only after the picker has opened
            return None if mended.is_set() else answer

    one = visit(
        answers,
        folder=on_cpython.copy(dist, tmp_path / "dist"),
        keeps=True,
        locale="en-US",
    )
    one.wait_live()
    one.open("models")
    kept = one.page.locator("#kept")
    kept.wait_for()
    opened.set()
    kept.filter(has_text=said).wait_for()
    assert "happens by itself" not in kept.text_content()
    one.close()
    one.page.select_option("#language", "zh")
    one.open("models")
    assert file in kept.text_content() and "尚未保存" in kept.text_content()
    mended.set()
    one.page.reload()
    one.wait_live()
    one.until(ACTIVE)


def test_why_a_newer_version_does_not_come_is_said(visit, dist, tmp_path):
    folder = on_cpython.copy(dist, tmp_path / "dist")
    one = visit(folder=folder, keeps=True, locale="en-US")
    one.wait_live()
    kept_whole(one)
    newer(folder)
    python = folder / "py" / "page.files.json"  # it is to differ from what the new worker names
    python.write_text(python.read_text(encoding="utf-8").replace(NEW, NEW + "!"), encoding="utf-8")
    one.page.reload()
    one.wait_live()
    one.open("models")
    kept = one.page.locator("#kept").filter(has_text="newest version could not be fetched")
    kept.filter(has_text="py/page.files.json arrives changed").wait_for()
    assert "starts without a network" in kept.text_content()
