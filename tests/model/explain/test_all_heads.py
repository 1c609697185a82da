"""Every head as the page has them in small: its pattern, and where it looks."""

from types import SimpleNamespace

import numpy as np
import pytest

from model.explain.all_heads import attention_heads
from model.session import Session
from tests.model.explain.pictures import assert_opacity, pixels

IDS = np.random.default_rng(8).integers(0, 97, 64).tolist()


@pytest.fixture
def tokenizer():
    return SimpleNamespace(display=str)


@pytest.fixture
def session(tiny):
    session = Session(tiny.weights, tiny.config)
    session.run(IDS)
    return session


@pytest.mark.parametrize("row", (63, 20))
def test_every_head_is_described_by_the_chosen_row(session, tokenizer, row):
    blocks = attention_heads(session, tokenizer, row)
    assert [len(heads) for heads in blocks] == [4, 4, 4]
    for heads, block in zip(blocks, [session.block(i) for i in range(session.config.n_layer)], strict=True):
        for head, one in enumerate(heads):
            own = block.pattern[head, row].tolist()
            assert one["share"] == max(own) == own[one["position"]]
            assert one["most"] == tokenizer.display(IDS[one["position"]])
            assert_opacity(pixels(one["picture"]), block.pattern[head, 16:, 16:])


LOOKED_AT = {  # by name, which tokens up to t are it
    "itself": lambda t: [t],
    "before": lambda t: [t - 1],
    "first": lambda t: [0],
    "same": lambda t: [s for s in range(t) if IDS[s] == IDS[t]],
}


@pytest.mark.parametrize("drawn", (128, 40), ids=["all drawn", "the last 40 drawn"])
def test_the_shares_of_what_a_head_looks_at_are_those_of_its_pattern(session, tokenizer, monkeypatch, drawn):
    monkeypatch.setattr("model.explain.block_view.ROWS", drawn)
    rows = range(max(1, 64 - drawn), 64)  # the first token has no choice
    for row in (0, 1, 63) if drawn == 128 else (30, 63):
        for number, heads in enumerate(attention_heads(session, tokenizer, row)):
            for head, one in enumerate(heads):
                pattern = session.block(number).pattern[head].astype(np.float64)
                for name, of in LOOKED_AT.items():
                    given = {t: sum(pattern[t, s] for s in of(t)) for t in rows if of(t)}
                    assert one["looks"][name]["mean"] == pytest.approx(np.mean(list(given.values())), abs=1e-6)
                    assert one["looks"][name]["row"] == pytest.approx(given.get(row), abs=1e-6)
