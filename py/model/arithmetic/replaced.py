"""Numbers that the calculation on the page does not give, as the run does without the part that they are of, or has it
computed by other code: see `model/removals.py`.
"""

import numpy as np

from model.arithmetic.address import Address
from model.arithmetic.source import Source
from model.arithmetic.works import Step, Work, one
from model.edits import OTHERWISE
from model.removals import Cut, Off, Removal, edits, names

SAME = 2e-5  # of the largest number that goes into the last step: float32 numbers differ by less from what it gives


def replaced(source: Source, address: Address) -> Work | None:
    """What stands in the place of a number of a part that is cut or switched off; None for any other number."""
    full = address.name if address.block is None else f"blocks.{address.block}.{address.name}"
    removal = next((one for one in source.session.removals if full in names(one) and holds(one, address)), None)
    by_code = any(address.name in OTHERWISE[name] for name in edits(source.session.removals))
    value = one(source.value(address))
    if removal is None:
        return taken(value, "code") if by_code and np.isfinite(value[0]) else None
    if isinstance(removal, Off) and removal.mean:
        return taken(value, "mean")
    return Work({"result": value}, [], {"result": 0}, {}, rule="cut" if isinstance(removal, Cut) else "off")


def taken(value: np.ndarray, rule: str) -> Work:
    """Of a number (1,) that no calculation on the page gives."""
    return Work({rule: value, "result": value}, [Step("result", (rule,), np.positive)], {}, {}, rule=rule)


def checked(source: Source, address: Address, work: Work) -> Work:
    """The same; but where a reader's own version of the code made the number, and the steps do not come to it, what
    stands in their place."""
    value = one(source.value(address))
    if not source.session.received or not np.isfinite(value[0]):
        return work
    if work.rule == "hidden":
        return taken(value, "code") if value[0] else work
    values = dict(work.values)
    for step in work.steps:
        if not step.rest:
            values[step.output] = np.atleast_1d(step.work(*(values[name] for name in step.inputs)))  # (n,)
        elif step.output == "result" and work.whole is not None:
            values["result"] = work.whole
    last = [values[name] for name in (*work.steps[-1].inputs, "result")] if work.steps else [value]
    largest = max(float(np.abs(column).max(initial=0.0)) for column in last)
    return work if abs(values["result"][0] - value[0]) <= SAME * largest else taken(value, "code")


def holds(removal: Removal, address: Address) -> bool:
    """Whether the part holds this number of an activation that it alters."""
    if isinstance(removal, Cut):
        return address.place == (removal.head, removal.row, removal.column)
    return not isinstance(removal, Off) or removal.part != "head" or address.place[1] == removal.head
