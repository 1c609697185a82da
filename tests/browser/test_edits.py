"""Experiments with the code: what the page says of each against the same pass in CPython."""

import numpy as np
import pytest

from model.gpt2 import softmax
from model.removals import Off
from model.session import Session
from page.state.removed import CODE
from tests.browser.reading import close, follow, numbers
from tests.browser.test_cuts import DRAWN

ON_PYODIDE = True

Z = "text=The%20little%20girl%20was%20very%20happy%20because&t=1"
Z += "&block=6&head=1&code=1&open=number&at=blocks.5.attn.z-6-0-16"

IN_SIGHT = """() => {
    const [inner, outer] = [".finding", "#edits"].map(one => document.querySelector(one).getBoundingClientRect());
    return outer.top <= inner.top + 1 && inner.bottom <= outer.bottom + 1;
}"""


@pytest.fixture
def desk(live):
    follow(live, Z)
    live.page.click("#code-edits")
    live.page.locator("#edits .experiment").first.wait_for()
    yield live
    live.close()
    assert live.errors == []


def listed(one):
    """{id: probability in the list}."""
    return {row["id"]: row["sampled"] for row in one.candidates()}


def predicted(reference, removals, ids):
    """(V,) probabilities after `ids`, by CPython without these parts."""
    session = Session(reference[0].weights, reference[0].config, removals)
    session.run(ids)
    return softmax(session.final.logits[0].astype(float))


@pytest.mark.parametrize("edit", CODE)
def test_an_experiment_is_the_same_pass_as_in_cpython(desk, reference, edit):
    before = desk.page.evaluate(DRAWN)
    desk.page.click(f"#edit-{edit}")
    desk.page.locator(f"#edit-{edit}[aria-pressed=true]").wait_for()
    desk.page.locator(".experiment.on .finding").wait_for()
    desk.page.wait_for_function(IN_SIGHT)
    ours, expected = (predicted(reference, some, desk.tokens()) for some in ((), (Off(edit),)))
    after = listed(desk)
    assert next(iter(after)) == int(expected.argmax())
    for token, share in after.items():
        assert close(share, 100 * expected[token], 1e-3), token
    bits, _ = numbers(desk.page.text_content("#cuts-effect p"))[-1]
    assert bits == pytest.approx((ours * np.log2(ours / expected)).sum(), abs=0.006)
    assert desk.page.inner_text("#cuts-badge") == "your version"
    desk.page.click(f"#edit-{edit}")
    desk.page.locator(f"#edit-{edit}[aria-pressed=false]").wait_for()
    desk.follows(lambda: desk.page.evaluate(DRAWN), before)
    assert desk.page.locator("#cuts").is_hidden()


def test_code_and_prompt_are_those_of_the_link(live):
    follow(live, "text=The%20cat&cut=gelu&code=1&open=number&at=blocks.5.mlp.post-1-0")
    changed = live.page.locator("#code-lines .lit.changed")
    changed.wait_for()
    assert "np.maximum(pre, 0)" in changed.inner_text()
    live.page.click("#code-ask")
    live.page.fill("#ask-source", 'float(trace["blocks.5.mlp.post"].min())')
    live.page.press("#ask-source", "Enter")
    live.page.locator(".asked pre").nth(1).wait_for()
    assert live.page.locator(".asked pre").nth(1).inner_text() == "0"
    live.page.click("#cuts-undo")
    live.page.locator("#cuts").wait_for(state="hidden")
    live.close()
    assert live.errors == []
