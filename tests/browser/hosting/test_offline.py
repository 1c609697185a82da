"""Without a network after one visit; updates that never mix; storage that is full, refused or removed; several tabs."""

import json
import shutil
import threading
import time

from build.browser import find_browser
from build.serve import serving
from build.site import offline
from tests.browser import on_cpython
from tests.browser.conftest import LIMIT, NAME, UNDER, Visit
from tests.browser.models.test_models import KEPT, in_use

ACTIVE = "async () => !!(await navigator.serviceWorker.getRegistration())?.active"
WAITING = "async () => !!(await navigator.serviceWorker.getRegistration())?.waiting"
OLD, NEW = "A Transformer in plain sight", "A Transformer seen plainly"


def kept_whole(one):
    """Until the browser keeps the page itself."""
    one.until(ACTIVE)


def newer(folder):
    """Turn the site in `folder` into its next version: another tagline, in the page as it is sent and in its Python."""
    page, python = folder / "index.html", folder / "py" / "page.files.json"
    for path in (page, python):
        text = path.read_text(encoding="utf-8")
        assert OLD in text
        path.write_text(text.replace(OLD, NEW), encoding="utf-8")
    page.write_text(on_cpython.naming(page.read_text(encoding="utf-8"), python.read_bytes()), encoding="utf-8")
    offline.write_service_worker(folder)


def taglines(one):
    """What the page says, and what its own files say that it has at hand."""
    asked = ["./", "py/page.files.json"]
    texts = one.page.evaluate(
        "paths => Promise.all(paths.map(path => fetch(path).then(answer => answer.text())))", asked
    )
    return {NEW if NEW in text else OLD for text in (one.page.text_content(".tagline"), *texts)}


def test_after_one_visit_it_starts_without_a_network_until_everything_is_removed(visit, reference):
    """With Pyodide: what it needs is kept too, and nothing of this is asked for before the model's first answer."""
    down, asked = threading.Event(), []

    def host(path):
        asked.append(path)
        return 503 if down.is_set() else None

    one = visit(host, pyodide=True, locale="en-US")
    one.wait_live()
    kept_whole(one)
    assert asked.index(offline.WORKER) > max(i for i, path in enumerate(asked) if path.startswith("weights/mini/"))
    down.set()
    one.page.context.set_offline(True)
    one.errors.clear()
    one.arrive("#text=Deep%20in%20the&block=4&head=2&t=1.5&open=head")
    other = Visit(one.page.context.new_page(), one.address + "index.html")
    for tab in (one, other):
        tab.wait_live()
        assert tab.page.locator("#trouble").is_hidden()
    one.wait_open("attention_head")
    assert one.page.input_value("#prompt") == "Deep in the"
    assert one.page.get_attribute("#figure", "data-view").split()[:2] == ["3", "1"]
    one.close()
    for tab, text in ((one, "The one"), (other, "And the other")):
        tab.type(text)
    for tab, text in ((one, "The one"), (other, "And the other")):
        assert tab.tokens() == reference[1].encode(text)
        assert [error for error in tab.errors if "service-worker" not in error and "net::" not in error] == []
        assert [url for url in tab.requests if not url.startswith((one.address.removesuffix(UNDER), "blob:"))] == []
    other.page.close()
    one.open("models")
    assert "Kept in this browser: no download" in one.page.text_content("#panel .models")
    one.page.click("[data-do=remove-all]")
    one.until("async () => (await caches.keys()).length === 0")
    one.page.locator("#kept").filter(has_text="not kept yet").wait_for()
    one.close()
    one.type("the page goes on")


def with_an_update_waiting(visit, dist, folder):
    """A page of the old version that has run while the next was fetched whole; the names of the old caches."""
    one = visit(folder=on_cpython.copy(dist, folder), keeps=True, locale="en-US")
    one.wait_live()
    kept_whole(one)
    old = set(one.page.evaluate(KEPT, "site"))
    newer(folder)
    one.page.reload()
    one.wait_live()
    assert taglines(one) == {OLD}, "what is kept is used, whole"
    one.until(WAITING)
    return one, old


def test_an_update_is_taken_at_the_next_start(visit, dist, tmp_path):
    one, old = with_an_update_waiting(visit, dist, tmp_path / "dist")
    one.type("What was typed stays")
    one.fragment()
    entries = one.page.evaluate("history.length")
    one.page.reload()
    one.wait_live()
    assert taglines(one) == {NEW}
    assert one.page.input_value("#prompt") == "What was typed stays"
    assert one.page.evaluate("history.length") == entries
    one.until("async () => (await caches.keys()).filter(name => name.includes(' site ')).length === 1")
    assert not old & set(one.page.evaluate(KEPT, "site"))
    assert one.errors == []


def test_an_update_is_not_taken_from_under_a_page_that_runs(visit, dist, tmp_path):
    one, _ = with_an_update_waiting(visit, dist, tmp_path / "dist")
    second = Visit(one.page.context.new_page(), one.address)
    second.wait_live()
    assert taglines(one) == taglines(second) == {OLD}
    one.page.reload()
    one.wait_live()
    assert taglines(one) == taglines(second) == {OLD}
    one.type("still the old one")
    assert one.page.evaluate(WAITING)
    assert one.errors == second.errors == []
    second.page.close()
    deadline = time.monotonic() + LIMIT / 1000
    while taglines(one) != {NEW}:  # the browser may need a moment to forget the closed page
        assert time.monotonic() < deadline
        one.page.reload()
        one.wait_live()
    assert one.errors == []


def test_an_update_after_another_program_has_removed_what_was_kept(visit, dist, tmp_path):
    folder = tmp_path / "dist"
    one = visit(folder=on_cpython.copy(dist, folder), keeps=True, headers={"Vary": "*"}, locale="en-US")
    one.wait_live()
    kept_whole(one)
    newer(folder)
    one.page.evaluate("async () => { for (const name of await caches.keys()) await caches.delete(name) }")
    one.page.reload()
    one.wait_live()
    assert taglines(one) == {NEW}
    kept_whole(one)
    assert one.errors == []


def test_a_half_finished_upload_is_not_taken(visit, dist, tmp_path):
    """The new service worker is there already, the files it names are not yet."""
    folder = tmp_path / "dist"
    one = visit(folder=on_cpython.copy(dist, folder), keeps=True, locale="en-US")
    one.wait_live()
    kept_whole(one)
    later = tmp_path / "later"
    shutil.copytree(folder, later)
    newer(later)
    shutil.copy(later / offline.WORKER, folder / offline.WORKER)
    failed = one.page.evaluate(
        """async () => {
            const registration = await navigator.serviceWorker.getRegistration();
            const found = new Promise(done => registration.addEventListener("updatefound", () => {
                const worker = registration.installing;
                worker.addEventListener("statechange", () => done(worker.state));
            }));
            await registration.update();
            return found;
        }"""
    )
    assert failed == "redundant"
    one.page.reload()
    one.wait_live()
    assert taglines(one) == {OLD}


def test_a_damaged_file_of_the_page_is_fetched_again(visit, dist, tmp_path):
    one = visit(folder=on_cpython.copy(dist, tmp_path / "dist"), keeps=True, locale="en-US")
    one.wait_live()
    kept_whole(one)
    one.page.evaluate("""async () => {
        const cache = await caches.open((await caches.keys()).find(name => name.includes(" site ")));
        const key = (await cache.keys()).find(request => request.url.endsWith("py/page.files.json"));
        await cache.put(key, new Response("damaged"));
    }""")
    one.page.reload()
    one.wait_live()
    one.type("all is well")
    assert one.errors == []


def test_where_storage_is_full_the_page_says_so_and_works(visit, two):
    one = visit(folder=two, pyodide=True, locale="en-US")
    session = one.page.context.new_cdp_session(one.page)
    origin = one.page.evaluate("location.origin")
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 2_000_000})
    one.wait_live()
    one.open("models")
    assert "not kept yet" in one.page.text_content("#kept")
    assert "Kept in this browser: no download" not in one.page.text_content("#panel .models")
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1000})
    one.page.click(f'[data-model="{NAME}"] [data-do="use"]')
    in_use(one, NAME)
    card = one.page.locator(f'[data-model="{NAME}"]')
    card.locator(".in-use").wait_for()
    assert "in use" in card.text_content() and "Kept" not in card.text_content()
    one.close()
    one.type("it answers all the same")
    assert one.errors == []
    one.page.reload()
    one.wait_live()


def test_where_storage_is_refused_the_page_says_so_and_works(playwright_, dist, tmp_path):
    """Site data blocked in the browser's settings."""
    (tmp_path / "Default").mkdir()
    refused = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(refused))
    options = {"executable_path": find_browser(), "args": ["--no-sandbox"], "locale": "en-US"}
    with (
        serving(dist, UNDER) as address,
        playwright_.chromium.launch_persistent_context(tmp_path, **options) as context,
    ):
        one = Visit(context.new_page(), address)
        one.wait_live()
        one.page.locator("#notice").filter(has_text="keeps nothing").wait_for()
        one.open("models")
        assert "keeps nothing" in one.page.text_content("#kept")
        one.close()
        one.type("it answers all the same")
        assert one.errors == []


def test_it_can_be_installed(visit):
    one = visit(locale="en-US")
    answer = one.page.context.new_cdp_session(one.page).send("Page.getAppManifest")
    assert answer["errors"] == [] and json.loads(answer["data"])["name"] == "Glassformer"
    for size in (192, 512):
        found = one.page.evaluate(
            "async name => { const i = new Image(); i.src = name; await i.decode(); return i.naturalWidth }",
            f"icon-{size}.png",
        )
        assert found == size
