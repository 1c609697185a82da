"""A text that is read beside the last run, which stays what it was."""

import asyncio
from collections.abc import Callable, Iterable

from model.explain.answers import Prompt
from model.explain.prompt import read_prompt
from model.removals import Removal, within
from model.session import Session
from model.worker.run import Runner


async def read_beside(
    runner: Runner, text: str, removals: Iterable[Removal] = (), wanted: Callable[[], bool] = lambda: True
) -> tuple[Session, Prompt] | None:
    """A session of its own that has read the text without the parts in `removals`; None once it is no longer wanted.

    Raises what reading a text may raise, see failure.py.
    """
    config = runner.session.config
    session = Session(runner.session.weights, config, within(removals, config.n_layer, config.n_head))
    ids, prompt = read_prompt(text, runner.tokenizer, config.n_positions)
    for _ in session.steps(ids):
        await asyncio.sleep(0)
        if not wanted():
            return None
    return session, prompt
