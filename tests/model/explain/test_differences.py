"""Two runs side by side: every difference against plain float64 loops over both traces; and a pinned run stays."""

import math

import numpy as np
import pytest

from model.explain.differences import LEAST, POINTS, differences, most_moved
from model.explain.pictures.colours import AMBER, TEAL
from model.session import Session
from tests.model.explain.pictures import assert_opacity, pixels

WORDS = np.random.default_rng(8).integers(0, 97, 40).tolist()
TEXTS = {  # by what was changed, a text and another, as ids
    "a word": (WORDS[:7], [*WORDS[:2], 3, *WORDS[3:7]]),
    "two words": (WORDS[:9], [*WORDS[:2], 3, 5, *WORDS[4:9]]),
    "a word more": ([*WORDS[:3], 7, *WORDS[3:8]], WORDS[:8]),
    "a word less": (WORDS[:8], [*WORDS[:3], 7, *WORDS[3:8]]),
    "the last": (WORDS[:6], [*WORDS[:5], 9]),
    "all": (WORDS[:5], WORDS[20:31]),
}


class Bytes:
    """A vocabulary in which each number is a token."""

    def token_bytes(self, i):
        return bytes([i])

    def display(self, i):
        return f"<{i}>"


@pytest.fixture
def run(tiny):
    def of(ids):
        session = Session(tiny.weights, tiny.config)
        session.run(ids)
        return session

    return of


def length(values):
    return math.sqrt(math.fsum(x * x for x in np.asarray(values, np.float64).ravel().tolist()))


def apart(a, b):
    return length(np.asarray(a, np.float64) - b) / ((length(a) + length(b)) / 2)


def of_token(session, block, head, row):
    """What is compared of one token, by name, as its own trace has it."""
    b = session.block(block)
    named = {name: getattr(b, name)[row] for name in ("resid_pre", "q", "k", "v", "attn_out", "resid_mid", "mlp_post")}
    named |= {"embedded": session.block(0).resid_pre[row], "z": b.z[row, head], "heads": b.z[row]}
    named |= {f"head_{name}": getattr(b, name)[row, head] for name in "qkv"}
    return named | {"resid_post": b.resid_post[row], "mlp_out": b.mlp_out[row]}


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize(("block", "head"), [(0, 0), (1, 1)])
def test_every_difference_is_that_of_both_traces(run, texts, block, head):
    now, other = (run(ids) for ids in texts)
    for row in range(len(now.ids)):
        found = differences(now, Bytes(), other, Bytes(), block, head, row)
        pairs = found["pairs"]
        assert [
            None if pair is None or now.ids[i] == other.ids[pair] else f"<{other.ids[pair]}>"
            for i, pair in enumerate(pairs)
        ] == found["names"]
        p, o = (session.block(block).pattern[head].astype(np.float64) for session in (now, other))
        v, w = (session.block(block).v[:, head].astype(np.float64) for session in (now, other))
        change = np.zeros((len(pairs), len(pairs)))
        for i, pair in enumerate(pairs):
            if pair is not None:
                for j, partner in enumerate(pairs):
                    change[i, j] = p[i, j] - (0 if partner is None else o[pair, partner])
                theirs = of_token(other, block, head, pair)
                for name, values in of_token(now, block, head, i).items():
                    assert found["moved"][name][i] == pytest.approx(apart(values, theirs[name]), rel=1e-4, abs=1e-6)
            else:
                assert all(values[i] is None for values in found["moved"].values())
        for j, partner in enumerate(pairs):
            value = found["moved"]["value"][j]
            if pairs[row] is None or partner is None:
                assert value is None
            elif j <= row:
                mine, theirs = p[row, j] * v[j], o[pairs[row], partner] * w[partner]
                assert value == pytest.approx(apart(mine, theirs), rel=1e-4, abs=1e-5)
        picture = pixels(found["pattern"])
        assert_opacity(picture, np.minimum(np.abs(change) / POINTS, 1))
        seen = picture[..., 3] > 0
        assert (picture[..., :3][seen] == np.where((change < 0)[..., None], TEAL, AMBER)[seen]).all()
        assert found["points"] == pytest.approx(change[row, : row + 1], rel=1e-4, abs=1e-7)
        if pairs[row] is None:
            assert found["most"] is None
        else:
            most = max(range(pairs[row] + 1), key=lambda column: o[pairs[row], column])
            assert found["most"] == {
                "row": most,
                "shown": f"<{other.ids[most]}>",
                "share": pytest.approx(o[pairs[row], most]),
            }


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_the_share_that_moved_most_is_the_largest_of_all_heads(run, texts):
    now, other = (run(ids) for ids in texts)
    for row in range(len(now.ids)):
        pairs = differences(now, Bytes(), other, Bytes(), 0, 0, row)["pairs"]
        found = most_moved(now, Bytes(), other, Bytes(), row)
        if pairs[row] is None:
            assert found is None
            continue
        change = {
            (block, head, column): float(now.block(block).pattern[head, row, column])
            - (0 if pairs[column] is None else float(other.block(block).pattern[head, pairs[row], pairs[column]]))
            for block in range(now.config.n_layer)
            for head in range(now.config.n_head)
            for column in range(row + 1)
        }
        largest = max(map(abs, change.values()))
        if largest < LEAST:
            assert found is None
        else:
            place = found["block"], found["head"], found["column"]
            assert found["row"] == row and abs(found["points"]) == pytest.approx(largest, rel=1e-5)
            assert found["points"] == pytest.approx(change[place], rel=1e-5)


def test_of_long_texts_the_drawn_tokens_are_compared(run, monkeypatch):
    monkeypatch.setattr("model.explain.block_view.ROWS", 6)
    now, other = run(WORDS[:20]), run([*WORDS[:16], 1, *WORDS[17:20]])
    found = differences(now, Bytes(), other, Bytes(), 1, 0, 18)
    assert found["pairs"] == [14, 15, 16, 17, 18, 19]
    assert found["names"] == [None, None, f"<{other.ids[16]}>", None, None, None]
    assert found["moved"]["q"][:2] == pytest.approx([0, 0], abs=1e-5) and min(found["moved"]["q"][2:]) > 1e-3
    assert len(found["points"]) == 5 and pixels(found["pattern"]).shape == (6, 6, 4)


def test_equal_texts_and_other_sizes_have_no_differences(run, tiny):
    now = run(WORDS[:9])
    again = run([1, 2, 3])
    again.run(WORDS[:4])
    again.run(WORDS[:9])  # the same, token by token
    assert differences(now, Bytes(), again, Bytes(), 1, 1, 8) is None
    assert differences(now, Bytes(), run(WORDS[:8]), Bytes(), 1, 1, 8) is not None
    other = run(WORDS[2:6])
    other.config = tiny.config.__class__(**{**vars(tiny.config), "n_head": 2 * tiny.config.n_head})
    assert differences(now, Bytes(), other, Bytes(), 1, 1, 8) is None


@pytest.mark.parametrize("limit", [1000, 12], ids=["all kept", "long"])
def test_a_frozen_session_keeps_every_number(run, monkeypatch, limit):
    monkeypatch.setattr("model.session.LONG", limit)
    session = run(WORDS[:16])

    def numbers(of):
        blocks = [of.block(number) for number in range(of.config.n_layer)]
        return [array.copy() for part in (of.embedding, *blocks, of.final) for array in part]

    before, frozen = numbers(session), session.frozen()
    for ids in (WORDS[:10], [*WORDS[:10], *WORDS[30:38]], [5, 6], WORDS[:16], WORDS[:24]):
        session.run(ids)
        assert frozen.ids == WORDS[:16]
        for a, b in zip(before, numbers(frozen), strict=True):
            np.testing.assert_array_equal(a, b)
