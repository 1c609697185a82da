"""Arrays as pictures, and tokens by their neighbours, against plain loops."""

import base64
import zlib
from types import SimpleNamespace

import numpy as np
import pytest

from model.arithmetic.nearest import nearest
from model.arithmetic.whole import CELLS, around, factors, look, product
from model.checkpoint.quantization import quantize_rows
from model.session import Session

drawn = np.random.default_rng(3)
PRODUCTS = ("attn.q", "attn.k", "attn.v", "attn.scores", "attn.z", "attn_out", "mlp.pre", "mlp_out")


def opacities(picture, rows, columns):
    """Of the pixels of a PNG of `model.explain.pictures.png`, with 0 to 255 for each cell."""
    file = base64.b64decode(picture.partition(",")[2])
    start = file.index(b"IDAT")
    data = zlib.decompress(file[start + 4 : start + 4 + int.from_bytes(file[start - 4 : start], "big")])
    return np.frombuffer(data, np.uint8).reshape(rows, 1 + 4 * columns)[:, 4::4].astype(int)


@pytest.mark.parametrize("held", (np.asarray, quantize_rows))
@pytest.mark.parametrize("part", ((0, 0, 700, 90), (13, 7, 50, 80), (600, 89, 500, 9), (5, 5, 1, 1)))
def test_a_cell_is_the_mean_of_its_stretch(held, part):
    plain = drawn.normal(size=(700, 90)).astype(np.float32)
    array = held(plain)
    full = array[np.arange(700)].astype(np.float64)
    top, left, height, width = part
    found = look(array, *part)
    height, width = min(height, 700 - top), min(width, 90 - left)
    assert (found["height"], found["width"]) == (height, width)
    assert (found["rows"], found["columns"]) == (min(height, CELLS), min(width, CELLS))
    means = np.array(
        [
            [
                full[top + r[0] : top + r[-1] + 1, left + c[0] : left + c[-1] + 1].mean()
                for c in np.array_split(np.arange(width), found["columns"])
            ]
            for r in np.array_split(np.arange(height), found["rows"])
        ]
    )
    if height % found["rows"] == 0 and width % found["columns"] == 0:  # numpy cuts other stretches elsewhere
        assert found["scale"] == pytest.approx(np.abs(means).max(), rel=1e-5)
        expected = np.rint(255 * np.abs(means) / found["scale"])
        assert np.abs(opacities(found["picture"], *means.shape) - expected).max() <= 1


@pytest.mark.parametrize("shape", ((700, 90), (3, 5000), (1, 1)))
def test_looked_at_more_closely_every_cell_becomes_one_number_and_the_place_stays_in_view(shape):
    array = drawn.normal(size=shape).astype(np.float32)
    for row, column in ((0, 0), (shape[0] - 1, shape[1] - 1), (shape[0] // 2, shape[1] // 3)):
        sizes = []
        for closer in range(6):
            found = around(array, row, column, closer)
            assert found["top"] <= row < found["top"] + found["height"] <= shape[0]
            assert found["left"] <= column < found["left"] + found["width"] <= shape[1]
            sizes.append(found["height"] * found["width"])
        assert sizes[0] == array.size and sizes == sorted(sizes, reverse=True)
        assert (found["rows"], found["columns"]) == (found["height"], found["width"])


@pytest.mark.parametrize("name", PRODUCTS)
def test_rows_of_one_factor_meet_rows_of_the_other(tiny, name):
    """Their sizes fit, and they give the result: biases and the root of the length are not theirs."""
    session = Session(tiny.weights, tiny.config)
    session.run([5, 17, 80, 2, 2, 41])
    left, right, result = factors(session, 1, name, 2)
    given = left.astype(np.float64) @ right.astype(np.float64).T
    weights = session.weights["h"][1]
    if name == "attn.scores":
        given = np.where(np.tri(6, dtype=bool), given / np.sqrt(tiny.config.d_head), -np.inf)
    elif name != "attn.z":
        bias = {
            "attn_out": weights["attn.c_proj.bias"],
            "mlp.pre": weights["mlp.c_fc.bias"],
            "mlp_out": weights["mlp.c_proj.bias"],
        }.get(name)
        if bias is None:
            size, part = tiny.config.d_head, ("attn.q", "attn.k", "attn.v").index(name)
            start = part * tiny.config.n_embd + 2 * size
            bias = weights["attn.c_attn.bias"][start : start + size]
        given = given + bias
    assert given == pytest.approx(result, abs=1e-4)
    answer = product(session, 1, name, 2)
    for side, array in (("left", left), ("right", right), ("result", result)):
        assert (answer[side]["height"], answer[side]["width"]) == array.shape


def test_the_nearest_tokens_are_those_of_the_largest_cosines():
    embeddings = drawn.normal(size=(9000, 24)).astype(np.float32)
    tokenizer = SimpleNamespace(display=str, token_count=8999)
    found = nearest(embeddings, tokenizer, 77)["tokens"]
    unit = embeddings.astype(np.float64) / np.linalg.norm(embeddings, axis=1, keepdims=True)
    cosines = unit[:8999] @ unit[77]
    cosines[77] = -2
    best = np.argsort(-cosines)[:10]
    assert [one["id"] for one in found] == best.tolist()
    assert [one["cosine"] for one in found] == pytest.approx(cosines[best].tolist(), abs=1e-5)
