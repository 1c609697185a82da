"""What is answered about a text's way into the model and out of it, field by field; see `answers.py`."""

from typing import Literal, TypedDict, final

from model.explain.block_answers import Named


class NamedPiece(TypedDict):
    """A word or an added token of the text."""

    shown: str
    tokens: int


class Byte(Named):
    """A byte as the token that every vocabulary has of it."""

    value: int  # from 0 to 255
    letter: str  # what GPT-2's files write for it


class Character(TypedDict):
    """A character of the text; it takes one to four bytes in UTF-8."""

    shown: str
    bytes: int


class Merge(Named):
    """Two neighbours become one token."""

    left: int  # place of the first of the two among all pieces there are before this step, from 0
    rank: int  # of the pair in the list of merges, from 0
    others: int  # pairs of neighbours that stand later in the list, or are the same pair again


@final
class Merges(TypedDict):
    """How one piece of a text becomes tokens, step by step."""

    first: int  # pieces of the text before those that are listed
    pieces: list[NamedPiece]
    piece: int  # the one that is worked out, counted from the text's beginning; -1 in an empty text
    kind: Literal["word", "added", "long", "none"]  # an added token is put in whole; some words are too long to show
    listed: int  # merges in the tokenizer's list
    characters: list[Character]
    bytes: list[Byte]
    steps: list[Merge]
    tokens: list[Named]


@final
class Guess(Named):
    """A word as the model could say it next."""

    tokens: int  # that the whole word takes; the guess is its first one
    rank: int  # from 1
    of: int  # tokens in all
    sampled: float  # probability under the settings
    model: float  # at temperature 1
