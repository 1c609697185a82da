"""What is drawn of a block and a head is what the session computed: every pixel, every share, every number."""

import math

import numpy as np
import pytest

from model.checkpoint.assemble import weights_from_shards
from model.explain import block_view
from model.explain.pictures.colours import AMBER, PURPLE, TEAL
from model.explain.pictures.heatmap import edges, heatmap_cell, heatmap_picture, means
from model.session import Session
from tests.model.conftest import stored
from tests.model.explain.pictures import assert_opacity, pixels

IDS = np.random.default_rng(5).integers(0, 97, 64).tolist()
FIVE_DIGITS = {"rtol": 6e-5, "atol": 1e-12}
FLOAT32 = {"rtol": 2e-5, "atol": 2e-5}


@pytest.fixture
def run(tiny):
    """A function from a number of tokens to a session that has read them."""

    def of_length(count):
        session = Session(tiny.weights, tiny.config)
        session.run(IDS[:count])
        return session

    return of_length


def assert_diverging(found, values, scale):
    """Amber above zero, teal below; what is not finite is transparent."""
    known = np.isfinite(values)
    assert_opacity(found, np.where(known, np.abs(values) / scale, 0))
    expected = np.where((values < 0)[..., None], TEAL, AMBER)
    seen = found[..., 3] > 0
    assert (found[..., :3][seen] == expected[seen]).all()


def softmax_by_hand(scores):
    weights = [math.exp(x - max(scores)) for x in scores]
    return [w / sum(weights) for w in weights]


@pytest.mark.parametrize("size", (1, 2, 7, 8, 32, 50, 97, 768))
@pytest.mark.parametrize("cells", (1, 3, 7, 16, 32))
def test_cells_hold_every_entry_once_in_order_and_evenly(size, cells):
    starts = edges(size, cells)
    assert starts[0] == 0 and starts[-1] == size and len(starts) == min(size, cells) + 1
    assert set(np.diff(starts)) <= {size // min(size, cells), -(-size // min(size, cells))} - {0}
    values = np.random.default_rng(size).normal(0, 1, (2, size))
    read = [heatmap_cell(values, 1, cell, cells) for cell in range(len(starts) - 1)]
    assert [i for one in read for i in range(one["first"], one["last"] + 1)] == list(range(1, size + 1))
    for one in read:
        part = values[1].tolist()[one["first"] - 1 : one["last"]]
        assert one["mean"] == pytest.approx(math.fsum(part) / len(part))
        assert (one["min"], one["max"], one["size"]) == (min(part), max(part), size)
        assert one["scale"] == pytest.approx(max(abs(other["mean"]) for other in read))
    np.testing.assert_allclose(means(values, cells)[1], [one["mean"] for one in read])


def test_a_cell_outside_the_strip_is_the_nearest_one():
    values = np.arange(10.0)[None]
    assert heatmap_cell(values, 0, -3, 4) == heatmap_cell(values, 0, 0, 4)
    assert heatmap_cell(values, 0, 9, 4) == heatmap_cell(values, 0, 3, 4)


def test_a_strip_of_zeros_is_drawn_as_nothing():
    assert not pixels(heatmap_picture(np.zeros((2, 9)), 4, 1))[..., 3].any()


@pytest.mark.parametrize(("count", "cells"), [(1, 32), (7, 32), (10, 5), (11, 32), (11, 3), (64, 7)])
def test_every_pixel_of_every_strip_is_the_mean_of_its_entries(run, monkeypatch, count, cells):
    """Each strip on its own scale, with nothing in the gaps; five cells do not divide the vectors evenly."""
    monkeypatch.setattr(block_view, "TALL_CELLS", cells)
    monkeypatch.setattr(block_view, "LOW_CELLS", cells)
    session = run(count)
    block, head = 1, 2
    drawn, opened = block_view.block_view(session, block, head, count - 1), block_view.stages(session, block, head)
    assert (drawn["cells"], drawn["gap"]) == (opened["cells"], opened["gap"]) == block_view.heatmap_shape(session)
    pictures = drawn["heatmaps"] | opened["heatmaps"]
    vectors = block_view.vectors(session, block, head, 0)
    assert set(pictures) == set(vectors)
    cells, gap = drawn["cells"], drawn["gap"]
    for name, picture in pictures.items():
        found = pixels(picture).reshape(count, 2 * gap + cells, 1, 4)  # token by token
        assert not found[:, :gap, :, 3].any() and not found[:, gap + cells :, :, 3].any()
        for row in range(count):
            read = [block_view.read_heatmap(session, name, block, head, row, cell) for cell in range(cells)]
            values = [vectors[name][row, one["first"] - 1 : one["last"]].mean() for one in read]
            assert read[-1]["last"] == vectors[name].shape[1]
            largest = max(abs(x) for x in values)
            np.testing.assert_allclose([one["scale"] for one in read], largest, rtol=1e-5)
            assert_diverging(found[row, gap : gap + cells], np.array(values)[:, None], largest)


def test_vectors_are_named_as_the_activations_are(run):
    session = run(9)
    vectors, b = block_view.vectors(session, 2, 3, 0), session.block(2)
    for name in ("resid_pre", "attn_out", "resid_mid", "mlp_post", "mlp_out", "resid_post"):
        assert np.array_equal(vectors[name], getattr(b, name))
    for name in "qkv":  # all heads one after the other, and one head's slice of it
        whole, one = vectors[name], vectors["head_" + name]
        assert np.array_equal(whole[:, 3 * 8 : 4 * 8], one) and np.array_equal(one, getattr(b, name)[:, 3])
    assert np.array_equal(vectors["z"], b.z[:, 3])
    assert np.array_equal(vectors["token"] + vectors["position"], vectors["embedded"])
    assert np.array_equal(vectors["embedded"], session.block(0).resid_pre)


@pytest.mark.parametrize("count", (1, 12, 64))
def test_the_block_is_the_sessions(run, count):
    session = run(count)
    for block, head, row in ((0, 0, count - 1), (1, 3, 0), (2, 1, count // 2)):
        drawn = block_view.block_view(session, block, head, row)
        b = session.block(block)
        assert [drawn[name] for name in ("block", "head", "row", "first")] == [block, head, row, 0]
        assert [drawn[name] for name in ("n_layer", "n_head", "n_embd")] == [3, 4, 32]
        found = pixels(drawn["pattern"])
        assert_opacity(found, b.pattern[head])
        assert (found[..., :3] == PURPLE).all()
        shares = softmax_by_hand(b.scores[head, row, : row + 1].tolist())
        np.testing.assert_allclose(drawn["shares"], shares, **FIVE_DIGITS)
        for name in ("resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post"):
            length = math.sqrt(math.fsum(x * x for x in getattr(b, name)[row].tolist()))
            assert drawn["norms"][name] == pytest.approx(length, rel=1e-5)
        assert len(drawn["norms"]) == 5


@pytest.mark.parametrize("bits", (4, 8, 32))
def test_contributions_are_the_lengths_of_what_each_token_adds(tiny, shard, bits):
    """Apart they are one head's z with a single share, through the whole projection; together what the head adds."""
    weights = weights_from_shards([shard(stored(tiny.flat, bits))], tiny.config) if bits < 32 else tiny.weights
    session = Session(weights, tiny.config)
    session.run(IDS[:23])
    rounded = 1e-4 if bits < 32 else 2e-5
    for block, head, row in ((0, 0, 22), (1, 3, 0), (2, 1, 11)):
        drawn, b = block_view.block_view(session, block, head, row), session.block(block)
        projection = weights["h"][block]["attn.c_proj.weight"][np.arange(32)].astype(np.float64)  # (E, E)
        own = np.zeros((4, 8))  # (H, D) all heads side by side, this one alone with numbers
        added = []
        for share, value in zip(drawn["shares"], b.v[: row + 1, head], strict=True):
            own[head] = share * value
            added.append(projection @ own.reshape(-1))
        np.testing.assert_allclose(drawn["contributions"], np.linalg.norm(added, axis=1), rtol=rounded, atol=1e-7)
        assert drawn["total"] == pytest.approx(sum(drawn["contributions"]), rel=1e-6)
        own[head] = b.z[row, head]
        whole = np.linalg.norm(projection @ own.reshape(-1))
        assert drawn["cancelled"] == pytest.approx(1 - whole / drawn["total"], abs=1e-4)
        assert drawn["cancelled"] < 1 and (drawn["cancelled"] > 1e-9) == (row > 0), "one vector alone loses nothing"


def test_contributions_that_point_apart_cancel(run):
    """Two tokens of equal shares and opposite values give the head nothing; where all is nothing, nothing is lost."""
    session = run(2)
    pattern, v = session.block(1).pattern, session.block(1).v  # views: what is kept changes
    pattern[2, 1], v[1, 2] = 0.5, -v[0, 2]
    drawn = block_view.block_view(session, 1, 2, 1)
    assert drawn["cancelled"] == pytest.approx(1) and drawn["contributions"][0] == drawn["contributions"][1] > 0
    v[:, 2] = 0
    drawn = block_view.block_view(session, 1, 2, 1)
    assert (drawn["total"], drawn["cancelled"]) == (0, 0)


@pytest.mark.parametrize("count", (7, 33))
def test_a_strips_table_holds_the_numbers_of_its_cells(run, count):
    session = run(count)
    for name in block_view.vectors(session, 0, 0, 0):
        table = block_view.heatmap_table(session, name, 2, 1)
        assert len(table["rows"]) == count
        for row, shown in enumerate(table["rows"]):
            read = [block_view.read_heatmap(session, name, 2, 1, row, cell) for cell in range(len(shown))]
            assert table["entries"] == [[one["first"], one["last"]] for one in read]
            assert {(one["name"], one["row"]) for one in read} == {(name, row)}
            np.testing.assert_allclose(shown, [one["mean"] for one in read], rtol=6e-5, atol=1e-6)


@pytest.mark.parametrize("count", (1, 12, 13, 40))
def test_the_stages_lead_from_queries_and_keys_to_shares(run, count):
    session = run(count)
    block, head = 2, 0
    q, k = (getattr(session.block(block), name)[:, head].astype(np.float64) for name in "qk")
    scores = q @ k.T
    masked = np.where(np.tri(count, dtype=bool), scores / math.sqrt(8), -np.inf)
    pattern = np.array([softmax_by_hand(row) for row in masked])
    stages = block_view.stages(session, block, head)
    assert [stages[name] for name in ("block", "head", "first", "d_head")] == [block, head, 0, 8]
    for name, values in (("scores", scores), ("masked", masked), ("pattern", pattern)):
        np.testing.assert_allclose(block_view.square(session, name, block, head), values, **FLOAT32)
        stage, known = stages[name], values[np.isfinite(values)]
        assert stage["most"] == pytest.approx(np.abs(known).max(), rel=1e-4)
        assert stage["least"] == (0 if name == "pattern" else -stage["most"])
        found = pixels(stage["picture"])
        if name == "pattern":
            assert_opacity(found, values / stage["most"])
            assert (found[..., :3] == PURPLE).all()
        else:
            assert_diverging(found, values, stage["most"])
        table = block_view.square_table(session, name, block, head)["rows"]
        assert ("rows" in stage) == (count <= 12)
        assert stage.get("rows", table) == table
        assert [len(row) for row in table] == [count if name == "scores" else i + 1 for i in range(count)]
        for row, expected in zip(table, values, strict=True):
            np.testing.assert_allclose(row, expected[: len(row)], rtol=6e-5, atol=2e-5)


@pytest.mark.parametrize("block", range(3))
@pytest.mark.parametrize("head", range(4))
def test_one_score_is_worked_out_to_the_share(run, block, head):
    """From the two vectors shown to the share shown, by the arithmetic that the page puts between them."""
    session = run(9)
    b = session.block(block)
    for row in range(9):
        for column in range(row + 1):
            one = block_view.one_score(session, block, head, row, column)
            assert (one["row"], one["column"], one["d_head"]) == (row, column, 8)
            np.testing.assert_allclose(one["q"], b.q[row, head], **FIVE_DIGITS)
            np.testing.assert_allclose(one["k"], b.k[column, head], **FIVE_DIGITS)
            products = [x * y for x, y in zip(one["q"], one["k"], strict=True)]
            np.testing.assert_allclose(one["products"], products, rtol=3e-4)
            np.testing.assert_allclose(one["sums"], np.cumsum(one["products"]), rtol=1e-3, atol=1e-3)
            assert one["sums"][-1] == pytest.approx(one["score"], rel=1e-4, abs=1e-4)
            assert one["score"] == pytest.approx(sum(products), rel=1e-3, abs=1e-3)
            assert one["score"] / math.sqrt(8) == pytest.approx(one["scaled"], rel=1e-4, abs=1e-4)
            scaled = b.scores[head, row, : row + 1].tolist()
            assert one["scaled"] == scaled[column] and one["largest"] == max(scaled)
            assert one["weight"] == pytest.approx(math.exp(one["scaled"] - one["largest"]), rel=1e-4)
            assert one["total"] == pytest.approx(sum(math.exp(x - max(scaled)) for x in scaled), rel=1e-4)
            assert one["share"] == pytest.approx(one["weight"] / one["total"], rel=1e-4)
            assert one["length"] == pytest.approx(math.sqrt(sum(x * x for x in b.v[column, head].tolist())), rel=1e-5)


def test_a_later_tokens_score_exists_but_is_hidden(run):
    session = run(6)
    one, plain = block_view.one_score(session, 1, 1, 2, 4), block_view.one_score(session, 1, 1, 2, 2)
    q, k = session.block(1).q[2, 1], session.block(1).k[4, 1]
    assert one["score"] == pytest.approx(sum((q * k).tolist()), rel=1e-4)
    assert (one["scaled"], one["weight"], one["share"]) == (None, None, 0)
    assert (one["largest"], one["total"]) == (plain["largest"], plain["total"])


def test_of_a_long_text_the_last_tokens_are_drawn_under_their_own_numbers(run, monkeypatch):
    session = run(23)
    block, head, row = 1, 1, 20
    whole = block_view.block_view(session, block, head, row), block_view.stages(session, block, head)
    tables = [
        block_view.heatmap_table(session, "mlp_post", block, head),
        block_view.square_table(session, "scores", block, head),
    ]
    low = block_view.LOW_CELLS, block_view.LOW_GAP
    monkeypatch.setattr(block_view, "ROWS", 13)  # still more than a row may be tall, so that strips keep their shape
    drawn, opened = block_view.block_view(session, block, head, row), block_view.stages(session, block, head)
    assert (drawn["first"], drawn["row"], opened["first"]) == (10, 20, 10)
    assert (drawn["cells"], drawn["gap"]) == (min(low[0], 8), low[1])
    assert np.array_equal(pixels(drawn["pattern"]), pixels(whole[0]["pattern"])[10:, 10:])
    window = session.block(block).pattern[head, 10:, 10:]
    assert opened["pattern"]["most"] == window.max() < 0.99  # the legend's end is fully opaque
    assert_opacity(pixels(opened["pattern"]["picture"]), window / window.max())
    for part, all_of_it in zip((drawn, opened), whole, strict=True):
        for name, picture in part["heatmaps"].items():
            assert np.array_equal(pixels(picture), pixels(all_of_it["heatmaps"][name])[-13 * (8 + 2 * low[1]) :])
    assert drawn["shares"] == whole[0]["shares"][10:] and len(drawn["shares"]) == 11
    assert drawn["contributions"] == whole[0]["contributions"][10:]
    assert drawn["norms"] == whole[0]["norms"]
    for name in ("scores", "masked", "pattern"):
        assert np.array_equal(
            block_view.square(session, name, block, head), session_square(session, name, block, head)[10:, 10:]
        )
    assert block_view.heatmap_table(session, "mlp_post", block, head)["rows"] == tables[0]["rows"][10:]
    shown = block_view.square_table(session, "scores", block, head)["rows"]
    np.testing.assert_allclose(shown, [row[10:] for row in tables[1]["rows"][10:]], rtol=6e-5)
    assert block_view.read_heatmap(session, "q", block, head, 20, 3)["row"] == 20


def test_the_most_and_the_whole_are_those_of_all_tokens(run, monkeypatch):
    """Of a long text too, of which the first tokens are not drawn: else another token would count as the most heard."""
    session = run(40)
    whole = {}
    for block, head, row in np.ndindex(3, 4, 40):
        whole[block, head, row] = block_view.block_view(session, block, head, row)
    monkeypatch.setattr(block_view, "ROWS", 13)
    above = 0
    for (block, head, row), expected in whole.items():
        if row < block_view.first_row(session):
            continue
        drawn, shares = block_view.block_view(session, block, head, row), session.block(block).pattern[head, row]
        assert drawn["most"] == expected["most"] == {"row": int(shares.argmax()), "share": float(shares.max())}
        assert drawn["total"] == expected["total"] == pytest.approx(sum(expected["contributions"]), rel=1e-5)
        above += drawn["most"]["row"] < drawn["first"]
    assert above > 20


def test_numbers_cross_in_full(run):
    """To be rounded once, by the page: after five digits first, 0.123495 would be shown as 0.1235 and then as 0.124."""
    session = run(23)
    b = session.block(1)
    drawn, one = block_view.block_view(session, 1, 2, 20), block_view.one_score(session, 1, 2, 20, 3)
    assert drawn["shares"] == b.pattern[2, 20, :21].tolist()
    assert (one["q"], one["k"]) == (b.q[20, 2].tolist(), b.k[3, 2].tolist())
    assert one["products"] == (b.q[20, 2] * b.k[3, 2]).tolist()
    assert block_view.square_table(session, "pattern", 1, 2)["rows"][20] == b.pattern[2, 20, :21].tolist()
    table = block_view.heatmap_table(session, "mlp_post", 1, 2)
    assert table["rows"] == means(b.mlp_post, block_view.heatmap_shape(session)[0]).tolist()


def session_square(session, name, block, head):
    b = session.block(block)
    if name == "scores":
        return np.einsum("td,sd->ts", b.q[:, head], b.k[:, head])
    return {"masked": b.scores, "pattern": b.pattern}[name][head]


def test_a_row_that_is_not_drawn_gives_way_to_the_nearest(run, monkeypatch):
    """The text may have become shorter, or so long that its beginning is no longer drawn."""
    session = run(23)
    monkeypatch.setattr(block_view, "ROWS", 10)
    assert [block_view.drawn_row(session, row) for row in (-1, 0, 12, 13, 22, 23, 200)] == [13, 13, 13, 13, 22, 22, 22]
