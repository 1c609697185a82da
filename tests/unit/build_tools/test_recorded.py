"""What the site records of its examples is what the engine answers to the page's questions."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build.paths import ROOT
from build.site import site
from build.site.recorded import opened, record
from model.explain.block_view import IN_STAGES, vectors
from model.worker.engine import finish
from page.recorded import question
from page.state.examples import EXAMPLES, TEMPERATURE

TEXT = EXAMPLES[4]
CLOSE = 6e-5  # relative: numbers are recorded with five digits


@pytest.fixture(scope="module")
def told():
    session, tokenizer = site.load_model(ROOT / "weights" / site.MODEL)
    engine, answer, shaped = opened(TEXT, TEMPERATURE, session, tokenizer)
    recorded = json.loads(gzip.decompress(record(TEXT, TEMPERATURE, session, tokenizer)))
    return engine, answer, shaped, recorded


def assert_alike(recorded, answered):
    """Each field that was recorded, and there may be fewer."""
    if isinstance(recorded, dict):
        for name, value in recorded.items():
            assert_alike(value, answered[name])
    elif isinstance(recorded, list):
        assert len(recorded) == len(answered)
        for one, other in zip(recorded, answered, strict=True):
            assert_alike(one, other)
    else:
        assert recorded == (pytest.approx(answered, rel=CLOSE) if isinstance(answered, float) else answered)


@settings(max_examples=60)
@given(data=st.data())
def test_any_question_has_the_engines_answer(told, data):
    engine, answer, shaped, recorded = told
    config, count = engine.last.session.config, len(answer["tokens"])
    block, head = (data.draw(st.integers(0, many - 1)) for many in (config.n_layer, config.n_head))
    row = data.draw(st.integers(0, count - 1))
    column = data.draw(st.integers(0, row))
    strips = [name for name in vectors(engine.last.session, 0, 0, 0) if name not in IN_STAGES]
    token = data.draw(st.sampled_from([one["id"] for one in answer["next"]["candidates"]]))
    asked = data.draw(
        st.sampled_from(
            (
                ("block_view", block, head, row),
                ("block_view", block, head, -1),
                ("score", block, head, row, column),
                ("score", block, head, column, row),
                ("inspect", f"blocks.{block}.attn.pattern[{head}, {row}, {column}]", shaped),
                ("inspect", f"logits[{count - 1}, {token}]", shaped),
                ("inspect", f"probabilities[{count - 1}, {token}]", shaped),
                ("heatmap_cell", data.draw(st.sampled_from(strips)), block, head, row, data.draw(st.integers(0, 31))),
                ("all_heads", row),
                ("logit_terms", -1, -1, row),
                ("merges", -1, row),
                ("merges", row, -1),
                ("logit_terms", token, -1, count - 1),
                ("likeliest", row, 2),
            )
        )
    )
    name, *values = asked
    answered = json.loads(json.dumps(engine.ask(answer["run"], name, *values)))
    found = json.loads(recorded[question(name, values)])
    assert found
    assert_alike(found, answered)


def test_what_takes_the_engine_its_time_is_recorded_too(told):
    engine, answer, _, recorded = told
    run, last = answer["run"], len(answer["tokens"]) - 1
    for name, values, asked in (
        ("logit_lens", (), engine.logit_lens(run)),
        ("most_telling", (last, TEMPERATURE), engine.most_telling(run, last, TEMPERATURE)),
    ):
        assert_alike(json.loads(recorded[question(name, values)]), json.loads(json.dumps(finish(asked))))
