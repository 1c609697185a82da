"""How many digits each number of a calculation is shown with, so that a reader who works it out by hand from what
stands there gets what stands there.

Each number is rounded once, from its full value. A result has a few meaningful digits; what it is made of has as many
as it takes.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

MEANT = 4  # meaningful digits of a result
MOST = 15  # and of anything: as many as a double holds
HALF_WAY = 1e-6  # of the last digit: what lies so near to half of it may be rounded either way


class Step(NamedTuple):
    """`output` is what `work` makes of `inputs`: names of values, single numbers or columns of a table."""

    output: str
    inputs: tuple[str, ...]
    work: Callable[..., np.ndarray | float]


Values = dict[str, np.ndarray]  # (n,) each, (1,) for a single number
Decimals = dict[str, int]


def text(value: float, decimals: int) -> str:
    """A number as it is shown: "-0.6439"; never "-0.0000"."""
    written = f"{value:.{decimals}f}"
    return written.removeprefix("-") if float(written) == 0 else written


def shown(values: np.ndarray, decimals: int) -> np.ndarray:
    """values (n,) as a reader sees them (n,)."""
    return np.array([float(text(value, decimals)) for value in values])


def decimals_of(values: np.ndarray, meant: int) -> int:
    """So many that the largest of values (n,) has `meant` meaningful digits."""
    largest = float(np.abs(values).max(initial=0.0))
    return max(0, meant - 1 - math.floor(math.log10(largest))) if largest else 0


def fit(values: Values, steps: Sequence[Step], exact: dict[str, int]) -> Decimals:
    """How many decimals each of `values` is shown with, so that every step comes out.

    `exact` are the decimals of those that are whole as they are. The last step gives the result; it has fewer digits
    where float32's own rounding would show in the last of them.
    """
    result = steps[-1].output
    for meant in (MEANT, MEANT - 1, MEANT + 1, MEANT - 2, 1):
        decimals = {name: exact.get(name, decimals_of(column, MEANT)) for name, column in values.items()}
        decimals[result] = decimals_of(values[result], meant)
        if settled(values, steps, exact, decimals):
            return decimals
    return decimals


def settled(values: Values, steps: Sequence[Step], exact: dict[str, int], decimals: Decimals) -> bool:
    """Give what goes into a step that does not come out one more digit, until all do; False where none would."""
    result = steps[-1].output
    while True:
        wrong = [step for step in steps if not comes_out(step, values, decimals)]
        if not wrong:
            return True
        more = {name for step in wrong for name in step.inputs if name not in exact and name != result}
        if all(decimals[name] >= decimals_of(values[name], MOST) for name in more):
            return False
        for name in more:
            decimals[name] += 1


def comes_out(step: Step, values: Values, decimals: Decimals) -> bool:
    """Whether the shown inputs give the shown output, however a reader rounds what lies just half way."""
    given = [shown(values[name], decimals[name]) for name in step.inputs]
    worked_out = np.atleast_1d(step.work(*given))  # (n,)
    places = decimals[step.output]
    off = np.abs(worked_out - shown(values[step.output], places))  # (n,)
    return bool((off < (0.5 - HALF_WAY) * 10.0**-places).all())
