"""What the engine answers about blocks and heads, field by field, see `answers.py`.

T tokens are read, the last `rows` of them drawn, from token `first` on.
"""

from typing import Literal, NotRequired, TypedDict

from model.explain.pictures.png import Picture
from model.explain.to_json import Vector


class Most(TypedDict):
    row: int  # the token that gets most
    share: float


class Named(TypedDict):
    """A token of the vocabulary."""

    id: int
    shown: str


class Word(TypedDict):
    """A prediction."""

    id: int
    shown: str
    probability: float  # at temperature 1


class Looked(TypedDict):
    """Where a token of the other text looks most."""

    row: int
    shown: str
    share: float


# What the other run is, beside this one: "uncut", "cut" or "recut" of the same text in the same model
Apart = Literal["text", "model", "uncut", "cut", "recut"]


class Beside(TypedDict):
    """How a picture differs from that of the pinned run, see `differences.py`; lists have an entry a drawn token."""

    apart: Apart
    pairs: list[int | None]  # its partner in the other text; None where it is new
    names: list[str | None]  # what stands there, where it is another token
    moved: dict[str, list[float | None]]  # by name, how far its numbers are apart, see `differences.distances`
    pattern: Picture  # (rows, rows) how much more or less attention
    full: float  # the difference of shares that has the full colour there
    points: Vector  # the differences of the chosen row, up to its own token
    most: Looked | None  # of the chosen token's partner


class MostMoved(TypedDict):
    """The share of a token's attention that differs most from the pinned run's, in any block and head."""

    block: int
    head: int
    row: int
    column: int
    points: float


class Moved(TypedDict):
    most: MostMoved | None


class BlockView(TypedDict):
    """The picture of one block and head, see `block_view.py`."""

    block: int
    head: int
    row: int  # the token that explains itself
    first: int
    ahead: bool  # tokens take from later ones too
    n_layer: int
    n_head: int
    n_embd: int
    d_mlp: int
    cells: int  # of each strip
    gap: int  # pixels left free above and below a strip
    heatmaps: dict[str, Picture]  # by the name of what they show
    pattern: Picture  # (rows, rows)
    shares: Vector  # of attention, from token `first` to the row's own
    contributions: Vector  # from each of them: the length of share times value times this head's output projection
    total: float  # of all contributions, drawn or not
    cancelled: float  # how much of it is lost where contributions point apart: 0 nothing, towards 1 nearly all
    most: Most
    norms: dict[str, float]  # lengths along the row's residual stream
    says: NotRequired[dict[str, Word]]  # what the model would say there, see `logit_lens.says`; the run adds it
    beside: NotRequired[Beside]  # where another run is pinned, and something differs; the run adds it


class Stage(TypedDict):
    picture: Picture  # (rows, rows)
    least: float  # of its colours' scale
    most: float
    rows: NotRequired[list[Vector]]  # the numbers, for texts short enough to print them


class Stages(TypedDict):
    """From queries and keys to shares."""

    block: int
    head: int
    first: int
    d_head: int
    cells: int
    gap: int
    heatmaps: dict[str, Picture]
    scores: Stage  # products
    masked: Stage  # scaled, the future hidden
    pattern: Stage  # their softmax


class Score(TypedDict):
    """One cell worked out; of a hidden one `scaled` and `weight` are None, `share` is 0."""

    row: int
    column: int
    q: Vector  # (D,)
    k: Vector  # (D,)
    products: Vector  # (D,)
    sums: Vector  # (D,) of the products so far
    d_head: int
    score: float
    scaled: float | None
    largest: float  # scaled score of the row
    weight: float | None  # exp(scaled - largest)
    total: float  # of the row's weights
    share: float
    length: float  # of the value that it takes the share of


class Stretch(TypedDict):
    """What one cell of a strip stands for: entries `first` to `last`, from 1, of `size`."""

    cell: int
    first: int
    last: int
    size: int
    mean: float
    min: float
    max: float
    scale: float  # a mean of this size has the full colour


class HeatmapCell(Stretch):
    name: str
    row: int


class Table(TypedDict):
    entries: NotRequired[list[list[int]]]  # of a strip: first and last entry of each column
    rows: list[Vector]


# All blocks


class Depth(TypedDict):
    """What the model would say if it stopped there."""

    best: list[Word]
    mid: NotRequired[Word]  # after the attention of the block before
    picture: NotRequired[Picture]  # mean pattern of the block before; none after the embedding alone


class Depths(TypedDict):
    depths: list[Depth]


class Look(TypedDict):
    """A share of attention; None where there is nothing of the kind to look at."""

    mean: float | None  # of all drawn tokens
    row: float | None  # of the chosen one


class SmallHead(TypedDict):
    picture: Picture
    most: str  # the token to which the chosen one gives most
    position: int
    share: float
    looks: dict[str, Look]  # by what is looked at: "itself", "before", "first", "same"


class Heads(TypedDict):
    row: int  # the chosen token
    next: Named  # the likeliest after it
    blocks: list[list[SmallHead]]
