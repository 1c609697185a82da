"""How many digits each number of a calculation is shown with, so that a reader who works it out by hand from what
stands there gets what stands there.

Each number is rounded once, from its full value. A result has a few meaningful digits; what it is made of has as many
as it takes, and no more.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

MEANT = 4  # meaningful digits of a result
EASY = 5  # of what it is made of, at most; where it takes more, the result has one digit less
LEAST = 3  # of what it is made of, where so many suffice
FURTHER = 7  # more digits than these are not looked for
HALF_WAY = 1e-6  # of the last digit: what lies so near to half of it may be rounded either way


class Step(NamedTuple):
    """`output` is what `work` makes of `inputs`: names of values, single numbers or columns of a table."""

    output: str
    inputs: tuple[str, ...]
    work: Callable[..., np.ndarray | float]
    is_sum: bool = False  # of the inputs, which have as many decimals then as each other
    rest: str = ""  # of a sum that lists only some of its terms: what these, as they are shown, leave over


Values = dict[str, np.ndarray]  # (n,) each, (1,) for a single number
Decimals = dict[str, int]


def text(value: float, decimals: int) -> str:
    """A number as it is shown: "-0.6439"; never "-0.0000"."""
    written = f"{value:.{decimals}f}"
    return written.removeprefix("-") if float(written) == 0 else written


def decimals_of(values: np.ndarray, meant: int) -> int:
    """So many that the largest of values (n,) has `meant` meaningful digits."""
    largest = float(np.abs(values).max(initial=0.0))
    return max(0, meant - 1 - math.floor(math.log10(largest))) if largest else 0


def fit(values: Values, steps: Sequence[Step], exact: Decimals) -> Decimals:
    """How many decimals each of `values` is shown with, so that every step comes out; rests are put among `values`.

    `exact` are the decimals of those that are whole as they are. The last step gives the result; it has fewer digits
    where float32's own rounding would show in the last of them.
    """
    result, backwards = steps[-1].output, range(len(steps) - 1, -1, -1)
    for meant in range(MEANT, 0, -1):
        decimals = {name: decimals_of(column, LEAST) for name, column in values.items()}
        decimals |= {**exact, result: decimals_of(values[result], meant)}
        out = all(settle(values, steps[first:], exact, decimals) for first in backwards)
        if out and (meant < MEANT or is_easy(values, exact, decimals)):
            break
    for step in steps:
        if step.rest:
            values[step.rest] = np.atleast_1d(seen(step.output, values, decimals) - worked_out(step, values, decimals))
            decimals[step.rest] = decimals[step.inputs[0]]
    return decimals


def is_easy(values: Values, exact: Decimals, decimals: Decimals) -> bool:
    return all(decimals[name] <= decimals_of(column, EASY) for name, column in values.items() if name not in exact)


def settle(values: Values, steps: Sequence[Step], exact: Decimals, decimals: Decimals) -> bool:
    """Give what goes into the first of `steps` as few digits as make all of them come out; False where none do."""
    step, first = steps[0], dict(decimals)
    free = [name for name in step.inputs if name not in exact]
    if step.is_sum:
        first |= dict.fromkeys(free, first[step.output])
    for more in [(m,) * len(free) for m in range(FURTHER)] if step.is_sum else ways(len(free)):
        decimals |= {name: first[name] + extra for name, extra in zip(free, more, strict=True)}
        if all(comes_out(one, values, decimals) for one in steps):
            return True
    return False


@cache
def ways(count: int) -> list[tuple[int, ...]]:
    """Every way to give `count` numbers more digits, each fewer than FURTHER: the fewest first, and the evenest."""
    return sorted(product(range(FURTHER), repeat=count), key=lambda more: (sum(more), max(more)))


def comes_out(step: Step, values: Values, decimals: Decimals) -> bool:
    """Whether the shown inputs give the shown output, however a reader rounds what lies just half way."""
    off = np.abs(worked_out(step, values, decimals) - seen(step.output, values, decimals))  # (n,)
    return bool(step.rest or (off < (0.5 - HALF_WAY) * 10.0 ** -decimals[step.output]).all())


def worked_out(step: Step, values: Values, decimals: Decimals) -> np.ndarray | float:
    """What the shown inputs give: (n,), or a single number."""
    return step.work(*(seen(name, values, decimals) for name in step.inputs))


def seen(name: str, values: Values, decimals: Decimals) -> np.ndarray:
    """The numbers of a value (n,) as a reader sees them."""
    return np.array([float(text(value, decimals[name])) for value in values[name]])  # (n,)
