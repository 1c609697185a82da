"""A number's address in words: "output of head 4 in block 5 for “because”, number 17"."""

from page.state.counting import number_of
from page.text.markup import quoted, word_html
from page.text.numbers import grouped

SHORT = {  # by the name in an address, the word for it in the texts' keys
    "embed": "embed",
    "pos_embed": "pos_embed",
    "resid_pre": "resid_pre",
    "ln1": "ln1",
    "attn.q": "q",
    "attn.k": "k",
    "attn.v": "v",
    "attn.scores": "scores",
    "attn.pattern": "pattern",
    "attn.z": "z",
    "attn_out": "attn_out",
    "resid_mid": "resid_mid",
    "ln2": "ln2",
    "mlp.pre": "mlp_pre",
    "mlp.post": "mlp_post",
    "mlp_out": "mlp_out",
    "resid_post": "resid_post",
    "ln_final": "ln_final",
    "logits": "logits",
    "probabilities": "probabilities",
}


SQUARES = ("attn.scores", "attn.pattern")  # of a head: asking token by answering token


def read(address):
    """(name, block or None, place) of an address as the worker writes it."""
    name, place = address[:-1].split("[")
    parts = name.split(".")
    block = None
    if parts[0] in ("blocks", "h"):
        block, name = int(parts[1]), ".".join(parts[2:])
    return name, block, [int(number) for number in place.split(",")]


def is_weight(name):
    return name.endswith(".weight") or name.endswith(".bias")


def title(address, answer, token, words):
    """As plain text. `answer` is the run's, `token` the text of the vocabulary's entry that it is about, if any."""
    said = values(address, answer, token, lambda shown: quoted(shown.strip(" ") or shown))
    return words.say("number.of." + key_of(address), **said)


def key_of(address):
    name = read(address)[0]
    return "weight" if is_weight(name) else SHORT[name]


def values(address, answer, token, write=word_html):
    """What titles and sentences name; tokens are written as HTML, unless otherwise said."""
    name, block, place = read(address)
    said = {
        "number": grouped(number_of(place[-1])),
        "block": "" if block is None else str(number_of(block)),
        "before": "" if block is None else str(block),
        "candidate": write(token) if token else "",
        "name": address,
    }
    row = None
    if name in SQUARES:
        row, column = place[1], place[2]
        said["head"], said["other"] = str(number_of(place[0])), write(answer["tokens"][column]["shown"])
    elif not is_weight(name):
        row = place[0]
        if len(place) == 3:
            said["head"] = str(number_of(place[1]))
    if row is not None:
        said["token"] = write(answer["tokens"][row]["shown"])
        said["position"] = str(number_of(row))
    return said
