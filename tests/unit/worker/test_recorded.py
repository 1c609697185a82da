"""The page's answers, links and exports are those of before the redesign: see `recorded.py`."""

from itertools import islice
from types import UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from model.worker.engine import Engine
from model.worker.run import Run
from tests.unit.worker.recorded import OF_THE_CLOCK, differences, play, read

CLOCK = tuple(f".{name}: missing" for name in (*OF_THE_CLOCK, "run"))  # what is not recorded


def test_every_answer_is_the_recorded_one():
    kept, found = read(), play()
    assert [one["asked"] for one in found] == [one["asked"] for one in kept]
    wrong = []
    for a, b in zip(kept, found, strict=True):
        wrong += islice(differences(a["answer"], b["answer"], f"text {a['text']} {a['asked']}"), 3)
    assert not wrong[:20]


def misfits(value: Any, kind: Any, place: str) -> list[str]:
    """Where an answer is not of the kind that `model/explain/answers.py` says."""
    if is_typeddict(kind) and not isinstance(value, dict):
        return [f"{place}: {value!r}"]
    if is_typeddict(kind):
        fields = get_type_hints(kind, include_extras=True)
        missing = [f"{place}.{name}: missing" for name in kind.__required_keys__ - value.keys()]
        unknown = [f"{place}.{name}: not said" for name in value.keys() - fields.keys()]
        inside = [misfits(value[name], fields[name], f"{place}.{name}") for name in value.keys() & fields.keys()]
        return missing + unknown + [one for found in inside for one in found]
    if get_origin(kind) is NotRequired:
        return misfits(value, get_args(kind)[0], place)
    if get_origin(kind) in (Union, UnionType):
        found = [misfits(value, one, place) for one in get_args(kind)]
        return min(found, key=len)
    if get_origin(kind) is Literal:
        return [] if value in get_args(kind) else [f"{place}: {value!r}"]
    if get_origin(kind) is list:
        found = [misfits(one, get_args(kind)[0], f"{place}[{i}]") for i, one in enumerate(value)]
        return [one for every in found for one in every]
    if get_origin(kind) is dict:
        return [one for name in value for one in misfits(value[name], get_args(kind)[1], f"{place}.{name}")]
    kinds = (int, float) if kind is float else kind
    return [] if isinstance(value, kinds) and (kind is bool) == isinstance(value, bool) else [f"{place}: {value!r}"]


def test_every_answer_has_the_fields_that_are_said():
    wrong = []
    for one in play():
        name = one["asked"][0]
        if name not in ("link", "csv"):
            kind = get_type_hints(getattr(Run, name, None) or getattr(Engine, name))["return"]
            wrong += [text for text in misfits(one["answer"], kind, name) if not text.endswith(CLOCK)]
    assert not wrong[:20]
