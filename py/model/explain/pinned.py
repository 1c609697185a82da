"""A run put aside, to be laid beside a newer one: of other settings, another text, or another model.

Models differ in their vocabularies, so tokens are matched by their bytes, and entries without a token by their number.
"""

import numpy as np

from model.explain.answers import ComparedToken, NextTokens, PinnedLine
from model.explain.block_answers import Beside, MostMoved
from model.explain.differences import differences, most_moved
from model.explain.to_json import to_list
from model.session import Session
from model.tokenizer.tokenizer import Tokenizer

ROWS = 20  # tokens compared one by one


class Pinned:
    """`probabilities` (V,) are as sampled, `answer` is what `next_tokens` said of them, `session` is a frozen one;
    `mark` is the page's."""

    def __init__(
        self, probabilities: np.ndarray, answer: NextTokens, tokenizer: Tokenizer, session: Session, mark: int
    ) -> None:
        self.probabilities = probabilities  # (V,)
        self.entropy = answer["entropy"]["sampled"]  # bits
        self.curve = answer["curve"]
        self.tokenizer = tokenizer
        self.mark = mark
        self.text = "".join(tokenizer.display(i) for i in session.ids)
        self.session: Session | None = session  # None: predictions alone are compared
        self.beside: tuple[Tokenizer, np.ndarray] | None = None  # probabilities (V,) in that tokenizer's order

    def keep_beside(self, session: Session) -> None:
        """Another model may be in use: the weights of two are not held, and a long text needs them to be looked at."""
        if self.session and self.session.weights is not session.weights:
            if self.session.cache.whole:
                self.session.weights = {}
            else:
                self.session = None

    def differences(self, session: Session, tokenizer: Tokenizer, block: int, head: int, row: int) -> Beside | None:
        """How the picture of a run differs from the pinned one's, see `differences`; None where it cannot be said."""
        if self.session is None:
            return None
        return differences(session, tokenizer, self.session, self.tokenizer, block, head, row)

    def most_moved(self, session: Session, tokenizer: Tokenizer, row: int) -> MostMoved | None:
        """In which block and head the attention of a token differs most."""
        return None if self.session is None else most_moved(session, tokenizer, self.session, self.tokenizer, row)

    def probabilities_for(self, tokenizer: Tokenizer) -> np.ndarray:
        """The pinned probabilities (V,) in the order of another vocabulary, NaN for what the pinned one lacks."""
        if self.beside is None or self.beside[0] is not tokenizer:
            ids = {name_of(i, self.tokenizer): i for i in range(self.tokenizer.vocab_size)}
            places = [ids.get(name_of(i, tokenizer), -1) for i in range(tokenizer.vocab_size)]
            extended = np.append(self.probabilities, np.nan)  # (V pinned + 1,)
            self.beside = (tokenizer, extended[places])
        return self.beside[1]

    def line(self, probabilities: np.ndarray, tokenizer: Tokenizer, listed: list[int]) -> PinnedLine:
        """What a picture of `probabilities` (V,) shows of the pinned one: its curve, and its part of each `listed` id.

        `overlap` is the probability that both give to the same tokens, the sum of the smaller ones: 1 for equal
        distributions, 0 for such as have no token in common (1 minus the total variation distance).
        """
        old = self.probabilities_for(tokenizer)  # (V,)
        change = np.nan_to_num(probabilities - old)  # (V,)

        def changed(i: int) -> ComparedToken:
            return {"shown": tokenizer.display(i), "pinned": number(old[i]), "now": float(probabilities[i])}

        return {
            "ranks": self.curve["ranks"],
            "sampled": self.curve["sampled"],
            "entropy": self.entropy,
            "overlap": float(np.fmin(np.nan_to_num(old), probabilities).sum(dtype=np.float64)),
            "probabilities": to_list(old[listed]),
            "text": self.text,
            "mark": self.mark,
            "rises": changed(int(change.argmax())),
            "falls": changed(int(change.argmin())),
        }

    def rows(self, probabilities: np.ndarray, tokenizer: Tokenizer) -> list[ComparedToken]:
        """The ROWS likeliest tokens of either, likeliest first; those that only the pinned model has too.

        A probability is None in the model that lacks the token.
        """
        old = self.probabilities_for(tokenizer)  # (V,)
        largest = np.fmax(old, probabilities)  # (V,)
        rows: list[ComparedToken] = [
            {"shown": tokenizer.display(int(i)), "pinned": number(old[i]), "now": float(probabilities[i])}
            for i in np.argsort(-largest, kind="stable")[:ROWS]
        ]
        if tokenizer is not self.tokenizer:
            known = {name_of(i, tokenizer) for i in range(tokenizer.vocab_size)}
            best = np.argsort(-self.probabilities, kind="stable")[:ROWS]  # (ROWS,)
            rows += [
                {"shown": self.tokenizer.display(int(i)), "pinned": float(self.probabilities[i]), "now": None}
                for i in best
                if name_of(int(i), self.tokenizer) not in known
            ]
        rows.sort(key=lambda row: -max(row["pinned"] or 0, row["now"] or 0))
        return rows[:ROWS]


def name_of(i: int, tokenizer: Tokenizer) -> bytes | int:
    """What an entry is matched by: its token's bytes, its number where it stands for no token."""
    return tokenizer.token_bytes(i) or i


def number(value: np.floating) -> float | None:
    """JSON knows no NaN."""
    return None if np.isnan(value) else float(value)
