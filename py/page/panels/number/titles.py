"""A number's address in words: "output of head 4 in block 5 for “because”, number 17"."""

from page.figure.addresses import SQUARES, read
from page.state.counting import number_of
from page.text.markup import word_html
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

TABLES = ("wte", "wpe")  # of embeddings, a row for each token or position


def is_weight(name):
    return name.endswith(".weight") or name.endswith(".bias")


def title(address, answer, token, words):
    """As HTML. `answer` is the run's, `token` the text of the vocabulary's entry that it is about, if any."""
    said = values(address, answer, token)
    name = read(address)[0]
    if is_weight(name) and name[:3] not in TABLES:
        said["layer"] = words.html("number.layer." + name[: name.rfind(".")], **said)
    return words.html("number.of." + key_of(address), **said)


def key_of(address):
    """What a number of its kind is called, by the texts' keys: of weights, which they are."""
    name = read(address)[0]
    if not is_weight(name):
        return SHORT[name]
    if name[:3] in TABLES:
        return name[:3]
    if name.endswith(".bias"):
        return "bias"
    return "gain" if name.startswith("ln_") else "weight"


def values(address, answer, token):
    """What titles and sentences name, as HTML."""
    name, block, place = read(address)
    said = {
        "number": grouped(number_of(place[-1])),
        "block": "" if block is None else str(number_of(block)),
        "candidate": word_html(token) if token else "",
        "position": str(number_of(place[0])),  # of what has one, else the row of a matrix
    }
    row = None
    if name in SQUARES:
        row, column = place[1], place[2]
        said["head"], said["other"] = str(number_of(place[0])), word_html(answer["tokens"][column]["shown"])
    elif not is_weight(name):
        row = place[0]
        if len(place) == 3:
            said["head"] = str(number_of(place[1]))
    if row is not None:
        said["token"] = word_html(answer["tokens"][row]["shown"])
        said["position"] = str(number_of(row))
    return said
