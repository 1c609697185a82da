"""Change a word, see what changed: a second text beside the first, as a reader compares them."""

import re

import numpy as np
import pytest

from build.site import site
from model import sampling
from model.session import Session
from tests.browser.conftest import NAME
from tests.browser.test_accessible import violations

GIRL, BOY = "The little girl was very happy because", "The little boy was very happy because"
STUDENTS = "The little students were very happy because"
COMPARED = "() => document.querySelector('#figure.compared:not(.stale)') && !document.querySelector('#beside').hidden"
SHARES = "() => [...document.querySelectorAll('#ribbons .share')].map(one => one.textContent)"
LIGHT = """name => [...document.querySelectorAll(`#flow [data-heatmap=${name}] .calm`)]
    .map(one => Number(one.getAttribute("fill-opacity")))"""


@pytest.fixture(scope="module")
def one(visiting, two):
    with visiting(pyodide=False, folder=two, locale="en-US", viewport={"width": 1440, "height": 900}) as page:
        page.wait_live()
        yield page
        assert page.errors == []


@pytest.fixture
def page(one):
    one.slide(0.8)
    one.type(GIRL)
    one.page.locator("#tokens .token").last.click()
    one.page.mouse.move(0, 0)
    one.page.wait_for_function("() => !document.querySelector('.pointed')")
    one.go(4, 1)
    one.page.wait_for_selector('#figure[data-view="3 0 6"]:not(.compared):not(.stale)')
    yield one
    if one.page.locator("#cuts-undo").is_visible():
        one.page.click("#cuts-undo")
    if one.page.locator("#lift").is_visible():
        one.page.click("#lift")
    one.page.locator("#beside").wait_for(state="hidden")


@pytest.fixture(scope="module")
def read(reference):
    def of(text):
        session = Session(reference[0].weights, reference[0].config)
        session.run(reference[1].encode(text))
        return session

    return of


def offered(page, text):
    """Choose one of the texts that are offered."""
    page.page.click("#open-other")
    page.page.locator("#offers .example", has_text=text).click()
    page.page.wait_for_function(COMPARED)
    page.page.wait_for_function("text => document.querySelector('#prompt').value === text", arg=text)


def picture(page):
    """Everything that is drawn and said: equal pictures are one picture."""
    page.wait_answer()
    return page.page.evaluate(
        """() => ["#sentence", "#tokens", "#pattern", "#qkv", "#mlp", "#ribbons", "#candidates", "#curve", "#pin"]
            .map(name => document.querySelector(name).innerHTML.replace(/ tabindex="-?\\d"/g, ""))"""
    )


def points(now, other):
    rounded = f"{100 * abs(now - other):.0f}"
    return "0" if rounded == "0" else ("+" if now > other else "−") + rounded


@pytest.mark.parametrize("text", [BOY, STUDENTS])
def test_what_changed_is_lit_and_told(page, read, reference, text):
    offered(page, text)
    other, now = read(GIRL), read(text)
    shares = [session.block(3).pattern[0, -1] for session in (now, other)]
    page.follows(lambda: page.page.evaluate(SHARES), [points(*pair) for pair in zip(*shares, strict=True)])
    a, b = (session.block(3).mlp_post.astype(float) for session in (now, other))
    apart = np.linalg.norm(a - b, axis=1) / ((np.linalg.norm(a, axis=1) + np.linalg.norm(b, axis=1)) / 2)
    assert page.page.evaluate(LIGHT, "mlp_post") == pytest.approx(0.05 + 0.95 * np.minimum(1, apart / 0.5), abs=2e-3)
    changed = page.page.eval_on_selector_all("#tokens .changed", "all => all.map(x => Number(x.dataset.row))")
    assert changed == [i for i, (x, y) in enumerate(zip(now.ids, other.ids, strict=True)) if x != y]
    before, after = (
        sampling.sampled(logits, sampling.ranking(logits), 0.8)
        for logits in (other.final.logits[0], now.final.logits[0])
    )
    sentence = page.page.text_content("#sentence")
    for verb, token in (("falls", (after - before).argmin()), ("rises", (after - before).argmax())):
        shown = reference[1].display(int(token)).strip()
        numbers = [f"{100 * p[token]:.0f}" if p[token] > 0.005 else "<1" for p in (before, after)]
        assert f"“{shown}” {verb} from {numbers[0]}\u00a0% to {numbers[1]}\u00a0%" in sentence
    names = [
        reference[1].display(session.ids[share.argmax()]).strip()
        for session, share in zip((now, other), shares, strict=True)
    ]
    assert sentence.startswith(
        f"Block 4, head 1: “because” looks most at “{names[0]}” ({100 * max(shares[0]):.0f}\u00a0%"
    )
    assert (f"other text at “{names[1]}” ({100 * max(shares[1]):.0f}\u00a0%)" in sentence) == (names[0] != names[1])
    assert violations(page.page) == []


def test_one_key_exchanges_the_two_and_comes_back(page):
    offered(page, BOY)
    page.page.locator('#tokens .token[data-row="4"]').click()
    page.page.wait_for_selector('#figure[data-view="3 0 4"]')
    boy = picture(page)
    page.page.focus("#prompt")
    page.page.keyboard.press("End")
    page.page.keyboard.type(" x")  # in the field it is a letter
    page.page.keyboard.press("Backspace")
    page.page.keyboard.press("Backspace")
    page.wait_answer()
    page.page.evaluate("document.activeElement.blur()")
    for text, name in ((GIRL, "boy"), (BOY, "girl"), (GIRL, "boy"), (BOY, "girl")):
        page.page.keyboard.press("x")
        page.page.wait_for_function("text => document.querySelector('#prompt').value === text", arg=text)
        page.page.wait_for_function(COMPARED)
        assert page.page.text_content("#tokens .instead").strip("␣") == name
        assert page.page.get_attribute("#figure", "data-view") == "3 0 4", "block, head and token stay"
    page.follows(lambda: picture(page), boy)
    page.page.click("#swap")
    page.page.wait_for_function("text => document.querySelector('#prompt').value === text", arg=GIRL)


def test_unpinned_every_number_is_what_it_was(page):
    before = picture(page)
    offered(page, STUDENTS)
    page.page.keyboard.press("x")
    page.page.wait_for_function("text => document.querySelector('#prompt').value === text", arg=GIRL)
    page.wait_answer()
    assert picture(page) != before
    page.page.click("#unpin")
    page.page.wait_for_selector("#figure:not(.compared)")
    page.follows(lambda: picture(page), before)
    page.fragment(without="with=")


def test_a_text_is_typed_and_its_link_opens_both(page, visit, two):
    page.page.click("#open-other")
    page.follows(lambda: page.page.input_value("#other-text"), GIRL)
    page.page.fill("#other-text", GIRL.replace("girl", "old man"))
    page.page.press("#other-text", "Enter")
    page.page.wait_for_function(COMPARED)
    page.page.click("#most-moved")
    page.page.wait_for_selector('#figure:not([data-view^="3 0 "])')
    place = zip(("block", "head"), page.page.get_attribute("#figure", "data-view").split(), strict=False)
    said = [f"{name}={int(index) + 1}" for name, index in place if index != "0"]
    link = page.fragment("with=The%20little%20girl", *said)
    other = visit(folder=two, locale="en-US", viewport={"width": 1440, "height": 900})
    other.wait_live()
    other.page.evaluate("link => { location.hash = link }", link)
    other.page.wait_for_function(COMPARED)
    other.follows(lambda: picture(other)[:6], picture(page)[:6])
    assert "with=The%20little%20girl" in other.fragment("with=")
    fresh = visit(folder=two, locale="zh-CN", viewport={"width": 390, "height": 844})
    fresh.page.goto("about:blank")
    fresh.page.goto(page.address + "#" + link)
    fresh.wait_live()
    fresh.page.wait_for_function(COMPARED)
    assert "girl" in fresh.page.text_content("#beside-label") and "另一段文字里" in fresh.page.text_content("#sentence")
    assert violations(fresh.page) == []
    for visited in (other, fresh):
        assert visited.errors == []


def test_it_goes_where_attention_moved_most(page, read):
    offered(page, STUDENTS)
    now, other = read(STUDENTS), read(GIRL)
    change = {
        (block, head): float(np.abs(now.block(block).pattern[head, -1] - other.block(block).pattern[head, -1]).max())
        for block in range(6)
        for head in range(4)
    }
    block, head = max(change, key=change.get)
    page.go(2, 2)
    page.page.click("#most-moved")
    page.page.wait_for_selector(f'#figure[data-view^="{block} {head} "]')
    said = page.page.text_content("#what-matters-progress")
    assert f"{100 * change[block, head]:.0f} percentage points" in said


def test_another_temperature_and_another_model_are_cases_of_it(page):
    picture_before = picture(page)
    page.page.click("#pin")
    page.page.locator("#beside").wait_for()
    page.slide(0.5)
    page.follows(lambda: "scores ÷ 0.80" in page.page.text_content("#beside-label"), True)
    assert picture(page)[2:6] == picture_before[2:6], "the network computes the same, so nothing is faint"
    assert page.page.locator("#figure.compared, #tokens .changed").count() == 0
    page.page.evaluate("document.activeElement.blur()")
    page.page.keyboard.press("x")
    page.page.wait_for_function("() => document.querySelector('#temperature-number').value === '0.80'")
    page.follows(lambda: "scores ÷ 0.50" in page.page.text_content("#beside-label"), True)
    page.page.evaluate("name => { location.hash = 'model=' + name }", NAME)
    page.page.wait_for_function("name => document.querySelector('#model-text').textContent.includes(name)", arg=NAME)
    page.wait_answer()
    page.follows(lambda: site.MODEL in page.page.text_content("#beside-label"), True)  # its model is named
    assert page.page.locator("#figure.compared").count() == 0, "other sizes: the predictions alone are compared"
    assert page.page.locator("#candidates rect.pinned").count() > 0
    page.page.evaluate("document.activeElement.blur()")
    page.page.keyboard.press("x")
    page.page.wait_for_function(
        "name => document.querySelector('#model-text').textContent.includes(name)", arg="small GPT-2"
    )
    page.wait_answer()
    page.follows(lambda: NAME in page.page.text_content("#beside-label"), True)
    assert page.page.input_value("#prompt") == GIRL


def test_what_is_pointed_at_says_how_it_was(page, read):
    offered(page, BOY)
    cell = page.page.locator("#pattern svg").bounding_box()
    side = cell["width"] / 7
    said = page.read(lambda: page.page.mouse.move(cell["x"] + 2.5 * side, cell["y"] + 6.5 * side))
    share = 100 * float(read(GIRL).block(3).pattern[0, 6, 2])
    assert float(re.search(r"Pinned beside it: ([\d.]+)", said)[1]) == pytest.approx(share, abs=0.06)
    page.page.mouse.move(0, 0)


def test_with_and_without_a_head(page, read):
    """The same text, pinned before a head is switched off: what comes after it is lit, what comes before is not."""
    before = picture(page)
    page.page.click("#pin")
    page.page.locator("#beside").wait_for()
    page.page.click('#flow [data-cut="head"]')
    page.page.wait_for_function(COMPARED)
    assert "nothing cut" in page.page.text_content("#beside-label")
    q, post = (page.page.evaluate(LIGHT, name) for name in ("q", "resid_post"))
    assert q == pytest.approx([0.05] * 7) and all(light > 0.051 for light in post)
    page.page.evaluate("document.activeElement.blur()")
    page.page.keyboard.press("x")
    page.page.locator("#cuts").wait_for(state="hidden")
    page.page.wait_for_function(COMPARED)
    assert "cut: 1" in page.page.text_content("#beside-label")
    page.page.click("#lift")
    page.page.wait_for_selector("#figure:not(.compared)")
    page.follows(lambda: picture(page), before)


OPEN_QUERY = """() => {  // at once: the picture may be drawn anew
    const strip = document.querySelector('#flow [data-heatmap="q"]');
    strip.focus();
    strip.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
}"""


def test_with_and_without_an_idea_of_the_code(page, read):
    before = picture(page)
    page.page.click("#pin")
    page.page.locator("#beside").wait_for()
    page.page.evaluate(OPEN_QUERY)
    page.page.click("#panel-code")
    page.page.click("#code-edits")
    page.page.click("#edit-gelu")
    page.page.wait_for_function(COMPARED)
    assert page.page.text_content("#beside-label").endswith("our code")
    page.close()
    page.page.keyboard.press("x")
    page.page.locator("#cuts").wait_for(state="hidden")
    page.page.wait_for_function(COMPARED)
    assert page.page.text_content("#beside-label").endswith("your version of the code")
    page.page.click("#lift")
    page.page.wait_for_selector("#figure:not(.compared)")
    page.follows(lambda: picture(page), before)


def seen(page):
    said = [page.page.text_content(f"#{name}") for name in ("beside-label", "pin-sentence", "summary")]
    return picture(page) + said


@pytest.mark.parametrize("text", [BOY, GIRL])
def test_a_link_opens_what_is_cut_in_both(page, visit, two, text):
    """A part gives its mean in one; the other text is read with other cuts, or the same text with none."""
    page.page.click('#flow [data-cut="head"]')
    page.page.select_option("#cuts-mean", "mean")
    page.page.wait_for_function("() => document.querySelector('#figure:not(.stale)')")
    page.wait_answer()
    if text == BOY:
        offered(page, BOY)
        page.page.click('#flow [data-cut="mlp"]')
        page.follows(lambda: "cut: 1" in page.page.text_content("#beside-label"), True)
    else:
        page.page.click("#pin")
        page.page.locator("#beside").wait_for()
        page.page.click("#cuts-undo")
        page.page.locator("#cuts").wait_for(state="hidden")
    page.page.wait_for_function(COMPARED)
    cut = ["cut=4.1_4.mlp", "&mean=1"] if text == BOY else []
    link = page.fragment("with=The%20little%20girl", "withcut=4.1", "withmean=1", *cut)
    fresh = visit(folder=two, locale="en-US", viewport={"width": 1440, "height": 900})
    fresh.page.goto("about:blank")
    fresh.page.goto(page.address + "#" + link)
    fresh.wait_live()
    fresh.page.wait_for_function(COMPARED)
    fresh.follows(lambda: [a for a, b in zip(seen(fresh), seen(page), strict=True) if a != b], [])
    assert fresh.fragment("with=") == link and fresh.errors == []


def test_the_language_turns_with_it_and_its_table_closes_with_it(page):
    offered(page, BOY)
    page.page.select_option("#language", "zh")
    page.page.wait_for_function("() => document.querySelector('#sentence').textContent.includes('另一段文字里')")
    page.follows(lambda: page.page.text_content("#pin"), "改为钉住现在的")
    assert "旁边" in page.page.text_content("#beside-label") and "已钉住" in page.page.text_content("#pin-sentence")
    page.page.select_option("#language", "en")
    page.page.wait_for_function("() => document.querySelector('#sentence').textContent.includes('looks most')")
    page.page.press("#open-compare", "Enter")
    page.wait_open("compare")
    page.page.click("#lift")
    page.page.wait_for_function("() => !document.querySelector('#panel[open]')")
    assert page.errors == []
