"""A pass by a reader's own version of `gpt2.py`: its activations as bare numbers, in the order of `received.layout`.

The version hands every activation to `change(name, value)`, as the original does; what is wrong with one is said here,
where the line that handed it over is known.
"""

from types import ModuleType

import numpy as np

from model.activation_cache import short
from model.received import count, views
from model.removals import Alterations, Removal
from model.sandbox.handed import Handed
from model.session import LARGEST

FILE = "gpt2.py"  # what Python calls the reader's text


class HandedOverError(Exception):
    """Something is wrong with an activation, or it never came; `kind` says what, the message which."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def program(source: str) -> ModuleType:
    """The module that this text is. Raises whatever it raises."""
    module = ModuleType(FILE.removesuffix(".py"))
    exec(compile(source, FILE, "exec", dont_inherit=True), vars(module))
    return module


def numbers_of(source: str, handed: Handed, ids: list[int], removals: tuple[Removal, ...]) -> np.ndarray:
    """(count,) float32 of a pass over `ids`, with these parts missing.

    Raises HandedOverError, or whatever the source raises.
    """
    weights, config, _ = handed
    numbers, given = np.empty(count(config, len(ids)), np.float32), set()  # (count,)
    parts = dict(views(numbers, config, len(ids)))
    alterations = Alterations(removals)

    def change(name: str, value: np.ndarray) -> np.ndarray:
        if name not in parts:  # one that the reader has made
            return value
        if name in given:
            raise HandedOverError("twice", name)
        if np.shape(value) != parts[name].shape:
            raise HandedOverError("shape", f"{name}: {np.shape(value)}, not {parts[name].shape}")
        value = alterations.altered(name, np.asarray(value), 0)
        parts[name][:] = value  # a copy: the source may go on to write into its own
        check(name, parts)
        given.add(name)
        return value

    for _ in program(source).gpt2(ids, weights, config, change):
        pass
    missing = [name for name in parts if name not in given]
    if missing:
        raise HandedOverError("missing", missing[0])
    return numbers


def check(name: str, parts: dict[str, np.ndarray]) -> None:
    """Raises HandedOverError unless an activation is what the picture can be drawn of."""
    values, inner = parts[name], short(name)
    least = -np.inf if inner == "attn.scores" else -LARGEST  # minus infinity hides the future
    if not (values.min() >= least and values.max() <= LARGEST):  # NaN is neither
        raise HandedOverError("numbers", name)
    before = f"blocks.{int(name.split('.')[1]) - 1}.resid_post" if inner == "resid_pre" else ""
    if before in parts and not np.array_equal(values, parts[before]):
        raise HandedOverError("stream", name)
