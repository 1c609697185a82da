"""A reader's own version of the code: what the sandbox is asked to compute with it."""

from typing import TypedDict

from model.explain.prompt import read_prompt
from model.received import count
from model.removals import Removal, within
from model.sandbox.handed import Reading
from model.session import LONG
from model.worker.run import Runner, reading


class OwnReading(Reading):
    """How a text is to be read."""

    numbers: int  # that are to come back


class TooLong(TypedDict):
    """Instead of it: of a text of more than `most` tokens not every activation is kept."""

    error: str
    file: str
    most: int


def reading_by_own(
    runner: Runner, text: str, appended: list[int], removals: tuple[Removal, ...]
) -> OwnReading | TooLong:
    """What is to be computed of a text. Raises TokenizerError for text that is not Unicode."""
    config = runner.session.config
    ids, _ = read_prompt(text, runner.tokenizer, config.n_positions, appended)
    if len(ids) > LONG:
        return {"error": "own_long", "file": "", "most": LONG}
    return {
        **reading(runner, ids, within(removals, config.n_layer, config.n_head)),
        "numbers": count(config, len(ids)),
    }
