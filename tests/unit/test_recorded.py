"""The page's answers, links and exports are those of before the redesign: see `recorded.py`."""

from itertools import islice

from tests.unit.recorded import differences, play, read


def test_every_answer_is_the_recorded_one():
    kept, found = read(), play()
    assert [one["asked"] for one in found] == [one["asked"] for one in kept]
    wrong = []
    for a, b in zip(kept, found, strict=True):
        wrong += islice(differences(a["answer"], b["answer"], f"text {a['text']} {a['asked']}"), 3)
    assert not wrong[:20]
