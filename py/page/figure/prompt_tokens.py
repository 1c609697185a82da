"""The prompt's tokens: as tints behind the typed text, and as the picture's rows."""

from page.figure.differences import changed, instead
from page.state.counting import number_of
from page.text.markup import escape, quoted, visible
from page.text.numbers import grouped

SIGNS = (  # beyond ASCII, where Unicode keeps punctuation, symbols and emoji; nearly all the rest are letters
    (0x80, 0xBF),
    (0x2000, 0x2BFF),
    (0x3000, 0x303F),
    (0xFF00, 0xFF0F),
    (0xFF1A, 0xFF20),
    (0x1F000, 0x1FAFF),
)


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


def text_of(answer):
    """The text that the tokens of an answer stand for."""
    return answer["left_out_text"] + "".join([token["text"] for token in answer["tokens"]])


def count(answer, words):
    return words.say("prompt.count", count=grouped(answer["count"]), limit=grouped(answer["n_positions"]))


def column(answer, first, chosen, words):
    """The tokens from `first` on, one a row: choosing one makes it the token that explains itself."""
    rows = []
    for position in range(first, len(answer["tokens"])):
        token = answer["tokens"][position]
        place = words.say("tokens.position", position=number_of(position))
        named = (token["shown"].strip(" ") or quoted(token["shown"])) + ", " + place
        before = instead(answer["view"], position - first)
        if before is not None:
            named += ", " + words.say("tokens.instead" if before else "tokens.new", token=quoted(before))
        rows.append(
            '<li><button type="button" class="token{}" data-tells="token" data-row="{}" data-id="{}" aria-pressed="{}"'
            ' translate="no" aria-label="{}"><span class="piece">{}</span> '
            '<span class="position" translate="yes">{}</span>{}</button></li>'.format(
                changed(answer["view"], position - first),
                position,
                token["id"],
                "true" if position == chosen else "false",
                escape(named),
                visible(token["shown"]),
                place,
                '<span class="instead">{}</span>'.format(visible(before)) if before else "",
            )
        )
    return "".join(rows)


def names(answer, first):
    """The same tokens as plain row labels, for the parts that a narrow screen stacks."""
    return "".join(["<li>" + visible(token["shown"]) + "</li>" for token in answer["tokens"][first:]])


def is_piece(answer, position):
    """Whether the token is a part of a longer word: it goes on from the token before, or into the next."""
    texts = [" " if "note" in token else token["text"] for token in answer["tokens"]]  # those are no text
    return joined(texts, position) or joined(texts, position + 1)


def joined(texts, position):
    """Whether a word runs on into the text at `position`; one that is empty is the rest of a shared character."""
    if not 0 < position < len(texts):
        return False
    before = "".join(texts[:position])
    return not texts[position] or (before != "" and wordlike(before[-1]) and wordlike(texts[position][0]))


def wordlike(character):
    """A letter or digit; MicroPython itself can tell ASCII's alone."""
    code = ord(character)
    if code < 128:
        return character.isalpha() or character.isdigit()
    return not any([first <= code <= last for first, last in SIGNS])
