"""A browser's translator leaves alone what the model says: tokens would become others."""

from build.site.languages import texts_of
from page.panels.parts import linked

TEXT = "The mountain elephant walked behind the curious village doctor"
SPOKEN = """words => {
    const found = {};
    const bare = (node, text) => {
        const place = node.closest("[id]:not(#panel, #panel-body, #main)")?.id ?? "";
        for (const word of words.filter(word => text.includes(word)))
            (found[word] ??= []).push([place, node.closest("[translate]")?.getAttribute("translate") === "no", text]);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!element.closest("script")) bare(element, texts.currentNode.data);
    }
    for (const node of document.querySelectorAll("[title], [aria-label]"))
        for (const name of ["title", "aria-label"]) if (node.hasAttribute(name)) bare(node, node.getAttribute(name));
    return found;
}"""  # where each word stands, as text or as an attribute, and whether a translator is to leave it alone


def words_of(one):
    """The words of the tokens on the page, less those that the page itself uses."""
    own = " ".join(texts_of("en").values()).lower()
    tokens = one.page.eval_on_selector_all(
        "#tokens .piece, #candidates th > [translate], #logit-lens .end .guess", "all => all.map(x => x.textContent)"
    )
    return sorted({word for token in tokens if len(word := token.strip("␣ ")) > 3 and word.lower() not in own})


def check(one, words, places):
    """Every one of the words that is found is protected, and they are found in these places."""
    found = one.page.evaluate(SPOKEN, words)
    bare = [(place, text) for hits in found.values() for place, protected, text in hits if not protected]
    assert bare == []
    assert places <= {place for hits in found.values() for place, _, _ in hits}


def test_a_translator_leaves_alone_what_the_model_says(visit):
    one = visit(locale="en-US", viewport={"width": 1440, "height": 900})
    one.wait_live()
    one.type(TEXT)
    words = words_of(one)
    assert {"elephant", "village", "doctor"} & set(words) and len(words) > 3
    one.page.locator("#pattern svg").hover(position={"x": 10, "y": 10})
    one.page.wait_for_function("() => document.querySelector('#reading [translate=no]')")
    one.page.click("#pin")
    one.page.locator("#open-compare").wait_for()
    check(one, words, {"prompt-tokens", "tokens", "tokens-2", "sentence", "pin-sentence"})
    for part in (*linked().values(), "compare"):
        one.open(part)
        check(one, words_of(one), set())
        if part == "attention_head":
            check(one, words, {"cell"})
            one.page.locator("#panel .as-table").first.click()
            one.wait_open("table")
            check(one, words, set())
            one.page.keyboard.press("Escape")
            one.wait_open("attention_head")
        elif part == "embedding":
            one.page.locator("#panel svg.heatmap").first.hover(position={"x": 5, "y": 40})
            one.page.wait_for_function("() => document.querySelector('#panel .reading [translate=no]')")
            check(one, words, set())
        elif part == "probabilities":
            check(one, words_of(one), {"probability-rows"})
        one.close()
    for _ in range(3):
        steps = one.page.locator("#timeline .step").count()
        one.page.click("#append")
        one.page.wait_for_function(
            "n => document.querySelectorAll('#timeline .step').length > Math.max(n, 1)", arg=steps
        )
    one.wait_answer()
    check(one, words_of(one), set())
    one.page.select_option("#language", "zh")
    one.page.wait_for_function("() => document.documentElement.lang === 'zh'")
    check(one, words_of(one), {"tokens", "tokens-2"})


def test_the_prepared_page_says_so_too(dist):
    html = (dist / "index.html").read_text(encoding="utf-8")
    assert html.startswith('<!doctype html>\n<html lang="en">')
    for place in ("prompt", "prompt-tokens", "examples", "needle", "formula"):
        assert f'id="{place}"' in html
        tag = html[html.index(f'id="{place}"') :].split(">")[0]
        assert 'translate="no"' in tag, place
    assert html.count('<bdi translate="no"') > 20
