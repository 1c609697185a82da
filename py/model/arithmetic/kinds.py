"""Every kind of number that the model computes: how it comes about, and where it goes.

One table, which the page's panel and the tests go through. T tokens, E = n_embd, H heads of D numbers each.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from model.arithmetic import works
from model.arithmetic.address import Address
from model.arithmetic.source import Source
from model.arithmetic.works import Work


class Kind(NamedTuple):
    word: str  # what the page calls it
    work: Callable[[Source, Address], Work]
    to: Callable[
        [Source, Address], list[Address]
    ]  # numbers that it goes into; where there are many, that it moves most


def here(address: Address, name: str, *index: int) -> Address:
    """A number of another activation of the same block."""
    return Address(name, address.block, index or address.place)


def vector_of(address: Address, name: str, size: int) -> list[Address]:
    """All numbers that an activation has of the token at `address`."""
    return [here(address, name, address.place[0], number) for number in range(size)]


def weight(address: Address, name: str, *index: int) -> Address:
    return Address(name, address.block, index)


# Before the blocks


def embedded(source: Source, a: Address) -> Work:
    token = source.session.ids[a.place[0]]
    return works.same(source, a, Address("wte.weight", None, (token, a.place[1])))


def placed(source: Source, a: Address) -> Work:
    return works.same(source, a, Address("wpe.weight", None, a.place))


def begun(source: Source, a: Address) -> Work:
    """What enters a block: the sum of both embeddings, or what has left the block before."""
    if not a.block:
        return works.added(source, a, Address("embed", None, a.place), Address("pos_embed", None, a.place))
    return works.same(source, a, Address("resid_post", a.block - 1, a.place))


# LayerNorms


def norm(of: str, weights: str) -> Callable[[Source, Address], Work]:
    def work(source: Source, a: Address) -> Work:
        config = source.session.config
        x = here(a, of) if a.block is not None else Address("resid_post", config.n_layer - 1, a.place)
        gain, bias = (weight(a, f"{weights}.{part}", a.place[1]) for part in ("weight", "bias"))
        return works.normalised(source, a, x, gain, bias, config.layer_norm_epsilon)

    return work


# Attention


def third(part: int) -> Callable[[Source, Address], Work]:
    """Query, key or value: the normalised stream times a row of that third of the weights."""

    def work(source: Source, a: Address) -> Work:
        row = weight_row_of(source, a, part)
        x = vector_of(a, "ln1", source.session.config.n_embd)
        return works.times(source, a, x, weight(a, "attn.c_attn.weight", row, 0), weight(a, "attn.c_attn.bias", row))

    return work


def weight_row_of(source: Source, a: Address, part: int) -> int:
    """Which row of the weights gives a number of a query (part 0), key (1) or value (2)."""
    _, head, number = a.place
    config = source.session.config
    return part * config.n_embd + head * config.d_head + number


def score(source: Source, a: Address) -> Work:
    head, row, column = a.place
    if column > row:
        return works.hidden(source, a)
    size = range(source.session.config.d_head)
    query, key = ([here(a, name, at, head, i) for i in size] for name, at in (("attn.q", row), ("attn.k", column)))
    return works.scored(source, a, query, key)


def share(source: Source, a: Address) -> Work:
    return works.hidden(source, a) if a.place[2] > a.place[1] else works.shared(source, a)


def mixed(source: Source, a: Address) -> Work:
    """A head's output: the values of the tokens so far, in the shares of attention."""
    row, head, number = a.place
    seen = range(row + 1)
    shares = [here(a, "attn.pattern", head, row, column) for column in seen]
    values = [here(a, "attn.v", column, head, number) for column in seen]
    operands = source.vector(shares[0])[: row + 1], np.array([source.value(one) for one in values])  # each (row + 1,)
    return works.summed(source, a, shares, values, operands)


def side_by_side(source: Source, a: Address) -> list[Address]:
    """All heads' outputs for a token, one after the other."""
    config = source.session.config
    return [here(a, "attn.z", a.place[0], h, i) for h in range(config.n_head) for i in range(config.d_head)]


def projected(source: Source, a: Address) -> Work:
    w, b = weight(a, "attn.c_proj.weight", a.place[1], 0), weight(a, "attn.c_proj.bias", a.place[1])
    return works.times(source, a, side_by_side(source, a), w, b)


# MLP


def widened(source: Source, a: Address) -> Work:
    x = vector_of(a, "ln2", source.session.config.n_embd)
    return works.times(
        source, a, x, weight(a, "mlp.c_fc.weight", a.place[1], 0), weight(a, "mlp.c_fc.bias", a.place[1])
    )


def narrowed(source: Source, a: Address) -> Work:
    x = vector_of(a, "mlp.post", source.session.config.d_mlp)
    w, b = weight(a, "mlp.c_proj.weight", a.place[1], 0), weight(a, "mlp.c_proj.bias", a.place[1])
    return works.times(source, a, x, w, b)


def logit(source: Source, a: Address) -> Work:
    x = vector_of(a, "ln_final", source.session.config.n_embd)
    return works.times(source, a, x, Address("wte.weight", None, (a.place[1], 0)))


# Where numbers go


def into(*names: str) -> Callable[[Source, Address], list[Address]]:
    """The same place of other activations."""
    return lambda source, a: [here(a, name) for name in names]


def most_moved(source: Source, a: Address, name: str, column: int, first: int = 0, end: int | None = None) -> int:
    """Which of the outputs `first` to `end` of a weight matrix the number meets with the largest weight."""
    weights = source.column_of_weight(weight(a, name, 0, column))[first:end]  # (outputs,)
    return int(np.abs(weights).argmax())


def into_thirds(source: Source, a: Address) -> list[Address]:
    config = source.session.config
    found = []
    for part, name in enumerate(("attn.q", "attn.k", "attn.v")):
        first = part * config.n_embd
        output = most_moved(source, a, "attn.c_attn.weight", a.place[1], first, first + config.n_embd)
        found.append(here(a, name, a.place[0], *divmod(output, config.d_head)))
    return found


def from_query(source: Source, a: Address) -> list[Address]:
    row, head, _ = a.place
    shares = source.vector(here(a, "attn.pattern", head, row, 0))  # (T,)
    return [here(a, "attn.scores", head, row, int(shares.argmax()))]


def from_key(source: Source, a: Address) -> list[Address]:
    row, head, _ = a.place
    return [here(a, "attn.scores", head, len(source.session.ids) - 1, row)]


def from_value(source: Source, a: Address) -> list[Address]:
    _, head, number = a.place
    return [here(a, "attn.z", len(source.session.ids) - 1, head, number)]


def from_share(source: Source, a: Address) -> list[Address]:
    head, row, column = a.place
    if column > row:
        return []
    value = source.vector(here(a, "attn.v", column, head, 0))  # (D,)
    return [here(a, "attn.z", row, head, int(np.abs(value).argmax()))]


def from_output(source: Source, a: Address) -> list[Address]:
    row, head, number = a.place
    column = head * source.session.config.d_head + number
    return [here(a, "attn_out", row, most_moved(source, a, "attn.c_proj.weight", column))]


def through(name: str, weights: str) -> Callable[[Source, Address], list[Address]]:
    """The output of a weight matrix that the number moves most."""
    return lambda source, a: [here(a, name, a.place[0], most_moved(source, a, weights, a.place[1]))]


def out_of_block(source: Source, a: Address) -> list[Address]:
    following = (a.block or 0) + 1
    if following == source.session.config.n_layer:
        return [Address("ln_final", None, a.place)]
    return [Address("resid_pre", following, a.place)]


def to_likeliest(source: Source, a: Address) -> list[Address]:
    row = a.place[0]
    return [Address("logits", None, (row, int(source.vector(Address("logits", None, (row, 0))).argmax())))]


def nowhere(source: Source, a: Address) -> list[Address]:
    return []


KINDS: dict[str, Kind] = {
    "embed": Kind("embed", embedded, lambda source, a: [Address("resid_pre", 0, a.place)]),
    "pos_embed": Kind("pos_embed", placed, lambda source, a: [Address("resid_pre", 0, a.place)]),
    "resid_pre": Kind("resid_pre", begun, into("ln1", "resid_mid")),
    "ln1": Kind("ln1", norm("resid_pre", "ln_1"), into_thirds),
    "attn.q": Kind("q", third(0), from_query),
    "attn.k": Kind("k", third(1), from_key),
    "attn.v": Kind("v", third(2), from_value),
    "attn.scores": Kind("scores", score, into("attn.pattern")),
    "attn.pattern": Kind("pattern", share, from_share),
    "attn.z": Kind("z", mixed, from_output),
    "attn_out": Kind("attn_out", projected, into("resid_mid")),
    "resid_mid": Kind(
        "resid_mid",
        lambda source, a: works.added(source, a, here(a, "resid_pre"), here(a, "attn_out")),
        into("ln2", "resid_post"),
    ),
    "ln2": Kind("ln2", norm("resid_mid", "ln_2"), through("mlp.pre", "mlp.c_fc.weight")),
    "mlp.pre": Kind("mlp_pre", widened, into("mlp.post")),
    "mlp.post": Kind(
        "mlp_post",
        lambda source, a: works.bent(source, a, here(a, "mlp.pre")),
        through("mlp_out", "mlp.c_proj.weight"),
    ),
    "mlp_out": Kind("mlp_out", narrowed, into("resid_post")),
    "resid_post": Kind(
        "resid_post",
        lambda source, a: works.added(source, a, here(a, "resid_mid"), here(a, "mlp_out")),
        out_of_block,
    ),
    "ln_final": Kind("ln_final", norm("resid_post", "ln_f"), to_likeliest),
    "logits": Kind("logits", logit, into("probabilities")),
    "probabilities": Kind("probabilities", works.drawn, nowhere),
}
USED_IN = {  # by the beginning of a weight's name, the activation that a row of it, or a number, goes into
    "ln_1": "ln1",
    "attn.c_proj": "attn_out",
    "ln_2": "ln2",
    "mlp.c_fc": "mlp.pre",
    "mlp.c_proj": "mlp_out",
    "ln_f": "ln_final",
    "wte": "logits",
}


def used(source: Source, a: Address) -> list[Address]:
    """Where a weight is used for the last token; that of a position, where it stands."""
    last, first = len(source.session.ids) - 1, a.place[0]
    if a.name == "wpe.weight":
        return [Address("pos_embed", None, a.place)] if first <= last else []
    name = a.name.rpartition(".")[0]
    if name != "attn.c_attn":
        return [here(a, USED_IN[name], last, first)]
    config = source.session.config
    part, number = divmod(first, config.n_embd)
    return [here(a, ("attn.q", "attn.k", "attn.v")[part], last, *divmod(number, config.d_head))]


WEIGHT = Kind("weight", works.learned, used)


def kind_of(address: Address) -> Kind:
    return WEIGHT if address.is_weight else KINDS[address.name]


def origins(work: Work) -> Iterable[Address]:
    """The numbers that it is made of: of a sum its terms before its bias, the largest first."""
    if work.terms:
        order = np.argsort(-np.abs(work.values["product"]), kind="stable")  # (listed,)
        for term in order.tolist():
            yield work.terms.left[term]
            yield work.terms.right[term]
    yield from work.at.values()
