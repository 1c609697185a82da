"""A text cut into tokens: the ids that the model reads, and what the page is told of them."""

import codecs
from collections.abc import Sequence
from itertools import accumulate

from model.explain.answers import Prompt, Token
from model.tokenizer.tokenizer import Tokenizer


def read_prompt(
    text: str, tokenizer: Tokenizer, n_positions: int, appended: Sequence[int] = ()
) -> tuple[list[int], Prompt]:
    """The ids the model is given, and what the page shows of them.

    `appended` are ids that follow those of the text as they are: tokens that were drawn, not typed.

    Tokens that the tokenizer's template adds to every text have the `note` "template": they hold none of its
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
