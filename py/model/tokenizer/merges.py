"""Byte-level BPE step by step, as a reader can follow it; `Tokenizer` does the same faster.

Source: Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units", section 3.2: of
all pairs of neighbours the one that training merged first is merged, again and again.
"""

from itertools import pairwise
from typing import NamedTuple

from model.tokenizer.tokenizer import Tokenizer


class Step(NamedTuple):
    left: int  # place of the first of the two symbols that merge, from 0
    rank: int  # of their pair in the list of merges, from 0
    id: int  # of what they become
    others: int  # places where other neighbours could have merged


def merge_steps(word: bytes, tokenizer: Tokenizer) -> tuple[list[int], list[Step]]:
    """The ids of the word's bytes, one each, and the merges that follow, in O(n²) for n bytes.

    Of equal pairs the left one merges first.
    """
    symbols = [tokenizer.id_of_byte(byte) for byte in word]
    first = list(symbols)
    steps: list[Step] = []
    while True:
        found = [(*merged, left) for left, pair in enumerate(pairwise(symbols)) if (merged := tokenizer.merged(*pair))]
        if not found:
            return first, steps
        rank, id, left = min(found, key=lambda one: (one[0], one[2]))
        symbols[left : left + 2] = [id]
        steps.append(Step(left, rank, id, len(found) - 1))
