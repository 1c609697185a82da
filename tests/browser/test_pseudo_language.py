"""The page in a language that is longer than English, and in one from right to left: every text comes from the language
files, none is cut or lies on another or under a control, no sum is mirrored, nothing runs out of the page sideways."""

import re
import shutil

import pytest

from build.site import languages, site
from tests.browser import looking, pseudo
from tests.browser.test_every_size import ENDS, NUMBERS, PARTS, VIEWS, WAITED, open_code

SIZES = ((1440, 900), (390, 844))
CODES = (pseudo.LONGER, pseudo.LEFTWARD)
WORD = re.compile(r"[A-Za-z]{3,}")
VISIBLE = """() => {
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!element.closest("script, style, noscript, textarea, option, title, [translate=no], code, math")
            && element.checkVisibility()) found.push(texts.currentNode.data);
    }
    for (const name of ["title", "aria-label", "placeholder"])
        for (const one of document.querySelectorAll(`[${name}]`))
            if (!one.closest("[translate=no], [data-at]") && one.checkVisibility()) found.push(one.getAttribute(name));
    return found;
}"""
NAMES = {"Glassformer", "mini", "softmax"}  # the same in every language; what Chinese does not translate is too


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("pseudo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(languages, "TEXT", shutil.copytree(languages.TEXT, place / "text"))
        pseudo.write(languages.TEXT)
        site.build(place / "dist", (site.MODEL,))
    return place / "dist"


@pytest.fixture(scope="module", params=CODES)
def one(visiting, folder, request):
    with visiting(pyodide=False, folder=folder, locale=request.param) as one:
        one.code = request.param
        one.wait_live()
        one.page.wait_for_function(WAITED)
        yield one


def untranslated(one):
    """Words of the English files that stand on the page as they are."""
    english, chinese = (languages.every_text(code) for code in ("en", "zh"))
    names, words = set(NAMES), set()
    for key, text in english.items():
        (names if text == chinese[key] else words).update(WORD.findall(text))
    return sorted({word for text in one.page.evaluate(VISIBLE) for word in WORD.findall(text) if word in words - names})


def look(one, what, but=""):
    found = {}
    for size in SIZES:
        looking.resize(one.page, *size)
        faults = looking.ask(one.page, "textFaults()")
        found[f"{what}, {size[0]}x{size[1]}"] = {kind: faults[kind] for kind in faults if kind != but}
    found[what] = {"not translated": untranslated(one)}
    return looking.told(found)


def test_the_page(one):
    direction = "rtl" if one.code == pseudo.LEFTWARD else "ltr"
    assert one.page.get_attribute("html", "dir") == direction and one.page.get_attribute("html", "lang") == one.code
    assert one.page.evaluate("getComputedStyle(document.querySelector('#flow')).direction") == "ltr"
    assert (faults := look(one, "the page")) == "", f"\n{faults}"


def test_the_tour(one):
    """Its strip stays while the page scrolls away under it."""
    one.page.click("#open-tour")
    one.page.locator("#tour-told p").wait_for()
    faults = look(one, "the tour", but="two texts lie on each other")
    one.page.click("#tour-close")
    assert faults == "", f"\n{faults}"


@pytest.mark.parametrize("part", PARTS)
def test_opened_parts(one, part):
    looking.resize(one.page, *SIZES[0])
    one.open(part)
    if part == "effects":
        one.page.locator(".effect-table").wait_for()
    faults = look(one, part)
    one.close()
    if part in ENDS:
        one.page.click(ENDS[part])
    assert faults == "", f"\n{faults}"


@pytest.mark.parametrize("address", NUMBERS)
def test_opened_numbers(one, address):
    looking.resize(one.page, *SIZES[0])
    one.page.evaluate("link => { location.hash = link }", f"#block=6&head=1&open=number&at={address}")
    one.page.locator("#panel[open] code").filter(has_text=address.split("-")[0]).wait_for()
    faults = look(one, address)
    one.close()
    assert faults == "", f"\n{faults}"


@pytest.mark.parametrize("view", VIEWS)
def test_the_code(one, view):
    looking.resize(one.page, *SIZES[0])
    open_code(one, view)
    faults = look(one, view)
    one.close()
    assert faults == "", f"\n{faults}"


@pytest.mark.parametrize("task", ["most_looked", "hotter_share", "share_of_four", "exactly"])
def test_tasks(one, task):
    """One of each form, before and after its answer is told."""
    looking.resize(one.page, *SIZES[0])
    one.open("try_it")
    one.page.click(f"#try-{task}")
    one.page.locator("#try-give-up").wait_for()
    faults = look(one, task)
    one.page.click("#try-give-up")
    one.page.locator(".try-outcome").wait_for()
    faults += look(one, f"{task}, told")
    one.page.click("#try-back")
    one.page.locator(".try-intro").wait_for()
    one.close()
    assert faults == "", f"\n{faults}"


def test_the_examples(one):
    """Under each stands what it means."""
    looking.resize(one.page, *SIZES[0])
    one.page.click("#open-examples")
    assert one.page.locator("#examples .gloss:visible").count() == 5
    faults = look(one, "the examples")
    one.page.keyboard.press("Escape")
    assert faults == "", f"\n{faults}"


def test_what_is_made_keeps_gaps_and_terms():
    made = pseudo.spoken("Each [token|token] takes {share} of <b>it</b>.", "\u200f")
    assert made.startswith("\u200f⟦") and "[token|" in made and "{share}" in made and "Each" not in made
    every = languages.every_text("en").values()
    assert 1.3 < sum(len(pseudo.spoken(text)) for text in every) / sum(map(len, every)) < 1.5
