"""Numbers at the pointer: where the tooltip stands, when it goes, and that it says the model's own numbers."""

import re

import numpy as np
import pytest

from build.site.recorded import explain
from page.reading.hover import CROSSING
from page.state.examples import EXAMPLES, TEMPERATURE
from tests.browser.reading import close

OVERLAPS = """() => {
    const [tip, ring] = ["#tip", "#pattern .ring.cell"].map(one => document.querySelector(one).getBoundingClientRect());
    const inside = tip.left >= 0 && tip.top >= 0 && tip.right <= document.documentElement.clientWidth
        && tip.bottom <= document.documentElement.clientHeight;
    const apart = tip.right <= ring.left || ring.right <= tip.left || tip.bottom <= ring.top || ring.bottom <= tip.top;
    return [inside, apart];
}"""
GONE = "() => !document.querySelector('#tip.shown') && document.querySelector('#reading').textContent === ''"
RINGS = "() => [...document.querySelectorAll('#pattern .ring, #flow .cursor')].map(one => one.getAttribute('d')).join()"
ON = """selector => {  // a point of the screen that belongs to what is drawn there, and is covered by nothing else; of
    // whole pixels, as clicks are
    const overlay = document.querySelector("#overlay"), mark = document.querySelector(selector);
    overlay.classList.add("asked");
    try {
        const box = mark.getBoundingClientRect();
        for (let i = 1; i < 60; i += 1) {
            for (let j = 1; j < 20; j += 1) {
                const [x, y] = [box.left + box.width * i / 60, box.top + box.height * j / 20].map(Math.round);
                const found = document.elementFromPoint(x, y);
                if (found === mark) {
                    overlay.classList.remove("asked");
                    const below = document.elementFromPoint(x, y);
                    overlay.classList.add("asked");
                    if (below && !below.closest("svg.heatmap, svg.matrix, button")) return [x, y];
                }
            }
        }
        throw new Error(`nothing to point at: ${selector}`);
    } finally { overlay.classList.remove("asked"); }
}"""
CORNERS = [(0, 0), (0, 6), (6, 0), (6, 6)]


@pytest.fixture(scope="module")
def desk(visiting):
    with visiting(pyodide=False, locale="en-US", viewport={"width": 1440, "height": 900}) as one:
        one.wait_live()
        one.type(EXAMPLES[0])
        yield one


@pytest.fixture(autouse=True)
def pointed_nowhere(request):
    yield
    if "desk" in request.fixturenames:
        desk = request.getfixturevalue("desk")
        desk.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        desk.page.mouse.move(0, 0)
        desk.page.wait_for_function(GONE)


def place_of(one, row, column, count=7):
    box = one.page.locator("#pattern image").bounding_box()
    return box["x"] + (column + 0.5) * box["width"] / count, box["y"] + (row + 0.5) * box["height"] / count


@pytest.mark.parametrize("size", [(1440, 900), (1366, 640), (1024, 700)])
def test_at_the_matrixs_corners_it_stays_in_the_window_and_off_the_cell(desk, size):
    desk.page.set_viewport_size({"width": size[0], "height": size[1]})
    for row, column in CORNERS:
        text = desk.read(lambda at=(row, column): desk.page.mouse.move(*place_of(desk, *at)))
        assert ("mask hides" in text) == (column > row)
        assert desk.page.evaluate(OVERLAPS) == [True, True], (row, column)
    desk.page.set_viewport_size({"width": 1440, "height": 900})


def test_on_a_phone_it_is_a_sheet_that_closes_and_opens_the_number(visiting):
    size = {"width": 390, "height": 700}
    with visiting(pyodide=False, locale="en-US", viewport=size, has_touch=True, is_mobile=True) as one:
        one.wait_live()
        for row, column in CORNERS:
            one.page.locator("#pattern image").evaluate("image => image.scrollIntoView({block: 'end'})")
            one.read(lambda at=(row, column): one.page.touchscreen.tap(*place_of(one, *at)))
            assert one.page.evaluate(OVERLAPS) == [True, True], (row, column)
            box = one.page.locator("#tip").bounding_box()
            assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 700)
            one.page.tap("#tip .close")
            one.page.wait_for_function(GONE)
        one.read(lambda: one.page.tap('#flow [data-heatmap="q"] .calm.told'))
        assert one.page.locator("#tip .magnified").is_visible()
        one.page.tap("#reading-number")
        one.wait_open("number")
        assert "query" in one.page.text_content("#panel-title") and one.page.evaluate(GONE)
        one.close()
        assert one.errors == []


GOES = {
    "the pointer leaves": lambda one: one.page.mouse.move(0, 0),
    "Escape": lambda one: one.page.keyboard.press("Escape"),
    "the page scrolls": lambda one: one.page.evaluate("scrollBy(0, 30)"),
    "another block": lambda one: one.page.locator("#block-back").press("Enter"),
    "another text": lambda one: one.page.fill("#prompt", EXAMPLES[0] + " of"),
}


@pytest.mark.parametrize("way", GOES)
@pytest.mark.parametrize("place", ["#pattern image", '#flow [data-heatmap="q"] .calm.told'])
def test_it_goes_and_the_picture_shows_again_what_is_told(desk, way, place):
    desk.type("The old man gave the dog")  # nothing is measured of it, so no arrow is told
    before = desk.page.evaluate(RINGS)
    desk.read(lambda: desk.page.locator(place).hover(position={"x": 6, "y": 3}))
    assert desk.page.evaluate(RINGS) != before
    view = desk.page.get_attribute("#figure", "data-view")
    GOES[way](desk)
    desk.page.wait_for_function(GONE)
    if way.startswith("another"):
        desk.wait_answer()
        if way == "another block":
            desk.page.wait_for_selector(f'#figure:not([data-view="{view}"])')
        assert (
            desk.page.locator('#flow .cursor:not([d=""]), .stripes.shown, #pattern .ring.cell:not([d=""])').count() == 0
        )
        desk.go(6, 1)
        desk.type(EXAMPLES[0])
    else:
        assert desk.page.evaluate(RINGS) == before and desk.page.locator(".stripes.shown").count() == 0


def test_it_can_be_pointed_at_itself(desk):
    said = desk.read(lambda: desk.page.mouse.move(*place_of(desk, 6, 6)))
    box = desk.page.locator("#tip").bounding_box()
    low = box["y"] + box["height"] - 5
    desk.page.mouse.move(box["x"] + 4, low)  # it is there by the time that the page hears of the gap
    desk.page.evaluate(
        """([clientX, clientY]) => document.querySelector("#flow").dispatchEvent(
            new PointerEvent("pointermove", {pointerType: "mouse", bubbles: true, clientX, clientY}))""",
        [box["x"] - 4, low],
    )
    desk.page.wait_for_timeout(3000 * CROSSING)  # by then it would have gone
    assert desk.page.text_content("#reading") == said and desk.page.locator("#tip.shown").count() == 1


@pytest.mark.parametrize("name", ["q", "mlp_post"])
def test_the_keyboard_reads_cells_and_opens_their_number_and_table(desk, name):
    strip = f'#flow [data-heatmap="{name}"]'
    desk.page.focus("#language")
    for _ in range(60):
        if desk.page.evaluate("document.activeElement.dataset.heatmap") == name:
            break
        desk.page.keyboard.press("Tab")
    desk.page.wait_for_function("() => document.querySelector('#tip.shown')")
    cursor = desk.page.get_attribute(f"{strip} .cursor", "d")
    said = desk.read(lambda: desk.page.keyboard.press("ArrowDown"))
    assert desk.page.get_attribute(f"{strip} .cursor", "d") != cursor
    cell = desk.page.locator(f"#{desk.page.get_attribute(strip, 'aria-activedescendant')}")
    desk.follows(lambda: cell.get_attribute("aria-label"), said)
    desk.page.keyboard.press("Escape")
    desk.page.wait_for_function(GONE)
    desk.page.keyboard.press("Enter")
    desk.wait_open("number")
    desk.read(lambda: desk.page.locator(strip).hover(position={"x": 5, "y": 40}))
    desk.page.keyboard.press("Escape")
    desk.page.wait_for_function(GONE)
    assert desk.page.locator("#panel[open]").count() == 1, "Escape closes one thing at a time"
    desk.page.locator("#panel .as-table").press("Enter")
    desk.wait_open("table")
    desk.page.keyboard.press("Escape")
    desk.wait_open("number")
    desk.close()
    assert desk.page.evaluate("document.activeElement.dataset.heatmap") == name


def test_ribbons_say_the_models_numbers(desk, reference):
    session, tokenizer = reference
    answer = explain(EXAMPLES[0], TEMPERATURE, session, tokenizer)
    desk.type(EXAMPLES[0])
    block, head, row = (int(part) for part in desk.page.get_attribute("#figure", "data-view").split())
    b, size = session.block(block), session.config.d_head
    projection = session.weights["h"][block]["attn.c_proj.weight"][:, head * size : (head + 1) * size]
    added = b.pattern[head, row, :, None] * b.v[:, head] @ projection.T  # (T, E)
    lengths = np.linalg.norm(added, axis=-1)  # (T,)
    most = int(b.pattern[head, row].argmax())

    def said(selector):
        point = desk.page.evaluate(ON, selector)
        return desk.read(lambda: desk.page.mouse.move(*point)).replace("\u00a0", " ")

    value = said(f'.overlay .value[data-row="{most}"]')
    shares = re.findall(r"(\S+) %", value)
    assert close(shares[0], 100 * b.pattern[head, row, most]) and close(shares[1], 100 * lengths[most] / lengths.sum())
    assert close(re.search(r"length ([\d.]+\d)", value)[1], lengths[most])
    assert close(shares[2], 100 * (1 - np.linalg.norm(added.sum(0)) / lengths.sum()), 1e-3)
    assert "64 numbers" in said(f'.overlay .key[data-row="{most}"]') and "64 numbers" in said(".overlay .query.told")
    assert "1\u202f024 numbers of the 256" in said(".overlay .swell.mlp.told")
    for number, (name, new) in enumerate((("resid_mid", "attn_out"), ("resid_post", "mlp_out"))):
        centre = desk.page.locator(".overlay .plus circle").nth(number).bounding_box()
        text = desk.read(lambda at=centre: desk.page.mouse.move(at["x"] + 7, at["y"] + 7))
        added, length = re.search(r"of length (\S+) to .* then (\S+) long", text).groups()
        assert close(added, np.linalg.norm(getattr(b, new)[row])) and close(
            length, np.linalg.norm(getattr(b, name)[row])
        )
    first = answer["next"]["candidates"][0]
    fan = said('#fan [data-tells="candidate"][data-row="0"]')
    assert f"“{first['shown'].replace(' ', '␣')}”" in fan
    assert close(re.search(r"(\S+) % as sampled", fan)[1], 100 * first["sampled"], 1e-3)


def test_a_tokens_whole_name_is_at_the_pointer(desk):
    long = "-" * 32
    desk.type("so " + long)
    desk.page.set_viewport_size({"width": 1440, "height": 900})
    assert "…" in desk.page.text_content(".overlay .row-name.told")
    for place in (".overlay .row-name.told", "#tokens .token >> nth=-1"):
        box = desk.page.locator(place).bounding_box()
        at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        assert long in desk.read(lambda at=at: desk.page.mouse.move(*at)), place
        desk.page.mouse.move(0, 0)
        desk.page.wait_for_function(GONE)
