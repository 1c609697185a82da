"""Looking at the page as an eye does: what is wrong with its texts, colours, ribbons and legends at one size.

`looking.js` measures in the page. What is asked of it here gives the faults, as {kind: [what, ...]}; empty when there
is nothing to mend.
"""

import base64
from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
LEAST_CONTRAST = 4.5
SHARE = 0.05  # of the area behind a text may be worse: a hairline that passes behind it hides no letter
STILL = """async () => {
    const ending = one => one.playState === "running" && one.effect.getComputedTiming().endTime < Infinity;
    await Promise.all(document.getAnimations().filter(ending).map(one => one.finished.catch(() => 0)));
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
LEGENDS = {  # what is drawn, and where it is said what its width or colour is: one of these places
    "stream": ".of-short .swatch.height",
    "swell": ".of-short .swatch.height",
    "calm": ".of-short .swatch.height",
    "heads": ".of-short .swatch.height",
    "block": ".folded-count",
    "folded-block": ".folded-count",
    "query": ".travels.q",
    "key": ".travels.k",
    "value": ".swatch.value",
    "value-line": ".swatch.value",
    "value-flow": ".swatch.value",
    "query-line": ".of-q.heatmap-name",
    "output": ".travels.z",
    "edge": ".swatch.edge",
    "residual": ".swatch.residual",
    "added": ".swatch.residual",
    "link": ".heatmap-name",  # each leads from one named column to the next
    "outline": ".heatmap-name, .of-short .swatch.height",
    "slice": ".heatmap-name, .of-short .swatch.height",
    "ground": ".legend .shares",
    "ring": "#tokens .token[aria-pressed=true]",  # the row's token has its colour, as that listened to has its own
    "candidate": "#candidates .key.sampled",
    "rest": "#candidates .outside",
    "even": ".strip-label",
    "odd": ".strip-label",
    "drawn": ".strip-label",
    "needle": "#draw-sentence",
    "model": "#candidates .key.model",
    "sampled": "#candidates .key.sampled",
}


def ask(page: Page, question: str, arg=None):
    return page.evaluate(f"async asked => {{ {SOURCE}; return {question} }}", arg)


def resize(page: Page, width: int, height: int) -> None:
    """Another size of the window, and the picture drawn anew in it; nothing has the focus, whose ring is no ground."""
    page.evaluate("document.activeElement.blur()")
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("size => innerWidth === size[0] && innerHeight === size[1]", arg=[width, height])
    page.evaluate(STILL)


def places(page: Page) -> dict[str, list[str]]:
    """Of texts, what lies on another, is cut, is too small or outside; of ribbons, what crosses others' cells; and
    what is drawn that no legend speaks of."""
    found = ask(page, "textFaults()")
    if page.locator("#panel[open]").count():
        return found
    drawn, there = ask(page, "drawn(asked)", sorted(set(LEGENDS.values())))
    return found | {
        "runs through what is not its own": ask(page, "strayRibbons()"),
        "has no legend": [kind for kind in drawn if LEGENDS.get(kind) not in there],
    }


def contrast(page: Page) -> dict[str, list[str]]:
    """Texts with less contrast than 4.5 to 1, of whatever size or weight, with what lies behind them.

    WCAG 1.4.3 defines the ratio, and excepts the letters of controls that are disabled; that large letters need but
    3 to 1 is not made use of. What lies behind is taken from a picture of the page without its letters; of its pixels
    where letters stand, the worst SHARE are left out, five times as many of letters with an edge of paper around them.
    """
    ask(page, "hideLetters(true)")
    opened = page.locator("#panel[open]").count()
    png = page.screenshot(full_page=not opened, animations="disabled")
    ask(page, "hideLetters(false)")
    found = ask(page, f"contrasts(asked, {SHARE})", base64.b64encode(png).decode())
    return {"hard to read": [name for name, ratio in found if ratio < LEAST_CONTRAST]}


def told(faults: dict[str, dict[str, list[str]]]) -> str:
    """Faults by state -> each once, with the states that have it, as a list to read."""
    states: dict[tuple[str, str], list[str]] = {}
    for state, kinds in faults.items():
        for kind, whats in kinds.items():
            for what in whats:
                states.setdefault((kind, what), []).append(state)
    lines = []
    for (kind, what), where in sorted(states.items()):
        more = f" and {len(where) - 3} more" if len(where) > 3 else ""
        lines.append(f"{kind}: {what}\n    {'; '.join(where[:3])}{more}")
    return "\n".join(lines)
