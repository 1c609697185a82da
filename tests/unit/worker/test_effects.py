"""What a prediction owes to each part, against whole passes in float64 that lack it; the engine while it measures."""

import asyncio

import numpy as np
import pytest

from build.paths import ROOT
from build.site import site
from model.removals import Cut, Off
from model.session import Session
from model.what_if import parts
from model.worker.engine import GONE, Engine, finish
from model.worker.run import Runner
from page.state import examples
from tests.model.float64 import float64_pass, softmax64, widened
from tests.unit.without_browser import in_thread

TEMPERATURE = 0.8
TEXTS = [examples.EXAMPLES[number] for number in (0, 3, 4)]
SETTINGS = {"temperature": TEMPERATURE, "top_k": None, "top_p": None, "u": 0.5, "count": 12, "query": ""}
KINDS = [("arrows", False), ("heads", False), ("heads", True), ("mlps", False), ("mlps", True)]


@pytest.fixture(scope="module")
def model():
    return site.load_model(ROOT / "weights" / site.MODEL)


@pytest.fixture(scope="module")
def weights(model):
    return widened(model[0].weights)


@pytest.fixture
def engine(model):
    session, tokenizer = model
    return Engine(Runner(Session(session.weights, session.config), tokenizer, "float32"))


def read(engine, text):
    """The session of a text that was read, and its last token."""
    finish(engine.predict(text, [], SETTINGS, 0, 0, -1))
    return engine.last.session, len(engine.last.session.ids) - 1


def lacking(effect, row, mean):
    """What takes the part of an effect out of a pass over the text up to `row`."""
    block, head, column = effect["block"], effect["head"], effect["column"]

    def change(name, value):
        if column is not None and name == f"blocks.{block}.attn.pattern":
            value = value.copy()
            value[head, row, column] = 0
            value[head, row] /= value[head, row].sum() or 1
        elif column is None and name == f"blocks.{block}." + ("mlp_out" if head is None else "attn.z"):
            value = value.copy()
            part = value if head is None else value[:, head]
            part[:] = part.mean(axis=0) if mean else 0
        return value

    return change


def direct_part(effect, trace, weights, row, token):
    """What the part adds to the logit by itself."""
    block, head, column = effect["block"], effect["head"], effect["column"]
    prefix, w = f"blocks.{block}.", weights["h"][block]
    if head is None:
        term = trace[prefix + "mlp.post"][row] @ w["mlp.c_proj.weight"].T
    else:
        size = trace[prefix + "attn.z"].shape[-1]
        given = trace[prefix + "attn.z"][row, head]
        if column is not None:
            given = trace[prefix + "attn.pattern"][head, row, column] * trace[prefix + "attn.v"][column, head]
        term = given @ w["attn.c_proj.weight"][:, head * size : (head + 1) * size].T
    x = trace[max(name for name in trace if name.endswith("resid_post"))][row]
    normed = (term - term.mean()) / np.sqrt(x.var() + 1e-5) * weights["ln_f.weight"]
    return normed @ weights["wte.weight"][token]


@pytest.mark.parametrize(("kind", "mean"), KINDS)
@pytest.mark.parametrize("text", TEXTS)
def test_every_effect_is_that_of_a_pass_without_the_part(engine, weights, text, kind, mean):
    """Of every arrow of the last token, every head, every MLP, on a candidate that is not the first."""
    session, row = read(engine, text)
    trace = float64_pass(session.ids, weights, session.config)
    p, token = softmax64(trace["logits"][row]), int(np.argsort(-trace["logits"][row])[2])
    found = finish(engine.effects(engine.last.number, kind, row, token, TEMPERATURE, mean))
    assert found["logit"] == pytest.approx(trace["logits"][row, token], abs=1e-3)
    config = session.config
    count = {"arrows": config.n_head * (row + 1), "heads": config.n_head, "mlps": 1}[kind] * config.n_layer
    assert len({(e["block"], e["head"], e["column"]) for e in found["effects"]}) == len(found["effects"]) == count
    for effect in found["effects"]:
        logits = float64_pass(session.ids, weights, config, lacking(effect, row, mean))["logits"][row]
        without = softmax64(logits)
        assert effect["logit"] == pytest.approx(logits[token], abs=2e-3)
        assert effect["probability"] == pytest.approx(softmax64(logits / TEMPERATURE)[token], abs=2e-4)
        assert effect["bits"] == pytest.approx((p * np.log2(p / without)).sum(), abs=1e-3)
        assert effect["direct"] == pytest.approx(direct_part(effect, trace, weights, row, token), abs=1e-3)
        if kind == "arrows":
            share = trace[f"blocks.{effect['block']}.attn.pattern"][effect["head"], row, effect["column"]]
            assert effect["share"] == pytest.approx(share, abs=1e-4)
        else:
            assert effect["share"] is None


@pytest.mark.parametrize("cut", [Cut(5, 0, 6, 2), Off("mlp", 4), Off("head", 0, 1, mean=True)], ids=str)
def test_what_the_reader_has_cut_stays_cut_meanwhile(engine, cut):
    """An effect is then that of the part besides; of what is cut already, none."""
    finish(engine.predict(TEXTS[0], [], SETTINGS, 0, 0, -1, (cut,)))
    run, token = engine.last.number, engine.last.likeliest(6, TEMPERATURE)["tokens"][1]["id"]
    kinds = ("arrows", "heads", "mlps")
    found = {kind: finish(engine.effects(run, kind, 6, token, TEMPERATURE)) for kind in kinds}
    for kind in kinds:
        changes = parts(engine.last.session, kind, 6)
        for effect, change in list(zip(found[kind]["effects"], changes, strict=True))[::5]:
            both = Session(engine.last.session.weights, engine.last.session.config, (cut, change))
            both.run(engine.last.session.ids)
            logits = both.final.logits[0].astype(np.float64)
            assert effect["logit"] == pytest.approx(logits[token], abs=2e-3)
            assert effect["probability"] == pytest.approx(softmax64(logits / TEMPERATURE)[token], abs=2e-4)


@pytest.mark.parametrize("row", (3, 6))
def test_the_direct_parts_of_arrows_sum_to_that_of_their_head(engine, row):
    read(engine, examples.EXAMPLES[0])
    token = engine.last.likeliest(row, TEMPERATURE)["tokens"][1]["id"]
    arrows, heads = (
        finish(engine.effects(engine.last.number, kind, row, token, TEMPERATURE))["effects"]
        for kind in ("arrows", "heads")
    )
    for head in heads:
        own = [e["direct"] for e in arrows if (e["block"], e["head"]) == (head["block"], head["head"])]
        assert len(own) == row + 1 and sum(own) == pytest.approx(head["direct"], abs=1e-4)


def test_the_likeliest_after_any_token_are_those_of_the_text_up_to_it(engine):
    session, last = read(engine, examples.EXAMPLES[0])
    ids = list(session.ids)
    for row in (last, 3):
        said = engine.last.likeliest(row, TEMPERATURE)
        shorter = Session(session.weights, session.config)
        shorter.run(ids[: row + 1])
        p = softmax64(shorter.final.logits[0].astype(np.float64) / TEMPERATURE)
        best = np.argsort(-p, kind="stable")[: len(said["tokens"])]
        assert [token["id"] for token in said["tokens"]] == best.tolist() and said["row"] == row
        assert [token["probability"] for token in said["tokens"]] == pytest.approx(p[best], abs=1e-5)
        assert said["tokens"][0]["shown"] == engine.last.tokenizer.display(int(best[0]))


def test_other_questions_are_answered_while_it_measures_and_cancelling_leaves_nothing_behind(engine):
    """Between any two parts; what was known before is what is known after."""
    _, row = read(engine, examples.EXAMPLES[0])
    run, token = engine.last.number, engine.last.likeliest(-1, 1)["tokens"][2]["id"]
    view, listed = engine.last.block_view(4, 3, row), engine.last.next_tokens(SETTINGS)
    alone = finish(engine.effects(run, "arrows", row, token, TEMPERATURE))

    async def measured(stop):
        answer = asyncio.ensure_future(engine.effects(run, "arrows", row, token, TEMPERATURE))
        done = [0]
        while not answer.done():
            await asyncio.sleep(0)
            if engine.effects_progress()["done"] > done[-1]:
                done.append(engine.effects_progress()["done"])
                assert engine.ask(run, "block_view", 4, 3, row) == view
                assert engine.ask(run, "next_tokens", SETTINGS) == listed
            if stop and done[-1] >= stop:
                engine.cancel_effects()
        return await answer, done

    found, done = in_thread(measured(0))
    assert found == alone and done == list(range(len(found["effects"]) + 1))
    stopped, done = in_thread(measured(5))
    assert stopped == GONE and done == list(range(6))
    assert engine.ask(run, "block_view", 4, 3, row) == view and engine.ask(run, "next_tokens", SETTINGS) == listed
    assert finish(engine.effects(run, "arrows", row, token, TEMPERATURE)) == alone
