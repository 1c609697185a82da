"""A Python prompt on the numbers of the run: what is asked is run, and the value of its last line is the answer."""

import ast
import contextlib
import io
import re
from collections.abc import Sequence

import numpy as np

from model.edits import program
from model.removals import Alterations, Removal, edits
from model.sampling import ranking, sampled
from model.sandbox import own
from model.sandbox.handed import Handed
from model.sandbox.untouched import Untouched

FILE = "<prompt>"  # what Python calls the text that was asked
FUNCTIONS = ("softmax", "gelu", "layer_norm", "gpt2")  # of the program, that can be called


class Prompt:
    """Names that a reader makes stay until the next text is read."""

    def __init__(self, handed: Handed) -> None:
        self.untouched = Untouched(handed)
        self.read_with: tuple = ()  # what the names are of
        self.names: dict[str, object] = {}

    def read(
        self,
        ids: list[int],
        removals: Sequence[Removal],
        temperature: float,
        top_k: int | None,
        top_p: float | None,
        source: str = "",
    ) -> None:
        """Have the numbers of this text at hand, with these parts missing and under these settings; where there is a
        `source`, by that version of `gpt2.py`.

        Raises ValueError where the model cannot read it, or whatever the source raises.
        """
        wanted = (tuple(ids), tuple(removals), temperature, top_k, top_p, source)
        if wanted == self.read_with:
            return
        weights, config, vocabulary = self.untouched.again()
        if not 0 < len(ids) <= config.n_positions:
            raise ValueError(f"between 1 and {config.n_positions} tokens, not {len(ids)}")
        trace: dict[str, np.ndarray] = {}
        alterations = Alterations(tuple(removals))

        def keep(name: str, value: np.ndarray) -> np.ndarray:
            trace[name] = alterations.altered(name, value, 0)
            return trace[name]

        gpt2 = own.program(source) if source else program(edits(removals))
        for _ in gpt2.gpt2(ids, weights, config, keep):
            pass
        logits = trace["logits"]  # (1, V)
        order = ranking(logits[0])  # (V,)
        self.names = {
            "np": np,
            "trace": trace,
            "weights": weights,
            "config": config,
            "ids": ids,
            "tokens": [vocabulary[number] for number in ids],
            "vocabulary": vocabulary,
            "logits": logits[0],
            "probabilities": sampled(logits[0], order, temperature, top_k, top_p),
            **{name: getattr(gpt2, name) for name in FUNCTIONS if hasattr(gpt2, name)},
        }
        self.read_with = wanted

    def ask(self, source: str) -> tuple[object, str]:
        """(the value of the last line, None where it has none; what was printed). Raises whatever the source raises."""
        tree = ast.parse(source, FILE)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(tree, FILE, "exec", dont_inherit=True), self.names)
            value = None
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), FILE, "eval", dont_inherit=True), self.names)
        return value, printed.getvalue()

    def names_after(self, beginning: str) -> list[str]:
        """What may follow at the end of `beginning`: names, or activations within trace["."""
        _, quote, word = beginning.rpartition('trace["')
        if quote and '"' not in word:
            return sorted(name for name in self.names["trace"] if name.startswith(word))  # type: ignore[attr-defined]
        word = re.split(r"\W", beginning, flags=re.ASCII)[-1]
        return sorted(name for name in self.names if word and name.startswith(word) and not name.startswith("__"))
