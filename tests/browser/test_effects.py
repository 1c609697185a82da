"""The panel of what matters most: measured as it is opened and for what is chosen, sorted, gone to, and given up."""

import re
import time

import pytest

from model.explain import effects
from model.what_if import logits_if, parts
from page.text.numbers import change, percent, signed

TEXT = "My sister married Mr. Davis. I like Mr."
OTHER = "The little girl was very happy because"
SAID = "() => document.querySelector('#effects-said')?.textContent ?? ''"
LISTED = "#panel[open] .effect-table tbody tr"


def opened(live, text=TEXT, temperature=1):
    """A page on which the panel has been opened at a text."""
    live.slide(temperature)
    live.type(text)
    live.open("effects")
    live.page.locator(LISTED).first.wait_for()


def rows(live):
    """What the list says, a line a row."""
    return live.page.eval_on_selector_all(LISTED, "all => all.map(row => row.innerText.replace(/\\s+/g, ' '))")


def of_each(reference, live, kinds, row=None, rank=0, temperature=1):
    """(token, what the engine measures on the token of this rank): run by CPython."""
    session, _ = reference
    session.run(live.tokens())
    row = len(session.ids) - 1 if row is None else row
    token = int((-logits_if(session, [], row)).argsort(kind="stable")[rank])
    before = effects.without_any(session, row, token, temperature)
    changes = [change for kind in kinds for change in parts(session, kind, row)]
    return token, before, list(effects.of_each(session, changes, row, token, temperature))


def says(row, effect, before):
    """Whether a row of the list has every number of an effect."""
    texts = (
        percent(effect["probability"]),
        change(100 * (effect["probability"] - before["probability"])),
        change(effect["logit"] - before["logit"]),
        signed(effect["direct"]),
    )
    return all(text.replace("\u00a0", " ") in row for text in texts)


def strongest(found, before, count=10):
    """Up or down."""
    return sorted(found, key=lambda effect: -abs(effect["probability"] - before["probability"]))[:count]


@pytest.fixture
def panel(live):
    live.page.locator("#tokens .token").last.click()
    yield live
    if live.page.locator("#panel[open]").count():
        live.close()
    live.page.select_option("#language", "en")


def test_it_lists_the_arrows_and_a_click_shows_one_in_the_picture(panel, reference):
    opened(panel)
    _, before, found = of_each(reference, panel, ["arrows"])
    best = strongest(found, before)
    listed = rows(panel)
    assert len(listed) == 10 and all(map(says, listed, best, [before] * 10))
    panel.page.locator(f"{LISTED} .goes").nth(2).click()
    arrow = best[2]
    panel.page.wait_for_selector(f'#figure[data-view^="{arrow["block"]} {arrow["head"]} "]')
    sentence = panel.page.text_content("#sentence")
    assert f"Block {arrow['block'] + 1}, head {arrow['head'] + 1}:" in sentence and "Cut this arrow" in sentence
    ring = panel.page.get_attribute("#pattern .ring.cell", "d")
    assert int(re.match(r"M(\d+) ", ring)[1]) == arrow["column"]
    panel.page.wait_for_selector(f"#effect-{arrow['block']}-{arrow['head']}[aria-pressed=true]")
    assert rows(panel) == listed, "it is still of the same"


def test_more_rows_are_shown_and_at_temperature_0_they_are_sorted_by_logit(panel, reference):
    opened(panel, OTHER)
    _, before, found = of_each(reference, panel, ["arrows"])
    panel.page.focus("#effects-more")
    panel.page.keyboard.press("Enter")
    panel.page.wait_for_function("list => document.querySelectorAll(list).length === 110", arg=LISTED)
    assert panel.page.evaluate("document.activeElement.closest('tr').rowIndex") == 12, (
        "the eleventh, below two of heads"
    )
    panel.page.click("#effects-more")
    panel.page.wait_for_function("list => document.querySelectorAll(list).length === 168", arg=LISTED)
    assert panel.page.locator("#effects-more").count() == 0
    assert all(map(says, rows(panel), strongest(found, before, 168), [before] * 168))
    panel.slide(0)
    panel.page.wait_for_selector(f"{LISTED} .of-logit .change")
    _, before, found = of_each(reference, panel, ["arrows"], temperature=0)
    best = sorted(found, key=lambda effect: -abs(effect["logit"] - before["logit"]))
    assert all(map(says, rows(panel), best, [before] * 10)) and len(rows(panel)) == 10
    said = panel.page.text_content("#effects-said")
    assert "all or nothing" in said and change(best[0]["logit"] - before["logit"]) in said


def test_heads_and_mlps_are_sorted_by_each_column_and_lead_to_their_place(panel, reference):
    opened(panel)
    panel.page.check("#effects-parts")
    panel.page.wait_for_selector(".effect-grid.parts .effect-strip")
    _, before, found = of_each(reference, panel, ["heads", "mlps"])
    orders = {
        "effect": lambda effect: -abs(effect["probability"] - before["probability"]),
        "logit": lambda effect: -abs(effect["logit"] - before["logit"]),
        "bits": lambda effect: -abs(effect["bits"]),
        "direct": lambda effect: -abs(effect["direct"]),
    }
    for name, order in reversed(orders.items()):
        panel.page.click(f"#sort-{name}")
        ranked = sorted(found, key=order)
        assert all(map(says, rows(panel), ranked, [before] * 10)), name
        assert panel.page.evaluate("document.activeElement.id") == f"sort-{name}"
        panel.page.keyboard.press("Enter")
        panel.page.wait_for_selector(f"th.of-{name}[aria-sort]:focus-within")
        assert all(map(says, rows(panel), ranked[::-1], [before] * 10)), name
    assert panel.page.locator(".effect").count() == len(found)
    panel.page.focus("#effect-3-1")
    panel.page.wait_for_function(
        "() => document.querySelector('#effect-told').textContent.includes('head 2 of block 4')"
    )
    panel.page.keyboard.press("Enter")
    panel.page.wait_for_selector('#figure[data-view^="3 1 "]')
    assert panel.page.evaluate("document.activeElement.id") == "effect-3-1"
    panel.page.click("#effect-1-")  # an MLP
    panel.page.wait_for_selector('#figure[data-view^="1 1 "]')


def test_a_cell_of_a_strip_is_the_arrow_that_is_pointed_at(panel, reference):
    opened(panel, OTHER)
    session, tokenizer = reference
    session.run(panel.tokens())
    box = panel.page.locator("#effect-2-1 .effect-strip").bounding_box()
    for column in (0, 3, 5):
        at = {"x": box["width"] * (column + 0.5) / 7, "y": box["height"] / 2}
        panel.page.locator("#effect-2-1 .effect-strip").hover(position=at, force=True)
        name = tokenizer.display(session.ids[column]).strip()
        said = f"← “{name}” in head 2 of block 3"
        panel.page.wait_for_function(
            "said => document.querySelector('#effect-told').textContent.includes(said)", arg=said
        )
    panel.page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
    panel.page.wait_for_function("() => document.querySelector('#sentence').textContent.includes('Block 3, head 2')")
    assert "“happy”" in panel.page.text_content("#sentence")


def test_another_candidate_token_and_temperature_are_measured_anew(panel, reference):
    opened(panel, OTHER)

    def is_of(**chosen):
        _, before, found = of_each(reference, panel, ["arrows"], **chosen)
        best = strongest(found, before)
        panel.follows(
            lambda: [says(row, effect, before) for row, effect in zip(rows(panel), best, strict=False)], [True] * 10
        )

    token, *_ = of_each(reference, panel, ["mlps"], rank=4)
    panel.page.select_option("#effects-token", str(token))
    is_of(rank=4)
    panel.slide(0.7)
    is_of(rank=4, temperature=0.7)
    panel.page.locator('#tokens .token[data-row="4"]').click()
    panel.page.wait_for_selector('#figure[data-view$=" 4"]')
    panel.page.wait_for_function(
        "() => document.querySelectorAll('.effect-strip:first-child')[0]?.childElementCount === 5"
    )
    token = int(panel.page.input_value("#effects-token"))
    options = panel.page.eval_on_selector_all("#effects-token option", "all => all.map(one => Number(one.value))")
    is_of(row=4, rank=options.index(token), temperature=0.7)


def test_it_says_how_far_it_is_and_is_stopped_and_gives_way_to_a_newer_text(panel, reference, monkeypatch):
    def slowly(*arguments):
        time.sleep(0.02)
        return logits_if(*arguments)

    panel.slide(1)
    panel.type(OTHER)
    panel.type(TEXT)  # of which nothing is known from before
    under_way = "() => document.querySelector('#effects-progress')?.value > 3"
    with monkeypatch.context() as patch:
        patch.setattr("model.explain.effects.logits_if", slowly)
        panel.open("effects")
        panel.page.wait_for_function(under_way)
        assert panel.page.locator("#effects-progress").evaluate("one => one.max") == 264
        panel.page.click("#effects-stop")
        panel.page.wait_for_selector("#effects-again")
        assert panel.page.locator(LISTED).count() == 0 and panel.page.locator(".effect-strip").count() == 0
        panel.page.click("#effects-again")
        panel.page.wait_for_function(under_way)
        panel.page.click("#head-on:enabled, #head-back:enabled")  # the page does other things meanwhile
        panel.page.wait_for_selector('#figure[data-view^="0 1 "], #figure[data-view$=" 10"]')
        panel.page.wait_for_function(under_way)
        panel.type(OTHER)
        panel.page.wait_for_function("() => document.querySelector('#effects-progress')?.max === 168")
    panel.page.locator(LISTED).first.wait_for()
    _, before, found = of_each(reference, panel, ["arrows"])
    best = strongest(found, before)
    assert all(map(says, rows(panel), best, [before] * 10))
    assert "“she”" in panel.page.text_content("#effects-said") and panel.errors == []


def test_closing_gives_it_up_and_what_matters_most_can_be_asked_meanwhile(panel, monkeypatch):
    cut = []

    def slowly(*arguments):
        cut.append(arguments)
        time.sleep(0.02)
        return logits_if(*arguments)

    panel.slide(1)
    panel.type(OTHER)
    panel.type(TEXT)  # of which nothing is known from before
    with monkeypatch.context() as patch:
        patch.setattr("model.explain.effects.logits_if", slowly)
        panel.open("effects")
        panel.page.wait_for_function("() => document.querySelector('#effects-progress')?.value > 3")
        panel.close()
        counts = []
        for temperature in (0.9, 1.1, 1):  # a question each, between which another would be cut
            panel.slide(temperature)
            counts.append(len(cut))
        assert counts[0] == counts[2], "nothing is cut any more"
    panel.open("effects")
    panel.page.locator(LISTED).first.wait_for()
    panel.page.click("#what-matters")
    panel.page.wait_for_function("() => document.querySelector('#sentence').textContent.includes('Cut this arrow')")
    assert panel.page.locator(LISTED).count() == 10


def test_what_is_cut_from_the_sentence_stays_cut_while_the_others_are_measured(panel, reference):
    opened(panel, OTHER)
    _, before, found = of_each(reference, panel, ["arrows"])
    best, *_ = strongest(found, before)
    panel.page.locator(f"{LISTED} .goes").first.click()
    panel.page.click("#cut-told")
    panel.page.wait_for_function(
        "() => document.querySelector('.effects-found .note').textContent.includes('stays cut')"
    )
    panel.page.locator(LISTED).first.wait_for()
    assert percent(best["probability"]).replace("\u00a0", " ") + " →" in rows(panel)[0], "that is where others begin"
    panel.page.click("#cuts-undo")
    panel.wait_answer()
    panel.page.wait_for_function(
        "() => document.querySelector('.effects-found .note')?.textContent.includes('temperature')"
        " && !document.querySelector('.effects-found .note').textContent.includes('stays cut')"
    )
    assert says(rows(panel)[0], best, before)


def test_it_is_said_in_chinese(panel):
    opened(panel, OTHER)
    panel.page.select_option("#language", "zh")
    panel.page.wait_for_function("() => document.querySelector('#effects-said').textContent.startsWith('没有第')")
    panel.page.check("#effects-parts")
    panel.page.wait_for_function("() => document.querySelector('.effect-table')?.textContent.includes('块的 MLP')")
    said = panel.page.locator("#panel").inner_text()
    assert "份额不等于效果" in said and not re.search(r"\b(head|block|share)\b", said)
