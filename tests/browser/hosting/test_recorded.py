"""Where the model's Python does not run, the examples can be looked at, and what is seen is the model's own."""

import re
import threading

import numpy as np
import pytest

from build.site.recorded import explain
from model.gpt2 import softmax
from page.figure.sentence import rounded
from page.state.examples import EXAMPLES, TEMPERATURE
from tests.browser.reading import close

ON_PYODIDE = True
COMPUTED = "cannot be computed"


def refused(*endings):
    """A host that refuses Pyodide's WebAssembly, and what else ends so."""
    return lambda path: 403 if path.endswith(("pyodide.asm.wasm", *endings)) else None


def cut(page):
    """The arrow that matters most, which was recorded too."""
    page.click("#what-matters")
    page.click("#cut-told")


def compare(page):
    page.click("#open-other")
    page.fill("#other-text", "Another text")
    page.click("#other-compare")


CHANGES = {  # what a reader might do that only a model could answer; what the address would say of it
    "temperature": (lambda page: page.locator("#temperature-number").fill("2"), "&t="),
    "top-k": (lambda page: page.locator("#top-k").fill("5"), "&k="),
    "another draw": (lambda page: page.click("#draw-again"), "&draw="),
    "a token more": (lambda page: page.click("#append"), "nothing of the kind"),
    "a cut": (cut, "cut="),
    "pinned": (lambda page: page.click("#pin"), "with="),
    "another text": (compare, "with="),
}


@pytest.fixture(scope="module")
def looking(visiting):
    """A page whose host refuses Pyodide's WebAssembly."""
    with visiting(refused(), locale="en-US") as one:
        one.page.locator("#trouble", has_text="recorded when this site was built").wait_for()
        one.wait_answer()
        yield one
        assert [error for error in one.errors if not re.search("WebAssembly|wasm|403", error)] == []


def choose(one, number):
    one.page.click("#open-examples")
    one.page.locator("#examples .example").nth(number).click()
    one.page.wait_for_function("text => document.querySelector('#prompt').value === text", arg=EXAMPLES[number])
    one.wait_answer()


def see(one, block, head, row):
    """Until the picture is of these."""
    for name, number in (("block", block), ("head", head)):
        one.page.fill(f"#{name}", str(number + 1))
        one.page.locator(f"#{name}").press("Enter")
    one.page.locator("#tokens .token").nth(row).click()
    one.page.locator(f"#figure[data-view='{block} {head} {row}']").wait_for()


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_is_what_the_model_says_of_it(looking, reference, number):
    session, tokenizer = reference
    choose(looking, number)
    answer = explain(EXAMPLES[number], TEMPERATURE, session, tokenizer)
    assert looking.tokens() == [token["id"] for token in answer["tokens"]]
    for row, expected in zip(looking.candidates(), answer["next"]["candidates"], strict=True):
        assert row["id"] == expected["id"] and close(row["sampled"], 100 * expected["sampled"], 1e-3)
    rail = looking.page.locator("#logit-lens .stop").all_inner_texts()
    for depth, stop in zip(answer["depths"], rail, strict=True):
        assert depth["best"][0]["shown"].strip() in stop
    rng = np.random.default_rng(number)
    for _ in range(3):
        block, head = int(rng.integers(session.config.n_layer)), int(rng.integers(session.config.n_head))
        row = int(rng.integers(1, len(session.ids)))
        see(looking, block, head, row)
        view = session.block(block)
        most = int(view.pattern[head, row].argmax())
        cell = looking.page.locator("#pattern .matrix")
        size, count = cell.bounding_box(), len(session.ids)
        cell.hover(position={"x": size["width"] * (most + 0.5) / count, "y": size["height"] * (row + 0.5) / count})
        looking.page.locator("#reading", has_text="of its attention").wait_for()
        said = looking.page.inner_text("#reading")
        assert close(re.search(r"(\S+)\s%", said)[1], 100 * view.pattern[head, row, most]), said
        assert close(re.search(r"length (\S+?)[.,]?(\s|$)", said)[1], np.linalg.norm(view.v[most, head])), said
    assert looking.page.locator("#notice").is_hidden()


def test_the_tour_goes_through(looking, reference):
    session, tokenizer = reference
    choose(looking, 2)
    explain(EXAMPLES[2], TEMPERATURE, session, tokenizer)
    warm = softmax(session.final.logits[0].astype(float) / 2)
    looking.page.click("#open-tour")
    told = {}
    while looking.page.locator("#tour").is_visible():
        seen = "seen => !seen.includes(document.querySelector('#tour-title').textContent)"
        looking.page.wait_for_function(seen, arg=[*told])
        if looking.page.locator("#tour-show").is_visible():
            looking.page.click("#tour-show")
        told[looking.page.text_content("#tour-title")] = looking.page.inner_text("#tour")
        assert looking.page.locator("#notice").is_hidden(), looking.notice()
        looking.page.click("#tour-on")
    assert len(told) > 20
    assert rounded(warm.max()) in told["Temperature is a division"]


@pytest.mark.parametrize("change", CHANGES)
def test_what_only_a_model_could_answer_is_put_back_and_said(looking, change):
    choose(looking, 1)
    done, said = CHANGES[change]
    listed = looking.candidates()
    done(looking.page)
    looking.page.locator("#notice", has_text=COMPUTED).wait_for()
    looking.page.locator("#cuts").wait_for(state="hidden")
    looking.wait_answer()
    assert looking.page.input_value("#prompt") == EXAMPLES[1] and looking.candidates() == listed
    assert looking.page.input_value("#temperature-number") == "0.80"
    assert looking.page.locator("#timeline li").count() == 0
    choose(looking, 3)  # the address is written anew
    looking.fragment(without=said)


def test_a_text_of_ones_own_stays_and_is_not_read(looking):
    choose(looking, 0)
    looking.page.fill("#prompt", "My own words")
    looking.page.locator("#notice", has_text=COMPUTED).wait_for()
    assert looking.page.input_value("#prompt") == "My own words"
    assert looking.page.locator("#figure.stale").count() == 1
    assert looking.notice().count(COMPUTED) == 1


def test_a_number_opens_where_it_was_recorded(looking, reference):
    session, tokenizer = reference
    choose(looking, 4)
    explain(EXAMPLES[4], TEMPERATURE, session, tokenizer)
    looking.page.evaluate(
        "hash => { location.hash = hash }",
        "text=" + EXAMPLES[4].replace(" ", "%20") + "&open=number&at=blocks.2.attn.pattern-1-4-0",
    )
    looking.page.locator("#panel-title", has_text="share of attention").wait_for()
    share = session.block(2).pattern[1, 4, 0]
    assert f"{share:.3f}"[1:] in looking.page.inner_text("#panel-body")
    looking.page.click("#panel-close")
    looking.page.locator("[data-open=attention_head]").first.click()
    looking.page.locator("#notice", has_text=COMPUTED).wait_for()
    assert looking.page.locator("#panel[open]").count() == 0


def test_beside_a_text_of_ones_own_the_first_example_can_be_looked_at(visit):
    one = visit(refused(), locale="en-US")
    one.arrive("#text=My%20own%20words")
    one.page.locator("#trouble", has_text="recorded when this site was built").wait_for()
    one.page.locator("#notice", has_text=COMPUTED).wait_for()
    assert one.page.input_value("#prompt") == "My own words"
    block = one.page.input_value("#block")
    one.page.click("#block-back")
    one.page.wait_for_function("block => document.querySelector('#block').value !== block", arg=block)
    one.page.click("[data-open=all_heads]")
    one.page.locator("#panel-title", has_text="All heads").wait_for()
    assert one.page.locator("#figure.stale").count() == 1
    assert [error for error in one.errors if not re.search("WebAssembly|wasm|403", error)] == []


def test_where_nothing_recorded_comes_either_the_prepared_picture_stays(visit):
    asked = threading.Event()

    def host(path):
        if path.endswith(".recorded"):
            asked.set()
        return refused(".recorded")(path)

    one = visit(host, locale="en-US")
    one.page.locator("#trouble.error").wait_for()
    one.page.wait_for_function("() => document.documentElement.lang && window.starting")
    while not asked.is_set():
        one.page.wait_for_timeout(100)
    choose_prepared = one.page.locator("#examples .example").nth(1)
    one.page.click("#open-examples")
    choose_prepared.click()
    one.page.locator("#figure.prepared:not(.stale)").wait_for()
    one.page.wait_for_function("text => document.querySelector('#prompt').value === text", arg=EXAMPLES[1])
    assert "recorded" not in one.page.text_content("#trouble") and COMPUTED not in one.notice()
