"""The tasks of "Try it", solved beside the page: what is right and what is wrong, by the arrays of CPython's own run of
the text and by what the question says, as a reader reads it in either language.

An answer is what a reader does: ("option", value), ("bar", percent), ("number", text), ("place", block, head),
("temperature", value), ("top-k", value), ("text", text), ("arrow", block, head, row, column), ("mlp", block) or
("head", block, head); places are counted from 0.
"""

import re
from typing import NamedTuple

import numpy as np

from build.site.languages import texts_of
from model.gpt2 import softmax, unchanged
from model.removals import Cut, Off
from model.session import Session
from model.what_if import logits_if
from tests.browser.reading import number

WORDS = ("he", "she", "they", "boy", "man", "king", "cat", "sad", "angry", "was", "is", "and", "old", "house", "people")


class Asked(NamedTuple):
    """What stands on the page."""

    task: str
    text: str  # the reader's own
    question: str
    language: str
    options: list[str]  # the values of a choice
    rows: list[tuple[str, str]]  # names and numbers of a table

    @property
    def gaps(self) -> dict[str, str]:
        """What stands in the gaps of the question, by their names."""
        marked = texts_of(self.language, "lessons")[f"task.{self.task}.ask"]
        template = re.sub(r"\[\w*\|([^]|]+)\]", r"\1", marked)  # terms of the glossary
        pattern, seen = "", set()
        for piece in re.split(r"(\{\w+\})", template):
            name = piece[1:-1]
            if not piece.startswith("{"):
                pattern += re.escape(piece)
            else:
                pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
                seen.add(name)
        return re.fullmatch(pattern, self.question.replace("\u2068", "").replace("\u2069", "")).groupdict()

    def value(self, gap: str) -> float:
        return number(self.gaps[gap])[0]


class Solved(NamedTuple):
    right: tuple
    wrong: tuple
    says: float | None  # a number that is said of the right one, in percent where it is a share


class Run:
    """One text in CPython."""

    def __init__(self, reference, text: str) -> None:
        session, self.tokenizer = reference
        self.session, self.config = Session(session.weights, session.config), session.config
        self.ids = self.tokenizer.encode(text)
        self.session.run(self.ids)
        self.logits = self.session.final.logits[0].astype(float)  # (V,)
        self.first = int(self.logits.argmax())
        self.places = [(b, h) for b in range(self.config.n_layer) for h in range(self.config.n_head)]
        self.last = len(self.ids) - 1

    def pattern(self, block: int, head: int) -> np.ndarray:
        return self.session.block(block).pattern[head]  # (S, S)

    def name(self, token: int) -> str:
        """As a sentence of the page has it, with its quotation marks."""
        return f"“{self.tokenizer.display(token).strip()}”"

    def at(self, temperature: float) -> np.ndarray:
        return softmax(self.logits / temperature)  # (V,)

    def after(self, depth: int) -> int:
        """The favourite after so many blocks."""
        stream = self.session.stream(depth)[self.last :]  # (1, E)
        return int(self.session.program.unembed(stream, self.session.weights, self.config, unchanged)[0].argmax())

    def without(self, part: Cut | Off) -> np.ndarray:
        return logits_if(self.session, [part]).astype(float)  # (V,)

    def left(self, part: Cut | Off) -> float:
        """The first token's probability, in percent."""
        return 100 * float(softmax(self.without(part))[self.first])

    def prediction(self, text: str) -> int:
        session = Session(self.session.weights, self.config)
        session.run(self.tokenizer.encode(text))
        return int(session.final.logits[0].argmax())


def other(options: list[str], right: str) -> str:
    return next(value for value in options if value != right)


def chosen(asked: Asked, right: str, says: float | None) -> Solved:
    assert right in asked.options
    return Solved(("option", right), ("option", other(asked.options, right)), says)


def found(shares: dict[tuple[int, int], float]) -> Solved:
    """The head with the largest share, and one with the least."""
    best, least = max(shares, key=shares.get), min(shares, key=shares.get)
    return Solved(("place", *best), ("place", *least), 100 * shares[best])


def worked_out(right: float, near: float, digits: int, percent: bool = False) -> Solved:
    typed = [f"{value:.{digits}f}" for value in (right, right + 3 * near)]
    return Solved(("number", typed[0]), ("number", typed[1]), right if percent else float(typed[0]))


def fallen(run: Run, parts: dict[tuple, Off]) -> Solved:
    left = {place: run.left(part) for place, part in parts.items()}
    best, least = min(left, key=left.get), max(left, key=left.get)
    return Solved(best, least, left[best])


# Predict


def most_looked(run: Run, asked: Asked) -> Solved:
    shares = run.pattern(int(asked.value("block")) - 1, int(asked.value("head")) - 1)[-1]  # (S,)
    return chosen(asked, str(shares.argmax()), 100 * float(shares.max()))


def still_first(run: Run, asked: Asked) -> Solved:
    return chosen(asked, str(run.first), 100 * float(run.at(2).max()))


def hotter_share(run: Run, asked: Asked) -> Solved:
    then = 100 * float(run.at(asked.value("temperature"))[run.first])
    return Solved(("bar", round(then)), ("bar", round(then + (20 if then < 50 else -20))), then)


def early_answer(run: Run, asked: Asked) -> Solved:
    return chosen(asked, "yes" if run.after(int(asked.value("block"))) == run.first else "no", asked.value("block"))


def without_positions(run: Run, asked: Asked) -> Solved:
    logits = run.without(Off("position"))  # (V,)
    same = int(logits.argmax()) == run.first
    return chosen(asked, "yes" if same else "no", 100 * float(softmax(logits).max()))


# Find


def head_before(run: Run, asked: Asked) -> Solved:
    return found({place: float(np.diag(run.pattern(*place), -1).mean()) for place in run.places})


def head_first(run: Run, asked: Asked) -> Solved:
    return found({place: float(run.pattern(*place)[1:, 0].mean()) for place in run.places})


def sharpest(run: Run, asked: Asked) -> Solved:
    return found({place: float(run.pattern(*place)[-1].max()) for place in run.places})


def first_favourite(run: Run, asked: Asked) -> Solved:
    depth = [run.after(depth) for depth in range(run.config.n_layer + 1)].index(run.first)
    return Solved(("place", depth - 1, 0), ("place", 0 if depth > 1 else run.config.n_layer - 1, 0), depth)


def nearest(run: Run, asked: Asked) -> Solved:
    name = asked.gaps["token"].strip("“”").replace("␣", " ")
    token = next(one for one in run.ids if run.tokenizer.display(one) == name)
    embeddings = run.session.weights["wte.weight"]
    ids = np.array([int(value) for value in asked.options])  # (options,)
    rows, own = embeddings[ids], embeddings[np.array([token])][0]  # (options, E), (E,)
    cosines = rows @ own / np.linalg.norm(rows, axis=1) / np.linalg.norm(own)  # (options,)
    return chosen(asked, str(ids[cosines.argmax()]), float(cosines.max()))


# Make


def exactly(run: Run, asked: Asked) -> Solved:
    count = int(asked.value("count"))
    return Solved(("top-k", count), ("top-k", count + 2), count)


def certain(run: Run, asked: Asked) -> Solved:
    mark = asked.value("mark") / 100
    tenths = next(tenths for tenths in range(7, 0, -1) if run.at(tenths / 10).max() >= mark)
    return Solved(("temperature", tenths / 10), ("temperature", 0.9), 100 * float(run.at(tenths / 10).max()))


def change_word(run: Run, asked: Asked) -> Solved:
    words = asked.text.split(" ")
    changed = [
        " ".join([*words[:place], word, *words[place + 1 :]]) for word in WORDS for place in range(1, len(words))
    ]
    right = next(text for text in changed if run.name(run.prediction(text)) == asked.gaps["token"])
    return Solved(("text", right), ("text", right + " too"), None)


# Break


def cut_arrow(run: Run, asked: Asked) -> Solved:
    arrows = [Cut(*place, run.last, column) for place in run.places for column in range(run.last)]
    moves = [int(run.without(arrow).argmax()) != run.first for arrow in arrows]
    right, wrong = (arrows[moves.index(does)] for does in (True, False))
    return Solved(("arrow", *right), ("arrow", *wrong), None)


def switch_mlp(run: Run, asked: Asked) -> Solved:
    return fallen(run, {("mlp", block): Off("mlp", block) for block in range(run.config.n_layer)})


def switch_head(run: Run, asked: Asked) -> Solved:
    return fallen(run, {("head", *place): Off("head", *place) for place in run.places})


# Compute: from what the question shows, with pencil and paper


def of_table(asked: Asked, wanted: str, temperature: float) -> Solved:
    names = [name for name, _ in asked.rows]
    shares = softmax(np.array([number(shown)[0] for _, shown in asked.rows]) / temperature)  # (rows,)
    return worked_out(100 * float(shares[names.index(wanted)]), 2, 1, percent=True)


def share_of_four(run: Run, asked: Asked) -> Solved:
    return of_table(asked, asked.gaps["other"], 1)


def hot_share(run: Run, asked: Asked) -> Solved:
    assert {name for name, _ in asked.rows} == {run.name(token) for token in np.argsort(-run.logits)[:3]}
    return of_table(asked, asked.gaps["token"], 2)


def embedding_sum(run: Run, asked: Asked) -> Solved:
    row, entry = int(asked.value("place")) - 1, int(asked.value("entry")) - 1
    solved = worked_out(asked.value("left") + asked.value("right"), 0.02, 4)
    assert abs(float(solved.right[1]) - run.session.stream(0)[row, entry]) < 2e-3
    return solved


def normalised(run: Run, asked: Asked) -> Solved:
    x, mean, deviation = (asked.value(gap) for gap in ("x", "mean", "deviation"))
    solved = worked_out((x - mean) / deviation, 0.1, 3)
    entry, stream = int(asked.value("entry")) - 1, run.session.stream(int(asked.value("block")) - 1)  # (S, E)
    exact = [float((row[entry] - row.mean()) / row.std()) for row in stream]
    assert min(abs(value - float(solved.right[1])) for value in exact) < 0.02
    return solved


SOLVERS = {
    solver.__name__: solver
    for solver in (
        *(most_looked, still_first, hotter_share, early_answer, without_positions),
        *(head_before, head_first, sharpest, first_favourite, nearest),
        *(exactly, certain, change_word),
        *(cut_arrow, switch_mlp, switch_head),
        *(share_of_four, hot_share, embedding_sum, normalised),
    )
}
