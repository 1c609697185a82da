"""The prompt's tokens: as tints behind the typed text, and as the picture's rows."""

from page.markup import escape, visible
from page.numbers import grouped


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


def column(answer, first, chosen, words):
    """The tokens from `first` on, one a row: choosing one makes it the token that explains itself."""
    rows = []
    for position in range(first, len(answer["tokens"])):
        token = answer["tokens"][position]
        rows.append(
            '<li><button type="button" class="token" data-row="{}" data-id="{}" aria-pressed="{}"><span class="piece">{}</span>'
            '<span class="position">{}</span></button></li>'.format(
                position,
                token["id"],
                "true" if position == chosen else "false",
                visible(token["shown"]),
                words.say("tokens.position", position=position + 1),
            )
        )
    return "".join(rows)


def names(answer, first):
    """The same tokens as plain row labels, for the parts that a narrow screen stacks."""
    return "".join(["<li>" + visible(token["shown"]) + "</li>" for token in answer["tokens"][first:]])


def is_piece(answer, position):
    """Whether the token is a part of a longer word: a letter or digit goes on from the token before, or into the next."""
    tokens = answer["tokens"]
    after_before = position > 0 and joined(tokens[position - 1]["text"], tokens[position]["text"])
    before_after = position + 1 < len(tokens) and joined(tokens[position]["text"], tokens[position + 1]["text"])
    return after_before or before_after


def joined(left, right):
    """Whether a word runs on from the text `left` into the text `right`; one half of a character counts too."""
    if not left or not right:
        return True
    return wordlike(left[-1]) and wordlike(right[0])


def wordlike(character):
    return character.isalpha() or character.isdigit() or ord(character) > 127
