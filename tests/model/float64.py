"""A pass written anew and in float64: an authority of its own."""

import math

import numpy as np

from model.arithmetic.address import WEIGHTS, WEIGHTS_OF_A_BLOCK
from model.checkpoint.quantization import Quantized


def full(array):
    """Any weights as float64."""
    whole = array[np.arange(array.shape[0])] if isinstance(array, Quantized) else array
    return whole.astype(np.float64, copy=False)


def widened(w):
    """All weights of a model as float64, so that many passes need not make them so."""
    blocks = [{name: full(array) for name, array in block.items()} for block in w["h"]]
    return {name: full(array) for name, array in w.items() if name != "h"} | {"h": blocks}


def softmax64(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def as_it_is(name, value):
    return value


def float64_pass(ids, w, config, change=as_it_is):
    """Every activation by its name; `change(name, value)` gives what the pass goes on with."""

    def norm(x, name, weights):
        centred = x - x.mean(axis=1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + config.layer_norm_epsilon)
        return centred / deviation * full(weights[f"{name}.weight"]) + full(weights[f"{name}.bias"])

    t, heads = len(ids), (config.n_head, config.d_head)
    trace = {
        "embed": change("embed", full(w["wte.weight"])[ids]),
        "pos_embed": change("pos_embed", full(w["wpe.weight"])[:t]),
    }
    x = trace["embed"] + trace["pos_embed"]
    for n, h in enumerate(w["h"]):

        def keep(name, value, n=n):
            trace[f"blocks.{n}.{name}"] = value = change(f"blocks.{n}.{name}", value)
            return value

        ln1 = keep("ln1", norm(keep("resid_pre", x), "ln_1", h))
        qkv = ln1 @ full(h["attn.c_attn.weight"]).T + full(h["attn.c_attn.bias"])
        q, k, v = (
            keep(f"attn.{name}", part.reshape(t, *heads))
            for name, part in zip("qkv", np.split(qkv, 3, axis=1), strict=True)
        )
        scores = q.transpose(1, 0, 2) @ k.transpose(1, 2, 0) / math.sqrt(config.d_head)
        scores = keep("attn.scores", np.where(np.tri(t, dtype=bool), scores, -np.inf))
        pattern = keep("attn.pattern", softmax64(scores))
        z = keep("attn.z", (pattern @ v.transpose(1, 0, 2)).transpose(1, 0, 2))
        out = z.reshape(t, -1) @ full(h["attn.c_proj.weight"]).T + full(h["attn.c_proj.bias"])
        mid = keep("resid_mid", x + keep("attn_out", out))
        pre = keep("ln2", norm(mid, "ln_2", h)) @ full(h["mlp.c_fc.weight"]).T + full(h["mlp.c_fc.bias"])
        pre = keep("mlp.pre", pre)
        post = keep("mlp.post", pre / 2 * (1 + np.tanh((2 / math.pi) ** 0.5 * (pre + 0.044715 * pre**3))))
        out = keep("mlp_out", post @ full(h["mlp.c_proj.weight"]).T + full(h["mlp.c_proj.bias"]))
        x = keep("resid_post", mid + out)
    trace["ln_final"] = norm(x, "ln_f", w)
    trace["logits"] = trace["ln_final"] @ full(w["wte.weight"]).T
    return trace


def float64_trace(ids, w, config, settings):
    """Every activation of a pass and every weight by its name, and the probabilities under `settings`."""
    trace = float64_pass(ids, w, config)
    kept = np.array([chosen(row, settings) for row in trace["logits"]])
    trace["probabilities"] = softmax64(np.where(kept, trace["logits"] / settings["temperature"], -np.inf))
    trace |= {name: full(w[name]) for name in WEIGHTS}
    for n, h in enumerate(w["h"]):
        trace |= {f"h.{n}.{name}": full(h[name]) for name in WEIGHTS_OF_A_BLOCK}
    return trace


def chosen(logits, settings):
    """Which tokens top-k and top-p leave."""
    p = np.exp((logits - logits.max()) / settings["temperature"])
    order = np.argsort(-logits)
    p[order[settings["top_k"] :]] = 0
    ranked = p[order] / p.sum()
    kept = np.zeros(len(logits), bool)
    kept[order[: int((np.cumsum(ranked) - ranked < settings["top_p"]).sum())]] = True
    return kept
