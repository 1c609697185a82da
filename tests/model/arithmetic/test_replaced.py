"""Numbers of parts that the run does without: what stands in their place, and that the others still come out."""

from decimal import Decimal

import pytest

from model.arithmetic.inspect import inspect
from model.removals import Cut, Off
from model.session import Session
from tests.model.arithmetic.test_inspect import NAMES, SETTINGS, other_sizes, worked_out

REMOVALS = (Cut(1, 0, 8, 3), Off("head", 0, 1), Off("mlp", 1, mean=True), Off("position"))


@pytest.fixture(scope="module")
def session():
    weights, config, ids = other_sizes(None)
    session = Session(weights, config, REMOVALS)
    session.run(ids)
    return session


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("blocks.1.attn.pattern[0, 8, 3]", "cut"),
        ("blocks.0.attn.z[5, 1, 2]", "off"),
        ("blocks.1.mlp_out[4, 7]", "mean"),
        ("pos_embed[2, 1]", "off"),
    ],
)
def test_a_number_of_a_missing_part_says_what_stands_there(session, address, rule):
    found = inspect(session, NAMES, SETTINGS, address)
    assert found["rule"] == rule
    if rule == "mean":
        column = session.block(1).mlp_out[:, 7]
        assert column.max() == column.min() == pytest.approx(found["full"]) and found["full"] != 0
        assert float(found["result"]) == pytest.approx(found["full"], abs=1e-3)
    else:
        assert found["full"] == 0 and found["result"] == "0"


@pytest.mark.parametrize(
    "address",
    [f"blocks.1.attn.pattern[0, 8, {column}]" for column in (0, 1, 2, 4, 5, 6, 7, 8)]
    + [
        "blocks.1.attn.pattern[0, 7, 3]",
        "blocks.0.attn_out[8, 2]",
        "blocks.1.resid_post[8, 2]",
        "blocks.0.resid_pre[3, 1]",
    ],
)
def test_every_other_number_comes_out(session, address):
    found = inspect(session, NAMES, SETTINGS, address)
    assert found["rule"] == ""
    shown = Decimal(found["result"])
    assert abs(worked_out(found) - shown) <= Decimal(1).scaleb(shown.as_tuple().exponent) / 2
    assert float(shown) == pytest.approx(found["full"], abs=5e-3)
