"""How long a reader waits, in a fresh Chromium each time, from a server on this machine. Part of `make bench`."""

import statistics

from build.screenshots import served_site

VISITS = 5
LIMIT = 300_000  # ms

MARKS = """() => new Promise(resolve => {
    const figure = document.querySelector("#figure");
    const look = () => figure.matches(".prepared, .stale")
        ? requestAnimationFrame(look)
        : resolve([performance.getEntriesByName("first-contentful-paint")[0].startTime, performance.now()]);
    look();
})"""

TEXT = "The old man and the sea and the boy and the fish and the boat"  # 16 tokens
SEVEN = "The little girl was very happy because"  # 7 tokens
ROUNDS = 8
SPANS = """([from, to]) => {
    const marks = name => performance.getEntriesByName(name).map(mark => mark.startTime);
    return marks(from).map(start => marks(to).find(end => end >= start) - start);
}"""  # a list is drawn for other settings too, so not every end has a start


TOKENS = 30
GAPS = """() => {
    window.gaps = [];
    let last = performance.now();
    const note = now => { window.gaps.push(now - last); last = now; requestAnimationFrame(note); };
    requestAnimationFrame(note);
}"""


def measure_gaps(browser, address: str) -> dict[str, list[float]]:
    """The longest ms between two frames while tokens play at full speed, beside those of the same page at rest."""
    page = browser.new_page()
    page.set_default_timeout(LIMIT)
    longest: dict[str, list[float]] = {"at rest": [], f"{TOKENS} tokens playing": []}
    for _ in range(3):
        page.goto(address)
        page.reload()
        page.wait_for_selector("#figure:not(.stale):not(.prepared)")
        page.wait_for_selector("#play-on:enabled")
        page.click("#append")  # the speed can be chosen once there is a token of the model's
        page.fill("#speed", "3")
        page.evaluate(GAPS)
        page.wait_for_function("() => window.gaps.length > 120")
        longest["at rest"].append(page.evaluate("Math.max(...window.gaps.splice(0).slice(1))"))
        page.click("#play-on")
        page.wait_for_function("n => document.querySelectorAll('#timeline [data-step-number]').length > n", arg=TOKENS)
        longest[f"{TOKENS} tokens playing"].append(page.evaluate("Math.max(...window.gaps.splice(0))"))
    page.close()
    return longest


def measure_drawing(browser, address: str) -> dict[str, list[float]]:
    """ms from the numbers' arrival to the drawn picture; and from a choice of head or block to the new one.

    Motion is off: a block's fold would be measured with it.
    """
    page = browser.new_page(reduced_motion="reduce")
    page.set_default_timeout(LIMIT)
    page.goto(address)
    page.wait_for_selector("#figure:not(.stale):not(.prepared)")
    for i in range(ROUNDS):
        page.fill("#prompt", TEXT + " end" * (i % 2))
        page.wait_for_selector("#figure:not(.stale)")
    spans = {"whole picture, 16 tokens": page.evaluate(SPANS, ["numbers", "drawn"])[-ROUNDS:]}
    page.evaluate("performance.clearMarks()")
    page.fill("#prompt", SEVEN)
    page.wait_for_selector("#figure:not(.stale)")
    for i in range(ROUNDS):
        page.fill("#temperature", str(20 + 10 * i))
        page.wait_for_function("i => performance.getEntriesByName('drawn').length > i + 1", arg=i)
    spans["list after the slider, 7 tokens"] = page.evaluate(SPANS, ["next", "drawn"])[-ROUNDS:]
    page.fill("#prompt", TEXT)
    page.wait_for_selector("#figure:not(.stale)")
    for name, last in (("head", 4), ("block", 6)):
        times = []
        for i in range(ROUNDS):
            wanted = str((i + 1) % last)
            started = page.evaluate("performance.now()")
            page.evaluate(
                "([name, value]) => { const field = document.getElementById(name); field.value = Number(value) + 1;"
                " field.dispatchEvent(new Event('change', {bubbles: true})); }",
                [name, wanted],
            )
            place = 0 if name == "block" else 1
            page.wait_for_function(
                "([place, wanted]) => document.querySelector('#figure').dataset.view.split(' ')[place] === wanted",
                arg=[place, wanted],
            )
            times.append(page.evaluate("performance.getEntriesByName('viewed').at(-1).startTime") - started)
        spans[f"another {name}, 16 or 17 tokens"] = times
    page.close()
    return spans


with served_site() as (browser, address):
    visits = []
    for _ in range(VISITS):
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(LIMIT)
        page.goto(address, wait_until="commit")
        page.wait_for_selector("#figure")
        visits.append(page.evaluate(MARKS))
        context.close()
    drawing = measure_drawing(browser, address)
    gaps = measure_gaps(browser, address)
paint, answer = (sorted(times) for times in zip(*visits, strict=True))
print(f"page, {VISITS} first visits: ms until text and prepared picture, ms until the live model's answer")
for name, times in (("picture", paint), ("answer", answer)):
    print(f"  {name:8} fastest {times[0]:7.0f}   median {statistics.median(times):7.0f}")
print(f"drawing, {ROUNDS} rounds: ms")
for name, times in drawing.items():
    print(f"  {name:32} least {min(times):6.1f}   median {statistics.median(times):6.1f}   most {max(times):6.1f}")
print("longest gap between two frames, 3 rounds: ms")
for name, times in gaps.items():
    print(f"  {name:32} least {min(times):6.1f}   median {statistics.median(times):6.1f}   most {max(times):6.1f}")
