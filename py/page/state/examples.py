"""Prompts for a reader who has none in mind, prepared when the site is built. The first is the page's own."""

EXAMPLES = (
    "The little girl was very happy because",  # one clear winner, and a head that looks back at what decides it
    "She closed the door and looked at",  # leaders so close that the temperature decides what is drawn
    "My sister married Mr. Davis. I like Mr.",  # a head of a late block finds the name that came after " Mr." before
    "It is the largest city in the",  # an encyclopedia's sentence
    "The cat sat on the",  # flat: many words fit, and the model knows no favourite
)

MORE = (  # for tasks that none of these can be asked
    "The old man went to the river to catch a",
    "He opened the letter and began to",
    "My brother has a dog. I like my",
    "In the morning the children went to the",
    "The king was angry because his daughter",
    "She gave the book to her",
    "The sun was hot and the water was",
)
QUEEN = "The queen was very angry because"  # for the last step of the tour
GLOSSED = EXAMPLES + MORE + (QUEEN,)

CHANGED = (  # texts that differ in a word, or little more: what to put in the place of one of them
    (EXAMPLES[0], "The little boy was very happy because", "The little students were very happy because"),
    (EXAMPLES[1], "He closed the door and looked at", "They closed the door and looked at"),
    (EXAMPLES[2], "My sister married Mr. Brown. I like Mr.", "My brother married Mr. Davis. I like Mr."),
    (EXAMPLES[3], "It is the smallest city in the", "It is the largest river in the"),
    (EXAMPLES[4], "The dog sat on the", "The king sat on the"),
)

TEMPERATURE = 0.8  # at the start: low enough that the two bars of a token differ visibly


def prepared(number):
    """The file of the site that holds what the model says of EXAMPLES[number] at once."""
    return "examples/{}.json".format(number + 1)


def recorded(number):
    """The one that holds what it answers to questions about that, see page/recorded.py."""
    return "examples/{}.recorded".format(number + 1)


def gloss(text, words):
    """What one of the texts means in the reader's language, as HTML; "" in English, and of other texts."""
    said = words.html("example." + str(GLOSSED.index(text) + 1)) if text in GLOSSED else text
    return "" if said == text else '<span class="gloss" translate="yes">' + said + "</span>"


def offers(texts):
    """Buttons with such texts; choosing one closes nothing by itself."""
    return "".join(['<button type="button" class="example" value="{0}">{0}</button>'.format(text) for text in texts])


def buttons():
    """Choosing one closes the menu, which the browser does by itself. In each there is room for what its text means."""
    button = (
        '<button type="button" class="example" value="{0}" popovertarget="examples" popovertargetaction="hide">{0}'
        '<span id="gloss-{1}"></span></button>'
    )
    return "".join([button.format(text, number) for number, text in enumerate(EXAMPLES)])
