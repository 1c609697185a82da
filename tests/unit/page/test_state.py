"""What is seen, as one list of fields: who listens hears of what has changed, once, and of nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page.state.state import FIELDS, State

VALUES = {
    str: st.text(max_size=3),
    tuple: st.lists(st.integers(0, 3), max_size=2).map(tuple),
    int: st.integers(-1, 3),
    bool: st.booleans(),
    (int, float): st.sampled_from((0, 0.5, 2)),
}
CHANGES = st.fixed_dictionaries({}, optional={name: VALUES[kind] for name, kind, _ in FIELDS})


def fields(state):
    return {name: getattr(state, name) for name, _, _ in FIELDS}


@given(st.lists(CHANGES, max_size=6))
def test_whoever_listens_hears_of_every_change_once(changes):
    state, heard = State(), []
    state.listen(heard.append, *[name for name, _, _ in FIELDS])
    for values in changes:
        before = fields(state)
        heard.clear()
        changed = state.set(**values)
        after = fields(state)
        assert changed == {name for name in before if before[name] != after[name]}
        assert heard == ([changed] if changed else [])
        assert after == before | values | {
            name: ()
            for name, owner in (("generated", "text"), ("shown", "part"))
            if owner in values and name not in values
        }


def test_a_listener_hears_of_its_own_fields_alone():
    state, heard = State(), []
    state.listen(heard.append, "block", "head")
    state.set(draw=1)
    assert heard == []
    state.set(head=2, draw=2)
    assert heard == [{"head", "draw"}]


def test_a_listener_may_change_the_state():
    state = State()
    state.listen(lambda _: state.set(head=min(state.head, 3)), "head")
    state.set(head=9)
    assert state.head == 3


@pytest.mark.parametrize("values", [{"block": "1"}, {"blok": 1}, {"hide": 1}, {"generated": [1]}])
def test_what_is_no_field_or_of_another_type_is_refused(values):
    state = State()
    before = fields(state)
    with pytest.raises((TypeError, KeyError)):
        state.set(**values)
    assert fields(state) == before


def test_every_first_value_is_of_its_type():
    for name, kind, first in FIELDS:
        assert first is None or isinstance(first, kind), name
