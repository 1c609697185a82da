"""How long a reader waits, in a fresh Chromium each time, from a server on this machine. Part of `make bench`."""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from build import site
from build.browser import find_browser
from build.serve import serving

VISITS = 5
LIMIT = 300_000  # ms

MARKS = """() => new Promise(resolve => {
    const figure = document.querySelector("#figure");
    const look = () => figure.matches(".prepared, .stale")
        ? requestAnimationFrame(look)
        : resolve([performance.getEntriesByName("first-contentful-paint")[0].startTime, performance.now()]);
    look();
})"""

with (
    tempfile.TemporaryDirectory() as folder,
    sync_playwright() as playwright,
    playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"]) as browser,
):
    dist = Path(folder) / "dist"
    site.build(dist)
    with serving(dist) as address:
        visits = []
        for _ in range(VISITS):
            context = browser.new_context()
            page = context.new_page()
            page.set_default_timeout(LIMIT)
            page.goto(address, wait_until="commit")
            page.wait_for_selector("#figure")
            visits.append(page.evaluate(MARKS))
            context.close()
    paint, answer = (sorted(times) for times in zip(*visits, strict=True))
    print(f"page, {VISITS} first visits: ms until text and prepared picture, ms until the live model's answer")
    for name, times in (("picture", paint), ("answer", answer)):
        print(f"  {name:8} fastest {times[0]:7.0f}   median {statistics.median(times):7.0f}")
