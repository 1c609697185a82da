"""Every number in a glossary's example is the model's: worked out here from its activations, for random texts, places,
settings and cuts, in the embedded model and a random one."""

import random

import numpy as np
import pytest

from build.paths import ROOT
from build.site import site
from build.site.languages import every_text
from build.weights import quantize, random_checkpoint, tokenizer_files
from model import sampling
from model.checkpoint.layout import parameters
from model.config import GPT2Config
from model.gpt2 import gelu, softmax
from model.removals import from_json
from model.worker.engine import Engine, finish
from model.worker.run import Runner
from page.lessons.glossary.entries import example_html, glossary_html, matches, written
from page.lessons.glossary.examples import ASKED, CASES, Facts, addresses
from page.lessons.glossary.terms import PLACES, TERMS, TOUR, seen_at
from page.lessons.tour.chapters import STEPS
from page.text.numbers import signed
from page.text.words import Words

SMALL = GPT2Config(vocab_size=512, n_positions=24, n_embd=24, n_layer=2, n_head=3)
PIECES = ("The ", "girl ", "was", " happy", ", ", "because", "你好", "🙂", "\n", "a", "é", " dog ", "...", "<b>", "7")
TEXTS = ["", "a", " ", *("".join(random.Random(n).choices(PIECES, k=1 + 2 * n)) for n in range(17))]
CUTS = (
    (),
    (),
    (),
    (("position",),),
    (("block", 0), ("block", 2)),
    (("head", 0, 0), ("mlp", 1)),
    (("arrow", 0, 1, 0, 0),),
)
KEPT = ((None, None), (None, None), (6, None), (None, 0.4), (40, 0.9))


@pytest.fixture(scope="module", params=["embedded", "random"])
def runner(request, tmp_path_factory):
    if request.param == "embedded":
        return Runner(*site.load_model(ROOT / "weights" / site.MODEL), "float32")
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("random") / "model"
    random_checkpoint.write(source, SMALL, 3)
    tokenizer_files.write(source, SMALL.vocab_size)
    quantize.quantize(source, out)
    return Runner(*site.load_model(out), "int8")


class Read:
    """A text that has been read somewhere: what the page knows, and what the model has computed."""

    def __init__(self, runner, text, luck):
        self.engine, config = Engine(runner), runner.session.config
        top_k, top_p = luck.choice(KEPT)
        self.settings = {
            **{"temperature": luck.choice([0, 0.5, 1, 1, 1.7]), "top_k": top_k, "top_p": top_p, "u": luck.random()},
            **{"count": 12, "query": ""},
        }
        self.cuts = luck.choice(CUTS)
        self.block, self.head = luck.randrange(config.n_layer), luck.randrange(config.n_head)
        token = luck.choice([-1, -1, 0, luck.randrange(8)])
        removals = from_json(list(self.cuts), luck.random() < 0.3)
        self.answer = finish(self.engine.predict(text, [], self.settings, self.block, self.head, token, removals))
        self.answer["removed"] = self.cuts
        self.view = self.answer["view"]
        self.row, self.run = self.view["row"], self.engine.last
        most = self.view["most"]["row"]
        self.facts = Facts(
            self.answer,
            luck.randrange(10**6),
            luck.randrange(5),
            score=self.ask("score", self.block, self.head, self.row, most),
            about=self.ask("about"),
            numbers={n: self.ask("inspect", at, self.settings) for n, at in addresses(self.view).items()},
        )

    def ask(self, name, *values):
        return self.engine.ask(self.answer["run"], name, *values)


def expected(read):
    """By term and name, the numbers worked out once more from the activations of the pass and the weights."""
    session, answer = read.run.session, read.answer
    config, last = session.config, len(session.ids)
    b, at = session.block(read.block), read.row
    column = read.facts.score["column"]
    norms = {name: np.linalg.norm(getattr(b, name)[at]) for name in ("resid_pre", "attn_out", "mlp_out", "resid_post")}
    own = softmax(session.final.logits[0])
    likeliest = int(own.argmax())
    logits = np.sort(session.final.logits[0])[::-1]
    order = sampling.ranking(session.final.logits[0])
    t, k, p = (read.settings[name] for name in ("temperature", "top_k", "top_p"))
    drawn = sampling.sampled(session.final.logits[0], order, t, k, p)
    taken = answer["next"]["drawn"]["id"]
    x, q = b.resid_pre[at], b.q[at, read.head]
    masked = b.scores[read.head, at, : at + 1].astype(float)
    weights = np.exp(masked - masked.max())
    product = float(q.astype(float) @ b.k[column, read.head].astype(float))
    pre = b.mlp_pre[at, 0]
    kept = 2 * config.n_layer * config.n_embd
    bits = -(own[own > 0].astype(float) * np.log2(own[own > 0].astype(float))).sum()
    return {
        "transformer": {"blocks": config.n_layer, "heads": config.n_head, "size": config.n_embd},
        "vocabulary": {"id": session.ids[at], "size": config.vocab_size},
        "token": {"count": last},
        "context": {"limit": config.n_positions, "count": answer["count"]},
        "vector": {"size": config.n_embd, "length": norms["resid_pre"]},
        "embedding": {"id": session.ids[at], "number": session.embedding.embed[at, 0], "size": config.n_embd},
        "position": {"position": at + 1},
        "stream": {"before": norms["resid_pre"], "after": norms["resid_post"], "block": read.block + 1},
        "block": {"block": read.block + 1, "blocks": config.n_layer, "heads": config.n_head, "neurons": config.d_mlp},
        "layer_norm": {"x": x[0], "mean": x.mean(), "variance": x.var(), "result": b.ln1[at, 0]},
        "query": {"size": config.d_head, "number": q[0]},
        "key": {"size": config.d_head, "number": b.k[column, read.head, 0]},
        "value": {
            "share": b.pattern[read.head, at, column],
            "length": np.linalg.norm(b.v[column, read.head]),
        },
        "attention": {"block": read.block + 1, "head": read.head + 1, "share": b.pattern[read.head, at].max()},
        "score": {"size": config.d_head, "score": product},
        "scaling": {"score": product, "size": config.d_head, "scaled": product / config.d_head**0.5},
        "mask": {"hidden": last - 1 - at or last - 1},
        "softmax": {"weight": weights[column], "total": weights.sum(), "share": weights[column] / weights.sum()},
        "head": {"head": read.head + 1, "own": config.d_head, "size": config.n_embd, "heads": config.n_head},
        "projection": {"length": norms["attn_out"], "heads": config.n_head},
        "mlp": {"length": norms["mlp_out"], "neurons": config.d_mlp},
        "neuron": {"x": pre, "result": gelu(pre[None])[0]},
        "gelu": {"x": pre, "result": gelu(pre[None])[0]},
        "logit": {"logit": logits[0], "second": logits[1]},
        "probability": {"share": own[likeliest], "size": config.vocab_size},
        "temperature": {"logit": logits[0], "divided": logits[0] / (t or 1), "temperature": t},
        "top_k": {"k": k, "kept": (drawn > 0).sum(), "size": config.vocab_size},
        "top_p": {"share": p, "kept": (drawn > 0).sum(), "size": config.vocab_size},
        "sampling": {"rank": (drawn > drawn[taken]).sum() + 1, "share": drawn[taken]},
        "seed": {"share": read.settings["u"]},
        "entropy": {"bits": bits, "choices": round(2**bits)},
        "cache": {
            "numbers": kept,
            "all": kept * last,
            "computed": answer["computed"],
            "known": last - answer["computed"],
        },
        "parameter": {"count": parameters(config)},
        "matrix": {"size": config.n_embd, "numbers": session.weights["wte.weight"].shape[1] ** 2},
        "bias": {"result": q[0]},
        "training": {"share": own[likeliest], "bits": -np.log2(own[likeliest])},
        "dropout": {"heads": config.n_head, "neurons": config.d_mlp, "parts": len(read.cuts)},
    }


def near(value, right):
    """Of numbers that the worker has rounded for reading, as many digits as they show."""
    if isinstance(value, str):
        decimals = len(value.partition(".")[2])
        return abs(float(value) - right) <= 0.51 * 10**-decimals + 1e-6
    return value == pytest.approx(right, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_every_number_of_an_example_is_the_models(runner, number):
    read = Read(runner, TEXTS[number], random.Random(number))
    right, wrong, silent = expected(read), [], []
    for name in TERMS:
        found = read.facts.example(name)
        if found is None:
            silent.append(name)
            continue
        sentence, values = found
        assert sentence in {f"{name}.here{case}" for case in CASES.get(name, ("",))}, name
        wrong += [
            (sentence, one, value, right[name][one])
            for one, value in values.items()
            if one in right.get(name, {}) and not near(value, right[name][one])
        ]
    assert wrong == []
    assert not silent or read.cuts, silent  # what is cut was not calculated


def test_which_sentence_stands_there_is_what_the_numbers_say(runner):
    """Each sentence that there is is reached, but for a few."""
    seen, room = set(), runner.session.config.n_positions
    for number in range(160):
        luck = random.Random(number)
        read = Read(runner, luck.choice([*TEXTS, "a" + " a" * room, "a" * (number % 2) + " a" * (room - 1)]), luck)
        found = {name: read.facts.example(name) for name in TERMS}
        cases = {name: one[0].removeprefix(f"{name}.here") for name, one in found.items() if one}
        seen |= {name + case for name, case in cases.items()}
        t, last = read.settings["temperature"], len(read.run.session.ids) - 1
        assert cases["temperature"] == {0: ".greedy", 0.5: ".low", 1: ".one", 1.7: ".high"}[t]
        assert (cases["mask"] == "") == (read.row < last)
        assert (cases["position"] == ".cut") == (("position",) in read.cuts)
        assert (cases["dropout"] == ".cut") == bool(read.cuts)
        most = read.view["most"]
        assert (cases["attention"] == ".itself") == (most["row"] == read.row > 0 and most["share"] > 0)
        assert (cases["logit_lens"] == ".last") == (read.block == read.run.session.config.n_layer - 1)
        if "neuron" in cases:
            assert (cases["neuron"] == ".on") == (read.run.session.block(read.block).mlp_pre[read.row, 0] >= 0)
    every = {name + case for name, cases in CASES.items() for case in cases}
    unusual = {"cache.prepared", "cache.kept", "cache.known", "entropy.certain", "quantisation.int8", "softmax.cut"}
    unusual |= {"quantisation.float32", "neuron.off", "neuron.on"}
    assert every - seen <= unusual


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_term_is_there_in_words_with_its_numbers(runner, language):
    words = Words(language, every_text)
    read = Read(runner, "The girl was happy because", random.Random(1))
    read.answer["removed"] = ()
    html = glossary_html(read.facts, 'a"b', words)
    assert html.count("<dt ") == len(TERMS) and 'value="a&quot;b"' in html and "{" not in html and "[" not in html
    said = example_html("vector", read.facts, words)
    assert signed(read.view["norms"]["resid_pre"]) in said
    assert written("x", "-0.5") == "−0.5" and example_html("vector", None, words) == ""
    assert [name for name in TERMS if matches(name, "softmax ", words)][:1] == ["softmax"]


def test_a_term_leads_to_a_number_that_this_run_has(runner):
    for number in range(8):
        read = Read(runner, TEXTS[number + 2], random.Random(number))
        last = len(read.answer["tokens"]) - 1
        for name in TERMS:
            place = seen_at(name, read.view, read.answer["next"], last)
            if "[" in place:
                assert "no_such" not in read.ask("inspect", place, read.settings), place
    assert set(TOUR) <= set(TERMS) and set(TOUR.values()) <= {step.name for step in STEPS}
    assert set(PLACES) == set(TERMS) and len(TERMS) == len(set(TERMS)) > 35 and set(ASKED) == set(addresses(read.view))
