"""A part of the run computed once more, by the functions that computed it, to be watched.

T tokens, E numbers a token, V entries in the vocabulary, as in `gpt2.py`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from model import sampling
from model.arithmetic.address import Address
from model.arithmetic.source import Source
from model.code.answers import Path
from model.session import OF_BEFORE

OF_THE_PASS = ("resid_post", "logits")  # activations that `gpt2` itself has in its hands


class Again(NamedTuple):
    compute: Callable[[], object]
    path: Path  # from what it computes down to the call that is wanted
    named: list[tuple[str, np.ndarray | None]]  # the activations computed so far, and those that the call may name


def again(source: Source, path: Path, row: int, first: int) -> Again:
    """What computes the call at the end of `path` for the tokens from `first` on; what follows the blocks for `row`.

    Raises ValueError for a path that no pass of this model takes.
    """
    session = source.session
    named: list[tuple[str, np.ndarray | None]] = []
    config, w, program, end = session.config, session.weights, session.program, len(session.ids)

    def keeper(prefix: str, start: int, held: str | tuple = "") -> Callable[[str, np.ndarray], np.ndarray]:
        def keep(name: str, value: np.ndarray) -> np.ndarray:
            name = prefix + name
            value = session.alterations.altered(name, value, start)
            if name.endswith(OF_BEFORE):
                value = session.cache.rows(name, end)  # (S, H, D)
            named.append((name, value if name.endswith(held) else None))  # a whole pass would be in memory twice
            return value

        return keep

    def computed(compute: Callable[[], object], path: Path) -> Again:
        return Again(compute, path, named)

    (function, _), *rest = path
    if function == "sampled":
        logits = source.of_token(Address("logits", None, (row, 0)), row)  # (V,)
        named.append(("logits", logits))
        order, settings = sampling.ranking(logits), source.settings  # (V,)
        shape = settings["temperature"], settings["top_k"], settings["top_p"]
        return computed(lambda: named.append(("probabilities", sampling.sampled(logits, order, *shape))), path)
    if function != "gpt2":
        raise ValueError(f"no function to begin with: {function}")
    if not rest:
        return computed(
            lambda: list(program.gpt2(session.ids[first:], w, config, keeper("", first, OF_THE_PASS), first)), path
        )
    function, number = rest[0]
    if function == "block" and number < config.n_layer:
        keep, stream = keeper(f"blocks.{number}.", first), session.stream(number)[first:]  # (T, E)
        return computed(lambda: program.block(stream, w["h"][number], config, keep), [("block", 0), *rest[1:]])
    if function == "embed":
        return computed(lambda: program.embed(session.ids[first:], first, w, keeper("", first)), rest)
    if function == "unembed":
        stream = session.stream(config.n_layer)[row : row + 1]  # (1, E)
        return computed(lambda: program.unembed(stream, w, config, keeper("", row)), rest)
    raise ValueError(f"no call in a pass: {rest[0]}")
