"""The model in use and its last run: what the page, the site's builder and the tests ask. Nothing here knows a browser.

Each text that is read is a `Run`, with a number. What is asked about a run is asked by that number, so that no number
of one text is ever taken for another's: see `Engine.ask`. Everything happens on one thread; `await asyncio.sleep(0)`
between blocks lets newer requests in. Answers are plain dicts; a failure is an answer too, not an exception.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from model import what_if
from model.checkpoint.file_error import Failure
from model.checkpoint.loading import Compile, Load, Progress, no_kernel
from model.checkpoint.quantization import Precision
from model.explain import answers, effects
from model.explain.block_answers import Depths
from model.explain.logit_lens import logit_lens
from model.explain.prompt import read_prompt
from model.removals import Removal, within
from model.session import Session
from model.tokenizer.tokenizer import TokenizerError
from model.worker.aside import read_beside
from model.worker.failure import failure_of, not_loaded
from model.worker.run import Run, Runner
from model.worker.ways import timed

GONE: answers.Gone = {"gone": True}  # the model has gone on to another text

T = TypeVar("T")


def finish(answering: Coroutine[Any, Any, T]) -> T:
    """What a method of the engine answers, where there is no event loop: it waits for nothing but its turn."""
    while True:
        try:
            answering.send(None)
        except StopIteration as done:
            return done.value


class Engine:
    def __init__(self, runner: Runner | None = None, compile_kernel: Compile = no_kernel) -> None:
        self.compile_kernel = compile_kernel
        self.runner = runner  # of the model in use
        self.last: Run | None = None
        self.aside: Run | None = None  # of a text that was read beside it, see `read_aside`
        self.asides = 0  # such texts so far: their runs have numbers below 0
        self.newest = 0  # requests to read a text are numbered: an older one gives way
        self.done = self.total = 0  # blocks of the pass under way
        self.asked_effects = 0  # calls of `effects`: a newer one ends an older
        self.tried = self.to_try = 0  # parts of the last such call
        self.coming: Runner | None = None  # it is loaded, and in use as soon as it has read a text, see `use`
        self.loading: asyncio.Task | None = None
        self.progress = Progress()

    @property
    def in_use(self) -> Runner:
        """Raises LookupError where no model has read a text yet."""
        if self.runner is None:
            raise LookupError("no model is in use yet")
        return self.runner

    # Loading a model while the one in use goes on answering

    async def take(self, load_model: Load, precision: Precision | None) -> answers.Ready | Failure:
        """Have a model ready for use: its sizes, how it is held, and whether that was the wish; or {"error", "file"}.

        A newer call, or `cancel`, ends an older one with the error "cancelled"; the model in use stays until the new
        one has read a text. `load_model` counts what comes in `progress`, which is new for each call.
        """
        self.cancel()
        self.progress = Progress()
        self.loading = asyncio.ensure_future(load_model(precision))
        try:
            model = await self.loading
        except asyncio.CancelledError:
            return {"error": "cancelled", "file": ""}
        except Exception as error:  # whatever it was: the page waits for an answer
            return not_loaded(error)
        session = Session(model.weights, model.config)
        self.coming = Runner(session, model.tokenizer, model.precision, load_model, model.rounding)
        return model.ready(precision, self.progress)

    async def set_precision(self, precision: Precision) -> answers.Ready | Failure:
        """Load the model in use once more, to be held in another way; answers as `take`."""
        again = self.in_use.again
        if again is None:
            raise LookupError("the model in use was not loaded by `take`")
        return await self.take(again, precision)

    def cancel(self) -> None:
        """Stop loading; what has come whole is kept for the next time."""
        self.coming = None
        if self.loading:
            self.loading.cancel()

    # Reading a text

    def tokenize(self, text: str) -> answers.Prompt | Failure:
        """The tokens of a text; the model does not run."""
        try:
            _, answer = read_prompt(text, self.in_use.tokenizer, self.in_use.session.config.n_positions)
        except TokenizerError as error:
            return {"error": "text", "file": str(error)}
        return answer

    async def predict(
        self,
        text: str,
        ids: list[int],
        settings: answers.Settings,
        block: int,
        head: int,
        row: int,
        removals: tuple[Removal, ...] = (),
    ) -> answers.Prediction | answers.Replaced | Failure:
        """A new run: the model in use reads a text and the ids appended to it, without the parts in `removals`.

        Answers the number of the run, its tokens, the likeliest next tokens under `settings` (see `next_tokens`), the
        picture of one block, head and token (`block_view`), and milliseconds; {"replaced": true} when a newer call came
        before this one was done, {"error", "file"} when the model cannot read this. The last run then stays.
        """
        return await self._read(self.in_use, text, ids, settings, (block, head, row), removals)

    async def use(
        self,
        text: str,
        ids: list[int],
        settings: answers.Settings,
        block: int,
        head: int,
        row: int,
        removals: tuple[Removal, ...] = (),
    ) -> answers.Prediction | answers.Replaced | Failure:
        """The same with the model that has been loaded: when it can read the text, it is the model in use.

        After {"replaced": true} it waits to be asked again; after an error it is gone, and the one in use before
        stays. Of a text that is not Unicode nothing is read, and `unread` says why.
        """
        runner = self.coming
        if runner is None:
            return {"error": "cancelled", "file": ""}
        place = (block, head, row)
        answer = await self._read(runner, text, ids, settings, place, removals)
        if "error" in answer and answer["error"] == "text":  # no fault of the model
            unread = answer["file"]
            answer = await self._read(runner, "", [], settings, place, removals)
            if "run" in answer:
                answer["unread"] = unread
        if "error" in answer and answer["error"] == "broken":
            answer = {"error": "unused", "file": answer["file"]}
        if "replaced" not in answer and self.coming is runner:
            self.coming = None
        return answer

    async def _read(
        self,
        runner: Runner,
        text: str,
        appended: list[int],
        settings: answers.Settings,
        place: tuple[int, int, int],
        removals: tuple[Removal, ...],
    ) -> answers.Prediction | answers.Replaced | Failure:
        self.newest += 1
        mine, sessions = self.newest, self._sessions(runner, removals)
        session, config = sessions[-1], runner.session.config
        self.done, self.total = 0, config.n_layer * len(sessions)
        before = [dict(vars(one)) for one in sessions]
        try:
            ids, prompt = read_prompt(text, runner.tokenizer, config.n_positions, appended)
            passes = [one.steps(ids) for one in sessions]
            for number, steps in enumerate(passes):
                done = 0
                while done < config.n_layer:
                    done = next(steps)
                    self.done = number * config.n_layer + done
                    await asyncio.sleep(0)
                    if mine != self.newest:
                        return {"replaced": True}
            for steps in passes:  # at its last step each changes, and meanwhile nobody may ask
                list(steps)
            pinned = self.last.pinned if self.last else None
            run = Run(mine, runner, session, pinned, text, prompt["left_out"])
            answer: answers.Prediction = {
                **prompt,
                "run": mine,
                "milliseconds": 1000 * session.timing.total,
                "computed": session.timing.tokens,
                "next": run.next_tokens(settings),
                "view": run.block_view(*place),
            }
            self.runner, self.last = runner, run
            return answer
        except Exception as error:  # whatever it was: the page waits for an answer
            for one, kept in zip(sessions, before, strict=True):
                vars(one).update(kept)
            return failure_of(error)

    async def pin_text(
        self, run: int, text: str, settings: answers.Settings, mark: int, removals: tuple[Removal, ...] = ()
    ) -> answers.NextTokens | answers.Gone | Failure:
        """Have a text read, without the parts in `removals`, and put aside, as the run's `pin` puts its own.

        Answers as that; `GONE` when the model has gone on to another run meanwhile; {"error", "file"} when it cannot
        read the text.
        """
        last = self.numbered(run)
        if last is None:
            return GONE
        try:
            read = await read_beside(last.runner, text, removals, lambda: last is self.last)
        except Exception as error:
            return failure_of(error)
        if read is None:
            return GONE
        other = Run(last.number, last.runner, read[0])
        other.pin(settings, mark)
        last.pinned = other.pinned
        return last.next_tokens(settings)

    async def read_aside(self, text: str, settings: answers.Settings) -> answers.Aside | answers.Gone | Failure:
        """Have another text read by the model in use, with every part in place, while the last run stays what it was.

        Its run can be asked by its number until the next is read so. `GONE` when a text is to be read meanwhile.
        """
        newest, runner = self.newest, self.in_use
        try:
            read = await read_beside(runner, text, wanted=lambda: newest == self.newest)
            if read is None:
                return GONE
            session, prompt = read
            self.asides -= 1
            self.aside = Run(self.asides, runner, session)
            return {**prompt, "run": self.asides, "next": self.aside.next_tokens(settings)}
        except Exception as error:
            return failure_of(error)

    def _sessions(self, runner: Runner, removals: tuple[Removal, ...]) -> list[Session]:
        """Those that read a text: with every part in place and, where some are to be missing, then without them."""
        config = runner.session.config
        removals = within(removals, config.n_layer, config.n_head)
        if not removals:
            return [runner.session]
        known = self.last.session if self.last else None
        if known is None or known.weights is not runner.session.weights or known.removals != removals:
            known = Session(runner.session.weights, config, removals)
        return [runner.session, known]

    def pass_progress(self) -> answers.PassProgress:
        """How far the newest run is, in blocks."""
        return {"done": self.done, "total": self.total}

    # What can be asked about a run

    def ask(self, run: int, name: str, *values: object) -> answers.Answer:
        """What the run's method `name` answers, if `run` is the last one; else all there is to say is `GONE`."""
        last = self.numbered(run)
        return getattr(last, name)(*values) if last else GONE

    def numbered(self, run: int) -> Run | None:
        """The last run, or the one beside it, if it has this number."""
        return next((one for one in (self.last, self.aside) if one and one.number == run), None)

    async def logit_lens(self, run: int) -> Depths | answers.Gone:
        """What the model would say if it stopped after each block; `GONE` as soon as a newer text is being read."""
        newest, last = self.newest, self.numbered(run)
        if last is None:
            return GONE
        depths = []
        for depth in logit_lens(last.session, last.tokenizer):
            depths.append(depth)
            await asyncio.sleep(0)
            if newest != self.newest or self.numbered(run) is not last:
                return GONE
        return {"depths": depths}

    async def ways(self, run: int) -> answers.Ways | answers.Gone:
        """The time of the run's text in each way to hold and multiply weights; `GONE` as `logit_lens`."""
        newest, last = self.newest, self.numbered(run)
        if last is None:
            return GONE
        ways: list[answers.Way] = []
        for _ in timed(last.session, await self.compile_kernel(), ways):
            await asyncio.sleep(0)
            if newest != self.newest or self.numbered(run) is not last:
                return GONE
        return {"ways": ways}

    # What if a part were missing

    async def effects(
        self, run: int, kind: str, row: int, token: int, temperature: float, mean: bool = False
    ) -> answers.Effects | answers.Gone:
        """What the prediction of `token` after the token `row` owes to each part: "arrows", "heads" or "mlps".

        One after the other; `effects_progress` says how far it is. `GONE` when a newer text is being read, a newer
        call came, or `cancel_effects`.
        """
        self.asked_effects += 1
        mine, newest, last = self.asked_effects, self.newest, self.numbered(run)
        if last is None:
            return GONE
        row = last.drawn(row)
        changes = what_if.parts(last.session, kind, row, mean)
        self.tried, self.to_try = 0, len(changes)
        answer = effects.without_any(last.session, row, token, temperature)
        for effect in effects.of_each(last.session, changes, row, token, temperature):
            answer["effects"].append(effect)
            self.tried = len(answer["effects"])
            await asyncio.sleep(0)
            if mine != self.asked_effects or newest != self.newest or self.numbered(run) is not last:
                return GONE
        return answer

    async def most_telling(self, run: int, row: int, temperature: float) -> answers.MostTelling | answers.Gone:
        """The arrow without which the likeliest token after `row` would lose most probability at this temperature.

        Every arrow of that token is cut, one after the other, as `effects` does it: it takes as long, and gives way as
        that does.
        """
        last = self.numbered(run)
        if last is None:
            return GONE
        row = last.drawn(row)
        token = int(what_if.logits_if(last.session, [], row).argmax())
        found = await self.effects(run, "arrows", row, token, temperature)
        if "gone" in found:
            return GONE
        return {
            "row": row,
            "token": {"id": token, "shown": last.tokenizer.display(token)},
            "temperature": temperature,
            "arrow": effects.most_telling(last.session, found),
        }

    def cancel_effects(self) -> None:
        """Stop trying parts; whoever waits for them is answered `GONE`."""
        self.asked_effects += 1

    def effects_progress(self) -> answers.EffectsProgress:
        """How far the newest call of `effects` is."""
        return {"done": self.tried, "total": self.to_try}
