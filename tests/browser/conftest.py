"""The real page in a real Chromium, on the built site under a sub-path as on GitHub Pages; see `on_cpython` too."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, sync_playwright

from build.browser import BEEN_HERE, find_browser
from build.paths import ROOT
from build.serve import serving
from build.site import site
from build.weights import quantize, random_checkpoint, tokenizer_files
from model.config import GPT2Config
from tests.browser import on_cpython

LIMIT = 120_000  # ms for anything that boots Pyodide: the machine may be slow and busy
TRIES = 4  # of pointing at something, within LIMIT
NEEDS = {"compare": "#pin", "cuts": "[data-cut=head]"}  # what is clicked before a part has a button
UNDER = "/glassformer/"
GROWN = "Promise.allSettled(document.querySelector('#panel').getAnimations().map(one => one.finished))"
CONFIG = GPT2Config(vocab_size=512, n_positions=64, n_embd=128, n_layer=4, n_head=2)  # of the model NAME
NAME = "other-1"
PLAIN = "school.test"  # a host on this machine whose pages are, like any other's over plain http, no secure context
TELLING = "--enable-blink-features=ComputedAccessibilityInfo"  # elements tell their name and role, see hearing.py


def pytest_collection_modifyitems(items):
    """What a browser did not do within LIMIT is tried once more, and the summary lists it as a rerun."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"]))


@pytest.fixture(scope="session")
def dist(tmp_path_factory):
    out = tmp_path_factory.mktemp("site") / "dist"
    site.build(out, (site.MODEL,))
    return out


@pytest.fixture(scope="session")
def playwright_():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright_):
    browser = playwright_.chromium.launch(
        executable_path=find_browser(), args=["--no-sandbox", TELLING, f"--host-resolver-rules=MAP {PLAIN} 127.0.0.1"]
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def reference():
    """The same weights run by CPython: the authority for what the page must show."""
    return site.load_model(ROOT / "weights" / site.MODEL)


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    random_checkpoint.write(folder, CONFIG, 1)
    tokenizer_files.write(folder, CONFIG.vocab_size)
    return folder


@pytest.fixture(scope="session")
def two(dist, source, tmp_path_factory):
    """A site with the embedded model and a small random one."""
    folder = tmp_path_factory.mktemp("two") / "dist"
    shutil.copytree(dist, folder)
    quantize.quantize(source, folder / "weights" / NAME)
    site.write_models(folder)
    return folder


def put_in_place(dist, source, folder):
    """A copy of the site in which the checkpoint `source` has the place of the embedded model."""
    shutil.copytree(dist, folder)
    weights = folder / "weights" / site.MODEL
    shutil.rmtree(weights)
    quantize.quantize(source, weights)
    site.write_models(folder)


class Visit:
    """One visit to the site and everything that went wrong or outside during it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.set_default_timeout(LIMIT)
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: (self.errors.append("a dialog opened"), dialog.dismiss()))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(address)

    def arrive(self, fragment: str) -> None:
        """Come to the page by a link, from elsewhere: a page that stays may still write its own address over it."""
        self.page.goto("about:blank")
        self.page.goto(self.address + fragment)

    def wait_live(self) -> None:
        self.page.locator(".model-state.live").wait_for()
        self.wait_answer()

    def wait_answer(self) -> None:
        """Until the picture is the model's answer to the text that stands in the prompt."""
        self.page.wait_for_function("() => document.querySelector('#figure:not(.stale):not(.prepared)')")

    def type(self, text: str) -> None:
        self.page.fill("#prompt", text)
        self.wait_answer()

    def slide(self, temperature: float) -> None:
        """Set the temperature as a reader types it and wait until the list follows."""
        self.page.locator("#temperature-number").fill(str(temperature))
        self.page.wait_for_function(
            "t => Number(document.querySelector('#candidates table').dataset.temperature) === t",
            arg=temperature,
        )

    def candidates(self) -> list[dict]:
        return self.page.eval_on_selector_all(
            "#candidates tbody tr",
            """rows => rows.map(row => ({
                id: Number(row.dataset.id),
                shown: [...row.querySelector("th").childNodes]
                    .map(node => node.className === "drawn-mark" ? "" : node.textContent).join(""),
                sampled: row.querySelector(".number.sampled").textContent,
                model: row.querySelector(".number.model").textContent,
                bar: parseFloat(row.querySelector("rect.sampled").getAttribute("width")),
            }))""",
        )

    def tokens(self) -> list[int]:
        """The ids of the tokens in the picture."""
        return self.page.eval_on_selector_all("#tokens .token", "all => all.map(one => Number(one.dataset.id))")

    def go(self, block: int, head: int) -> None:
        """Choose a block and a head by typing their numbers, counted from 1."""
        for name, number in (("block", block), ("head", head)):
            self.page.fill(f"#{name}", str(number))
            self.page.press(f"#{name}", "Enter")
            self.page.wait_for_function(
                "([place, number]) => document.querySelector('#figure').dataset.view.split(' ')[place] === number",
                arg=[0 if name == "block" else 1, str(number - 1)],
            )

    def opener(self, part: str) -> Locator:
        """The button that opens a part; what there must be before that is there then."""
        opener = self.page.locator(f"[data-open={part}]")
        if part in NEEDS and not opener.is_visible():
            self.page.click(NEEDS[part])
            opener.wait_for()
        return opener

    def open(self, part: str) -> None:
        """Open a part by its button and wait until it shows something."""
        self.opener(part).click()
        self.wait_open(part)

    def wait_open(self, part: str) -> None:
        filled = {"attention_head": "#cell .result", "probabilities": "#probability-work dl"}.get(part, "#panel-body *")
        self.page.wait_for_function(
            "([part, filled]) => document.querySelector(`#panel[open][data-part=${part}]`)"
            " && document.querySelector(filled)",
            arg=[part, filled],
        )
        self.page.evaluate(GROWN)  # a click on a button that still moves may begin on it and end beside it

    def close(self) -> None:
        self.page.keyboard.press("Escape")
        self.page.wait_for_function("() => !document.querySelector('#panel[open]')")

    def read(self, act, place: str = "#reading") -> str:
        """What the line that says what is pointed at says after `act()`.

        A picture that is drawn anew forgets what was pointed at, so `act()` is done again when nothing is said.
        """
        for _ in range(TRIES):
            self.page.evaluate("place => { document.querySelector(place).textContent = '' }", place)
            act()
            with suppress(TimeoutError):
                return self.page.wait_for_function(
                    "place => document.querySelector(place).textContent", arg=place, timeout=LIMIT / TRIES
                ).json_value()
            self.page.mouse.move(0, 0)
        raise TimeoutError(f"{place} says nothing in {LIMIT} ms")

    def until(self, question: str, arg=None) -> None:
        """Wait until an async function says yes in the page: Playwright's own waiting takes a promise for a yes."""
        deadline = time.monotonic() + LIMIT / 1000
        while not self.page.evaluate(question, arg):
            assert time.monotonic() < deadline, question
            self.page.wait_for_timeout(50)

    def follows(self, read, expected) -> None:
        """Wait until `read()` gives what is expected; when it does not, say how they differ."""
        deadline = time.monotonic() + LIMIT / 1000
        while (found := read()) != expected and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)
        assert found == expected

    def fragment(self, *said: str, without: str = "nothing of the kind") -> str:
        """What stands after the # of the page's address once it says all this, and the text, but not `without`."""
        self.page.wait_for_function(
            """([said, without]) => said.every(one => location.hash.includes(one)) && !location.hash.includes(without)
                && new URLSearchParams(location.hash.slice(1)).get("text") === document.querySelector("#prompt").value
            """,
            arg=[said, without],
        )
        return self.page.url.partition("#")[2]

    def notice(self) -> str:
        return self.page.locator("#notice-text").text_content()


@pytest.fixture(scope="session")
def visiting(chromium, dist):
    """visiting(intercept=None, **context options), a context manager -> a Visit; closed with its server at its end.

    `pyodide=False` lets CPython be the model's Python, see `on_cpython`. `keeps` is whether the page may ask for a
    service worker, by default with Pyodide alone: without it `folder` must be one that `on_cpython.copy` has made.
    `first` is whether the reader has never been here, and is asked to guess what comes next.
    Nothing moves unless the options say so: what a test reads is the end state.
    """

    @contextmanager
    def open_visit(
        intercept=None,
        folder: Path = dist,
        pace: int = 0,
        headers=None,
        host: str = "127.0.0.1",
        pyodide: bool = True,
        keeps: bool | None = None,
        first: bool = False,
        **options,
    ) -> Iterator[Visit]:
        with ExitStack() as opened:
            if not pyodide:
                intercept = on_cpython.changed(folder, intercept)
            address = opened.enter_context(serving(folder, UNDER, intercept, pace, headers))
            context = chromium.new_context(**{"reduced_motion": "reduce", **options})
            if not pyodide:
                opened.enter_context(on_cpython.python_for(context))
            if not (pyodide if keeps is None else keeps):
                context.add_init_script("delete Navigator.prototype.serviceWorker")
            if not first:
                context.add_init_script(BEEN_HERE)
            opened.callback(context.close)
            yield Visit(context.new_page(), address.replace("127.0.0.1", host))

    return open_visit


@pytest.fixture(scope="module")
def on_pyodide(request):
    """Whether a file's tests need the model's Python in the browser; the others are quicker without."""
    return getattr(request.module, "ON_PYODIDE", False)


@pytest.fixture
def visit(visiting, on_pyodide):
    """visit(...) -> a Visit, see `visiting`; all of them close with the test."""
    with ExitStack() as opened:
        yield lambda *arguments, **options: opened.enter_context(
            visiting(*arguments, **{"pyodide": on_pyodide, **options})
        )


@pytest.fixture(scope="module")
def live(visiting, on_pyodide):
    """A page whose model is loaded, shared by those tests of a file that only type, slide and read."""
    with visiting(locale="en-US", pyodide=on_pyodide) as one:
        one.wait_live()
        yield one
