"""Finding any token of the vocabulary in the ranking, also those far below what a list shows."""

from model.tokenizer.tokenizer import Tokenizer

MOST = 30  # tokens answered


def find_tokens(query: str, ranks: list[int], tokenizer: Tokenizer) -> list[int]:
    """Positions in `ranks` (ids, likeliest first) of tokens that match, the best matches first, then the likelier.

    A token matches when its text holds the query, capital letters or not; `#123` asks for an id, also for one without a
    token. A query's own leading space counts, so that " the" does not find "the".
    """
    if query.startswith("#") and query[1:].isdigit():
        return [rank for rank, i in enumerate(ranks) if str(i) == query[1:]]
    wanted = query.lower()
    if not wanted:
        return []
    found = []
    for rank, i in enumerate(ranks):
        shown = tokenizer.display(i).lower()
        if wanted in shown and tokenizer.is_token(i):
            found.append((shown.strip() != wanted.strip(), not shown.strip().startswith(wanted.strip()), rank))
    return [rank for _, _, rank in sorted(found)[:MOST]]
