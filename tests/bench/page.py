"""How long a reader waits for the page itself, with the embedded model: its first picture, its answers, its drawing."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from build.browser import BEEN_HERE
from build.serve import serving
from build.site import site
from tests.bench.tabs import LIMIT, tell
from tests.shaped import shaped

Times = dict[str, list[float]]  # milliseconds of every round, by what was done

SLOW, RATE, DELAY = "10 Mbit/s, 40 ms", 10e6 / 8, 0.04  # bytes a second, seconds
SEVEN = "The little girl was very happy because"  # 7 tokens
SIXTEEN = "The old man and the sea and the boy and the fish and the boat"  # 16 tokens
LIVE = "#figure:not(.stale):not(.prepared)"
MARKS = """() => new Promise(resolve => {
    const figure = document.querySelector("#figure");
    const look = () => figure.matches(".prepared, .stale")
        ? requestAnimationFrame(look)
        : resolve([performance.getEntriesByName("first-contentful-paint")[0].startTime, performance.now()]);
    look();
})"""
SPANS = """([from, to]) => {
    const marks = name => performance.getEntriesByName(name).map(mark => mark.startTime);
    return marks(from).map(start => marks(to).find(end => end >= start) - start);
}"""  # a list is drawn for other settings too, so not every end has a start
CHOOSE = """([name, value]) => {
    const field = document.getElementById(name);
    field.value = Number(value) + 1;
    field.dispatchEvent(new Event("change", {bubbles: true}));
}"""
CHOSEN = "([place, wanted]) => document.querySelector('#figure').dataset.view.split(' ')[place] === wanted"
PLAYED = 30  # tokens
GAPS = """() => {
    window.gaps = [];
    let last = performance.now();
    const note = now => { window.gaps.push(now - last); last = now; requestAnimationFrame(note); };
    requestAnimationFrame(note);
}"""


@contextmanager
def served() -> Iterator[str]:
    """The address of the site, built anew."""
    with tempfile.TemporaryDirectory() as folder:
        dist = Path(folder) / "dist"
        site.build(dist)
        with serving(dist) as address:
            yield address


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """The page with its model in use. Motion is off: a block's fold would be measured with it."""
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        page.set_default_timeout(LIMIT)
        page.add_init_script(BEEN_HERE)
        page.goto(address)
        page.wait_for_selector(LIVE)
        yield page


def waits_of(browser: Browser, address: str, readers: int) -> dict[str, Times]:
    """A first visit and a second one by the same reader: until the prepared picture, until the model's own answer."""
    found: dict[str, Times] = {}
    for _ in range(readers):
        with browser.new_context() as context:
            for visit in ("first visit", "second visit"):
                page = context.new_page()
                page.set_default_timeout(LIMIT)
                page.goto(address, wait_until="commit")
                page.wait_for_selector("#figure")
                times = found.setdefault(visit, {"picture": [], "live": []})
                for name, time in zip(times, page.evaluate(MARKS), strict=True):
                    times[name].append(time)
                page.wait_for_function("() => navigator.serviceWorker.ready.then(() => true)")
                page.close()
    return found


def read(page: Page, text: str) -> None:
    page.fill("#prompt", text)
    page.wait_for_selector(LIVE)


def texts(page: Page, rounds: int) -> list[float]:
    """From the numbers' arrival to the drawn picture."""
    for i in range(rounds):
        read(page, SIXTEEN + " end" * (i % 2))
    return page.evaluate(SPANS, ["numbers", "drawn"])[-rounds:]


def slider(page: Page, rounds: int) -> list[float]:
    """From the next tokens' arrival to the drawn list."""
    read(page, SEVEN)
    page.evaluate("performance.clearMarks()")
    for i in range(rounds):
        page.fill("#temperature", str(20 + 10 * i))
        page.wait_for_function("i => performance.getEntriesByName('drawn').length > i", arg=i)
    return page.evaluate(SPANS, ["next", "drawn"])[-rounds:]


def choice(page: Page, name: str, place: int, count: int, rounds: int) -> list[float]:
    """From the choice of another head or block to its picture."""
    read(page, SIXTEEN)
    times = []
    for i in range(rounds):
        wanted = str((i + 1) % count)
        started = page.evaluate("performance.now()")
        page.evaluate(CHOOSE, [name, wanted])
        page.wait_for_function(CHOSEN, arg=[place, wanted])
        times.append(page.evaluate("performance.getEntriesByName('viewed').at(-1).startTime") - started)
    return times


def gaps(page: Page) -> tuple[float, float]:
    """The longest time between two frames: at rest, and while tokens play at full speed."""
    page.click("#append")  # the speed can be chosen once there is a token of the model's
    page.wait_for_selector("#play-on:enabled")
    page.fill("#speed", "3")
    page.evaluate(GAPS)
    page.wait_for_function("() => window.gaps.length > 120")
    at_rest = page.evaluate("Math.max(...window.gaps.splice(0).slice(1))")
    page.click("#play-on")
    page.wait_for_function("n => document.querySelectorAll('#timeline [data-step-number]').length > n", arg=PLAYED)
    return at_rest, page.evaluate("Math.max(...window.gaps.splice(0))")


def drawing(browser: Browser, address: str, rounds: int) -> Times:
    with opened(browser, address) as page:
        measured: dict[str, Callable[[], list[float]]] = {
            "whole picture, 16 tokens": lambda: texts(page, rounds),
            "list after the slider, 7 tokens": lambda: slider(page, rounds),
            "another head, 16 tokens": lambda: choice(page, "head", 1, 4, rounds),
            "another block, 16 tokens": lambda: choice(page, "block", 0, 6, rounds),
        }
        return {name: measure() for name, measure in measured.items()}


def playing(browser: Browser, address: str, rounds: int) -> Times:
    times: Times = {"longest time between frames, at rest": [], f"the same, {PLAYED} tokens playing": []}
    for _ in range(rounds):
        with opened(browser, address) as page:
            for taken, gap in zip(times.values(), gaps(page), strict=True):
                taken.append(gap)
    return times


def measure(browser: Browser, visits: int = 5, rounds: int = 8, slow: bool = True) -> dict:
    """Waits of so many readers who come twice, over a slow line too; so many rounds of each drawing."""
    with served() as address:
        tell(f"the page, {visits} readers")
        waits = {"full speed": waits_of(browser, address, visits)}
        if slow:
            tell(f"the same, {SLOW}")
            with shaped(address, RATE, DELAY) as (far_address, _):
                waits[SLOW] = waits_of(browser, far_address, visits)
        tell("the page's drawing")
        return {"visits": waits, "drawing": drawing(browser, address, rounds) | playing(browser, address, visits)}
