"""A pass that does without some parts: each activation against a plain pass in which the same parts are removed."""

import numpy as np
import pytest

from model import session as session_module
from model.gpt2 import gpt2
from model.removals import Cut, Off, covers, from_json
from model.session import Session
from model.trace import BLOCK, field
from model.what_if import logit_parts, logits_if

IDS = np.random.default_rng(8).integers(0, 97, 23).tolist()
SETS = {
    "arrows": (Cut(0, 1, 22, 3), Cut(0, 1, 22, 0), Cut(2, 3, 9, 9)),
    "parts": (Off("head", 1, 2), Off("mlp", 0), Off("block", 2), Off("position")),
    "means": (
        Off("head", 1, 2, True),
        Off("block", 0, mean=True),
        Off("mlp", 2, mean=True),
        Off("position", mean=True),
    ),
    "mixed": (Cut(0, 0, 5, 2), Off("mlp", 1, mean=True), Off("head", 2, 0)),
}


def removed(removals):
    """The same in plain words, for a pass over the whole text."""

    def change(name, value):
        value = value.copy()
        for one in removals:
            prefix = f"blocks.{one.block}."
            if isinstance(one, Cut):
                if name == prefix + "attn.pattern":
                    value[one.head, one.row, one.column] = 0
                    value[one.head, one.row] /= max(value[one.head, one.row].sum(), 1e-30)
            elif one.part == "head":
                if name == prefix + "attn.z":
                    value[:, one.head] = value[:, one.head].mean(axis=0) if one.mean else 0
            elif (
                name
                in {
                    "mlp": [prefix + "mlp_out"],
                    "block": [prefix + "mlp_out", prefix + "attn_out"],
                    "position": ["pos_embed"],
                }[one.part]
            ):
                value[:] = value.mean(axis=0) if one.mean else 0
        seen[name] = value
        return value

    seen = {}
    return change, seen


@pytest.fixture(params=[session_module.LONG, 12], ids=["all kept", "long"])
def weights(tiny, request, monkeypatch):
    monkeypatch.setattr(session_module, "LONG", request.param)
    return tiny.weights, tiny.config


@pytest.mark.parametrize("removals", SETS.values(), ids=SETS)
@pytest.mark.parametrize("steps", [[23], [9, 22, 23], [23, 22, 23]], ids=str)
def test_every_activation_is_that_of_a_pass_without_them(weights, removals, steps):
    session = Session(*weights, removals)
    for end in steps:
        session.run(IDS[:end])
    change, seen = removed(removals)
    *_, logits = gpt2(IDS, *weights, change)
    close = {"rtol": 0, "atol": 3e-4}
    np.testing.assert_allclose(session.final.logits, logits, **close)
    for number in range(session.config.n_layer):
        block, later, one = session.block(number), session.block(number, 20), session.of_token(number, 9)
        for name in BLOCK:
            expected = seen[f"blocks.{number}.{name}"]
            square, before = name in ("attn.scores", "attn.pattern"), name in ("attn.k", "attn.v")
            np.testing.assert_allclose(getattr(block, field(name)), expected, **close)
            np.testing.assert_allclose(
                getattr(later, field(name)),
                expected[:, 20:] if square else expected if before else expected[20:],
                **close,
            )
            np.testing.assert_allclose(getattr(one, field(name)), expected[:, 9] if square else expected[9], **close)


@pytest.mark.parametrize("removals", SETS.values(), ids=SETS)
def test_the_parts_of_a_logit_and_what_one_more_removal_does_are_those_without_them(weights, removals):
    session = Session(*weights, removals)
    session.run(IDS)
    for token in (3, 40):
        for row in (22, 9):
            parts = logit_parts(session, token, row)
            assert sum(part.value for part in parts) == pytest.approx(
                float(logits_if(session, [], row)[token]), abs=1e-4
            )
    for more in (Cut(1, 0, 22, 4), Off("head", 0, 3), Off("mlp", 2, mean=True), Off("position")):
        change, _ = removed(removals if any(covers(one, more) for one in removals) else (*removals, more))
        *_, logits = gpt2(IDS, *weights, change, rows=14)
        np.testing.assert_allclose(logits_if(session, [more]), logits[-1], rtol=0, atol=3e-4)
        if not (isinstance(more, Cut)):
            np.testing.assert_allclose(logits_if(session, [more], 9), logits[0], rtol=0, atol=3e-4)


def test_they_are_read_from_what_crosses_the_wire():
    said = [["arrow", 4, 3, 6, 2], ["head", 4, 3], ["mlp", 5], ["block", 0], ["position"]]
    cut, *off = from_json(said, mean=True)
    assert cut == Cut(block=4, head=3, row=6, column=2)
    assert off == [
        Off("head", 4, 3, True),
        Off("mlp", 5, 0, True),
        Off("block", 0, 0, True),
        Off("position", 0, 0, True),
    ]


def test_what_is_missing_already_has_no_effect_of_its_own(weights):
    session = Session(*weights, (Off("head", 1, 2, True), Off("block", 2), Cut(0, 1, 22, 3), Off("head", 0, 3)))
    session.run(IDS)
    for more in (
        Off("head", 1, 2),
        Off("mlp", 2),
        Off("head", 2, 1),
        Cut(0, 1, 22, 3),
        Cut(0, 3, 22, 5),
        Cut(2, 0, 22, 1),
    ):
        np.testing.assert_array_equal(logits_if(session, [more]), logits_if(session, []))
    for more in (Cut(1, 2, 22, 3), Off("head", 0, 1), Cut(0, 1, 22, 4)):
        change, _ = removed((*session.removals, more))
        *_, logits = gpt2(IDS, *weights, change)
        np.testing.assert_allclose(logits_if(session, [more]), logits[-1], rtol=0, atol=3e-4)
        assert np.abs(logits_if(session, [more]) - logits_if(session, [])).max() > 1e-3
