"""Live examples of what happens inside the network, from the text to the last block, see `examples.py`."""

from page.state.counting import number_of
from page.text.names import characters

SAME = 1e-3  # by which a share may differ from the one that its softmax gives


def picked(found, *names):
    return {name: found[name] for name in names}


# What is read


def transformer(f):
    view = f.view
    return "", {"blocks": view["n_layer"], "heads": view["n_head"], "size": view["n_embd"]}


def token(f):
    if f.answer["empty"]:
        return ".empty", {"token": f.named(0)}
    if len(f.tokens) == 1:
        return ".one", {"token": f.named(0)}
    last = len(f.tokens) - 1
    return "", {"count": len(f.tokens), "token": f.named(last), "first": f.named(0)}


def byte_pair(f):
    """A token of n bytes has been joined n - 1 times; of a part of a character the page knows no bytes."""
    whole = [one for one in f.tokens if one["text"] == one["shown"] and not is_special(one)]
    if not whole:
        count = len(characters("".join([one["text"] for one in f.tokens])))
        return ".pieces", {"count": len(f.tokens), "characters": count}
    longest = max(whole, key=lambda one: len(one["text"].encode()))
    size = len(longest["text"].encode())
    if size == 1:
        return ".single", {"token": longest["shown"]}
    return "", {"token": longest["shown"], "bytes": size, "joins": size - 1}


def is_special(token):
    """Whether it stands in the vocabulary as a whole: the model's own marks, which are not made of pairs."""
    return "note" in token or token["shown"].startswith("<|")


def vocabulary(f):
    return "", {"token": f.token, "id": f.tokens[f.view["row"]]["id"], "size": f.size}


def context(f):
    limit, count = f.answer["n_positions"], len(f.tokens)
    if f.answer["left_out"]:
        return ".left_out", {"limit": limit, "count": f.answer["count"]}
    return ("" if count < limit else ".full"), {"limit": limit, "count": count}


def vector(f):
    return "", {"token": f.token, "size": f.view["n_embd"], "length": f.view["norms"]["resid_pre"]}


def embedding(f):
    found = f.worked("embed")
    id = f.tokens[f.view["row"]]["id"]
    return found and ("", {"token": f.token, "id": id, "number": found["result"], "size": f.view["n_embd"]})


def position(f):
    case = ".cut" if ("position",) in f.removed else ""
    return case, {"token": f.token, "position": number_of(f.view["row"])}


# The stream and its blocks


def stream(f):
    norms = f.view["norms"]
    values = {"token": f.token, "before": norms["resid_pre"], "after": norms["resid_post"]}
    return "", dict(values, block=number_of(f.view["block"]))


def block(f):
    view = f.view
    case = ".cut" if ("block", view["block"]) in f.removed else ""
    values = {"block": number_of(view["block"]), "blocks": view["n_layer"]}
    return case, values if case else dict(values, heads=view["n_head"], neurons=view["d_mlp"])


def layer_norm(f):
    found = f.worked("ln1")
    return found and ("", dict(picked(found, "x", "mean", "variance", "normalised", "result"), token=f.token))


# Attention


def query(f):
    found = f.worked("query")
    return found and ("", {"token": f.token, "size": f.view["n_embd"] // f.view["n_head"], "number": found["result"]})


def key(f):
    score = f.score
    return score and ("", {"token": f.named(score["column"]), "size": score["d_head"], "number": score["k"][0]})


def value(f):
    score = f.score
    values = score and {"token": f.token, "other": f.named(score["column"]), "share": score["share"]}
    return score and ("", dict(values, length=score["length"]))


def attention(f):
    view, most = f.view, f.view["most"]
    place = {"block": number_of(view["block"]), "head": number_of(view["head"]), "token": f.token}
    if not most["share"]:
        return ".none", place
    if view["row"] == 0:
        return ".alone", place
    if most["row"] == view["row"]:
        return ".itself", dict(place, share=most["share"])
    return "", dict(place, share=most["share"], other=f.named(most["row"]))


def score(f):
    found = f.score
    values = found and {"token": f.token, "other": f.named(found["column"]), "size": found["d_head"]}
    return found and ("", dict(values, score=found["score"]))


def scaling(f):
    found = f.score
    return found and ("", {"score": found["score"], "size": found["d_head"], "scaled": found["scaled"]})


def mask(f):
    hidden = len(f.tokens) - number_of(f.view["row"])
    if len(f.tokens) == 1:
        return ".one", {"token": f.token}
    if not hidden:
        return ".last", {"token": f.token, "first": f.named(0), "hidden": len(f.tokens) - 1}
    return "", {"token": f.token, "hidden": hidden}


def softmax(f):
    found = f.score
    if not found:
        return None
    values = {"other": f.named(found["column"]), "weight": found["weight"], "total": found["total"]}
    own = found["weight"] / found["total"]
    if abs(own - found["share"]) > SAME:  # the reader has cut an arrow of this row, or the head
        return ".cut", dict(values, share=own)
    return "", dict(values, share=found["share"])


def head(f):
    view = f.view
    values = {"head": number_of(view["head"]), "heads": view["n_head"], "block": number_of(view["block"])}
    return "", dict(values, own=view["n_embd"] // view["n_head"], size=view["n_embd"])


def projection(f):
    values = {"size": f.view["n_embd"], "token": f.token, "length": f.view["norms"]["attn_out"]}
    return "", dict(values, heads=f.view["n_head"])


# The MLP


def mlp(f):
    view = f.view
    return "", {"token": f.token, "neurons": view["d_mlp"], "length": view["norms"]["mlp_out"]}


def neuron(f):
    found = f.worked("neuron")
    case = found and (".off" if found["x"].startswith("-") else ".on")
    return found and (case, dict(picked(found, "x", "result"), token=f.token, neurons=f.view["d_mlp"]))


def gelu(f):
    found = f.worked("neuron")
    return found and ("", picked(found, "x", "gate", "result"))
