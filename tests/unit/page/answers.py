"""What the worker answers about one text, made by its own functions on the embedded model."""

import json
from functools import cache

import numpy as np

from build.paths import ROOT
from build.site import site
from build.site.recorded import explain
from model import sampling, what_if
from model.arithmetic.inspect import inspect
from model.arithmetic.whole import around
from model.checkpoint.layout import parameters
from model.explain import effects
from model.explain.all_heads import attention_heads
from model.explain.block_view import block_view, heatmap_table, one_score, square_table, stages
from model.explain.differences import differences
from model.explain.logit_lens import says
from model.explain.logit_terms import logit_terms
from model.explain.next_token import next_tokens
from model.explain.pinned import Pinned
from model.session import Session
from page.lessons.glossary.examples import addresses

TEXT = 'Unhappily <i>he "I'
LONG = "One day a little girl went to the park. " * 6
SETTINGS = (  # temperature, top-k, top-p, count, query
    (0.8, None, None, 12, ""),
    (0, None, None, 20, ""),
    (1, 6, None, 12, ""),
    (1.35, 30, 0.4, 40, ""),
    (0.5, None, None, 12, " th"),
    (1, None, None, 12, "no such token"),
)

ADDRESSES = (
    *("embed[2, 3]", "pos_embed[2, 3]", "ln_final[2, 7]", "logits[2, 9]", "probabilities[2, 9]", "wte.weight[5, 1]"),
    *(f"blocks.2.{name}[2, 7]" for name in ("resid_pre", "ln1", "attn_out", "resid_mid", "mlp.pre", "mlp.post")),
    *(f"blocks.2.attn.{name}[2, 1, 7]" for name in ("q", "k", "v", "z")),
    *("blocks.0.resid_pre[1, 1]", "blocks.2.attn.scores[1, 2, 1]", "blocks.2.attn.pattern[1, 2, 4]"),
    *("blocks.2.attn.scores[1, 2, 4]", "blocks.2.attn.pattern[1, 2, 0]", "blocks.5.mlp_out[3, 0]", "h.0.ln_1.bias[3]"),
)
SAMPLED = (  # temperature, top-k and top-p of a probability
    {"temperature": 0.8, "top_k": None, "top_p": None, "u": 0.5},
    {"temperature": 0, "top_k": None, "top_p": None, "u": 0.5},
    {"temperature": 1, "top_k": 2, "top_p": None, "u": 0.5},
    {"temperature": 1, "top_k": None, "top_p": 0.05, "u": 0.5},
)


def following(session, tokenizer, settings: tuple) -> dict:
    temperature, top_k, top_p, count, query = settings
    order = sampling.ranking(session.final.logits[0])
    settings = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "u": 0.5}
    return next_tokens(session.final.logits[0], tokenizer, order, count, settings, query)


def compared(session, tokenizer) -> dict:
    """What the worker answers to `compare`: two temperatures of one text."""
    order = sampling.ranking(session.final.logits[0])
    old, new = (sampling.sampled(session.final.logits[0], order, temperature) for temperature in (1, 0.3))
    one = Pinned(old, following(session, tokenizer, (1, None, None, 12, "")), tokenizer, session, 1)
    now = following(session, tokenizer, (0.3, None, None, 12, ""))
    now["pinned"] = one.line(new, tokenizer, [row["id"] for row in now["candidates"]])
    return {"rows": [*one.rows(new, tokenizer), {"shown": " <i>", "pinned": 0.25, "now": None}], "next": now}


def switched(config) -> list[dict]:
    """What might have become of a prediction without each head: nothing, more, less."""
    heads = [(block, head) for block in range(config.n_layer) for head in range(config.n_head)]
    return [{"block": b, "head": h, "probability": (0.5, 0.61, 0.004, 0.502)[(b + h) % 4]} for b, h in heads]


def effects_of(session, tokenizer, kinds: tuple, row: int) -> dict:
    """What the panel of effects draws: those of all parts of these kinds on the second candidate after `row`."""
    token = int(sampling.ranking(session.final.logits[0])[1])
    measured = effects.without_any(session, row, token, 0.8)
    changes = [change for kind in kinds for change in what_if.parts(session, kind, row)]
    measured["effects"] = list(effects.of_each(session, changes, row, token, 0.8))
    named = {"id": token, "shown": tokenizer.display(token), "probability": measured["probability"]}
    return {
        **measured,
        "kind": "arrows" if "arrows" in kinds else "parts",
        "token": named,
        "temperature": 0.8,
        "cuts": False,
    }


def seen(answer: dict, session, tokenizer, block: int, head: int, row: int) -> dict:
    """An answer with another view, counted as the page counts it."""
    view = block_view(session, block, head, row)
    more = {"says": says(session, tokenizer, block, row), "count": len(answer["tokens"]) - view["first"]}
    return {**answer, "view": {**view, **more}}


def beside(answer: dict, session, tokenizer, text: str) -> dict:
    """The same answer with another text pinned, and with next tokens beside those of another temperature."""
    view, (now, other) = answer["view"], (Session(session.weights, session.config) for _ in range(2))
    now.run([token["id"] for token in answer["tokens"]])
    other.run(tokenizer.encode(text))
    found = differences(now, tokenizer, other, tokenizer, view["block"], view["head"], view["row"])
    return {**answer, "view": {**view, "beside": found}, "next": compared(now, tokenizer)["next"]}


@cache
def as_json() -> str:
    session, tokenizer = site.load_model(ROOT / "weights" / site.MODEL)
    answers = {"long": explain(LONG, 0.8, session, tokenizer)}
    answers["long"] = seen(answers["long"], session, tokenizer, 5, 3, 30)
    answer = explain(TEXT, 0.8, session, tokenizer)
    count = len(answer["tokens"])
    answers["short"] = [
        seen(answer, session, tokenizer, block, head, row)
        for block, head, row in ((0, 0, 0), (2, 1, count - 1), (5, 3, 2))
    ]
    answers["beside"] = [
        beside(answers["short"][1], session, tokenizer, TEXT.replace("he", "she")),
        beside(answers["short"][2], session, tokenizer, "Happily <i>he"),
        beside(answers["long"], session, tokenizer, LONG.replace("girl", "boy")),
    ]
    answers["glossary"] = {
        "score": one_score(session, 2, 1, count - 1, 1),
        "about": {"parameters": parameters(session.config), "precision": "int8"},
        "numbers": {
            name: inspect(session, tokenizer, SAMPLED[0], address)
            for name, address in addresses(answers["short"][1]["view"]).items()
        },
    }
    answers["following"] = [following(session, tokenizer, settings) for settings in SETTINGS]
    answers["compare"] = compared(session, tokenizer)
    answers["work"] = stages(session, 2, 1) | {"count": count}
    answers["scores"] = [one_score(session, 2, 1, row, column) for row, column in ((count - 1, 1), (3, 3), (1, 4))]
    named = {"id": 9, "shown": tokenizer.display(9)}
    answers["heads"] = {"row": count - 1, "next": named, "blocks": attention_heads(session, tokenizer, count - 1)}
    answers["switched"] = {"probability": 0.5, "temperature": 0.8, "effects": switched(session.config)}
    answers["terms"] = [logit_terms(session, tokenizer, *asked) for asked in ((-1, -1, count - 1), (9, 40, 2))]
    answers["effects"] = {
        kind: effects_of(session, tokenizer, ("heads", "mlps") if kind == "parts" else (kind,), count - 1)
        for kind in ("arrows", "parts")
    }
    answers["heatmap_tables"] = {name: heatmap_table(session, name, 2, 1) for name in ("token", "mlp_post", "head_q")}
    answers["square_tables"] = {name: square_table(session, name, 2, 1) for name in ("scores", "masked", "pattern")}
    answers["inspected"] = [inspect(session, tokenizer, settings, at) for at in ADDRESSES for settings in SAMPLED]
    matrix = session.weights["h"][1]["mlp.c_fc.weight"]
    answers["looks"] = [
        (around(matrix, *place, closer), f"h.1.mlp.c_fc.weight{list(place)}")
        for place in ((0, 0), (1023, 255), (517, 130))
        for closer in (0, 1, 2)
    ]
    other = {"name": "b", "bytes": 129_268_512, "files": 11, "parameters": 124_439_808, "n_layer": 12, "n_head": 12}
    answers["models"] = site.list_models(ROOT / "weights")[:1]
    answers["models"].append(answers["models"][0] | other)
    timing = {"tokens": 2, "seen": 7, "embedding": 2e-4, "attention": [3e-3, 2e-3], "mlp": [5e-3, 6e-3], "head": 9e-3}
    answers["about"] = timing | {"total": 0.0252, "operations": 1_268_000_000, "parameters": 124_439_808}
    answers["about"] |= {"precision": "int8", "heap": 743_000_000, "device_memory": 16, "kernel": ""}
    answers["times"] = {"float32": 0.124, "int8": 0.237, "kernel": 0.0489}
    answers["about"] |= {"rounding": None, "without_token": 0, "first_without": 8192}
    drawn = np.random.default_rng(1)
    answers["shares"] = [*(10 ** drawn.uniform(-14, 0, 400)).tolist(), 0, 1, 0.5, 0.9999, 0.29449999]
    answers["numbers"] = [*(10 ** drawn.uniform(-9, 6, 200) * drawn.choice([-1, 1], 200)).tolist(), 0]
    return json.dumps(answers, ensure_ascii=False)


def answers() -> dict:
    """A copy of its own for each test."""
    return json.loads(as_json())
