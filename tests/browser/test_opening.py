"""Opening parts and moving between blocks and heads: by mouse, keys, numbers typed and links; sizes."""

import json
from itertools import pairwise

import pytest

from build.weights import random_checkpoint, tokenizer_files
from model.config import GPT2Config
from page.figure.vessels.bars import are_bars
from page.lessons.tour.chapters import STEPS
from page.panels.parts import linked
from tests.browser.conftest import put_in_place
from tests.browser.reading import follow

MIDDLE = "one => [one.getBoundingClientRect()].map(r => r.top + r.height / 2)[0]"


@pytest.fixture
def fresh(live):
    """The shared page at rest on block 1, head 1."""
    live.page.set_viewport_size({"width": 1280, "height": 800})
    live.slide(1)
    live.type("The cat sat on the mat and")
    live.go(1, 1)
    yield live
    live.close()


def view(live):
    return [int(x) for x in live.page.get_attribute("#figure", "data-view").split()]


@pytest.mark.parametrize(("word", "part"), linked().items())
def test_a_part_opens_is_remembered_and_closes(fresh, word, part):
    fresh.opener(part).focus()
    fresh.page.keyboard.press("Enter")
    fresh.wait_open(part)
    fresh.page.wait_for_function("word => location.hash.includes(`open=${word}`)", arg=word)
    fresh.close()
    fresh.page.wait_for_function("() => !location.hash.includes('open=')")
    assert fresh.page.evaluate("document.activeElement.dataset.open") == part, "focus returns to what opened it"
    fresh.open(part)
    fresh.page.mouse.click(3, 3)
    assert fresh.page.locator("#panel[open]").count() == 1, "the page beside it is not shut off"
    fresh.page.click("#panel-close")
    fresh.page.wait_for_function("() => !document.querySelector('#panel[open]')")


def test_a_part_that_is_closed_before_it_comes_does_not_open(fresh):
    before, opens = next((a.name, b.name) for a, b in pairwise(STEPS) if b.part and not a.part)
    follow(fresh, f"tour={before}")
    fresh.page.locator("#tour-title:not(:empty)").wait_for()
    fresh.page.evaluate("['tour-on', 'tour-back', 'tour-close'].forEach(name => document.getElementById(name).click())")
    for block in (2, 3):  # the worker answers in turn, and a panel that is open follows the picture
        fresh.go(block, 1)
    assert fresh.page.locator("#panel[open]").count() == 0, opens
    assert fresh.errors == []


@pytest.mark.parametrize("part", linked().values())
def test_a_part_opened_again_while_still_growing_stands_on_the_screen(fresh, part):
    fresh.opener(part).click()
    fresh.page.wait_for_selector("#panel[open]")
    fresh.close()
    fresh.open(part)
    fresh.page.wait_for_function(
        """() => {
            const box = document.querySelector("#panel").getBoundingClientRect();
            return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
        }"""
    )


def test_a_table_closes_back_to_the_part_it_came_from(fresh):
    fresh.open("attention_head")
    fresh.page.locator("#panel .as-table").first.click()
    fresh.wait_open("table")
    fresh.page.keyboard.press("Escape")
    fresh.wait_open("attention_head")


def test_a_link_opens_what_it_names(visit):
    one = visit(locale="en-US")
    one.arrive("#block=3&head=2&token=2&open=head")
    one.wait_live()
    one.wait_open("attention_head")
    assert "head 2 of 4, block 3 of 6" in one.page.text_content("#panel-title")
    one.page.wait_for_selector('#figure[data-view="2 1 1"]')
    assert one.errors == []


@pytest.mark.parametrize("said", ["", "#t=1", "#block=1", "#text=The%20little%20girl%20was%20very%20happy%20because"])
def test_the_page_opens_at_what_matters_most_unless_the_address_names_a_place(visit, dist, said):
    """Before the model is there and after; what cutting the arrow does was measured at the temperature at first."""
    prepared = json.loads((dist / "examples" / "1.json").read_text(encoding="utf-8"))
    arrow = prepared["matters"]["arrow"]
    one = visit(locale="en-US")
    if said:
        one.arrive(said)
    one.wait_live()
    named = "block" in said or "text" in said
    assert view(one) == ([0, 0, 6] if named else [arrow[name] for name in ("block", "head", "row")])
    assert ("Cut this arrow" in one.page.text_content("#sentence")) == (said == "")
    one.page.wait_for_function("() => location.hash.includes('text=')")
    assert ("block=" in one.page.url) == (not named), "the address goes on from there"
    assert one.errors == []


def test_a_link_with_nonsense_shows_the_picture(visit):
    one = visit(locale="en-US")
    one.arrive("#block=99&head=-1&open=<b>&token=1e9&x=%00")
    one.wait_live()
    assert view(one)[:2] == [5, 0]
    assert one.errors == []


def test_blocks_and_heads_step_and_refuse_what_is_not_there(fresh):
    fresh.page.click("#block-on")
    fresh.page.wait_for_selector('#figure[data-view^="1 0 "]')
    fresh.page.click("#head-on")
    fresh.page.wait_for_selector('#figure[data-view^="1 1 "]')
    fresh.fragment("block=2&head=2")
    for name in ("block", "head"):
        for nonsense in ("77", "0", "", "1.5"):
            fresh.page.fill(f"#{name}", nonsense)
            fresh.page.press(f"#{name}", "Enter")
            fresh.page.wait_for_function(f"() => document.querySelector('#{name}').value === '2'")
    fresh.page.focus("#head")
    fresh.page.keyboard.press("ArrowUp")
    fresh.page.wait_for_selector('#figure[data-view^="1 2 "]')
    fresh.page.locator('#logit-lens .stop[data-block="5"]').click()
    fresh.page.wait_for_selector('#figure[data-view^="5 2 "]')
    assert fresh.page.is_disabled("#block-on")


def test_a_number_that_is_being_typed_is_not_written_over(fresh):
    """A picture that was asked for before arrives meanwhile, with the head that it is of."""
    fresh.page.fill("#head", "2")
    fresh.page.evaluate("document.querySelector('#block-on').click()")
    fresh.page.wait_for_function("() => document.querySelector('#figure').dataset.view.startsWith('1 0 ')")
    assert fresh.page.input_value("#block") == "2" and fresh.page.input_value("#head") == "2"
    fresh.page.press("#head", "Enter")
    fresh.page.wait_for_function("() => document.querySelector('#figure').dataset.view.startsWith('1 1 ')")
    fresh.page.click("#head-back")
    fresh.page.wait_for_function("() => document.querySelector('#head').value === '1'")


def test_another_token_explains_itself(fresh):
    fresh.page.locator('#tokens .token[data-row="2"]').click()
    fresh.page.wait_for_selector('#figure[data-view="0 0 2"]')
    assert "sat" in fresh.page.text_content("#sentence")
    fresh.fragment("token=3")
    assert fresh.page.locator(".value-flow").count() <= 3
    fresh.page.evaluate(
        """() => {
            window.drawn = 0;
            const seen = new MutationObserver(() => { window.drawn += 1; });
            seen.observe(document.querySelector("#tokens"), {childList: true});
        }"""
    )
    fresh.type("The dog sat on the mat and then")
    fresh.page.click("#head-on")
    fresh.page.wait_for_selector('#figure[data-view="0 1 2"]')
    assert fresh.page.evaluate("drawn") == 2, "once by the text, once by the head; the token stays chosen"
    fresh.type("The dog")
    assert view(fresh) == [0, 1, 1], "a text without that token is explained by its last"
    fresh.page.evaluate("location.hash = '#token=1'")
    fresh.page.wait_for_selector('#figure[data-view="0 0 0"]')


def test_playing_a_score(fresh):
    fresh.open("attention_head")
    fresh.page.click("#play")
    fresh.page.wait_for_function("() => document.querySelector('#scrub').value !== '64'")
    fresh.page.wait_for_function("() => Number(document.querySelector('#scrub').value) >= 3")
    fresh.page.click("#play")
    stopped = int(fresh.page.input_value("#scrub"))
    fresh.page.click("#step-on")
    assert int(fresh.page.input_value("#scrub")) == stopped + 1
    fresh.page.click("#step-back")
    assert int(fresh.page.input_value("#scrub")) == stopped
    fresh.page.click("#skip")
    assert fresh.page.input_value("#scrub") == "64"


@pytest.mark.parametrize(
    "name", ["embedding", "ln1", "proj", "ln2", "gelu", "lnf", "residual", "mlp", "next", "logit_lens"]
)
def test_help(fresh, name):
    button = fresh.page.locator(f'[data-help="{name}"]')
    assert button.is_visible()
    button.click()
    fresh.page.wait_for_function("() => document.querySelector('#help').matches(':popover-open')")
    assert len(fresh.page.text_content("#help-text")) > 80
    if name != "logit_lens":
        fresh.page.click("#help-number")
        fresh.wait_open("number")
        fresh.close()
        button.click()
        fresh.page.wait_for_function("() => document.querySelector('#help').matches(':popover-open')")
    fresh.page.keyboard.press("Escape")
    fresh.page.wait_for_function("() => !document.querySelector('#help').matches(':popover-open')")


@pytest.mark.parametrize("width", [1440, 1024, 961, 390, 320])
@pytest.mark.parametrize("count", [1, 64])
def test_one_and_many_tokens_fit(fresh, width, count):
    fresh.page.set_viewport_size({"width": width, "height": 844})
    fresh.type(" ".join(["a"] * count))
    assert len(fresh.tokens()) == count
    assert fresh.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = fresh.page.evaluate(
        """() => [...document.querySelectorAll("#flow .heatmap, #flow .matrix, #tokens .token")]
            .map(one => one.getBoundingClientRect()).map(r => [r.width, r.height])"""
    )
    assert min(min(box) for box in boxes) >= 4
    last = fresh.page.locator("#tokens .token").last
    assert last.is_visible()
    assert "LN" in fresh.page.text_content(".mark-ln1")


@pytest.mark.parametrize("width", [1440, 1024, 390])
@pytest.mark.parametrize(
    "text", ["Hi", "It works from a disk", "The cat sat on the mat and it was a good cat", "no " * 20]
)
def test_each_token_stands_beside_its_own_row(fresh, text, width):
    fresh.page.set_viewport_size({"width": width, "height": 800})
    fresh.type(text)
    fresh.page.evaluate("() => Promise.all(document.getAnimations().map(one => one.finished.catch(() => 0)))")
    wide = {"#tokens": ["[data-heatmap=resid_pre]", "[data-heatmap=z]", "[data-heatmap=mlp_post]"]}
    if not are_bars(len(fresh.tokens())):  # queries lead those of a short text into a smaller matrix
        wide["#tokens"].append("#pattern .matrix")
    narrow = {  # the tokens are named once more in each band
        "#tokens": ["[data-heatmap=resid_pre]", "[data-heatmap=q]"],
        "#tokens-2": ["#pattern .matrix", "[data-heatmap=z]"],
        "#tokens-3": ["[data-heatmap=attn_out]", "[data-heatmap=mlp_post]"],
    }
    for names, columns in (narrow if width <= 960 else wide).items():
        rows = fresh.page.eval_on_selector_all(f"{names} li", f"all => all.map({MIDDLE})")
        for column in columns:
            box = fresh.page.eval_on_selector(f"#flow {column}", "one => one.getBoundingClientRect().toJSON()")
            top, high = box["top"], box["height"]
            middles = [top + (i + 0.5) * high / len(rows) for i in range(len(rows))]
            assert rows == pytest.approx(middles, abs=1.5), column


@pytest.mark.parametrize(("n_layer", "n_head"), [(4, 25), (48, 4)])
def test_other_sizes_of_model(visit, dist, tmp_path, n_layer, n_head):
    """Random weights in the place of the embedded model's."""
    fields = {"n_embd": 100, "n_layer": n_layer, "n_head": n_head, "n_positions": 64, "vocab_size": 512}
    config = GPT2Config.from_json(json.dumps({"model_type": "gpt2", **fields}))
    random_checkpoint.write(tmp_path / "random", config, 1)
    tokenizer_files.write(tmp_path / "random", config.vocab_size)
    put_in_place(dist, tmp_path / "random", tmp_path / "dist")
    one = visit(folder=tmp_path / "dist", locale="en-US")
    one.wait_live()
    one.type("to be or not to be")
    one.go(n_layer, n_head)
    assert one.page.locator("#logit-lens .stop").count() == n_layer + 1
    one.open("all_heads")
    assert one.page.locator("#panel .head").count() == n_layer * n_head
    one.close()
    one.open("attention_head")
    one.close()
    assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert one.errors == []
