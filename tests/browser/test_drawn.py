"""What a short text's picture draws, measured on the screen, is what the model computed: heights, edges, words."""

import numpy as np
import pytest

from build.site.recorded import explain
from model.gpt2 import softmax, unchanged, unembed
from page.text.numbers import nearest_percent

TEXT = "The old man gave"
BLOCK, HEAD = 3, 2
BARS = ("embedded", "resid_pre", "q", "k", "v", "attn_out", "resid_mid", "mlp_post", "resid_post")
HEIGHTS = """name => {
    const column = document.querySelector(`[data-heatmap="${name}"]`);
    const row = column.getBoundingClientRect().height / column.viewBox.baseVal.height;
    return [...column.querySelector(".calm").getAttribute("d").matchAll(/v([\\d.]+)/g)].map(one => one[1] * row);
}"""  # pixels, of each token's bar
HIGH = "all => all.map(one => one.getBoundingClientRect().height)"
TEXTS = "all => all.map(one => one.textContent.replaceAll('␣', ''))"


@pytest.fixture(scope="module")
def drawn(live, reference):
    """The page at the block and head, and the reference's session of the same text."""
    session, tokenizer = reference
    live.page.mouse.move(0, 0)
    live.type(TEXT)
    live.go(BLOCK + 1, HEAD + 1)
    explain(TEXT, 1, session, tokenizer)
    assert live.tokens() == session.ids
    return live.page, session, tokenizer


def test_bars_are_as_high_as_they_have_numbers(drawn):
    page, session, _ = drawn
    config = session.config
    found = {name: page.evaluate(HEIGHTS, name) for name in BARS}
    per_number = found["resid_pre"][0] / config.n_embd
    for name, heights in found.items():
        size = 4 * config.n_embd if name == "mlp_post" else config.n_embd
        assert len(heights) == len(session.ids)
        assert np.array(heights) / size == pytest.approx(per_number, rel=0.01), name
    whole = page.eval_on_selector_all(".overlay .heads", HIGH)
    part = page.eval_on_selector('[data-heatmap="z"]', "one => Number(one.dataset.height)")
    pitch = page.eval_on_selector("#tokens", "one => one.getBoundingClientRect().height") / len(session.ids)
    assert np.array(whole) == pytest.approx(config.n_head * part * pitch, rel=0.02), "a head's is one slice of all"


def test_the_edge_after_a_plus_is_as_long_as_what_was_added_beside_the_stream(drawn):
    page, session, _ = drawn
    trace = session.block(BLOCK)
    bar = page.evaluate(HEIGHTS, "resid_mid")[-1]
    edges = page.eval_on_selector_all(".overlay .edge", HIGH)
    for edge, added, stream in (
        (edges[0], trace.attn_out, trace.resid_mid),
        (edges[1], trace.mlp_out, trace.resid_post),
    ):
        length, whole = (float(np.linalg.norm(vector[-1])) for vector in (added, stream))
        assert edge == pytest.approx(min(1, length / whole) * bar, abs=0.15)


def test_the_model_says_at_both_points_of_a_block_what_is_written_there(drawn):
    page, session, tokenizer = drawn

    def says(stream):
        p = softmax(unembed(stream[-1:], session.weights, session.config, unchanged))[0]  # (V,)
        return tokenizer.display(int(p.argmax())).replace(" ", ""), nearest_percent(float(p.max()))

    halves = [says(session.block(block).resid_mid) for block in range(session.config.n_layer)]
    ends = [says(session.block(block).resid_post) for block in range(session.config.n_layer)]
    page.wait_for_function("() => !document.querySelector('#logit-lens .waiting')")
    for kind, expected in (("half", halves), ("end", [says(session.stream(0)), *ends])):
        words, shares = (
            page.eval_on_selector_all(f"#logit-lens .{kind} {part}", TEXTS) for part in (".guess", ".guess-probability")
        )
        assert list(zip(words, shares, strict=True)) == expected
    said = page.eval_on_selector_all(".overlay .said", TEXTS)
    assert said == [" ".join(one[BLOCK]) for one in (halves, ends)]
