"""Pictures of the page as its readers see it, to be looked at: every size and theme, closed and with each part open.

    python -m build.screenshots [FOLDER]

Writes PNG files named part-width-theme.png to FOLDER (default: screenshots/, which git ignores).
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from build.browser import BEEN_HERE, find_browser
from build.command import command
from build.paths import ROOT, typed
from build.serve import serving
from build.site import site

SIZES = ((1440, 900), (1024, 768), (390, 844))
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LIMIT = 300_000  # ms
LONG = "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness"
READY = (
    "() => document.querySelector('#figure:not(.stale):not(.prepared)') && document.querySelector('#logit-lens .stop')"
)
FILLED = """part => document.querySelector(
    {attention_head: '#cell .result', probabilities: '#probability-work dl', effects: '.effect-table'}[part]
        ?? '#panel-body *'
)"""


def still(page: Page) -> None:
    """Until nothing moves: every animation is over and two frames have passed."""
    page.evaluate("() => Promise.all(document.getAnimations().map(one => one.finished.catch(() => 0)))")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def take(page: Page, out: Path, theme: str) -> None:
    """All the pictures of one theme."""
    page.click("#pin")
    page.locator("#open-compare").wait_for()
    parts = page.eval_on_selector_all("[data-open]", "all => all.map(one => one.dataset.open)")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        still(page)
        page.screenshot(path=out / f"closed-{width}-{theme}.png", full_page=True)
        for part in parts:
            page.locator(f"[data-open={part}]").click()
            page.wait_for_function(FILLED, arg=part)
            still(page)
            page.screenshot(path=out / f"{part}-{width}-{theme}.png")
            page.keyboard.press("Escape")
            page.wait_for_function("() => !document.querySelector('#panel[open]')")
        page.locator('[data-help="residual"]').click()
        still(page)
        page.screenshot(path=out / f"help-{width}-{theme}.png")
        page.keyboard.press("Escape")
        before = page.input_value("#prompt")
        for name, text in (("long", LONG), ("short", "Hi")):
            page.fill("#prompt", text)
            page.wait_for_function(READY)
            still(page)
            page.screenshot(path=out / f"{name}-{width}-{theme}.png", full_page=True)
        page.fill("#prompt", before)
        page.wait_for_function(READY)


@contextmanager
def served_site() -> Iterator[tuple[Browser, str]]:
    """A Chromium, and the address of the site, built anew; both are gone afterwards."""
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"]) as browser,
    ):
        dist = Path(folder) / "dist"
        site.build(dist)
        with serving(dist) as address:
            yield browser, address


def main() -> None:
    parser = command(__doc__)
    parser.add_argument("out", nargs="?", type=typed, default=ROOT / "screenshots", metavar="FOLDER")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with served_site() as (browser, address):
        for theme, language in zip(THEMES, ("en-US", "zh-CN"), strict=True):
            page = browser.new_page(color_scheme=theme, locale=language, reduced_motion="reduce")
            page.set_default_timeout(LIMIT)
            page.add_init_script(BEEN_HERE)
            page.goto(address)
            page.wait_for_function(READY)
            take(page, out, theme)
    print(f"{out}: {len(list(out.glob('*.png')))} pictures. Please look at them.")


if __name__ == "__main__":
    main()
