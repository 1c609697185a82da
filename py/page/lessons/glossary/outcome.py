"""Live examples of what becomes of a text, and of what the model has learnt, see `examples.py`."""

from math import log

from page.figure.addresses import read
from page.state.counting import number_of
from page.state.removed import in_picture

# The next token


def logit(f):
    first, second = f.next["candidates"][:2]
    values = {"token": first["shown"], "logit": first["logit"]}
    return "", dict(values, other=second["shown"], second=second["logit"])


def logit_lens(f):
    view = f.view
    said = view["says"]["resid_post"]
    values = {"block": number_of(view["block"]), "token": f.token, "next": said["shown"], "share": said["probability"]}
    return ".last" if values["block"] == view["n_layer"] else "", values


def probability(f):
    return "", {"token": f.likeliest["shown"], "share": f.likeliest["model"], "size": f.size}


def temperature(f):
    degree, logit = f.next["temperature"], f.likeliest["logit"]
    if degree == 0:
        return ".greedy", {"token": f.likeliest["shown"]}
    case = ".one" if degree == 1 else ".low" if degree < 1 else ".high"
    values = {"token": f.likeliest["shown"], "logit": logit, "divided": logit / degree}
    return case, dict(values, temperature=float(degree))


def left(f, name):
    """What a rule that keeps some tokens leaves, with all the settings as they are."""
    if f.next["temperature"] == 0:
        return ".greedy", {}
    if f.next[name] is None:
        return ".off", {"size": f.size}
    return ".on", {"kept": f.next["kept"], "size": f.size}


def top_k(f):
    case, values = left(f, "top_k")
    return case, dict(values, k=f.next["top_k"]) if case == ".on" else values


def top_p(f):
    case, values = left(f, "top_p")
    return case, dict(values, share=f.next["top_p"]) if case == ".on" else values


def sampling(f):
    drawn = f.next["drawn"]
    if f.next["temperature"] == 0:
        return ".greedy", {"token": drawn["shown"]}
    return "", {"token": drawn["shown"], "rank": drawn["rank"], "share": drawn["sampled"]}


def seed(f):
    values = {"seed": f.seed, "draw": number_of(f.draw), "share": f.next["u"]}
    return "", dict(values, token=f.next["drawn"]["shown"])


def entropy(f):
    bits = f.next["entropy"]["model"]
    choices = round(2**bits)
    return ("", {"bits": bits, "choices": choices}) if choices > 1 else (".certain", {"bits": bits})


# What is kept and learnt


def cache(f):
    numbers = 2 * f.view["n_layer"] * f.view["n_embd"]
    values = {"numbers": numbers, "all": numbers * len(f.tokens)}
    if "computed" not in f.answer:
        return ".prepared", values
    computed = f.answer["computed"]
    if not computed:
        return ".known", values
    known = len(f.tokens) - computed
    return (".kept", dict(values, known=known, computed=computed)) if known else ("", values)


def parameter(f):
    return f.about and ("", {"count": f.about["parameters"]})


def matrix(f):
    size = f.view["n_embd"]
    return "", {"size": size, "numbers": size * size, "block": number_of(f.view["block"])}


def weight(f):
    """The product that counts most in the first number of the query."""
    found = f.numbers and f.numbers["query"]
    if not found or not found["terms"]:
        return None
    largest = max(found["terms"], key=lambda term: abs(float(term["product"])))
    place = read(largest["right_at"])[2][1]
    return "", {
        "left": largest["left"],
        "right": largest["right"],
        "product": largest["product"],
        "number": number_of(place),
    }


def bias(f):
    found = f.worked("query")
    return found and ("", {"bias": found["bias"], "result": found["result"]})


def quantisation(f):
    about = f.about
    if not about:
        return None
    exact = about["precision"] == "float32"
    size = about["parameters"] * (4 if exact else 1)
    return ".float32" if exact else ".int8", {"count": about["parameters"], "megabytes": size}


def training(f):
    """Shannon's surprise (1948), which is what training lowers: less than 0 bits there are none."""
    share = f.likeliest["model"]
    return "", {"token": f.likeliest["shown"], "share": share, "bits": max(-log(share) / log(2), 0.0)}


def dropout(f):
    parts = in_picture(f.removed)
    if parts:
        return ".cut", {"parts": len(parts)}
    return "", {"heads": f.view["n_head"], "neurons": f.view["d_mlp"], "block": number_of(f.view["block"])}
