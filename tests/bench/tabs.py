"""Tabs of one browser that compute in turns: ours and the peer's, each in a process of its own."""

import io
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from build.browser import find_browser
from build.paths import ROOT
from build.serve import serving

LIMIT = 300_000  # ms
ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
SOURCES = ("py/model", "tests/bench/tab", "weights/mini")
FLAGS = (
    "--no-sandbox",
    "--js-flags=--expose-gc",
    "--disable-features=SpareRendererForSitePerProcess",  # a process that waits for a tab would be taken for one
)


def tell(what: str) -> None:
    """Print to stderr: what is measured takes its time."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Clocks are exact to 5 microseconds in a tab that is isolated, see ISOLATED."""
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS)) as browser,
    ):
        yield browser


def sources() -> bytes:
    """What ours.mjs unpacks: the model's code, the bench's own and the embedded model."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for folder in SOURCES:
            for path in sorted((ROOT / folder).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    archive.write(path, path.relative_to(ROOT))
    return packed.getvalue()


class Tab:
    """`kind` is "ours" or "peer", the worker that it has; `ask` calls a function of that worker."""

    def __init__(self, browser: Browser, address: str, kind: str) -> None:
        self.devtools = browser.new_browser_cdp_session()
        before = self.processes()
        self.page = browser.new_page()
        self.page.set_default_timeout(LIMIT)
        self.page.goto(f"{address}tests/bench/tab/tab.html?{kind}")
        self.page.wait_for_function("() => window.ask")
        while len(own := self.processes() - before) > 1:  # that of the empty page is about to end
            self.page.wait_for_timeout(50)
        [self.process] = own

    def processes(self) -> set[int]:
        """The ids of those that draw pages, not the browser's own window."""
        found = self.devtools.send("SystemInfo.getProcessInfo")["processInfo"]
        ids = {one["id"] for one in found if one["type"] == "renderer"}
        return {i for i in ids if b"--top-chrome-webui" not in Path(f"/proc/{i}/cmdline").read_bytes()}

    def ask(self, *question: object):
        return self.page.evaluate("question => ask(...question)", list(question))

    def call(self, name: str, *values: object):
        """A function of ours.py, or of whatever module was loaded."""
        return self.ask("call", name, *values)

    def processor(self) -> float:
        """Milliseconds that the tab's process has had a core: what it took, whatever else the machine had to do."""
        return 1000 * time.clock_gettime((~self.process << 3) | 2)  # as clock_getcpuclockid(3) makes it

    def memory(self) -> dict[str, float]:
        """MB that the tab's process holds after a garbage collection, and the most that it ever held."""
        self.ask("collect")
        status = dict(line.split(":", 1) for line in Path(f"/proc/{self.process}/status").read_text().splitlines())
        return {
            name: int(status[field].split()[0]) * 1024 / 1e6 for name, field in (("holds", "VmRSS"), ("most", "VmHWM"))
        }

    def close(self) -> None:
        self.page.close()
        self.devtools.detach()


@contextmanager
def opening(browser: Browser) -> Iterator[Callable[[str], Tab]]:
    """A function that opens a tab of a kind; all are closed afterwards."""
    tabs: list[Tab] = []
    packed = sources()
    with serving(ROOT, intercept=lambda path: packed if path == "sources.zip" else None, headers=ISOLATED) as address:

        def open_tab(kind: str) -> Tab:
            tabs.append(Tab(browser, address, kind))
            return tabs[-1]

        try:
            yield open_tab
        finally:
            for tab in tabs:
                tab.close()
