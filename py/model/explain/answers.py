"""What the engine answers, field by field: plain dicts that cross to the page as JSON.

Shares are probabilities from 0 to 1 and never rounded. Blocks, heads and tokens count from 0. What is answered about
blocks and heads is in `block_answers.py`, what is answered when something fails is `file_error.Failure`.
"""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict, final

from model.checkpoint.quantization import Precision
from model.explain.block_answers import BlockView, Named
from model.explain.to_json import Vector
from model.sampling import Rule

Answer = Mapping[str, Any]  # any of those here: the name of the question says which


@final
class Gone(TypedDict):
    """Instead of an answer about a run: the model has gone on to another text."""

    gone: Literal[True]


@final
class Replaced(TypedDict):
    """Instead of a run: a newer text came before this one was read."""

    replaced: Literal[True]


# A text


class Token(TypedDict):
    id: int
    shown: str  # as `Tokenizer.display` writes it
    text: str  # the characters of the text that it holds
    note: NotRequired[Literal["template", "no_token"]]


class Prompt(TypedDict):
    """What is read of a text, see `prompt.read_prompt`."""

    tokens: list[Token]  # those that the model reads
    count: int  # all of the text's, those left out among them
    empty: bool
    stands_in: bool  # the vocabulary has no token for the start of a text, another stands in
    appended_text: str  # of the ids that were appended
    left_out: int  # tokens at the beginning that the model has no room for
    left_out_text: str
    n_positions: int  # tokens that the model has room for


@final
class Prediction(Prompt):
    """A run."""

    run: int  # its number
    milliseconds: float  # of computing
    computed: int  # tokens; those known from the text before cost nothing
    next: "NextTokens"
    view: BlockView
    unread: NotRequired[str]  # why the reader's text was not read, and the empty one was
    heap: NotRequired[int]  # bytes of the interpreter's memory; the worker adds it


@final
class Aside(Prompt):
    """A text that was read beside the last run, see `Engine.read_aside`."""

    run: int  # below 0
    next: "NextTokens"


# The next token


class Sampling(TypedDict):
    """What shapes a distribution, and draws from it."""

    temperature: float  # 0 takes the likeliest
    top_k: int | None
    top_p: float | None
    u: float  # from 0 up to 1: where on the strip of all probabilities the draw falls


class Settings(Sampling):
    """The same, and what is listed of it."""

    count: int  # candidates to list
    query: str  # "" lists the likeliest, else those that match


class Candidate(TypedDict):
    id: int
    rank: int  # from 1
    shown: str
    logit: float
    model: float  # probability at temperature 1
    sampled: float  # probability under the settings
    weight: float | None  # exp((logit - largest) / temperature); None at temperature 0
    cut: Rule | None  # the rule that took it out


class ModelAndSampled(TypedDict):
    model: float
    sampled: float


class Rest(ModelAndSampled):
    count: int  # tokens


class Curve(TypedDict):
    ranks: list[int]  # from 1, about evenly spaced on a logarithmic scale
    model: Vector
    sampled: Vector


class Drawn(ModelAndSampled):
    id: int
    rank: int  # from 1; it may be beyond the candidates
    shown: str


class PinnedLine(TypedDict):
    """The distribution put aside, beside the present one."""

    ranks: list[int]
    sampled: Vector
    entropy: float  # bits
    overlap: float  # probability that both give to the same tokens
    probabilities: Vector  # of the candidates listed; None for a token that its model lacks
    text: str  # the pinned run's, as its tokens are shown
    mark: int  # the page's, by which it knows what it has pinned
    rises: "ComparedToken"  # the token that gained most since
    falls: "ComparedToken"  # and that lost most


class NextTokens(Sampling):
    largest: float  # logit
    total: float | None  # of the weights kept; None at temperature 0
    kept: int  # tokens that can be drawn
    entropy: ModelAndSampled  # in bits
    curve: Curve
    drawn: Drawn
    candidates: list[Candidate]
    outside: Rest  # what is not listed
    pinned: NotRequired[PinnedLine]
    intact: NotRequired["Intact"]  # of a run that does without some parts


class ComparedToken(TypedDict):
    shown: str
    pinned: float | None
    now: float | None


class Comparison(TypedDict):
    rows: list[ComparedToken]
    next: NextTokens


# A run


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
    precision: Precision
    rounding: float | None  # how far the weights were rounded on loading, relative
    without_token: int  # entries of the vocabulary that stand for no token
    first_without: int
    heap: NotRequired[int]  # the worker adds these three
    device_memory: NotRequired[float | None]  # gigabytes
    kernel: NotRequired[str]  # its build that runs here, "" where none was wanted yet, "absent" where none can


class Way(TypedDict):
    precision: Precision
    seconds: float


@final
class Ways(TypedDict):
    """A pass over the whole text, timed in each way that this browser can run."""

    ways: list[Way]


class File(TypedDict):
    text: str  # CSV


class Address(TypedDict):
    """Instead of a file: where the browser has it. The worker makes one of the other."""

    address: str


# What if a part were missing


class Effect(TypedDict):
    """What becomes of the chosen token's prediction without one part."""

    block: int
    head: int | None
    column: int | None  # of a cut arrow, the token that is not listened to
    share: float | None  # of a cut arrow: of its row's attention, before
    direct: float  # what it adds to the logit by itself where it is not missing, see `what_if.logit_parts`
    logit: float
    probability: float  # at the temperature asked for
    bits: float  # Kullback-Leibler divergence of the new distribution from the old, at temperature 1


class Effects(TypedDict):
    row: int  # the one asked for, or the nearest that is drawn
    logit: float  # with everything in place
    probability: float
    effects: list[Effect]


class Changed(TypedDict):
    """One token with every part in place, and without some; probabilities under the settings."""

    id: int
    shown: str
    before: float
    now: float
    logit_before: float
    logit_now: float


class Intact(TypedDict):
    rows: list[Changed]  # the likeliest with every part in place, then those that are so only without
    bits: float  # Kullback-Leibler divergence of the present distribution from the intact one, at temperature 1


class Arrow(TypedDict):
    """One attention cell, and what becomes of the prediction without it."""

    block: int
    head: int
    row: int
    column: int
    share: float  # of the row's attention
    before: float  # probability of the prediction with everything in place
    after: float  # without this arrow


class Likely(Named):
    probability: float


class Likeliest(TypedDict):
    """The likeliest tokens after one token of the text."""

    row: int  # the one asked for, or the nearest that is drawn
    tokens: list[Likely]


class MostTelling(TypedDict):
    """What matters most to the likeliest token after a row, see `effects.most_telling`."""

    row: int  # the one asked for, or the nearest that is drawn
    token: Named
    temperature: float
    arrow: Arrow | None  # None: no arrow matters much


class EffectsProgress(TypedDict):
    done: int  # parts
    total: int


class LogitTerm(TypedDict):
    """What one part of the network adds to a logit: see `what_if.LogitPart`."""

    part: str
    block: int | None
    head: int | None
    value: float


class LogitTerms(TypedDict):
    """What a logit is the sum of, or the difference of two, see `logit_terms.py`."""

    row: int  # the token of the text after which it is
    token: Named
    minus: Named | None
    total: float  # the logit, as the pass has it
    terms: list[LogitTerm]  # in the order of computing
    candidates: list[Named]  # the likeliest there, and those two


# A model on its way


class Report(TypedDict):
    """How much of it has come."""

    arrived: int  # bytes
    total: int
    parts: list[float]  # shares of the embedding, each block, the final LayerNorm; none before their sizes are known


class PassProgress(TypedDict):
    done: int  # blocks
    total: int


@final
class Ready(TypedDict):
    """A model that is loaded, see `Engine.take`."""

    n_layer: int
    n_head: int
    n_embd: int
    parameters: int
    bytes: int
    precision: Precision
    rounding: float | None
    unused: tuple[str, ...]  # names of files that were chosen and are no part of it
    cramped: bool  # it was to be held as float32, but there was no room
    uncompiled: bool  # it was to be multiplied by a kernel, but this browser runs none
    trouble: NotRequired[str]  # why the browser does not keep it, "" if it does; the worker adds it
