"""How a text becomes tokens: its pieces, and one of them merged step by step."""

from itertools import accumulate

from model.explain.text_answers import Merges
from model.tokenizer.merges import merge_steps
from model.tokenizer.tokenizer import CHARACTER_OF_BYTE, Piece, Tokenizer, readable

MOST = 200  # pieces listed
LONGEST = 64  # bytes of a piece that is worked out


def merges_of(text: str, tokenizer: Tokenizer, number: int, token: int) -> Merges:
    """The pieces of a text around the one with this number, and its merges.

    Of the number -1, the piece is that which the token at the place `token` among all of the text's is of, the last
    for one that was not typed. Only that piece is worked out, and only so many pieces are listed.
    """
    pieces = tokenizer.pieces(text)
    number = min(number if number >= 0 else piece_of(token - len(tokenizer.template.before), pieces), len(pieces) - 1)
    first = min(max(number - MOST // 2, 0), max(len(pieces) - MOST, 0))
    answer: Merges = {
        "first": first,
        "pieces": [
            {"shown": readable(piece.text.encode()), "tokens": len(piece.ids)} for piece in pieces[first : first + MOST]
        ],
        "piece": number,
        "kind": "none",
        "listed": len(tokenizer.ranks),
        "characters": [],
        "bytes": [],
        "steps": [],
        "tokens": [],
    }
    if not pieces:
        return answer
    piece, display = pieces[number], tokenizer.display
    word = piece.text.encode()
    answer["kind"] = "added" if piece.is_added else "long" if len(word) > LONGEST else "word"
    answer["tokens"] = [{"id": id, "shown": display(id)} for id in piece.ids]
    if answer["kind"] == "word":
        ids, steps = merge_steps(word, tokenizer)
        answer["characters"] = [{"shown": readable(one.encode()), "bytes": len(one.encode())} for one in piece.text]
        answer["bytes"] = [
            {"id": id, "shown": display(id), "value": byte, "letter": CHARACTER_OF_BYTE[byte]}
            for id, byte in zip(ids, word, strict=True)
        ]
        answer["steps"] = [
            {"id": one.id, "shown": display(one.id), "left": one.left, "rank": one.rank, "others": one.others}
            for one in steps
        ]
    return answer


def piece_of(token: int, pieces: list[Piece]) -> int:
    """The number of the piece that the token at this place is of; the last for a place after all of them."""
    ends = accumulate(len(piece.ids) for piece in pieces)
    return next((number for number, end in enumerate(ends) if token < end), len(pieces) - 1)
