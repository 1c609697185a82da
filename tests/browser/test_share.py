"""Comparing, sharing and saving, as a reader does it."""

import csv
import io
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest

from build.site.recorded import explain
from model import sampling
from page.panels.parts import every, linked
from page.state.links import HIDEABLE
from tests.browser.reading import close, follow, number
from tests.browser.test_accessible import violations

TEXT = "The weather today is very"
HIDDEN = {
    "models": "#open-models",
    "examples": ".examples",
    "generate": "#append",
    "temperature": "#temperature-number",
    "top-k": "#top-k",
}
HIDDEN |= {"top-p": "#top-p", "draw": "#needle", "curve": "#curve", "forming": "#logit-lens"}


@pytest.fixture
def page(shared):
    yield shared
    shared.close()


@pytest.fixture(scope="module")
def shared(visiting):
    with visiting(pyodide=False, locale="en-US", viewport={"width": 1440, "height": 900}) as one:
        one.wait_live()
        one.type(TEXT)
        yield one


def saved(page, button) -> tuple[str, bytes]:
    with page.page.expect_download() as download:
        page.page.click(button)
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_a_pinned_distribution_stays_while_text_and_temperature_change(page, reference):
    session, tokenizer = reference
    page.slide(1)
    page.page.click("#pin")
    page.page.locator("#unpin").wait_for()
    page.slide(2)
    explain(TEXT, 1, session, tokenizer)
    logits = session.final.logits[0]
    order = sampling.ranking(logits)
    old, new = (sampling.sampled(logits, order, t) for t in (1, 2))
    overlap = 100 * float(np.minimum(old, new).sum())
    assert close(page.page.text_content("#pin-sentence").split("shares ")[1].split("%")[0] + "%", overlap)
    page.open("compare")
    rows = page.page.eval_on_selector_all(
        "table.compare tbody tr", "all => all.map(row => [...row.querySelectorAll('.number')].map(x => x.textContent))"
    )
    best = sorted(zip(old, new, strict=True), key=max, reverse=True)[: len(rows)]
    for (was, now, _), (a, b) in zip(rows, best, strict=True):
        assert close(was, 100 * float(a), 1e-3) and close(now, 100 * float(b), 1e-3)
    assert violations(page.page) == []
    name, content = saved(page, "#panel-save")
    assert name == "glassformer-compare.csv"
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]
    ids = [int(row[0]) for row in table]  # in the page's own order: two logits may differ by float32's noise alone
    assert sorted(ids) == sorted(order.tolist())
    assert np.allclose([float(row[2]) for row in table], old[ids], atol=1e-5)
    assert np.allclose([float(row[3]) for row in table], new[ids], atol=1e-5)
    page.close()
    page.type(TEXT + " cold")
    ticks = page.page.locator("#candidates rect.pinned").count()
    assert ticks == len(page.candidates())
    page.page.click("#unpin")
    page.page.locator("#open-compare").wait_for(state="hidden")
    assert page.page.locator("#candidates rect.pinned").count() == 0
    page.slide(0.8)
    page.type(TEXT)


@pytest.mark.parametrize(("word", "part"), [pair for pair in linked().items() if every[pair[1]].has_csv])
def test_every_part_saves_its_numbers(page, word, part):
    page.open(part)
    name, content = saved(page, "#panel-save")
    assert name == f"glassformer-{word}.csv"
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) > 5 and len({len(row) for row in rows}) == 1
    page.close()


def test_picture_and_text(page):
    text = "A \u00a0 “<b>” & 🙂\0 done"
    page.type(text)
    page.page.click("#share")
    page.wait_open("share")
    assert violations(page.page) == []
    _, content = saved(page, "#save-svg")
    root = ElementTree.fromstring(content)
    words = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    listed = [row["shown"] for row in page.candidates()]
    for shown in listed:
        assert any(shown.replace("␣", "").strip() in (word or "") for word in words), shown
    strips = page.page.eval_on_selector_all("#flow .heatmap image", "all => all.map(one => one.getAttribute('href'))")
    drawn = [one.get("href") for one in root.iter("{http://www.w3.org/2000/svg}image")]
    assert strips and set(strips) <= set(drawn)
    name, content = saved(page, "#save-png")
    assert name == "glassformer.png" and content.startswith(b"\x89PNG")
    width = int.from_bytes(content[16:20], "big")
    assert width == 2 * float(root.get("width"))
    name, content = saved(page, "#save-text")
    assert (name, content.decode()) == (
        "glassformer.txt",
        page.page.evaluate("document.querySelector('#prompt').value"),
    )
    page.close()
    page.type(TEXT)


@pytest.mark.parametrize(("cut", "mark"), [("1.mlp", "-with-cuts"), ("gelu", "-your-version")])
def test_files_say_that_they_are_not_of_the_whole_model(page, cut, mark):
    follow(page, f"text={quote(TEXT)}&cut={cut}")
    page.page.locator("#cuts").wait_for()
    page.wait_answer()
    page.open("attention_head")
    name, _ = saved(page, "#panel-save")
    assert name == f"glassformer{mark}-head.csv"
    page.close()
    page.page.click("#share")
    page.wait_open("share")
    assert [saved(page, f"#save-{kind}")[0] for kind in ("svg", "png", "text")] == [
        f"glassformer{mark}.svg",
        f"glassformer{mark}.png",
        "glassformer.txt",
    ]
    page.close()
    page.page.click("#cuts-undo")
    page.page.locator("#cuts").wait_for(state="hidden")


def test_the_picture_of_a_long_text_is_whole(page):
    """On the page it scrolls inside a frame, where titles and names stay; a saved one is as tall as its text."""
    page.type("the small dog ran " * 12)
    assert page.page.evaluate("document.querySelector('#flow').scrollTop") > 100
    measure = "one => [one.getBoundingClientRect().top, one.getBoundingClientRect().bottom]"
    frame, title, block, mark, name = [
        page.page.eval_on_selector(place, measure)
        for place in ("#flow", ".title-mlp", "#block", ".mark-ln2", "#flow .heatmap-name")
    ]
    assert frame[0] <= title[0] < title[1] <= block[0] < block[1] <= name[0] < mark[0] < mark[1] <= name[1]
    assert name[1] < frame[0] + 150
    page.page.click("#share")
    page.wait_open("share")
    scrolled = page.page.evaluate("document.querySelector('#flow').scrollTop")  # the panel takes room
    _, content = saved(page, "#save-svg")
    heights = {}
    for one in ElementTree.fromstring(content).iter("{http://www.w3.org/2000/svg}text"):
        heights.setdefault((one.text or "").strip(), []).append(float(one.get("y") or 0))
    assert len(heights["dog"]) == 12
    assert max(heights["MLP"]) < max(heights["LN"]) < min(heights["dog"])
    assert page.page.evaluate("document.querySelector('#flow').scrollTop") == scrolled
    page.close()
    page.type(TEXT)


def test_a_copied_link_hides_what_was_ticked_and_opens_the_same(page, visit):
    page.page.click("#share")
    page.wait_open("share")
    for name in HIDEABLE:
        page.page.check(f"[data-hides={name}]")
    page.page.click("#copy-link")
    page.page.wait_for_function("() => document.querySelector('#share-said').textContent !== ''")
    link = page.page.input_value("#share-link")
    assert link.endswith(page.fragment("hide=" + "%2C".join(HIDEABLE)))
    page.close()
    other = visit(locale="en-US")
    other.arrive("#" + link.partition("#")[2])
    other.wait_live()
    assert other.page.input_value("#prompt") == TEXT
    for name in HIDEABLE:
        assert not other.page.locator(HIDDEN[name]).is_visible(), name
    assert number(other.candidates()[0]["model"]) == number(page.candidates()[0]["model"])
    other.page.click("#share")
    other.wait_open("share")
    other.page.uncheck("[data-hides=curve]")
    other.close()
    assert other.page.locator("#curve").is_visible() and other.page.locator("#pin").is_visible()
    assert other.errors == []
    page.page.click("#share")
    for name in HIDEABLE:
        page.page.uncheck(f"[data-hides={name}]")
    page.close()
    page.fragment(without="hide")


def test_a_link_with_nonsense_to_hide_hides_nothing(visit):
    one = visit(locale="en-US")
    one.arrive("#hide=prompt,x%20y,,curve")
    one.wait_live()
    assert one.page.get_attribute("body", "data-hide") == "curve"
    assert one.page.locator("#prompt").is_visible()
