"""A session answers as if it computed every text anew, and computes only what is not shared with the last."""

import math
from dataclasses import replace

import numpy as np
import pytest

from model import gpt2 as gpt2_module
from model import session as session_module
from model.checkpoint.layout import nested, tensor_shapes
from model.explain.block_view import block_view, heatmap_table, read_heatmap
from model.session import Session, common_prefix
from model.trace import Block, field
from tests.model.explain.pictures import pixels

IDS = np.random.default_rng(3).integers(0, 97, 64).tolist()


@pytest.fixture
def rows(monkeypatch):
    """How many tokens each pass was asked to compute, in order of the passes."""
    computed = []

    def counted(ids, *args, **kwargs):
        computed.append(len(ids))
        return gpt2(ids, *args, **kwargs)

    gpt2 = gpt2_module.gpt2
    monkeypatch.setattr(gpt2_module, "gpt2", counted)
    return computed


def parts(session):
    """Everything that the session shows."""
    if not session.ids:
        return []
    return [session.embedding, *(session.block(i) for i in range(session.config.n_layer)), session.final]


@pytest.fixture(params=[session_module.LONG, 12], ids=["all kept", "long"])
def long(request, monkeypatch):
    """Texts of these tests can be short, or so long that most of what was computed is let go."""
    monkeypatch.setattr(session_module, "LONG", request.param)


def assert_like_fresh(session, ids):
    fresh = Session(session.weights, session.config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session_module, "LONG", 1000)
        fresh.run(ids)
    assert fresh.cache.whole
    assert session.ids == fresh.ids == ids
    for part, expected in zip(parts(session), parts(fresh), strict=True):
        for name, a, b in zip(part._fields, part, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=2e-5, err_msg=name)


OTHER = (IDS[20] + 1) % 97
TEXTS = {
    "token by token": [IDS[:n] for n in range(1, 65)],
    "growing by several": [IDS[:1], IDS[:5], IDS[:40], IDS[:64]],
    "shrinking": [IDS, IDS[:63], IDS[:30], IDS[:1]],
    "changed middle": [IDS[:40], IDS[:20] + [OTHER] + IDS[21:40], IDS[:40]],
    "changed first": [IDS[:9], [(IDS[0] + 1) % 97] + IDS[1:9]],
    "repeated": [IDS[:7], IDS[:7]],
    "grown after shrinking": [IDS[:30], IDS[:10], IDS[:30]],
}


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS.keys())
def test_same_answer_as_without_a_past_and_no_row_twice(tiny, rows, texts, long):
    session = Session(tiny.weights, tiny.config)
    before: list[int] = []
    for ids in texts:
        rows.clear()
        session.run(ids)
        short_again = len(before) > session_module.LONG >= len(ids)  # all of it is kept then
        new = len(ids) - (0 if short_again else common_prefix(before, ids))
        assert rows == ([new] if new else [])
        assert_like_fresh(session, ids)
        before = ids


def test_last_logits_are_hugging_faces(tiny, forward_golden):
    session = Session(tiny.weights, tiny.config)
    ids = forward_golden["64/ids"].tolist()
    for n in (1, 2, 30, 64):
        session.run(ids[:n])
        np.testing.assert_allclose(session.final.logits[0], forward_golden["64/logits"][n - 1], rtol=0, atol=2e-4)


@pytest.mark.parametrize("steps", range(1, 5))
@pytest.mark.parametrize("ids", [IDS[:20], IDS[:4] + IDS[30:35], IDS[50:60]], ids=["grown", "changed", "other"])
def test_abandoned_midway_leaves_the_session_as_it_was(tiny, steps, ids, long):
    session = Session(tiny.weights, tiny.config)
    session.run(IDS[:8])
    before = dict(vars(session))
    copies = [a.copy() for part in parts(session) for a in part]
    unfinished = session.steps(ids)
    for _ in range(steps):
        next(unfinished)
    unfinished.close()
    assert all(vars(session)[name] is value for name, value in before.items())
    arrays = [a for part in parts(session) for a in part]
    assert all(np.array_equal(a, b) for a, b in zip(arrays, copies, strict=True))
    session.run(ids)
    assert_like_fresh(session, ids)


@pytest.mark.parametrize("seed", range(12))
def test_any_course_of_edits_and_interruptions(tiny, seed, long):
    """Typing at the end and in the middle, deleting, going back, each perhaps given up half-way by a newer text."""
    random = np.random.default_rng(seed)
    session = Session(tiny.weights, tiny.config)
    ids = IDS[:1]
    for _ in range(25):
        keep = int(random.integers(0, len(ids) + 1)) if random.random() < 0.6 else len(ids)
        new = random.integers(0, 97, int(random.integers(0, 7))).tolist()
        ids = (ids[:keep] + new)[:64] or IDS[:1]
        steps = session.steps(ids)
        if random.random() < 0.4:
            seen, copies = list(session.ids), [a.copy() for part in parts(session) for a in part]
            for _ in range(int(random.integers(1, 5))):
                next(steps, None)
            steps.close()
            if session.ids == seen:  # it was indeed given up
                assert all(
                    np.array_equal(a, b)
                    for a, b in zip((a for part in parts(session) for a in part), copies, strict=True)
                )
                ids = seen or IDS[:1]
                continue
        else:
            for _ in steps:
                pass
        assert_like_fresh(session, ids)


def test_one_more_token_moves_nothing(tiny):
    session = Session(tiny.weights, tiny.config)
    session.run(IDS[:10])
    before = session.block(1)
    session.run(IDS[:11])
    for name, old, new in zip(before._fields, before, session.block(1), strict=True):
        assert np.shares_memory(old, new), name


@pytest.mark.parametrize("first", (0, 3, 19))
def test_a_block_of_a_long_text_is_computed_again_for_the_rows_looked_at(tiny, monkeypatch, first):
    whole, lean = (Session(tiny.weights, tiny.config) for _ in range(2))
    whole.run(IDS[:20])
    monkeypatch.setattr(session_module, "LONG", 12)
    lean.run(IDS[:20])
    kept = sum(values.nbytes for values in lean.cache.arrays.values())
    assert not lean.cache.whole and kept < sum(values.nbytes for values in whole.cache.arrays.values()) / 5
    for i in range(tiny.config.n_layer):
        for name, a, b in zip(Block._fields, lean.block(i, first), whole.block(i, first), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=2e-5, err_msg=name)


def test_a_short_text_after_a_long_one_is_kept_whole_again(tiny, monkeypatch):
    monkeypatch.setattr(session_module, "LONG", 12)
    session = Session(tiny.weights, tiny.config)
    session.run(IDS[:20])
    assert not session.cache.whole
    session.run(IDS[:9])
    assert session.cache.whole
    assert_like_fresh(session, IDS[:9])


def test_one_activation_is_that_of_its_block(tiny, monkeypatch):
    session = Session(tiny.weights, tiny.config)
    for long in (1000, 12):
        monkeypatch.setattr(session_module, "LONG", long)
        session.run(IDS[:20])
        for first in (0, 17):
            for name in ("attn.pattern", "resid_mid"):
                expected = getattr(session.block(1, first), field(name))
                np.testing.assert_allclose(session.activation(1, name, first), expected, atol=1e-6)


def test_steps_count_the_embedding_and_the_blocks(tiny):
    session = Session(tiny.weights, tiny.config)
    assert list(session.steps(IDS[:3])) == [0, 1, 2, 3]


@pytest.mark.parametrize("count", (0, 65))
def test_too_few_or_too_many_tokens_are_refused(tiny, count):
    session = Session(tiny.weights, tiny.config)
    session.run(IDS[:2])
    with pytest.raises(ValueError, match=f"between 1 and 64 tokens, not {count}"):
        session.run([1] * count)
    assert session.ids == IDS[:2]


def test_the_clock_counts_what_was_computed(tiny, monkeypatch):
    """Operations are held against the sizes of the very products that a pass makes."""
    done = []
    linear, match = gpt2_module.linear, gpt2_module.match

    def counted(x, w, b=None):
        done.append(2 * x.size * w.shape[0])
        return linear(x, w, b)

    def counted_match(q, k):
        done.append(2 * 2 * len(q) * k.size)  # and as many to mix the values
        return match(q, k)

    monkeypatch.setattr(gpt2_module, "linear", counted)
    monkeypatch.setattr(gpt2_module, "match", counted_match)
    session = Session(tiny.weights, tiny.config)
    for length, new in ((20, 20), (23, 3), (23, 0), (9, 0)):
        done.clear()
        session.run(IDS[:length])
        timing = session.timing
        assert (timing.tokens, timing.seen) == (new, length)
        assert len(timing.attention) == len(timing.mlp) == (3 if new else 0)
        assert timing.operations(tiny.config) == sum(done)
        assert timing.total >= timing.head > 0
    other = of_width(tiny, 41)
    done.clear()
    session = Session(*other)
    session.run(IDS[:20])
    assert session.timing.operations(other[1]) == sum(done)


def of_width(tiny, inner):
    """The tiny model with MLPs of another width: weights and configuration."""
    config = replace(tiny.config, n_inner=inner)
    random = np.random.default_rng(inner)
    shapes = tensor_shapes(config)
    wide = {n: random.normal(0, 0.3, shapes[n]).astype(np.float32) for n in shapes if "mlp" in n}
    return nested(tiny.flat | wide, config), config


@pytest.mark.parametrize("inner", (1, 3, 41, 300))
def test_an_mlp_may_have_any_width(tiny, inner):
    weights, config = of_width(tiny, inner)
    whole, step = Session(weights, config), Session(weights, config)
    whole.run(IDS[:9])
    for length in range(1, 10):
        step.run(IDS[:length])
    for i in range(config.n_layer):
        block, other = whole.block(i), step.block(i)
        w = {name: values.astype(np.float64) for name, values in weights["h"][i].items()}
        x = block.ln2.astype(np.float64) @ w["mlp.c_fc.weight"].T + w["mlp.c_fc.bias"]
        x = x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
        assert block.mlp_post.shape == (9, inner)
        np.testing.assert_allclose(block.mlp_post, x, atol=1e-4)
        np.testing.assert_allclose(block.mlp_out, x @ w["mlp.c_proj.weight"].T + w["mlp.c_proj.bias"], atol=2e-4)
        np.testing.assert_allclose(block.resid_post, other.resid_post, atol=2e-3)
    shown = block_view(whole, 1, 2, 8)
    assert shown["cells"] == min(8, inner)
    height = 9 * (shown["cells"] + 2 * shown["gap"])
    assert {len(pixels(picture)) for picture in shown["heatmaps"].values()} == {height}
    assert len(heatmap_table(whole, "mlp_post", 1, 2)["entries"]) == min(8, inner)
    assert read_heatmap(whole, "mlp_post", 1, 2, 8, 0)["size"] == inner
