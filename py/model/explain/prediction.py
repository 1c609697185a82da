"""What the page is told about a text: plain dicts and lists of this run's values, the same at build time and live."""

import codecs
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from model import sampling
from model.explain.answers import Candidate, NextTokens, Prompt, Sampling, Token
from model.explain.block_answers import SmallHead
from model.explain.logit_lens import thumbnail_row
from model.explain.png import shares_picture
from model.explain.to_json import to_list
from model.gpt2 import softmax
from model.session import Session
from model.tokenizer.search import find_tokens
from model.tokenizer.tokenizer import Tokenizer

CURVE = 64  # points of the distribution's curve at most


def read_prompt(
    text: str, tokenizer: Tokenizer, n_positions: int, appended: Sequence[int] = ()
) -> tuple[list[int], Prompt]:
    """The ids the model is given, and what the page shows of them.

    `appended` are ids that follow those of the text as they are: tokens that were drawn, not typed.

    Tokens that the tokenizer's template puts to every text have the `note` "template": they hold none of its
    characters, and what is drawn follows those that come after it, as in `transformers`. A drawn id that stands for no
    token has the `note` "no_token". An empty text is read as a document's start;
    `stands_in` says that the vocabulary has no token for that. A text of more than n_positions tokens is read from the
    end: its first `left_out` tokens, the stretch `left_out_text`, do not reach the model and are not listed one by one.
    Raises TokenizerError for text that is not Unicode.
    """
    typed = tokenizer.encode_with_ends(text) if text else [(i, 0) for i in tokenizer.start]
    ids = [*(i for i, _ in typed), *appended]
    left_out = max(0, len(ids) - n_positions)
    written = endings(appended, tokenizer)
    pieces = stretches(text, [end for _, end in typed]) + written
    inside = range(len(tokenizer.template.before), len(typed) - len(tokenizer.template.after))
    read = ids[left_out:]
    tokens: list[Token] = [
        {"id": i, "shown": tokenizer.display(i), "text": piece}
        for i, piece in zip(read, pieces[left_out:], strict=True)
    ]
    for number, token in enumerate(tokens, left_out):
        if number < len(typed) and number not in inside:
            token["note"] = "template"
        elif not tokenizer.is_token(token["id"]):
            token["note"] = "no_token"
    empty = not text and not appended
    answer: Prompt = {
        "tokens": tokens,
        "count": len(ids),
        "empty": empty,
        "stands_in": empty and not tokenizer.has_start,
        "appended_text": "".join(written),
        "left_out": left_out,
        "left_out_text": "".join(pieces[:left_out]),
        "n_positions": n_positions,
    }
    return read, answer


def stretches(text: str, ends: list[int]) -> list[str]:
    """For each token, the characters of the text whose first byte it holds; together they are the text.

    `ends` are the places in the text's bytes where each token ends. Several tokens can share one character (an emoji
    is up to four bytes); the first of them holds it.
    """
    starts = list(accumulate((len(character.encode()) for character in text), initial=0))  # in bytes
    pieces, character = [], 0
    for end in ends:
        first = character
        while character < len(text) and starts[character] < end:
            character += 1
        pieces.append(text[first:character])
    return pieces


def endings(ids: Sequence[int], tokenizer: Tokenizer) -> list[str]:
    """For each of `ids` the characters that end in it; a character that never ends becomes U+FFFD."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    pieces = [decoder.decode(tokenizer.token_bytes(i)) for i in ids]
    if pieces:
        pieces[-1] += decoder.decode(b"", final=True)
    return pieces


def next_tokens(
    logits: np.ndarray, tokenizer: Tokenizer, order: np.ndarray, count: int, settings: Sampling, query: str = ""
) -> NextTokens:
    """The likeliest `count` next tokens by their logits (V,), or those that match a `query` (see `find_tokens`).

    For each the model's own probability, and the one after temperature, top-k and top-p.
    Each candidate's `sampled` is its `weight`, exp((logit - largest) / temperature), divided by `total`, the sum of
    the weights that were kept; `cut` names the rule that took it out. `outside` is what the tokens not listed have.
    """
    own = softmax(logits)  # (V,)
    temperature, top_k, top_p = settings["temperature"], settings["top_k"], settings["top_p"]
    drawn = sampling.sampled(logits, order, temperature, top_k, top_p)  # (V,)
    largest = float(logits[order[0]])
    weights = np.exp((logits.astype(np.float64) - largest) / temperature) if temperature else None  # (V,)
    kept = drawn > 0  # (V,)
    taken = sampling.draw(drawn, order, settings["u"])

    def candidate(rank: int) -> Candidate:
        i = int(order[rank])
        return {
            "id": i,
            "rank": rank + 1,
            "shown": tokenizer.display(i),
            "logit": float(logits[i]),
            "model": float(own[i]),
            "sampled": float(drawn[i]),
            "weight": None if weights is None else float(weights[i]),
            "cut": None if kept[i] or not temperature else sampling.cut_by(logits[i], logits, order, top_k, top_p),
        }

    ranks = find_tokens(query, order.tolist(), tokenizer) if query else range(min(count, len(order)))
    places = curve_ranks(len(order))  # (points,)
    tail = np.delete(order, ranks)  # the others
    return {
        "temperature": temperature,
        "top_k": top_k,
        "top_p": top_p,
        "u": settings["u"],
        "largest": largest,
        "total": None if weights is None else float(weights[kept].sum()),
        "kept": int(kept.sum()),
        "entropy": {"model": entropy(own), "sampled": entropy(drawn)},
        "curve": {
            "ranks": (places + 1).tolist(),
            "model": to_list(own[order[places]]),
            "sampled": to_list(drawn[order[places]]),
        },
        "drawn": {"id": taken, "shown": tokenizer.display(taken), "sampled": float(drawn[taken])},
        "candidates": [candidate(rank) for rank in ranks],
        "outside": {
            "count": len(tail),
            "model": float(own[tail].sum(dtype="float64")),
            "sampled": float(drawn[tail].sum(dtype="float64")),
        },
    }


def curve_ranks(size: int) -> np.ndarray:
    """Places in the ranking (points,), from 0, that a curve over the logarithm of the rank is drawn through."""
    return np.unique(np.geomspace(1, size, CURVE).round().astype(int)) - 1  # (points,)


def entropy(probabilities: np.ndarray) -> float:
    """How many bits a draw is worth on average (Shannon, 1948); what has probability 0 adds nothing."""
    p = probabilities[probabilities > 0].astype(np.float64)  # (kept,)
    return abs(float(-(p * np.log2(p)).sum()))  # a certain draw gives 0, not minus 0


def attention_heads(session: Session, tokenizer: Tokenizer) -> list[list[SmallHead]]:
    """For each block, each head: its pattern as a small picture, and the token to which the last one gives most."""
    answer: list[list[SmallHead]] = []
    for number in range(session.config.n_layer):
        heads: list[SmallHead] = []
        for pattern in session.pattern(number, thumbnail_row(session)):  # (rows, T)
            most = int(pattern[-1].argmax())
            heads.append(
                {
                    "picture": shares_picture(pattern[:, -len(pattern) :]),
                    "most": tokenizer.display(session.ids[most]),
                    "position": most,
                    "share": float(pattern[-1, most]),
                }
            )
        answer.append(heads)
    return answer
