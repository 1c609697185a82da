"""Prompts for a reader who has none in mind. The first is the page's own, prepared when the site is built."""

EXAMPLES = (
    "The little girl was very happy because",
    "Once upon a time there was a little",
    "The United States of",
    "Alice and Bob went to the river. Alice said to",
    "The cell membrane is made of",
)

TEMPERATURE = 0.8  # at the start: low enough that the two bars of a token differ visibly


def buttons():
    return "".join('<button type="button" class="example">' + text + "</button>" for text in EXAMPLES)
