"""How each kind of number comes about: what goes into it, and the steps from there to the number itself.

Values are the run's own, taken as float64 so that nothing is lost in between. n is the length of what is summed up.
"""

import math
from typing import NamedTuple

import numpy as np

from model import sampling
from model.arithmetic.address import Address
from model.arithmetic.digits import Step, Values
from model.arithmetic.source import Source
from model.removals import Cut

LISTED = 8  # terms of a long sum that are listed, the largest; what these leave over is one number
SHORT = 64  # terms of a sum that are all listed


class Terms(NamedTuple):
    """The listed products of a sum: where each operand stands, and how many products are not listed."""

    left: list[Address]
    right: list[Address]
    others: int


class Work(NamedTuple):
    """The last step gives the number itself, the value "result"."""

    values: Values
    steps: list[Step]
    exact: dict[str, int]  # the decimals of values that are short as they are
    at: dict[str, Address]  # where single values stand themselves
    terms: Terms | None = None
    rule: str = ""  # that made it what it is without any step: "hidden", "greedy", "top-k", "top-p"
    whole: np.ndarray | None = None  # (1,) what a sum comes to with all of its terms


def one(value: float) -> np.ndarray:
    return np.array([value], np.float64)  # (1,)


def same(source: Source, address: Address, origin: Address) -> Work:
    """A number that is taken over as it is."""
    values = {"same": one(source.value(origin)), "result": one(source.value(address))}
    return Work(values, [Step("result", ("same",), np.positive, is_sum=True)], {}, {"same": origin})


def learned(source: Source, address: Address) -> Work:
    """A weight: one number or, where it is held as a whole number, that times the scale of its row or group."""
    held = source.held(address)
    if held is None:
        value = one(source.value(address))
        steps = [Step("result", ("learned",), np.positive, is_sum=True)]
        return Work({"learned": value, "result": value}, steps, {}, {})
    values = {"stored": one(held[0]), "scale": one(held[1]), "result": one(held[0] * held[1])}
    return Work(values, [Step("result", ("stored", "scale"), np.multiply)], {"stored": 0}, {})


def added(source: Source, address: Address, left: Address, right: Address) -> Work:
    """The sum of two numbers."""
    at = {"left": left, "right": right}
    values = {name: one(source.value(place)) for name, place in at.items()}
    values["result"] = one(source.value(address))
    return Work(values, [Step("result", ("left", "right"), np.add, is_sum=True)], {}, at)


def normalised(source: Source, address: Address, x: Address, gain: Address, bias: Address, epsilon: float) -> Work:
    """A number of a LayerNorm (Ba et al., 2016)."""
    vector = source.vector(x)  # (E,)
    at = {"x": x, "gain": gain, "bias": bias}
    values = {name: one(source.value(place)) for name, place in at.items()}
    values |= {"mean": one(vector.mean()), "variance": one(vector.var()), "epsilon": one(epsilon)}

    def normal(x: np.ndarray, mean: np.ndarray, variance: np.ndarray, epsilon: np.ndarray) -> np.ndarray:
        return (x - mean) / np.sqrt(variance + epsilon)

    whole = ("x", "mean", "variance", "epsilon")
    values["normalised"] = normal(*(values[name] for name in whole))
    values["result"] = one(source.value(address))
    steps = [
        Step("normalised", whole, normal),
        Step("result", ("normalised", "gain", "bias"), lambda plain, gain, bias: plain * gain + bias),
    ]
    return Work(values, steps, {"epsilon": decimals_in_full(epsilon)}, at)


def decimals_in_full(value: float) -> int:
    """Of a number that has few, such as 0.00001."""
    return next(places for places in range(1, 20) if float(f"{value:.{places}f}") == value)


def summed(
    source: Source,
    address: Address,
    left: list[Address],
    right: list[Address],
    operands: tuple[np.ndarray, np.ndarray],
    bias: Address | None = None,
) -> Work:
    """A sum of products, `operands` (n,) and (n,) at the addresses `left` and `right`, and a bias."""
    products = operands[0] * operands[1]  # (n,)
    count = len(products)
    listed = np.arange(count) if count <= SHORT else np.sort(np.argsort(-np.abs(products), kind="stable")[:LISTED])
    terms = Terms([left[i] for i in listed], [right[i] for i in listed], count - len(listed))
    values = {"left": operands[0][listed], "right": operands[1][listed], "product": products[listed]}  # (listed,) each
    inputs, at = ["product"], {}
    if bias is not None:
        values["bias"], at["bias"] = one(source.value(bias)), bias
        inputs.append("bias")
    values["result"] = one(source.value(address))
    whole = one(float(products.sum() + values.get("bias", one(0)).sum()))
    steps = [
        Step("product", ("left", "right"), np.multiply),
        Step(
            "result",
            tuple(inputs),
            lambda *parts: sum(part.sum() for part in parts),
            is_sum=True,
            rest="rest" if terms.others else "",
        ),
    ]
    return Work(values, steps, {}, at, terms, whole=whole)


def times(source: Source, address: Address, x: list[Address], w: Address, bias: Address | None = None) -> Work:
    """A vector at the addresses `x` times a row of a weight matrix, the one that begins at `w`."""
    values = np.array([source.value(one) for one in x])  # (n,)
    row = [w._replace(place=(w.place[0], number)) for number in range(len(x))]
    return summed(source, address, x, row, (values, source.vector(w)), bias)


def scored(source: Source, address: Address, query: list[Address], key: list[Address]) -> Work:
    """How much a query and a key agree: their product, divided by the root of their length.

    Vaswani et al., "Attention is All You Need", 2017, section 3.2.1.
    """
    size = len(query)
    operands = source.vector(query[0]), source.vector(key[0])  # each (D,)
    work = summed(source, address, query, key, operands)
    values = {**work.values, "score": one(float((operands[0] * operands[1]).sum())), "size": one(size)}
    steps = [
        work.steps[0],
        work.steps[1]._replace(output="score"),
        Step("result", ("score", "size"), lambda score, size: score / np.sqrt(size)),
    ]
    return work._replace(values=values, steps=steps, exact={"size": 0})


def shared(source: Source, address: Address) -> Work:
    """A share of attention: softmax, which takes the largest score off first so that no exponential overflows.

    Arrows that are cut have no part in the total.
    """
    scores = address._replace(name="attn.scores")
    row, column = address.place[1], address.place[2]
    known = source.vector(scores)[: row + 1]  # (row + 1,)
    largest = int(known.argmax())
    weights = np.exp(known - known[largest])  # (row + 1,)
    head = (address.block, address.place[0], row)
    for cut in source.session.removals:
        if isinstance(cut, Cut) and (cut.block, cut.head, cut.row) == head:
            weights[cut.column] = 0
    values = {
        "score": one(known[column]),
        "largest": one(known[largest]),
        "weight": one(weights[column]),
        "total": one(weights.sum()),
        "result": one(source.value(address)),
    }
    steps = [
        Step("weight", ("score", "largest"), lambda score, largest: np.exp(score - largest)),
        Step("result", ("weight", "total"), np.divide),
    ]
    place = (*scores.place[:2], largest)
    return Work(values, steps, {}, {"score": scores, "largest": scores._replace(place=place)})


def hidden(source: Source, address: Address) -> Work:
    """A later token's score or share: the mask has taken it out."""
    return Work({"result": one(source.value(address))}, [], {"result": 0}, {}, rule="hidden")


def bent(source: Source, address: Address, x: Address) -> Work:
    """GELU in the tanh form that GPT-2 was trained with (Hendrycks and Gimpel, 2016, section 2)."""

    def gate(x: np.ndarray) -> np.ndarray:
        return 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))

    values = {"x": one(source.value(x)), "result": one(source.value(address))}
    values["gate"] = gate(values["x"])
    return Work(values, [Step("gate", ("x",), gate), Step("result", ("x", "gate"), np.multiply)], {}, {"x": x})


def drawn(source: Source, address: Address) -> Work:
    """A probability: temperature, top-k and top-p, and softmax over what they leave, see `sampling.py`."""
    logits = address._replace(name="logits")
    known, probabilities = source.vector(logits), source.vector(address)  # each (V,)
    order = sampling.ranking(known)  # (V,)
    likeliest, temperature = int(order[0]), source.settings["temperature"]
    top_k, top_p = source.settings["top_k"], source.settings["top_p"]
    number = address.place[-1]
    at = {"logit": logits, "largest": logits._replace(place=(address.place[0], likeliest))}
    values = {"logit": one(known[number]), "largest": one(known[likeliest]), "result": one(probabilities[number])}
    if temperature == 0:
        return Work(values, [], {"result": 0}, at, rule="greedy")
    scaled = (known - known[likeliest]) / temperature  # (V,)
    weights = np.exp(scaled)  # (V,)
    values |= {
        "temperature": one(temperature),
        "scaled": one(scaled[number]),
        "weight": one(weights[number]),
        "total": one(weights[probabilities > 0].sum()),
    }
    steps = [
        Step("scaled", ("logit", "largest", "temperature"), lambda logit, largest, heat: (logit - largest) / heat),
        Step("weight", ("scaled",), np.exp),
    ]
    exact = {"temperature": decimals_in_full(temperature)}
    cut = None if probabilities[number] else sampling.cut_by(known[number], known, order, top_k, top_p)
    if cut:
        return Work(values, steps, {**exact, "result": 0}, at, rule=cut)
    return Work(values, [*steps, Step("result", ("weight", "total"), np.divide)], exact, at)
