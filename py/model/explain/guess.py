"""A reader's guess at the next word, found among the next tokens."""

import numpy as np

from model import sampling
from model.explain.answers import Sampling
from model.explain.text_answers import Guess
from model.gpt2 import softmax
from model.tokenizer.tokenizer import Tokenizer


def guess(word: str, logits: np.ndarray, order: np.ndarray, tokenizer: Tokenizer, settings: Sampling) -> Guess:
    """Where `word`, which is not empty, stands among the next tokens by their logits (V,), ranked in `order` (V,).

    Readers leave out the space that most tokens begin with: of the word with and without it, the one that is a single
    token counts, else the likelier, unless it begins with a token of space alone. A word that is no single token stands
    there with its first.
    """
    word = word.encode(errors="replace").decode()  # half a character becomes a question mark
    ranks = np.empty(len(order), int)  # (V,) the place of each token in the ranking, from 0
    ranks[order] = np.arange(len(order))
    spelled = [[id for piece in tokenizer.pieces(text) for id in piece.ids] for text in (word, f" {word}")]
    says_something = [ids for ids in spelled if tokenizer.decode(ids[:1]).strip()] or spelled
    ids = min(says_something, key=lambda ids: (len(ids) > 1, ranks[ids[0]]))
    id = ids[0]
    shares = sampling.sampled(logits, order, settings["temperature"], settings["top_k"], settings["top_p"])  # (V,)
    return {
        "id": id,
        "shown": tokenizer.display(id),
        "tokens": len(ids),
        "rank": int(ranks[id]) + 1,
        "of": len(order),
        "sampled": float(shares[id]),
        "model": float(softmax(logits)[id]),
    }
