"""What the engine answers, field by field: plain dicts that cross to the page as JSON.

Shares are probabilities from 0 to 1 and never rounded. Blocks, heads and tokens count from 0. A `Picture` is the data
address of a PNG. T tokens are read, the last `rows` of them drawn, from token `first` on.
"""

from typing import Literal, NotRequired, TypedDict

Picture = str
Vector = list[float | None]  # None for what is not finite


class Gone(TypedDict):
    """Instead of an answer about a run: the model has gone on to another text."""

    gone: Literal[True]


class Replaced(TypedDict):
    """Instead of a run: a newer text came before this one was read."""

    replaced: Literal[True]


class Failure(TypedDict):
    """Instead of an answer. `error` is a kind: the text error.KIND in page/text says it.

    `file` is what it is about; some kinds have fields of their own, see `file_error.KINDS`.
    """

    error: str
    file: str


# A text


class Token(TypedDict):
    id: int
    shown: str  # as `Tokenizer.display` writes it
    text: str  # the characters of the text that it holds
    note: NotRequired[Literal["template", "no_token"]]


class Prompt(TypedDict):
    """What is read of a text, see `explain.read_prompt`."""

    tokens: list[Token]  # those that the model reads
    count: int  # all of the text's, those left out among them
    empty: bool
    stands_in: bool  # the vocabulary has no token for the start of a text, another stands in
    appended_text: str  # of the ids that were appended
    left_out: int  # tokens at the beginning that the model has no room for
    left_out_text: str
    n_positions: int  # tokens that the model has room for


class Prediction(Prompt):
    """A run."""

    run: int  # its number
    milliseconds: float  # of computing
    computed: int  # tokens; those known from the text before cost nothing
    next: "NextTokens"
    view: "BlockView"
    unread: NotRequired[str]  # why the reader's text was not read, and the empty one was
    heap: NotRequired[int]  # bytes of the interpreter's memory; the worker adds it


# The next token


class Settings(TypedDict):
    """What shapes and lists a distribution."""

    temperature: float  # 0 takes the likeliest
    top_k: int | None
    top_p: float | None
    u: float  # from 0 up to 1: where on the strip of all shares the draw falls
    count: int  # candidates to list
    query: str  # "" lists the likeliest, else those that match


class Candidate(TypedDict):
    id: int
    rank: int  # from 1
    shown: str
    logit: float
    model: float  # share at temperature 1
    sampled: float  # share under the settings
    weight: float | None  # exp((logit - largest) / temperature); None at temperature 0
    cut: Literal["top-k", "top-p"] | None  # the rule that took it out


class TwoShares(TypedDict):
    model: float
    sampled: float


class Rest(TwoShares):
    count: int  # tokens


class Curve(TypedDict):
    ranks: list[int]  # from 1, about evenly spaced on a logarithmic scale
    model: Vector
    sampled: Vector


class Drawn(TypedDict):
    id: int
    shown: str
    sampled: float


class PinnedLine(TypedDict):
    """The distribution put aside, beside the present one."""

    ranks: list[int]
    sampled: Vector
    entropy: float  # bits
    overlap: float  # share that both give to the same tokens
    shares: Vector  # of the candidates listed; None for a token that its model lacks


class NextTokens(TypedDict):
    temperature: float
    top_k: int | None
    top_p: float | None
    u: float
    largest: float  # logit
    total: float | None  # of the weights kept; None at temperature 0
    kept: int  # tokens that can be drawn
    entropy: TwoShares  # in bits, not shares
    shape: Curve
    drawn: Drawn
    candidates: list[Candidate]
    outside: Rest  # what is not listed
    pinned: NotRequired[PinnedLine]


class ComparedToken(TypedDict):
    shown: str
    pinned: float | None
    now: float | None


class Comparison(TypedDict):
    rows: list[ComparedToken]
    next: NextTokens


# One block and one head


class Most(TypedDict):
    row: int  # the token that gets most
    share: float


class BlockView(TypedDict):
    """The picture of one block and head, see `view.block_view`."""

    block: int
    head: int
    row: int  # the token that explains itself
    first: int
    n_layer: int
    n_head: int
    n_embd: int
    cells: int  # of each strip
    gap: int  # pixels left free above and below a strip
    strips: dict[str, Picture]  # by the name of what they show
    pattern: Picture  # (rows, rows)
    shares: Vector  # of attention, from token `first` to the row's own
    contributions: Vector  # each share times the length of its value
    total: float  # of all contributions, drawn or not
    most: Most
    norms: dict[str, float]  # lengths along the row's residual stream


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
    strips: dict[str, Picture]
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


class StripCell(TypedDict):
    """What one cell of a strip stands for: entries `first` to `last`, from 1, of `size`."""

    name: str
    row: int
    cell: int
    first: int
    last: int
    size: int
    mean: float
    min: float
    max: float
    scale: float  # a mean of this size has the full colour


class Table(TypedDict):
    entries: NotRequired[list[list[int]]]  # of a strip: first and last entry of each column
    rows: list[Vector]


# All blocks


class Word(TypedDict):
    id: int
    shown: str
    share: float


class Depth(TypedDict):
    """What the model would say if it stopped there."""

    best: list[Word]
    picture: NotRequired[Picture]  # mean pattern of the block before; none after the embedding alone


class Depths(TypedDict):
    depths: list[Depth]


class SmallHead(TypedDict):
    picture: Picture
    most: str  # the token to which the last one gives most
    position: int
    share: float


class Heads(TypedDict):
    blocks: list[list[SmallHead]]


class About(TypedDict):
    """How a run went. Times in seconds."""

    tokens: int  # computed
    seen: int  # in all
    embedding: float
    attention: list[float]  # by block
    mlp: list[float]
    head: float
    total: float
    operations: int  # floating-point, in the products
    parameters: int
    resident: Literal["float32", "int8"]
    rounding: float | None  # how far the weights were rounded on loading, relative
    without_token: int  # entries of the vocabulary that stand for no token
    first_without: int
    heap: NotRequired[int]  # the worker adds these two
    device_memory: NotRequired[float | None]  # gigabytes


class File(TypedDict):
    text: str  # CSV


# What if a part were missing


class Effect(TypedDict):
    """What becomes of the chosen token's prediction without one part."""

    block: int
    head: int | None
    column: int | None  # of a cut arrow, the token that is not listened to
    logit: float
    share: float  # at the temperature asked for
    bits: float  # Kullback-Leibler divergence of the new distribution from the old, at temperature 1


class Effects(TypedDict):
    logit: float  # with everything in place
    share: float
    effects: list[Effect]


class Trying(TypedDict):
    done: int  # parts
    total: int


class LogitTerm(TypedDict):
    """What one part of the network adds to a logit: see `what_if.LogitPart`."""

    part: str
    block: int | None
    head: int | None
    value: float


class LogitTerms(TypedDict):
    terms: list[LogitTerm]


# A model on its way


class Computing(TypedDict):
    done: int  # blocks
    total: int


class Ready(TypedDict):
    """A model that is loaded, see `Engine.take`."""

    n_layer: int
    n_head: int
    n_embd: int
    parameters: int
    bytes: int
    resident: Literal["float32", "int8"]
    rounding: float | None
    unused: tuple[str, ...]  # names of files that were chosen and are no part of it
    cramped: bool  # it was to be held as float32, but there was no room
    trouble: NotRequired[str]  # why the browser does not keep it, "" if it does; the worker adds it
