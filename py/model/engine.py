"""The model in use and its last run: what the page, the site's builder and the tests ask. Nothing here knows a browser.

Each text that is read is a run, with a number. What is asked about a run is asked by that number, so that no number of
one text is ever taken for another's: see `Engine.ask`. Everything happens on one thread; `await asyncio.sleep(0)`
between blocks lets newer requests in. Answers are plain dicts; a failure is an answer too, not an exception.
"""

import asyncio
from collections.abc import Coroutine
from typing import NamedTuple

import numpy as np

from model import answers, effects, export, sampling, view, what_if
from model.checkpoint import parameters
from model.explain import attention_heads, next_tokens, read_prompt
from model.file_error import DownloadError, FileError
from model.lens import lens
from model.loading import Load, Progress
from model.pinned import Pinned
from model.session import Session, TooLargeError
from model.tokenizer import Tokenizer, TokenizerError

GONE: answers.Gone = {"gone": True}  # the model has gone on to another text


def finish(answering: Coroutine) -> dict:
    """What a method of the engine answers, where there is no event loop: it waits for nothing but its turn."""
    while True:
        try:
            answering.send(None)
        except StopIteration as done:
            return done.value


class Runner(NamedTuple):
    """A model with what it takes to run it on a text."""

    session: Session
    tokenizer: Tokenizer
    resident: str  # how its weights are held, "float32" or "int8"
    again: Load | None = None  # loads it once more
    rounding: float | None = None  # see `loading.Model`


class Engine:
    def __init__(self, runner: Runner | None = None) -> None:
        self.runner = runner  # of the model in use
        self.run = 0  # the request that the session's values answer
        self.newest = 0  # requests to read a text are numbered: an older one gives way
        self.done = self.total = 0  # blocks of the pass under way
        self.order: np.ndarray | None = None  # (V,) ranking of the last prediction's logits
        self.pinned: Pinned | None = None
        self.asked_effects = 0  # calls of `effects`: a newer one ends an older
        self.tried = self.to_try = 0  # parts of the last such call
        self.coming: Runner | None = None  # it is loaded, and in use as soon as it has read a text, see `use`
        self.loading: asyncio.Task | None = None
        self.progress = Progress()

    @property
    def session(self) -> Session:
        return self.runner.session

    @property
    def tokenizer(self) -> Tokenizer:
        return self.runner.tokenizer

    # Loading a model while the one in use goes on answering

    async def take(self, load_model: Load, resident: str | None) -> answers.Ready | answers.Failure:
        """Have a model ready for use: its sizes, how it is held, and whether that was the wish; or {"error", "file"}.

        A newer call, or `cancel`, ends an older one with the error "cancelled"; the model in use stays until the new
        one has read a text. `load_model` counts what comes in `progress`, which is new for each call.
        """
        self.cancel()
        self.progress = Progress()
        self.loading = asyncio.ensure_future(load_model(resident))
        try:
            model = await self.loading
        except asyncio.CancelledError:
            return {"error": "cancelled", "file": ""}
        except DownloadError as error:
            return {"error": error.kind, "file": error.file}
        except FileError as error:
            return error.answer()
        except KeyError as error:  # a file that the model's index does not name
            return FileError(f"{error}").answer()
        except MemoryError:
            return {"error": "memory", "file": ""}
        except Exception as error:  # whatever it was: the page waits for an answer
            return {"error": "failed", "file": f"{type(error).__name__}: {error}"}
        config = model.config
        session = Session(model.weights, config)
        self.coming = Runner(session, model.tokenizer, model.resident, load_model, model.rounding)
        return {
            "n_layer": config.n_layer,
            "n_head": config.n_head,
            "n_embd": config.n_embd,
            "parameters": parameters(config),
            "bytes": self.progress.report()["total"],
            "resident": model.resident,
            "rounding": model.rounding,
            "unused": model.unused,
            "cramped": resident == "float32" and model.resident != resident,
        }

    async def hold(self, resident: str) -> answers.Ready | answers.Failure:
        """Load the model in use once more, to be held as "float32" or "int8"; answers as `take`."""
        return await self.take(self.runner.again, resident)

    def cancel(self) -> None:
        """Stop loading; what has come whole is kept for the next time."""
        self.coming = None
        if self.loading:
            self.loading.cancel()

    # Reading a text

    def tokenize(self, text: str) -> answers.Prompt | answers.Failure:
        """The tokens of a text; the model does not run."""
        try:
            _, answer = read_prompt(text, self.tokenizer, self.session.config.n_positions)
        except TokenizerError as error:
            return {"error": "text", "file": str(error)}
        return answer

    async def predict(
        self, text: str, ids: list[int], settings: answers.Settings, block: int, head: int, row: int
    ) -> answers.Prediction | answers.Replaced | answers.Failure:
        """A new run: the model in use reads a text and the ids appended to it.

        Answers the number of the run, its tokens, the likeliest next tokens under `settings` (see `reshape`), the
        picture of one block, head and token (see `look`), and milliseconds; {"replaced": true} when a newer call came
        before this one was done, {"error", "file"} when the model cannot read this. The last run then stays.
        """
        return await self._read(self.runner, text, ids, settings, block, head, row)

    async def use(
        self, text: str, ids: list[int], settings: answers.Settings, block: int, head: int, row: int
    ) -> answers.Prediction | answers.Replaced | answers.Failure:
        """The same with the model that has been loaded: when it can read the text, it is the model in use.

        After {"replaced": true} it waits to be asked again; after an error it is gone, and the one in use before
        stays. Of a text that is not Unicode nothing is read, and `unread` says why.
        """
        runner = self.coming
        if runner is None:
            return {"error": "cancelled", "file": ""}
        answer = await self._read(runner, text, ids, settings, block, head, row)
        if answer.get("error") == "text":  # no fault of the model
            answer = await self._read(runner, "", [], settings, block, head, row) | {"unread": answer["file"]}
        if answer.get("error") == "broken":
            answer |= {"error": "unused"}
        if "replaced" not in answer and self.coming is runner:
            self.coming = None
        return answer

    async def _read(
        self,
        runner: Runner,
        text: str,
        appended: list[int],
        settings: answers.Settings,
        block: int,
        head: int,
        row: int,
    ) -> answers.Prediction | answers.Replaced | answers.Failure:
        self.newest += 1
        mine, session = self.newest, runner.session
        self.done, self.total = 0, session.config.n_layer
        before = {}
        try:
            ids, answer = read_prompt(text, runner.tokenizer, session.config.n_positions, appended)
            steps = session.steps(ids)
            while True:
                before = dict(vars(session))  # only its last step changes a session
                if (done := next(steps, None)) is None:
                    break
                self.done = done
                await asyncio.sleep(0)
                if mine != self.newest:
                    return {"replaced": True}
            return self._answered(runner, mine, answer, settings, (block, head, row))
        except TokenizerError as error:
            failure = {"error": "text", "file": str(error)}
        except MemoryError:
            failure = {"error": "memory", "file": f"{len(ids)}"}
        except TooLargeError as error:
            failure = {"error": "broken", "file": str(error)}
        except Exception as error:  # whatever it was: the page waits for an answer
            failure = {"error": "failed", "file": f"{type(error).__name__}: {error}"}
        vars(session).update(before)
        return failure

    def _answered(self, runner: Runner, run: int, answer: dict, settings: answers.Settings, place: tuple) -> dict:
        """What there is to say of a run that is computed; when that fails, the run before stays."""
        held = self.runner, self.run, self.order
        try:
            self.runner, self.run = runner, run
            self.order = sampling.ranking(self.session.final.logits[0])
            timing = {"milliseconds": 1000 * self.session.timing.total, "computed": self.session.timing.tokens}
            return {**answer, "run": run, **timing, "next": self.reshape(settings), "view": self.look(*place)}
        except Exception:
            self.runner, self.run, self.order = held
            raise

    def computing(self) -> answers.Computing:
        """How far the newest run is, in blocks."""
        return {"done": self.done, "total": self.total}

    # What can be asked about a run

    def ask(self, run: int, name: str, *values: object) -> dict:
        """What the method `name` answers, if `run` is the last one; else all there is to say is `GONE`."""
        return getattr(self, name)(*values) if run == self.run else GONE

    async def forming(self, run: int) -> answers.Depths | answers.Gone:
        """What the model would say if it stopped after each block; `GONE` as soon as a newer text is being read."""
        newest, depths = self.newest, []
        if run == self.run:
            for depth in lens(self.session, self.tokenizer):
                depths.append(depth)
                await asyncio.sleep(0)
                if newest != self.newest:
                    return GONE
        return {"depths": depths} if depths else GONE

    def about(self) -> answers.About:
        """How the run went: seconds of its parts, operations in all; and how the weights are held."""
        timing, config = self.session.timing, self.session.config
        return {
            **timing._asdict(),
            "total": timing.total,
            "operations": timing.operations(config),
            "parameters": parameters(config),
            "resident": self.runner.resident,
            "rounding": self.runner.rounding,
            "without_token": self.tokenizer.vocab_size - self.tokenizer.token_count,
            "first_without": self.tokenizer.token_count,
        }

    def reshape(self, settings: answers.Settings) -> answers.NextTokens:
        """The last prediction under other settings: {"temperature", "top_k", "top_p", "u", "count", "query"}.

        `count` and `query` say which tokens are listed; the rest shapes the distribution.
        """
        shape = {name: settings[name] for name in ("temperature", "top_k", "top_p", "u")}
        answer = next_tokens(
            self.session.final.logits[0], self.tokenizer, self.order, settings["count"], shape, settings["query"]
        )
        if self.pinned:
            listed = [row["id"] for row in answer["candidates"]]
            answer["pinned"] = self.pinned.line(self._sampled(settings), self.tokenizer, listed)
        return answer

    def pin(self, settings: answers.Settings) -> answers.NextTokens:
        """Put the present distribution aside, to be laid beside later ones; answers as `reshape` does."""
        self.pinned = Pinned(self._sampled(settings), self.reshape(settings), self.tokenizer)
        return self.reshape(settings)

    def unpin(self, settings: answers.Settings) -> answers.NextTokens:
        self.pinned = None
        return self.reshape(settings)

    def compare(self, settings: answers.Settings) -> answers.Comparison:
        """The pinned distribution and the present one, token by token."""
        rows = self.pinned.rows(self._sampled(settings), self.tokenizer)
        return {"rows": rows, "next": self.reshape(settings)}

    def look(self, block: int, head: int, row: int) -> answers.BlockView:
        """The picture of one block and head, with the token `row` explaining itself, or the last for one not drawn."""
        row = row if row == self._token(row) else len(self.session.ids) - 1
        return view.block_view(self.session, *self._head(block, head), row)

    def heads(self) -> answers.Heads:
        """Every head of every block in small."""
        return {"blocks": attention_heads(self.session, self.tokenizer)}

    def work(self, block: int, head: int) -> answers.Stages:
        """The three steps of one head, from queries and keys to shares."""
        return view.stages(self.session, *self._head(block, head))

    def score(self, block: int, head: int, row: int, column: int) -> answers.Score:
        """One cell of those steps, worked out."""
        return view.one_score(self.session, *self._head(block, head), self._token(row), self._token(column))

    def strip(self, name: str, block: int, head: int, row: int, cell: int) -> answers.StripCell:
        """What one cell of a strip stands for."""
        return view.read_strip(self.session, name, *self._head(block, head), self._token(row), cell)

    def table(self, name: str, block: int, head: int) -> answers.Table:
        """The numbers of a strip, or of one step of a head, for a table."""
        make = view.square_table if name in view.STAGES else view.strip_table
        return make(self.session, name, *self._head(block, head))

    def numbers(self, part: str, settings: answers.Settings, block: int, head: int, table: str) -> answers.File:
        """The numbers of an opened part as the text of a CSV file."""
        block, head = self._head(block, head)
        chosen = {"block": block, "head": head, "table": table, "pinned": self.pinned}
        return {"text": export.numbers(part, self.session, self.tokenizer, self.order, settings, chosen)}

    # What if a part were missing

    def what_if(self, changes: list[what_if.Change], settings: answers.Settings, row: int) -> answers.NextTokens:
        """The prediction after the token `row` with all of `changes`, listed as `reshape` lists it."""
        logits = what_if.logits_if(self.session, changes, self._token(row))  # (V,)
        shape = {name: settings[name] for name in ("temperature", "top_k", "top_p", "u")}
        order = sampling.ranking(logits)  # (V,)
        return next_tokens(logits, self.tokenizer, order, settings["count"], shape, settings["query"])

    async def effects(
        self, run: int, kind: str, row: int, token: int, temperature: float, mean: bool = False
    ) -> answers.Effects | answers.Gone:
        """What the prediction of `token` after the token `row` owes to each part: "arrows", "heads" or "mlps".

        One after the other; `trying` says how far it is. `GONE` when a newer text is being read, or a newer call came.
        """
        self.asked_effects += 1
        mine, newest = self.asked_effects, self.newest
        if run != self.run:
            return GONE
        row = self._token(row)
        changes = what_if.parts(self.session, kind, row, mean)
        self.to_try = len(changes)
        answer = effects.without_any(self.session, row, token, temperature)
        for effect in effects.of_each(self.session, changes, row, token, temperature):
            answer["effects"].append(effect)
            self.tried = len(answer["effects"])
            await asyncio.sleep(0)
            if mine != self.asked_effects or newest != self.newest:
                return GONE
        return answer

    def trying(self) -> answers.Trying:
        """How far the newest call of `effects` is."""
        return {"done": self.tried, "total": self.to_try}

    def logit_terms(self, token: int, row: int) -> answers.LogitTerms:
        """The terms whose sum is the logit of `token` after the token `row`, in the order of computing."""
        return {"terms": [part._asdict() for part in what_if.logit_parts(self.session, token, self._token(row))]}

    def _sampled(self, settings: answers.Settings) -> np.ndarray:
        """The last prediction's probabilities (V,) under `settings`."""
        logits = self.session.final.logits[0]  # (V,)
        return sampling.sampled(logits, self.order, settings["temperature"], settings["top_k"], settings["top_p"])

    def _head(self, block: int, head: int) -> tuple[int, int]:
        """A block and head that this model has: a link may have been made with a larger one."""
        config = self.session.config
        return min(max(block, 0), config.n_layer - 1), min(max(head, 0), config.n_head - 1)

    def _token(self, row: int) -> int:
        return view.drawn_row(self.session, row)
