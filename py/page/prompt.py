"""The prompt's tokens: as tints behind the typed text, and as the first column of the picture."""

from page.markup import escape, visible
from page.numbers import grouped

ROWS = 12  # tokens listed in the column before the earlier ones are folded into one line


def tints(answer, ghost):
    """Behind the text: what is left out, hatched; each token's stretch on one of two tints; the likeliest next token.

    A trailing zero-width space keeps a line for a text that ends in a line break.
    """
    pieces = []
    if answer["left_out_text"]:
        pieces.append('<span class="tint left-out">' + escape(answer["left_out_text"]) + "</span>")
    for number, token in enumerate(answer["tokens"]):
        if token["text"]:
            kind = "odd" if number % 2 else "even"
            pieces.append('<span class="tint ' + kind + '">' + escape(token["text"]) + "</span>")
    if ghost:
        pieces.append('<span class="ghost">' + escape(ghost) + "</span>")
    return "".join(pieces) + "\u200b"


def count(answer, words):
    return words.say("prompt.count", count=grouped(answer["count"]), limit=grouped(answer["n_positions"]))


def column(answer, words):
    """The last ROWS tokens that the model reads, one a row with its position and id."""
    read = answer["tokens"]
    folded = max(0, len(read) - ROWS)
    rows = []
    if folded:
        rows.append('<li class="folded">' + words.say("tokens.left_out_of_view", count=folded) + "</li>")
    for position in range(folded, len(read)):
        token = read[position]
        rows.append(
            '<li class="token"><span class="position">{}</span><span class="piece">{}</span>'
            '<span class="id" title="{}">#{}</span></li>'.format(
                position + 1, visible(token["shown"]), words.say("tokens.number", id=token["id"]), token["id"]
            )
        )
    return "".join(rows)
