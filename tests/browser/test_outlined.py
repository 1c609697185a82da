"""What in the picture is outlined while a number is open: what it stands in, or what is nearest to it."""

import pytest

from tests.browser.looking import STILL
from tests.browser.test_number import ADDRESS, BOXES, open_at


@pytest.fixture(scope="module")
def one(visiting):
    with visiting(pyodide=False, locale="en-US", viewport={"width": 1440, "height": 900}) as one:
        one.wait_live()
        one.page.evaluate(STILL)
        yield one
        assert one.errors == []


NEAREST = {  # of what is not drawn itself
    "embed[6, 3]": '#flow [data-heatmap="embedded"] .calm.told',
    "blocks.5.ln1[6, 2]": ".mark-ln1",
    "blocks.5.mlp.pre[6, 9]": ".mark-gelu",
    "blocks.5.mlp_out[6, 9]": '#flow [data-heatmap="resid_post"] .calm.told',
    "ln_final[6, 3]": ".mark-lnf",
    "h.5.attn.c_proj.weight[2, 9]": ".mark-proj",
    "h.5.attn.c_attn.bias[300]": "#qkv",
    "logits[6, 7091]": "#candidates .outside",
}


@pytest.mark.parametrize("address", NEAREST)
def test_what_stands_for_it_is_outlined_where_it_is_not_drawn(one, address):
    open_at(one, address)
    one.page.locator("#inspected.shown").wait_for()
    mark, _ = one.page.evaluate(BOXES)
    box = one.page.locator(NEAREST[address]).first.bounding_box()
    for side, size, least, most in (("x", "width", "left", "right"), ("y", "height", "top", "bottom")):
        assert mark[least] <= box[side] and mark[most] >= box[side] + box[size]
        assert mark[size] < box[size] + 12


def test_what_is_open_is_seen_above_the_panel(one):
    one.page.set_viewport_size({"width": 1366, "height": 640})
    for address in ("blocks.5.mlp.post[6, 9]", "blocks.5.attn.pattern[0, 6, 2]"):
        open_at(one, address)
        one.follows(lambda: one.page.evaluate(BOXES)[0]["bottom"] <= one.page.evaluate(BOXES)[1]["top"], True)
        assert one.page.evaluate(BOXES)[0]["height"] > 0


def test_back_to_where_the_reader_came_from_and_to_its_place_in_the_picture(one):
    share, score = "blocks.5.attn.pattern[0, 6, 2]", "blocks.5.attn.scores[0, 6, 2]"
    open_at(one, share)
    one.page.locator("#panel .ways .leads").filter(has_text="score").click()
    one.follows(lambda: one.page.locator(ADDRESS).all_text_contents(), [score])
    one.page.locator("#panel .ways .leads").filter(has_text="back").click()
    one.follows(lambda: one.page.locator(ADDRESS).all_text_contents(), [share])
    assert one.page.is_hidden("#in-picture")
    one.page.click("#head-on")
    one.page.wait_for_selector('#figure[data-view="5 1 6"]')
    one.page.click("#in-picture")
    one.page.wait_for_selector('#figure[data-view="5 0 6"]')
    one.page.locator("#in-picture").wait_for(state="hidden")
    one.page.locator("#inspected.shown").wait_for()


def test_the_open_cell_alone_is_framed_in_the_pattern(one):
    open_at(one, "blocks.5.attn.pattern[0, 5, 1]")
    frames = [one.page.get_attribute(f"#pattern .ring.{kind}", "d") for kind in ("row", "column", "cell")]
    assert frames == ["M0 5h6v1h-6z", "M1 1h1v6h-1z", "M1 5h1v1h-1z"]
    one.close()
    row = "() => document.querySelector('#pattern .ring.row').getAttribute('d').startsWith('M0 6')"
    one.page.wait_for_function(row)  # what the sentence tells is framed again
