"""Under forced colours, as in Windows contrast themes, lines say what grounds say else; meaning keeps its colour."""

import base64

import pytest

COLOURS = """async png => {
    const image = new Image();
    image.src = "data:image/png;base64," + png;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const data = pen.getImageData(0, 0, image.width, image.height).data;
    const found = new Set();
    for (let i = 0; i < data.length; i += 4) found.add(data.slice(i, i + 3).join());
    return found.size;
}"""  # how many colours a picture has
STYLE = """([selector, pseudo]) => {
    const style = getComputedStyle(document.querySelector(selector), pseudo);
    return [style.outlineStyle, style.outlineColor, style.fontStyle, style.textDecorationLine, style.forcedColorAdjust];
}"""


@pytest.fixture(scope="module", params=["light", "dark"])
def forced(visiting, request):
    options = {"forced_colors": "active", "color_scheme": request.param}
    with visiting(pyodide=False, locale="en-US", viewport={"width": 1440, "height": 900}, **options) as one:
        one.wait_live()
        yield one


def style(one, selector, pseudo=None):
    return one.page.evaluate(STYLE, [selector, pseudo])


def colours(one, selector):
    return one.page.evaluate(COLOURS, base64.b64encode(one.page.locator(selector).first.screenshot()).decode())


def told_apart(one, chosen, other):
    """A line goes around what is chosen, and none around the others."""
    assert style(one, chosen)[0] == "solid" and style(one, other)[0] == "none", (chosen, other)


def test_the_predicted_token_is_not_taken_for_typed_text(forced):
    outline, _, font, *_ = style(forced, ".ghost")
    assert (outline, font) == ("dashed", "italic")
    for number in (1, 2):
        assert style(forced, f".tint:nth-child({number})")[0] == "solid", "each token has its edges"
    assert style(forced, ".prompt-tokens")[-1] == "none", "its own text stays unseen behind the typed one"
    assert (
        forced.page.evaluate("getComputedStyle(document.querySelector('.prompt-tokens')).color") == "rgba(0, 0, 0, 0)"
    )


def test_legends_show_the_colours_that_the_picture_has(forced):
    for legend in (".legend .diverging", ".legend .shares", ".swatch.value"):
        assert colours(forced, legend) > 12, legend
    for legend in (".swatch.height", ".swatch.edge", "#needle svg", "#curve svg", "#candidates rect.sampled"):
        assert colours(forced, legend) > 1, legend
    for key in (".key.sampled", ".key.model", ".model-state"):
        assert style(forced, key, "::before")[-1] == "none", key


def test_what_is_chosen_is_told_apart(forced):
    told_apart(forced, ".stop[aria-pressed=true]", ".stop[aria-pressed=false]")
    assert style(forced, ".token[aria-pressed=true] .piece")[3] == "underline"
    forced.open("all_heads")
    told_apart(forced, ".head[aria-pressed=true]", ".head[aria-pressed=false]")
    forced.close()
    forced.open("probabilities")
    told_apart(forced, "#probability-rows tr.chosen", "#probability-rows tr:not(.chosen)")
    forced.close()
    forced.open("attention_head")
    assert colours(forced, "#panel .scale .bar") > 12
    forced.close()
    forced.page.click("#append")
    forced.page.wait_for_function("() => document.querySelectorAll('#timeline .step').length > 1")
    forced.page.mouse.move(0, 0)
    told_apart(forced, "#timeline .step.now", "#timeline .step:not(.now)")


def test_a_long_text_shows_what_is_left_out(forced):
    forced.type("word " * 140)
    assert style(forced, ".tint.left-out")[3] == "line-through"
    border = forced.page.evaluate("getComputedStyle(document.querySelector('#notice')).borderTopStyle")
    assert border == "solid"
    forced.type("The cat")
