"""Numbers that no calculation gives, as the run does without the part that they are of: see `model/removals.py`."""

import numpy as np

from model.arithmetic.address import Address
from model.arithmetic.source import Source
from model.arithmetic.works import Step, Work, one
from model.removals import Cut, Off, Removal, names


def replaced(source: Source, address: Address) -> Work | None:
    """What stands in the place of a number of a part that is cut or switched off; None for any other number."""
    full = address.name if address.block is None else f"blocks.{address.block}.{address.name}"
    removal = next((one for one in source.session.removals if full in names(one) and holds(one, address)), None)
    if removal is None:
        return None
    value = one(source.value(address))
    if isinstance(removal, Off) and removal.mean:
        return Work({"mean": value, "result": value}, [Step("result", ("mean",), np.positive)], {}, {}, rule="mean")
    return Work({"result": value}, [], {"result": 0}, {}, rule="cut" if isinstance(removal, Cut) else "off")


def holds(removal: Removal, address: Address) -> bool:
    """Whether the part holds this number of an activation that it alters."""
    if isinstance(removal, Cut):
        return address.place == (removal.head, removal.row, removal.column)
    return removal.part != "head" or address.place[1] == removal.head
