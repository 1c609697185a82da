"""The terms of a logit as steps, each beginning where the last ended: which there are, and how their numbers are shown.

A block's heads are one step until the block is opened. Numbers are rounded once, each by itself; what that leaves of
the sum is a step of its own, so that what is shown adds up to what is shown.
"""

import math

ROOM = 26  # steps that are read at a glance: where there are no more, the block of the largest head is open at first
MEANINGFUL = 3  # digits of the largest number at least
LARGE = 100  # from here on one decimal is enough
MOST = 6  # decimals


def closed_count(found):
    """How many steps there are while no block is open."""
    return len([term for term in found["terms"] if term["head"] in (None, 0)])


def open_at_first(found):
    """The blocks whose heads stand side by side before the reader has opened any."""
    heads = [term for term in found["terms"] if term["part"] == "head"]
    of_one = len([term for term in heads if term["block"] == 0])
    if not heads or closed_count(found) + of_one > ROOM:
        return set()
    return {max(heads, key=lambda term: abs(term["value"]))["block"]}


def steps(found, opened):
    """`found` is the worker's answer to `logit_terms`, `opened` the blocks whose heads stand side by side.

    Each step is {"part", "block", "head", "value", "start", "end"}, the last one the whole, from 0.
    """
    made = []
    for term in found["terms"]:
        together = term["part"] == "head" and term["block"] not in opened
        if together and term["head"]:
            made[-1]["value"] += term["value"]
        else:
            made.append(dict(term, part="heads", head=None) if together else dict(term))
    reached = 0
    for step in made:
        step["start"], reached = reached, reached + step["value"]
        step["end"] = reached
    units = unit(made + [{"value": found["total"]}])
    left = count(found["total"], units) - sum([count(step["value"], units) for step in made])
    if left:
        whole = found["total"]
        made.append(dict(part="rest", block=None, head=None, value=left / units, start=whole, end=whole))
    made.append(dict(part="total", block=None, head=None, value=found["total"], start=0, end=found["total"]))
    return made


def unit(made):
    """How many of the smallest shown difference make 1: 100 where two decimals are shown."""
    largest = max([abs(step["value"]) for step in made])
    decimals = 1 if largest >= LARGE else 2
    while largest * 10**decimals < 10 ** (MEANINGFUL - 1) and decimals < MOST:
        decimals += 1
    return 10**decimals


def count(value, units):
    """A number in whole units, the nearest; half a one up in both Pythons."""
    return math.floor(value * units + 0.5)


def written_value(value, units):
    """With its sign: 2.3071 -> "+2.31"."""
    number = count(value, units)
    digits = str(abs(number))
    decimals = len(str(units)) - 1
    digits = "0" * (decimals + 1 - len(digits)) + digits
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return sign + digits[:-decimals] + "." + digits[-decimals:]


def scale(made):
    """(least, most) that the drawing has room for: whatever the sum runs through, and 0."""
    reached = [0] + [step["end"] for step in made]
    least, most = min(reached), max(reached)
    return (least, most) if most > least else (0, 1)


def largest(made, sign, how_many):
    """Of the parts' steps those that add most (`sign` 1) or take away most (-1)."""
    fitting = [step for step in made if step["part"] not in ("rest", "total") and step["value"] * sign > 0]
    return sorted(fitting, key=lambda step: -abs(step["value"]))[:how_many]
