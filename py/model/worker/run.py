"""A run: a text that the model has read, and what can be asked about it. Answers are dicts, see `answers.py`."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from model import sampling, what_if
from model.arithmetic import whole
from model.arithmetic.address import parse
from model.arithmetic.answers import Inspected, Look, Nearest, NoSuchNumber, Product
from model.arithmetic.inspect import inspect
from model.arithmetic.nearest import nearest
from model.arithmetic.source import array_of
from model.checkpoint.layout import parameters
from model.checkpoint.loading import Load
from model.checkpoint.quantization import Precision
from model.code.answers import Archive, Code, Edits, Path, Steps
from model.code.archive import archive
from model.code.code import code
from model.code.steps import steps
from model.edits import APART, changes
from model.explain import answers, block_answers, block_view, text_answers, to_csv
from model.explain.all_heads import attention_heads
from model.explain.guess import guess
from model.explain.intact import intact
from model.explain.logit_lens import says
from model.explain.logit_terms import adds_up, logit_terms
from model.explain.merges import merges_of
from model.explain.next_token import next_tokens
from model.explain.pinned import Pinned
from model.removals import Removal, edits, takes_mean, to_json
from model.sandbox.handed import Reading
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer

LIKELIEST = 12  # tokens


class Runner(NamedTuple):
    """A model with what it takes to run it on a text."""

    session: Session
    tokenizer: Tokenizer
    precision: Precision
    again: Load | None = None  # loads it once more
    rounding: float | None = None  # see `loading.Model`


class Run:
    """`number` is that of the request to read the text, `pinned` a run that was put aside before.

    `text` is what was typed, of whose tokens the first `left_out` are not read.

    `session` has read it; where it does so without some parts, that of the `runner` has read it with all in place.
    """

    def __init__(
        self,
        number: int,
        runner: Runner,
        session: Session,
        pinned: Pinned | None = None,
        text: str = "",
        left_out: int = 0,
    ) -> None:
        self.number = number
        self.text, self.left_out = text, left_out
        self.runner = runner
        self.session = session
        self.tokenizer = runner.tokenizer
        self.logits = self.session.final.logits[0]  # (V,)
        self.order = sampling.ranking(self.logits)  # (V,)
        self.pinned = pinned
        if pinned:
            pinned.keep_beside(self.session)
        self.said: dict[tuple[int, int], dict[str, block_answers.Word]] = {}  # by block and row, see `block_view`

    def about(self) -> answers.About:
        """How the run went: seconds of its parts, operations in all; and how the weights are held.

        Of a reader's own version, which has run elsewhere, these are those of ours on the same text.
        """
        session = self.runner.session if self.session.received else self.session
        timing, config = session.timing, session.config
        return {
            "tokens": timing.tokens,
            "seen": timing.seen,
            "embedding": timing.embedding,
            "attention": timing.attention,
            "mlp": timing.mlp,
            "head": timing.head,
            "total": timing.total,
            "operations": timing.operations(config),
            "parameters": parameters(config),
            "precision": self.runner.precision,
            "rounding": self.runner.rounding,
            "without_token": self.tokenizer.vocab_size - self.tokenizer.token_count,
            "first_without": self.tokenizer.token_count,
        }

    # The text

    def merges(self, piece: int, row: int) -> text_answers.Merges:
        """How a piece of the typed text becomes tokens; of the piece -1, the one that the token `row` is of."""
        return merges_of(self.text, self.tokenizer, piece, self.left_out + self._row(row))

    def guess(self, text: str, settings: answers.Settings) -> text_answers.Guess:
        """Where a word that a reader thinks comes next stands among the next tokens."""
        return guess(text, self.logits, self.order, self.tokenizer, settings)

    # The next token

    def next_tokens(self, settings: answers.Settings) -> answers.NextTokens:
        """The prediction under other settings."""
        answer = self._listed(self.logits, self.order, settings)
        if self.pinned:
            listed = [row["id"] for row in answer["candidates"]]
            answer["pinned"] = self.pinned.line(self._sampled(settings), self.tokenizer, listed)
        if self.session.removals:
            answer["intact"] = self.intact(settings)
        return answer

    def intact(self, settings: answers.Settings) -> answers.Intact:
        """The likeliest tokens of the present prediction beside those with every part in place."""
        whole = self.runner.session.final.logits[0]  # (V,)
        return intact(whole, self.logits, self.tokenizer, settings, settings["count"])

    def pin(self, settings: answers.Settings, mark: int) -> answers.NextTokens:
        """Put this run aside, to be laid beside later ones; answers as `next_tokens` does, which names the `mark`."""
        frozen = self.session.frozen()
        self.pinned = Pinned(self._sampled(settings), self.next_tokens(settings), self.tokenizer, frozen, mark)
        return self.next_tokens(settings)

    def unpin(self, settings: answers.Settings) -> answers.NextTokens:
        self.pinned = None
        return self.next_tokens(settings)

    def compare(self, settings: answers.Settings) -> answers.Comparison:
        """The pinned distribution and the present one, token by token."""
        rows = self.pinned.rows(self._sampled(settings), self.tokenizer) if self.pinned else []
        return {"rows": rows, "next": self.next_tokens(settings)}

    def most_moved(self, row: int) -> block_answers.Moved:
        """In which block and head the attention of the token `row` differs most from that in the pinned run."""
        return {"most": self.pinned.most_moved(self.session, self.tokenizer, self.drawn(row)) if self.pinned else None}

    # One block and head, and all of them

    def block_view(self, block: int, head: int, row: int) -> block_answers.BlockView:
        """The picture of one block and head, with the token `row` explaining itself, or the last for one not drawn."""
        row = self._row(row)
        block, head = self._head(block, head)
        view = block_view.block_view(self.session, block, head, row)
        if (block, row) not in self.said:  # it is the same for every head, and takes its time
            self.said[block, row] = says(self.session, self.tokenizer, block, row)
        view["says"] = self.said[block, row]
        beside = self.pinned and self.pinned.differences(self.session, self.tokenizer, block, head, row)
        if beside:
            view["beside"] = beside
        return view

    def all_heads(self, row: int) -> block_answers.Heads:
        """Every head of every block in small, and where it looks: all drawn tokens, and the one at `row`, or the last
        for one not drawn."""
        row = self._row(row)
        likeliest = int(what_if.logits_if(self.session, [], row).argmax())
        return {
            "row": row,
            "next": {"id": likeliest, "shown": self.tokenizer.display(likeliest)},
            "blocks": attention_heads(self.session, self.tokenizer, row),
        }

    def attention_head(self, block: int, head: int) -> block_answers.Stages:
        """The three steps of one head, from queries and keys to shares."""
        return block_view.stages(self.session, *self._head(block, head))

    def score(self, block: int, head: int, row: int, column: int) -> block_answers.Score:
        """One cell of those steps, worked out."""
        return block_view.one_score(self.session, *self._head(block, head), self.drawn(row), self.drawn(column))

    def heatmap_cell(self, name: str, block: int, head: int, row: int, cell: int) -> block_answers.HeatmapCell:
        """What one cell of a strip stands for."""
        return block_view.read_heatmap(self.session, name, *self._head(block, head), self.drawn(row), cell)

    def table(self, name: str, block: int, head: int) -> block_answers.Table:
        """The numbers of a strip, or of one step of a head, for a table."""
        make = block_view.square_table if name in block_view.STAGES else block_view.heatmap_table
        return make(self.session, name, *self._head(block, head))

    def csv(self, part: str, settings: answers.Settings, block: int, head: int, table: str) -> answers.File:
        """The numbers of an opened part as the text of a CSV file."""
        chosen = to_csv.Chosen(*self._head(block, head), table, self.pinned)
        return {"text": to_csv.csv_of(part, self.session, self.tokenizer, self.order, settings, chosen)}

    # One number, and the arrays it is of

    def inspect(self, address: str, settings: answers.Settings) -> Inspected | NoSuchNumber:
        """The number at an address: how it comes about, where it comes from and where it goes."""
        try:
            return inspect(self.session, self.tokenizer, settings, address)
        except ValueError:
            return {"no_such": True}

    def code(self, address: str, path: Path, settings: answers.Settings) -> Code | NoSuchNumber:
        """The code in which the number at an address comes about; with a `path`, that of the call at its end."""
        try:
            return code(self.session, settings, address, path)
        except ValueError:
            return {"no_such": True}

    def steps(self, settings: answers.Settings) -> Steps:
        """Every line of the pass in the order in which they are done."""
        return steps(self.session, settings)

    def edits(self) -> Edits:
        """The lines of the code that can be changed by one click, see `model/edits.py`."""
        return {"edits": changes()}

    def archive(self, settings: answers.Settings, note: str, source: str = "") -> Archive:
        """The code, `source` if it is the reader's own, the weights in use and what prints this run's numbers, as a zip
        file."""
        return {"data": archive(self.session, self.tokenizer, settings, note, source)}

    def reading(self) -> Reading:
        """What the sandbox needs to read this run's text as it was read; `model` tells models apart."""
        return reading(self.runner, self.session.ids, self.session.removals)

    def product(self, name: str, block: int, head: int) -> Product:
        """The matrix product that gives an activation, as a whole."""
        block, head = self._head(block, head)
        return whole.product(self.session, block, name, head)

    def weights(self, address: str, closer: int) -> Look | NoSuchNumber:
        """The matrix around a weight, the nearer the larger `closer` is."""
        config, tokens = self.session.config, len(self.session.ids)
        try:
            weight = parse(address, config, tokens)
            row, column = weight.place
        except ValueError:
            return {"no_such": True}
        return whole.around(array_of(self.session.weights, weight), row, column, closer)

    def nearest(self, token: int) -> Nearest:
        """The tokens whose embeddings are most like that of `token`."""
        return nearest(self.session.weights["wte.weight"], self.tokenizer, token)

    # What if a part were missing

    def what_if(self, changes: Sequence[what_if.Removal], settings: answers.Settings, row: int) -> answers.NextTokens:
        """The prediction after the token `row` with all of `changes`, listed as `next_tokens` lists it."""
        logits = what_if.logits_if(self.session, changes, self.drawn(row))  # (V,)
        return self._listed(logits, sampling.ranking(logits), settings)

    def logit_terms(self, token: int, minus: int, row: int) -> answers.LogitTerms | NoSuchNumber:
        """The terms whose sum is the logit of `token` less that of `minus` after the token `row`; -1 is the likeliest,
        none, and the last. There are none where the code was changed so that a logit is no such sum."""
        if APART & edits(self.session.removals):
            return {"no_such": True}
        found = logit_terms(self.session, self.tokenizer, token, minus, self._row(row))
        is_known = found["row"] == len(self.session.ids) - 1 and adds_up(found)
        return found if is_known or not self.session.received else {"no_such": True}

    def likeliest(self, row: int, temperature: float) -> answers.Likeliest:
        """The likeliest tokens after the token `row`, with their probabilities at this temperature."""
        row = self.drawn(row)
        logits = what_if.logits_if(self.session, [], row)  # (V,)
        order = sampling.ranking(logits)  # (V,)
        shares = sampling.sampled(logits, order, temperature)  # (V,)
        tokens: list[answers.Likely] = [
            {"id": int(i), "shown": self.tokenizer.display(int(i)), "probability": float(shares[i])}
            for i in order[:LIKELIEST]
        ]
        return {"row": row, "tokens": tokens}

    def drawn(self, row: int) -> int:
        return block_view.drawn_row(self.session, row)

    def _row(self, row: int) -> int:
        """The same, but the last one for a token that is not drawn."""
        return row if row == self.drawn(row) else len(self.session.ids) - 1

    def _head(self, block: int, head: int) -> tuple[int, int]:
        """A block and head that this model has: a link may have been made with a larger one."""
        config = self.session.config
        return min(max(block, 0), config.n_layer - 1), min(max(head, 0), config.n_head - 1)

    def _sampled(self, settings: answers.Settings) -> np.ndarray:
        """The probabilities (V,) under `settings`."""
        return sampling.sampled(self.logits, self.order, settings["temperature"], settings["top_k"], settings["top_p"])

    def _listed(self, logits: np.ndarray, order: np.ndarray, settings: answers.Settings) -> answers.NextTokens:
        """The next tokens by these logits (V,), ranked in `order` (V,)."""
        return next_tokens(logits, self.tokenizer, order, settings["count"], settings, settings["query"])


def name_of(runner: Runner) -> str:
    """Tells it from others that are there."""
    return str(id(runner.session))


def reading(runner: Runner, ids: list[int], removals: Sequence[Removal]) -> Reading:
    """How `ids` are read without these parts, for the sandbox."""
    return {
        "model": name_of(runner),
        "ids": ids,
        "cuts": to_json(removals),
        "mean": any(takes_mean(removal) for removal in removals),
    }
