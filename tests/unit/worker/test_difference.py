"""A version of the code as what it changes, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.code.difference import ours, restored, version, with_edits
from model.edits import EDITS

LINES = ours().splitlines()
ANY = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85"), max_size=30)


def cleaned(text):
    return [line.rstrip(" \t") for line in text.rstrip().split("\n")]


@given(st.lists(st.tuples(st.integers(0, len(LINES)), st.integers(0, 4), st.lists(ANY, max_size=4)), max_size=5))
def test_what_is_changed_is_enough_to_have_it_again(changes):
    lines = list(LINES)
    for first, count, new in changes:
        lines[first : first + count] = new
    text = "\n".join(lines) + "\n"
    found = version(text)
    assert (found["changes"] == "") == (cleaned(text) == LINES)
    if found["changes"]:
        again = restored(found["changes"])
        assert cleaned(again["text"]) == cleaned(text) and again["changes"] == found["changes"]
    for one in found["changed"]:
        assert cleaned(text)[one["line"] - 1 :][: len(one["new"])] == one["new"]


@pytest.mark.parametrize("edit", EDITS)
def test_an_experiment_is_as_long_as_what_it_changes(edit):
    found = with_edits([edit])
    assert len(found["changed"]) == len(EDITS[edit]) and len(found["changes"]) < 300


@given(
    st.one_of(
        ANY,
        ANY.map(lambda text: version("x\n")["changes"][:9] + text),
        st.sampled_from(["@1,1", "@0,1\n+x", "@1,999", "@a,1", "@3,-1", "@2,1\nx", "@5,1\n@4,1", "+x", "@1"]).map(
            lambda text: version("x\n")["changes"][:9] + text
        ),
    )
)
def test_whatever_a_link_says_is_a_version_or_none(changes):
    found = restored(changes)
    assert found == {"misfit": True} or found["text"]


def test_what_was_written_for_other_code_does_not_fit():
    changes = with_edits(["gelu"])["changes"]
    assert restored("00000000" + changes[8:]) == {"misfit": True}
    assert version(ours())["changes"] == version(ours().replace("\n\n", "  \n  \n"))["changes"] == ""
