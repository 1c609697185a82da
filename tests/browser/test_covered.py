"""While the first guess is open nothing on the page tells what the model would say: no text that is seen, nothing that
a screen reader is given, no attribute of anything that is seen."""

import re

import pytest

COVERED = "() => document.body.classList.contains('guessing')"
SEEN = """() => {
    const found = [document.title, document.body.innerText];
    for (const element of document.querySelectorAll("*"))
        if (element.checkVisibility({ visibilityProperty: true }))
            for (const { name, value } of element.attributes) if (name !== "d") found.push(`${name}=${value}`);
    return found;
}"""
TEXTS = ("The little girl was very happy because", "It is the largest city in the")


def heard(page):
    """Every name, description and value of the accessibility tree, as Chromium hands it to screen readers."""
    devtools = page.context.new_cdp_session(page)
    nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
    devtools.detach()
    said = []
    for node in nodes:
        said += [node[kind].get("value") for kind in ("name", "description", "value") if kind in node]
        said += [one["value"].get("value") for one in node.get("properties", ())]
    return [str(one) for one in said]


def tells(one, word):
    """Where the word stands."""
    pattern = re.compile(rf"\b{word}\b")
    return sorted({said[:120] for said in [*one.page.evaluate(SEEN), *heard(one.page)] if pattern.search(said)})


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_nothing_tells_the_word(visit, language):
    one = visit(first=True, locale=language)
    assert tells(one, "she") == [], "as the page was prepared, or a little later"
    one.wait_live()
    for text in TEXTS:
        if text != TEXTS[0]:
            one.type(text)
        one.page.wait_for_selector("#logit-lens .stop:not(.waiting)")
        one.page.wait_for_function("() => !document.querySelector('.stop.waiting')")
        first = one.candidates()[0]["shown"].strip("␣ ")
        assert first not in text and tells(one, first) == []
        assert one.page.evaluate(COVERED)
    one.page.fill("#guess-word", first)
    one.page.press("#guess-word", "Enter")
    one.page.wait_for_function(f"() => !({COVERED})()")
    for place in ("#append", "#logit-lens li:last-child .stop"):
        one.follows(lambda place=place: first in (one.page.get_attribute(place, "title") or ""), True)
    one.follows(lambda: first in one.page.text_content("#summary"), True)
    assert one.page.locator("#candidates .guess-mark").count() == 1
    assert one.errors == []


@pytest.mark.parametrize(
    ("act", "uncovers"), [("share", False), ("glossary", True), ("probabilities", True), ("cut", True)]
)
def test_what_speaks_of_it_ends_the_guess(visit, act, uncovers):
    one = visit(first=True, locale="en-US")
    one.wait_live()
    if act == "cut":
        one.page.click("[data-cut=head]")
        one.page.locator("#cuts").wait_for()
    else:
        one.open(act)
    assert one.page.evaluate(COVERED) != uncovers
    assert one.page.is_visible("#guess") != uncovers
    assert one.errors == []
