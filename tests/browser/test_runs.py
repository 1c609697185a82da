"""Nothing outlives the run it belongs to: text, block, head or model change while numbers of the old one are shown."""

import csv
import io
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from build.site import site
from page.panels.parts import linked
from tests.browser.conftest import NAME

TEXT, OTHER = "The cat sat on the mat", "A small bird"
BEFORE = {"text": TEXT, "model": site.MODEL, "block": 1, "head": 1, "seed": 7}
CHANGES = {"text": OTHER, "block": 4, "head": 2, "model": NAME}
CHANGE = {  # while a part is open, which may cover what a mouse would press
    "text": """text => {
        const field = document.querySelector("#prompt");
        field.value = text;
        field.dispatchEvent(new Event("input", {bubbles: true}));
    }""",
    "block": "number => document.querySelector(`#logit-lens .stop[data-block='${number - 1}']`).click()",
    "head": "() => document.querySelector('#head-on').click()",
}
UNLINKED = ("compare", "run", "table")  # a link names none of these, and closes them
ALL = ("try_it",)  # the list of tasks is the same everywhere
OF_TEXT = ("embedding", "probabilities", "logit_lens", "logit_terms", "number", "compare", "run", "merges")
SAME = {  # not every part depends on everything
    "text": ALL,
    "model": ALL,
    "block": OF_TEXT + ALL,
    "head": (*OF_TEXT, "table", *ALL),
}
OF_THE_CLOCK = re.compile(r"\d+\.\d+ ms|\d+\.\d+ GFLOP/s|width=\"\S+%\"|x=\"\S+%\"|\d+ MB|\d+ tokens computed")


@pytest.fixture(scope="module")
def readers(two):
    """By name, each model of the site as CPython runs it."""
    return {name: site.load_model(two / "weights" / name) for name in (site.MODEL, NAME)}


@pytest.fixture(scope="module")
def one(visiting, two):
    with visiting(pyodide=False, folder=two, locale="en-US") as page:
        page.wait_live()
        yield page


@pytest.fixture(scope="module")
def fresh(visiting, two):
    """A second page that comes to each state with nothing open, and opens the part there."""
    with visiting(pyodide=False, folder=two, locale="en-US") as page:
        page.wait_live()
        yield page


@pytest.fixture(scope="module")
def go_to(readers):
    """Follow a link on the open page, and wait for its picture."""

    def go(page, said):
        ids = readers[said["model"]][1].encode(said["text"])
        page.page.evaluate("link => { location.hash = link }", link(said))
        page.page.wait_for_function(
            """([view, ids, model]) => document.querySelector("#figure:not(.stale)")?.dataset.view === view
                && [...document.querySelectorAll("#tokens .token")].map(one => one.dataset.id).join() === ids
                && document.querySelector("#model-text").textContent.includes(model)""",
            arg=[f"{said['block'] - 1} {said['head'] - 1} {len(ids) - 1}", ",".join(map(str, ids)), said["model"]],
        )

    return go


def link(said):
    return "#" + "&".join(f"{name}={quote(str(value))}" for name, value in said.items())


def open_part(page, part):
    """By the keyboard: a mouse would then lie over one of the part's numbers."""
    if part == "table":
        page.page.press('#flow [data-heatmap="v"]', "Enter")
        page.wait_open("number")
        page.page.press("#panel .as-table", "Enter")
    else:
        page.page.press(f"[data-open={part}]", "Enter")
    page.wait_open(part)
    if part == "effects":
        page.page.locator(".effect-table").wait_for()


def close(page, part):
    if part == "table":
        page.page.keyboard.press("Escape")
        page.wait_open("number")
    page.close()


def shown(page):
    """What the open part says, but for the time that the run took."""
    html = page.page.inner_html("#panel-title") + page.page.inner_html("#panel-body")
    return OF_THE_CLOCK.sub("", html)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("part", [part for part in (*linked().values(), *UNLINKED) if part != "cuts"])
def test_an_open_part_follows(one, fresh, go_to, part, change):
    """It shows, number by number, what it shows when it is opened only then."""
    if change == "model" and part in UNLINKED:
        pytest.skip("no way leads there")
    after = {**BEFORE, change: CHANGES[change]}
    for page in (one, fresh):
        go_to(page, BEFORE)
        if part == "compare":
            page.page.click("#pin")
            page.page.locator("#open-compare").wait_for()
    go_to(fresh, after)
    open_part(fresh, part)
    open_part(one, part)
    before = shown(one)
    if change == "model":
        go_to(one, {**after, "open": part})
    else:
        one.page.evaluate(CHANGE[change], CHANGES[change])
    try:
        one.follows(lambda: shown(one) == shown(fresh), True)  # `fresh` too may be filled once more
        expected = shown(fresh)
    finally:
        close(one, part)
        close(fresh, part)
    assert (before == expected) == (part in SAME.get(change, ()))
    assert one.errors == [] and fresh.errors == []


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", ['#flow [data-heatmap="q"] .calm.told', "#pattern image"])
def test_what_was_pointed_at_is_forgotten(one, go_to, place, change):
    go_to(one, BEFORE)
    one.page.mouse.move(0, 0)
    one.read(lambda: one.page.locator(place).hover(position={"x": 5, "y": 5}))
    assert one.page.locator("#tip.shown").is_visible()
    go_to(one, {**BEFORE, change: CHANGES[change]})
    one.page.wait_for_function(
        "() => !document.querySelector('#tip.shown') && !document.querySelector('#reading').textContent"
    )
    assert one.page.locator("#tokens .listened").count() == 0
    assert one.page.locator('#flow .cursor:not([d=""])').count() == 0


def test_a_shortened_text_was_known_already(one):
    one.type(TEXT)
    one.type(TEXT.rpartition(" ")[0])
    assert "known already" in one.page.text_content("#run")
    one.type("Something else")
    assert "ms for this text" in one.page.text_content("#run")


def test_what_is_saved_while_a_text_is_read_is_of_one_text(one, go_to, readers):
    """Save is pressed as soon as another text is on its way: whichever is saved, tokens and numbers belong together."""
    session, tokenizer = readers[site.MODEL]
    go_to(one, BEFORE)
    one.open("attention_head")
    texts = (OTHER, TEXT, OTHER + " sat on the mat and looked at the sky", TEXT)
    for text in texts:
        after = {**BEFORE, "text": text, "open": "head"}
        with one.page.expect_download() as download:
            one.page.evaluate(
                "link => { location.hash = link; document.querySelector('#panel-save').click() }", link(after)
            )
        rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
        read = [row["query"] for row in rows if row["query_position"] == row["key_position"]]
        ids = next(ids for t in texts if list(map(tokenizer.display, ids := tokenizer.encode(t))) == read)
        session.run(ids)
        pattern = session.block(0).pattern[0]
        for row in rows:
            t, s = int(row["query_position"]) - 1, int(row["key_position"]) - 1
            assert float(row["share"]) == pytest.approx(pattern[t, s], abs=1e-4)
        go_to(one, after)
    one.close()
