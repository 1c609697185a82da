"""Any number, opened: from the picture, from the list, from a link and from other numbers; it is the model's own."""

import random
import re

import pytest

from build.site import site
from model.arithmetic.inspect import inspect
from page.state.examples import EXAMPLES, TEMPERATURE
from tests.browser.conftest import NAME
from tests.browser.looking import STILL
from tests.browser.reading import click_in, close, follow, number
from tests.browser.test_reading import ON, place_of

TEXT = EXAMPLES[0]
SETTINGS = {"temperature": TEMPERATURE, "top_k": None, "top_p": None, "u": 0.5}
ADDRESS = "#panel[open] .ways code"
BOXES = """() => ["#inspected", "#panel"].map(one => document.querySelector(one).getBoundingClientRect().toJSON())"""
HIDDEN = """() => {  // whether the panel hides all of what the keyboard is at
    const one = document.activeElement, box = one.getBoundingClientRect();
    const panel = document.querySelector("#panel").getBoundingClientRect();
    return !one.closest("#panel") && box.height > 0 && box.top >= panel.top;
}"""


@pytest.fixture(scope="module")
def page(visiting, two):
    with visiting(pyodide=False, folder=two, locale="en-US", viewport={"width": 1440, "height": 900}) as one:
        one.wait_live()
        yield one


@pytest.fixture
def desk(page):
    """The page at the last block and the first head of the first example."""
    page.page.set_viewport_size({"width": 1440, "height": 900})
    follow(page, f"text={TEXT.replace(' ', '%20')}&model={site.MODEL}&block=6&head=1")
    page.wait_answer()
    page.page.wait_for_selector('#figure[data-view="5 0 6"]')
    page.page.evaluate(STILL)
    yield page
    page.close()
    assert page.errors == []


@pytest.fixture(scope="module")
def readers(two):
    return {name: site.load_model(two / "weights" / name) for name in (site.MODEL, NAME)}


@pytest.fixture
def expected(readers):
    """expected(address, text, model, settings) -> what the engine itself says of the number."""

    def inspected(address, text=TEXT, model=site.MODEL, **settings):
        session, tokenizer = readers[model]
        session.run(tokenizer.encode(text))
        return inspect(session, tokenizer, {**SETTINGS, **settings}, address)

    return inspected


def open_at(one, address):
    follow(one, "block=6&head=1&open=number&at=" + address.replace("[", "-").replace(", ", "-").replace("]", ""))
    one.follows(lambda: one.page.locator(ADDRESS).all_text_contents(), [address])


def click_cell(one):
    one.page.mouse.click(*place_of(one, 6, 2))


def click_strip(one):
    """The first of the numbers of which the tooltip says that they are there."""
    said = one.read(lambda: one.page.locator('#flow [data-heatmap="q"] .calm.told').hover())
    entry = int(re.search(r"entries (\d+) to", said)[1]) - 1
    click_in(one, '#flow [data-heatmap="q"] .calm.told')
    assert entry > 64
    return {"head": entry // 64, "entry": entry % 64}


def click_ribbon(one):
    one.page.mouse.click(*one.page.evaluate(ON, '.overlay .value[data-row="2"]'))


def click_plus(one):
    click_in(one, ".overlay .plus circle")


def click_row(one):
    click_in(one, "#candidates tbody tr:nth-of-type(2) .sampled")
    return {"second": one.candidates()[1]["id"]}


PATTERN = "blocks.5.attn.pattern[0, 6, 2]", "#pattern .ring.cell"
WAYS = {  # what is clicked -> the address of the number that opens, and what is outlined then
    click_cell: PATTERN,
    click_strip: ("blocks.5.attn.q[6, {head}, {entry}]", '#flow [data-heatmap="q"] .calm.told'),
    click_ribbon: PATTERN,
    click_plus: ("blocks.5.resid_mid[6, 0]", '#flow [data-heatmap="resid_mid"] .calm.told'),
    click_row: ("probabilities[6, {second}]", "#candidates tbody tr:nth-of-type(2)"),
}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_is_clicked_opens_and_stays_outlined(desk, expected, way):
    address, outlined = WAYS[way]
    address = address.format(**(way(desk) or {}))
    desk.follows(lambda: desk.page.locator(ADDRESS).all_text_contents(), [address])
    found = expected(address)
    assert close(desk.page.locator("#panel math .outcome").last.text_content(), found["full"])
    assert found["result"].replace("-", "−") in desk.page.text_content("#panel .so")
    desk.fragment("open=number", "at=" + address.replace("[", "-").replace(", ", "-").replace("]", ""))
    desk.page.mouse.move(2, 2)
    desk.page.locator("#inspected.shown").wait_for()
    mark, _ = desk.page.evaluate(BOXES)
    box = desk.page.locator(outlined).first.bounding_box()
    if outlined == PATTERN[1]:
        x, y = place_of(desk, 6, 2)
        box = {"x": x - 1, "y": y - 1, "width": 2, "height": 2}
        assert mark["width"] < 30
    assert mark["left"] < box["x"] and mark["right"] > box["x"] + box["width"]
    assert mark["top"] < box["y"] and mark["bottom"] > box["y"] + box["height"]
    assert mark["height"] < box["height"] + 30
    desk.close()
    desk.follows(lambda: desk.page.locator("#inspected.shown").count(), 0)


def test_a_probability_leads_back_to_an_embedding_and_the_picture_goes_along(desk):
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    drawn = random.Random(seed)
    click_row(desk)
    desk.wait_open("number")
    address = desk.page.text_content(ADDRESS)
    for _ in range(100):
        ways = desk.page.locator("#panel .ways > span").first.locator(".leads")
        addresses = [one.get_attribute("data-at") for one in ways.all()]
        assert addresses, f"{address} is a dead end"
        if address.startswith(("embed", "pos_embed")):
            break
        free = [one for one in addresses if ".weight" not in one and ".bias" not in one]
        address = drawn.choice(free)
        ways.nth(addresses.index(address)).press("Enter")
        desk.follows(lambda: desk.page.locator(ADDRESS).all_text_contents(), [address])
        if address.startswith("blocks."):
            desk.page.wait_for_selector(f'#figure[data-view^="{address.split(".")[1]} "]')
    assert address.startswith(("embed", "pos_embed"))
    assert desk.page.evaluate("document.activeElement.id") == "panel-title", "the keyboard stays in the panel"


def value(one):
    return one.page.locator("#panel math .outcome").last.text_content()


def test_what_stands_there_is_of_the_new_run_or_gone(desk, expected):
    address, other = "blocks.3.attn.q[2, 1, 5]", "One day a small bird sang"
    open_at(desk, address)
    seen = {value(desk)}
    desk.page.fill("#prompt", other)
    desk.follows(lambda: close(value(desk), expected(address, other)["full"]), True)
    seen.add(value(desk))
    desk.page.fill("#prompt", "Hi")
    desk.page.locator("#panel .note").filter(has_text=address).wait_for()
    assert desk.page.locator("#panel math").count() == 0 and desk.page.locator("#inspected.shown").count() == 0
    desk.page.fill("#prompt", TEXT)
    desk.page.locator("#panel math .outcome").first.wait_for()
    follow(desk, f"model={NAME}&open=number&at=blocks.3.attn.q-2-1-5")
    desk.follows(
        lambda: NAME in desk.page.text_content("#model-text") and desk.page.locator("#panel math").count() > 0, True
    )
    desk.follows(lambda: close(value(desk), expected(address, TEXT, NAME)["full"]), True)
    seen.add(value(desk))
    assert len(seen) == 3, "each of them is another number"


def test_temperature_and_head_while_a_number_is_open(desk, expected):
    chosen = desk.candidates()[1]["id"]
    open_at(desk, f"probabilities[6, {chosen}]")
    before = value(desk)
    desk.slide(1.5)
    desk.follows(lambda: value(desk) != before, True)
    assert close(value(desk), expected(f"probabilities[6, {chosen}]", temperature=1.5)["full"])
    desk.slide(TEMPERATURE)
    open_at(desk, "blocks.5.attn.pattern[0, 6, 2]")
    desk.page.locator("#inspected.shown").wait_for()
    before = value(desk)
    desk.page.click("#head-on")
    desk.page.wait_for_selector('#figure[data-view="5 1 6"]')
    desk.page.locator("#inspected.shown").wait_for(state="hidden")
    assert value(desk) == before and "head 1 " in desk.page.text_content("#panel-title")
    desk.page.click("#head-back")
    desk.page.locator("#inspected.shown").wait_for()


def test_a_link_opens_it_and_its_sum_plays(visiting, two, expected):
    with visiting(pyodide=False, folder=two, locale="en-US") as one:
        one.arrive("#open=number&at=blocks.5.attn.z-6-1-16")  # the picture goes to its block and head
        one.wait_live()
        one.wait_open("number")
        one.page.wait_for_selector('#figure[data-view="5 1 6"]')
        found = expected("blocks.5.attn.z[6, 1, 16]")
        products = [float(term["product"]) for term in found["terms"]]
        assert one.page.text_content(ADDRESS) == found["address"] and len(products) == 7
        assert one.page.locator("#panel .to-come").count() == 0
        for _ in range(3):
            one.page.click("#step-back")
        assert one.page.locator("#panel .to-come").count() == 3
        shown, half = number(one.page.text_content("#step-text").split()[-1])
        assert shown == pytest.approx(sum(products[:4]), abs=1.01 * half)
        one.page.fill("#scrub", "1")
        assert one.page.locator("#panel .to-come").count() == 6
        one.page.click("#play")
        one.page.wait_for_function("() => Number(document.querySelector('#scrub').value) >= 3")
        one.page.click("#skip")
        assert one.page.locator("#panel .to-come").count() == 0
        assert one.errors == []


def test_another_number_of_the_vector_by_its_place_by_a_click_and_by_keys(desk):
    at = "blocks.5.attn.q[6, 0, {}]".format
    open_at(desk, at(3))

    def opens(number):
        desk.follows(lambda: desk.page.locator(ADDRESS).all_text_contents(), [at(number)])
        assert desk.page.input_value("#entry") == str(number + 1)
        assert desk.page.get_attribute("#vector", "aria-valuenow") == str(number + 1)

    desk.page.fill("#entry", "20")
    desk.page.press("#entry", "Enter")
    opens(19)
    desk.page.fill("#entry", "6000")
    desk.page.press("#entry", "Enter")
    opens(63)
    click_in(desk, "#vector", across=10.5 / 64)
    opens(10)
    desk.page.focus("#vector")
    for _ in range(3):
        desk.page.keyboard.press("ArrowRight")
    opens(13)
    desk.page.keyboard.press("ArrowLeft")
    opens(12)
    desk.page.keyboard.press("Home")
    opens(0)
    assert desk.page.evaluate("document.activeElement.id") == "vector", "it keeps the keyboard"


def test_a_whole_product_leads_to_its_numbers(desk):
    """Also when another head is in the picture than the number's own."""
    open_at(desk, "blocks.5.attn.v[6, 1, 3]")
    assert desk.page.get_attribute("#figure", "data-view") == "5 0 6"
    desk.page.click("#whole summary")
    desk.page.locator("[data-factor=result]").wait_for()
    click_in(desk, "[data-factor=result]", across=20.5 / 64, down=2.5 / 7)
    desk.follows(lambda: desk.page.locator(ADDRESS).all_text_contents(), ["blocks.5.attn.v[2, 1, 20]"])
    desk.page.wait_for_selector('#figure[data-view="5 1 6"]')


def test_the_panel_is_made_higher_by_mouse_and_keys(desk):
    open_at(desk, "embed[0, 0]")

    def high():
        return desk.page.locator("#panel").bounding_box()["height"] / 900

    first = high()
    box = desk.page.locator("#panel-height").bounding_box()
    desk.page.mouse.move(700, box["y"] + 7)
    desk.page.mouse.down()
    desk.page.mouse.move(700, 360, steps=3)
    desk.page.mouse.up()
    desk.follows(lambda: abs(high() - 0.6) < 0.02, True)
    desk.page.focus("#panel-height")
    for _ in range(3):
        desk.page.keyboard.press("ArrowDown")
    desk.follows(lambda: abs(high() - 0.45) < 0.02, True)
    assert desk.page.get_attribute("#panel-height", "aria-valuenow") == str(round(100 * high()))
    desk.page.mouse.move(700, 100)
    desk.follows(lambda: abs(high() - 0.45) < 0.02, True)  # let go of, it stays
    assert abs(first - 0.44) < 0.02


def test_what_the_keyboard_is_at_is_never_behind_the_panel(desk):
    desk.page.set_viewport_size({"width": 1366, "height": 640})
    open_at(desk, "blocks.5.attn.q[6, 0, 3]")
    desk.page.focus("#language")
    seen = 0
    while not desk.page.evaluate("document.activeElement.closest('#panel') !== null") and seen < 80:
        assert not desk.page.evaluate(HIDDEN), desk.page.evaluate("document.activeElement.outerHTML.slice(0, 90)")
        desk.page.keyboard.press("Tab")
        seen += 1
    assert 30 < seen < 80


def test_no_token_is_read_as_html(desk):
    desk.type("<img src=x onerror=alert(1)>")
    last = len(desk.tokens()) - 1
    for address in ("embed[0, 0]", f"blocks.5.attn.pattern[0, {last}, 0]", f"blocks.5.attn.z[{last}, 0, 1]"):
        open_at(desk, address)
        assert "<" in desk.page.text_content("#panel-title") + desk.page.text_content("#panel-body")
        assert desk.page.locator("#panel :is(img, script)").count() == 0


def test_it_speaks_chinese(desk):
    open_at(desk, "blocks.5.attn.q[6, 0, 3]")
    english = desk.page.text_content("#panel-title"), value(desk)
    desk.page.select_option("#language", "zh")
    desk.page.locator("#panel-title").filter(has_text="查询").wait_for()
    assert "because" in desk.page.text_content("#panel-title") and value(desk) == english[1]
    desk.page.select_option("#language", "en")
    desk.page.locator("#panel-title").filter(has_text=english[0]).wait_for()


def test_on_a_phone_it_is_a_sheet(visiting, two):
    size = {"width": 390, "height": 844}
    with visiting(pyodide=False, folder=two, locale="en-US", viewport=size, has_touch=True, is_mobile=True) as one:
        one.wait_live()
        one.read(lambda: one.page.tap('#flow [data-heatmap="q"] .calm.told'))
        assert one.page.locator("#panel[open]").count() == 0, "a finger reads first"
        one.page.tap('#flow [data-heatmap="q"] .calm.told')
        one.wait_open("number")
        box = one.page.locator("#panel").bounding_box()
        assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844) and box["height"] < 600
        assert one.page.evaluate("document.documentElement.scrollWidth") == 390
        assert one.page.locator("#panel").evaluate("one => one.scrollWidth <= one.clientWidth")
        assert one.errors == []


def test_the_weights_around_a_weight_are_looked_at_more_closely(desk, expected):
    open_at(desk, "h.5.mlp.c_fc.weight[517, 130]")
    place = ".weights .cursor"
    desk.page.wait_for_selector(place)
    assert desk.page.is_disabled("#farther")
    while desk.page.is_enabled("#closer"):
        before = desk.page.get_attribute(".weights image", "href")
        desk.page.click("#closer")
        desk.page.wait_for_function("old => document.querySelector('.weights image').href.baseVal !== old", arg=before)
    row, column = map(int, re.match(r"M(\d+) (\d+)h", desk.page.get_attribute(place, "d")).groups())
    click_in(desk, ".weights", (column + 3.5) / 64, (row - 1.5) / 64)
    address = "h.5.mlp.c_fc.weight[515, 133]"
    desk.follows(lambda: desk.page.locator(ADDRESS).all_text_contents(), [address])
    assert close(desk.page.text_content("#panel math .outcome"), expected(address)["full"], 1e-3)
