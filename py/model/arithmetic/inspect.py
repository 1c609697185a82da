"""One number of a run opened: what it is, how it comes about, where it comes from and where it goes."""

import math

import numpy as np

from model.arithmetic.address import parse, shape
from model.arithmetic.answers import Inspected, Shown, Term, Value
from model.arithmetic.digits import MEANT, Decimals, decimals_of, fit, text
from model.arithmetic.kinds import kind_of, origins
from model.arithmetic.replaced import checked, replaced
from model.arithmetic.source import Source
from model.arithmetic.works import Work
from model.explain.answers import Sampling
from model.explain.pictures.colours import diverging_picture
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer

TINY = 6  # zeros behind the point
OPERANDS = ("left", "right", "product")  # the columns of a table of terms


def inspect(session: Session, tokenizer: Tokenizer, settings: Sampling, written: str) -> Inspected:
    """The number at an address as it is written. Raises ValueError where this run has none there."""
    tokens = len(session.ids)
    address = parse(written, session.config, tokens)
    source, kind = Source(session, settings), kind_of(address)
    work = replaced(source, address) or checked(source, address, kind.work(source, address))
    decimals = fit(work.values, work.steps, work.exact) if work.steps else {"result": 0}
    vector = source.vector(address)  # (n,)
    known = vector[np.isfinite(vector)]  # (known,)
    result = float(work.values["result"][0])
    return {
        "address": str(address),
        "kind": kind.word,
        "name": address.name,
        "block": address.block,
        "index": list(address.place),
        "axes": list(address.axes),
        "shape": list(shape(address, session.config, tokens)),
        "shown": "".join(
            tokenizer.display(i) for i, axis in zip(address.place, address.axes, strict=True) if axis == "token"
        ),
        "result": text(result, decimals["result"]) if math.isfinite(result) else "",
        "full": result if math.isfinite(result) else None,
        "vector": diverging_picture(vector[None], float(np.abs(known).max(initial=0.0))),
        "smallest": summary(known.min()),
        "mean": summary(known.mean()),
        "largest": summary(known.max()),
        "length": summary(float(np.linalg.norm(known))),
        "values": values(work, decimals),
        "terms": terms(work, decimals),
        "others": work.terms.others if work.terms else 0,
        "rule": work.rule,
        "come_from": [str(one) for one in origins(work)],
        "go_to": [str(one) for one in kind.to(source, address)],
    }


def summary(value: float) -> Shown:
    """With a few meaningful digits; as a power of ten where it would begin with many zeros."""
    if 0 < abs(value) < 10.0**-TINY:
        return f"{value:.{MEANT - 1}e}"
    return text(float(value), decimals_of(np.array([value]), MEANT))


def values(work: Work, decimals: Decimals) -> list[Value]:
    computed = [name for step in work.steps for name in (*step.inputs, step.rest, step.output) if name]
    found: list[Value] = []
    for name in dict.fromkeys(computed or work.values):
        if name in OPERANDS and work.terms:
            continue
        value = float(work.values[name][0])
        digits = text(value, decimals[name]) if name in decimals and math.isfinite(value) else ""
        found.append({"name": name, "digits": digits, "at": str(work.at[name]) if name in work.at else ""})
    return found


def terms(work: Work, decimals: Decimals) -> list[Term]:
    if work.terms is None:
        return []
    columns = [[text(float(value), decimals[name]) for value in work.values[name]] for name in OPERANDS]
    return [
        {"left": left, "right": right, "product": product, "left_at": str(left_at), "right_at": str(right_at)}
        for left, right, product, left_at, right_at in zip(*columns, work.terms.left, work.terms.right, strict=True)
    ]
