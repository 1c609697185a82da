"""A pass with a line of its code changed: each activation against the same change of an independent pass in float64."""

import numpy as np
import pytest

from build.paths import ROOT
from model import session as session_module
from model.arithmetic.inspect import inspect
from model.edits import APART, EDITS, edited
from model.removals import Cut, Off, names
from model.session import Session
from model.trace import BLOCK, field
from model.what_if import logit_parts, logits_if
from tests.model.arithmetic.test_inspect import EVERY, NAMES, SETTINGS, addresses, other_sizes, worked_out
from tests.model.float64 import float64_pass, full

IDS = np.random.default_rng(5).integers(0, 97, 23).tolist()
SETS = [(name,) for name in EDITS] + [("mask", "gelu"), tuple(EDITS)]


def reference(ids, w, config, edits, more=()):
    """The activations of such a pass, and its logits, all rows of them; `more` is switched off or cut besides."""
    seen = {}

    def change(name, value):
        inner = name.split(".", 2)[-1] if name.startswith("blocks.") else name
        block = w["h"][int(name.split(".")[1])] if inner != name else w
        scale = 1 if "scale" in edits else np.sqrt(config.d_head)
        future = ~np.tri(len(ids), dtype=bool)
        if inner == "pos_embed" and "order" in edits:
            value = np.zeros_like(value)
        if inner == "attn.scores":
            value = seen["attn.q"].transpose(1, 0, 2) @ seen["attn.k"].transpose(1, 2, 0) / scale
            value[:, future] = value[:, future] if "mask" in edits else -np.inf
        if inner == "attn.pattern" and "uniform" in edits:
            shares = np.ones(future.shape) if "mask" in edits else np.where(future, 0, 1.0)
            value = np.broadcast_to(shares / shares.sum(axis=-1, keepdims=True), value.shape)
        if inner == "attn.z" and "heads" in edits:
            value = value * (np.arange(config.n_head) == 0)[:, None]
        if inner == "mlp.post" and "gelu" in edits:
            value = np.where(seen["mlp.pre"] > 0, seen["mlp.pre"], 0)
        if "stream" in edits and inner in ("resid_mid", "resid_post"):
            value = seen["attn_out" if inner == "resid_mid" else "mlp_out"]
        if "norm" in edits and inner in ("ln1", "ln2"):
            number = inner[2]
            value = seen["resid_pre" if number == "1" else "resid_mid"] * full(block[f"ln_{number}.weight"])
            value = value + full(block[f"ln_{number}.bias"])
        for one in more:
            if name in names(one):
                value = value.copy()
                if isinstance(one, Cut):
                    value[one.head, one.row, one.column] = 0
                    value[one.head, one.row] /= value[one.head, one.row].sum()
                elif one.part == "head":
                    value[:, one.head] = 0
                else:
                    value[:] = 0
        seen[inner] = value
        return value

    trace = float64_pass(ids, w, config, change)
    if "norm" in edits:
        last = trace[f"blocks.{config.n_layer - 1}.resid_post"]
        final = last * full(w["ln_f.weight"]) + full(w["ln_f.bias"])
        trace |= {"ln_final": final, "logits": final @ full(w["wte.weight"]).T}
    return trace


def assert_close(actual, expected, edits):
    """Without LayerNorm numbers are large, and so is what float32 rounds away of them."""
    size = 10 * max(1, np.abs(expected[np.isfinite(expected)]).max()) if "norm" in edits else 1
    np.testing.assert_allclose(actual, expected, rtol=0, atol=3e-4 * size)


def without(edits):
    return tuple(Off(name) for name in edits)


@pytest.fixture(params=[session_module.LONG, 12], ids=["all kept", "long"])
def weights(tiny, request, monkeypatch):
    monkeypatch.setattr(session_module, "LONG", request.param)
    return tiny.weights, tiny.config


@pytest.mark.parametrize("edits", SETS, ids="-".join)
@pytest.mark.parametrize("steps", [[23], [9, 22, 23], [23, 22, 23]], ids=str)
def test_every_activation_is_that_of_the_edited_code(weights, edits, steps):
    session = Session(*weights, without(edits))
    for end in steps:
        session.run(IDS[:end])
    expected = reference(IDS, *weights, edits)
    assert_close(session.final.logits[0], expected["logits"][-1], edits)
    for number in range(session.config.n_layer):
        block, one = session.block(number), session.of_token(number, 9)
        for name in BLOCK:
            value = expected[f"blocks.{number}.{name}"]
            square = name in ("attn.scores", "attn.pattern")
            assert_close(getattr(block, field(name)), value, edits)
            assert_close(getattr(one, field(name)), value[:, 9] if square else value[9], edits)


@pytest.mark.parametrize("edits", SETS, ids="-".join)
def test_what_if_is_computed_by_the_edited_code(weights, edits):
    session = Session(*weights, without(edits))
    session.run(IDS)
    whole = reference(IDS, *weights, edits)
    for more in ([], [Cut(1, 0, 9, 4)], [Off("head", 0, 0)], [Off("position")]):
        expected = reference(IDS, *weights, edits, more)["logits"]
        for row in (9, 22):
            assert_close(logits_if(session, more, row), expected[row], edits)
    parts = logit_parts(session, 40, 22)
    is_sum = abs(sum(part.value for part in parts) - whole["logits"][22, 40]) < 1e-4
    assert is_sum == (not APART & {*edits})


@pytest.mark.parametrize("edit", EDITS)
def test_a_number_that_is_made_otherwise_says_so_and_every_other_comes_out(edit):
    w, config, ids = other_sizes(None)
    session = Session(w, config, without([edit]))
    session.run(ids)
    every = [str(address) for one in EVERY for address in addresses(session, *one, 5)]
    found = [inspect(session, NAMES, SETTINGS, address) for address in every]
    for one in found:
        if one["rule"] == "code":
            assert float(one["result"]) == pytest.approx(one["full"], rel=1e-2, abs=1e-6)
        elif not one["rule"]:
            assert float(worked_out(one)) == pytest.approx(one["full"], rel=1e-2, abs=5e-3), one["address"]
    assert any(one["rule"] == "code" for one in found)


def test_an_edit_keeps_every_line_in_its_place():
    ours = (ROOT / "py/model/gpt2.py").read_text(encoding="utf-8").splitlines()
    for edit, pairs in EDITS.items():
        theirs = edited([edit]).splitlines()
        assert len(theirs) == len(ours)
        assert sum(a != b for a, b in zip(ours, theirs, strict=True)) == len(pairs)
