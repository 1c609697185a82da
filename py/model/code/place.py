"""Where in the code a number comes about: the call of a function, and the lines in it.

Nothing here lists lines: an activation is where `change` is called with its name, a weight where it is taken from `w`.
"""

import ast
from typing import NamedTuple

from model.arithmetic.address import Address
from model.code.answers import Path
from model.code.listing import Listing, array_named


class Place(NamedTuple):
    path: Path
    lines: tuple[int, int] | None  # first and last; None: the line with which the function ends


def place_of(address: Address, listing: Listing) -> Place:
    """Of a weight the place where it is used, of one used twice the last."""
    if address.name == "probabilities":
        return Place([("sampled", 0)], None)
    places = [(one, node.lineno) for one in listing.of_the_pass for node in arrays(listing.trees[one], address.name)]
    function, line = places[-1]
    return Place(path_to(function, address.block or 0, listing), listing.statement_at(function, line))


def arrays(function: ast.FunctionDef, name: str) -> list[ast.Constant]:
    """Where a function names the array `name`."""
    keys = (array_named(node) for node in ast.walk(function))
    return sorted((key for key in keys if key is not None and key.value == name), key=lambda key: key.lineno)


def path_to(function: str, block: int, listing: Listing) -> Path:
    """The way down to a function that is called once in a pass, or once a block."""
    if function == "gpt2":
        return [("gpt2", 0)]
    caller = next(name for name in listing.of_the_pass if listing.called(function, name))
    return [*path_to(caller, block, listing), (function, block if function == "block" else 0)]
