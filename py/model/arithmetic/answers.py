"""What is answered about one number, field by field. Numbers that are shown cross as they are to be read: "-0.6439"."""

from typing import TypedDict

from model.explain.pictures.png import Picture

Shown = str  # a number, rounded once from its full value; a very small one of a summary as "2.359e-17"


class Value(TypedDict):
    """One of the numbers that a calculation goes through."""

    name: str
    digits: Shown
    at: str  # its own address, "" for one that has none


class Term(TypedDict):
    """A product of a sum."""

    left: Shown
    right: Shown
    product: Shown
    left_at: str
    right_at: str


class Inspected(TypedDict):
    address: str
    kind: str
    name: str  # as it stands in the address, without block and place
    block: int | None
    index: list[int]
    axes: list[str]  # what each of them counts
    shape: list[int]
    shown: str  # the vocabulary's entry that the number is about, "" where it is about none
    result: Shown
    full: float | None  # not rounded; None for what is hidden, minus infinity
    vector: Picture  # the numbers along the last axis, one pixel each
    smallest: Shown  # of them, as far as they are not hidden
    mean: Shown
    largest: Shown
    length: Shown
    values: list[Value]  # in the order of computing, without the operands of `terms`
    terms: list[Term]
    others: int  # terms that are not listed: the value "rest" is what the listed, as they are shown, leave over
    rule: str  # "hidden", "greedy", "top-k", "top-p", "cut", "off", "mean": what made it so without a calculation
    come_from: list[str]  # addresses; of a long sum of the largest operands first
    go_to: list[str]


class NoSuchNumber(TypedDict):
    """This run has none at the address."""

    no_such: bool


class Look(TypedDict):
    """A part of an array in few cells, each the mean of its stretch of rows and columns."""

    picture: Picture
    top: int  # the first row
    left: int
    height: int  # rows of the array
    width: int
    rows: int  # cells
    columns: int
    scale: float  # a mean of this size has the full colour


class Product(TypedDict):
    """A matrix product as a whole: each row of the result is a row of `left` times each row of `right`."""

    name: str
    first: int  # the token of the first row
    left: Look
    right: Look
    result: Look


class Neighbour(TypedDict):
    id: int
    shown: str
    cosine: float


class Nearest(TypedDict):
    """The entries of the vocabulary whose embeddings point in most nearly the same direction."""

    tokens: list[Neighbour]
