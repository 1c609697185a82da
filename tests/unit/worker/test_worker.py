"""The worker's answers belong to the run they are asked about, whatever else it does; run here without a browser."""

import asyncio
import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from build.paths import ROOT
from build.site import site
from model.explain.block_view import block_view
from model.removals import from_json
from model.session import Session
from tests.unit.without_browser import in_thread, runner_of, worker_of

OTHERS = {  # what is not asked about a run
    *(
        "cancel",
        "cancel_effects",
        "effects_progress",
        "pass_progress",
        "set_precision",
        "load",
        "open_user_checkpoint",
        "own_reading",
        "predict_own",
        "version_by",
        "version_of",
        "version_with",
        "handed",
        "predict",
        "read_aside",
        "load_progress",
        "remove",
        "stored",
        "tokenize",
        "use",
    ),
}
SETTINGS = json.dumps({"temperature": 0.8, "top_k": None, "top_p": None, "u": 0.5, "count": 12, "query": ""})
CUTS = ((), (["mlp", 0],), (["mask"], ["mlp", 0]), (["arrow", 0, 1, 1, 0], ["position"]))
TEXTS = ("The cat", "The cat sat on the mat", "One day a little girl went to the park", "Once", "The cat sat")


@pytest.fixture(scope="module")
def embedded():
    return site.load_model(ROOT / "weights" / site.MODEL)


@pytest.fixture
def worker(embedded):
    with worker_of(runner_of(*embedded)) as module:
        yield module


def field(text):
    return json.dumps({"value": text})


def predict(worker, text, call="predict", ids=(), cuts=()):
    removals = json.dumps({"cuts": list(cuts)})
    return getattr(worker, call)(field(text), json.dumps(list(ids)), SETTINGS, 5, 3, -1, removals)


def read(worker, text, call="predict"):
    return json.loads(in_thread(predict(worker, text, call)))


def questions(worker, run):
    """Everything that can be asked about a run -> the answer."""
    asked = {
        "about": (),
        "compare": (SETTINGS,),
        "all_heads": (1,),
        "logit_terms": (5, 3, 1),
        "block_view": (5, 3, 1),
        "csv": ("probabilities", SETTINGS, 5, 3, ""),
        "pin": (SETTINGS, 1),
        "next_tokens": (SETTINGS,),
        "score": (5, 3, 1, 0),
        "heatmap_cell": ("q", 5, 3, 1, 0),
        "table": ("pattern", 5, 3),
        "inspect": ("blocks.5.attn.z[1, 3, 16]", SETTINGS),
        "code": ("blocks.5.attn.z[1, 3, 16]", "[]", SETTINGS),
        "edits": (),
        "steps": (SETTINGS,),
        "archive": (SETTINGS, field("A note."), field("")),
        "guess": (field("glad"), SETTINGS),
        "likeliest": (1, 0.8),
        "merges": (0, 1),
        "most_moved": (1,),
        "nearest": (5,),
        "reading": (),
        "weights": ("h.5.attn.c_proj.weight[3, 16]", 1),
        "product": ("attn.z", 5, 3),
        "unpin": (SETTINGS,),
        "intact": (SETTINGS,),
        "attention_head": (5, 3),
        "what_if": (json.dumps({"cuts": CUTS[-1]}), SETTINGS, 1),
    }
    answers = {"pin": json.loads(worker.pin(run, SETTINGS, 1))}  # before it can be compared
    answers |= {name: json.loads(getattr(worker, name)(run, *values)) for name, values in asked.items()}
    answers["pin_text"] = json.loads(
        in_thread(worker.pin_text(run, field("The dog sat"), SETTINGS, 2, json.dumps({"cuts": CUTS[-1]})))
    )
    answers["logit_lens"] = json.loads(in_thread(worker.logit_lens(run)))
    answers["ways"] = json.loads(in_thread(worker.ways(run)))
    answers["effects"] = json.loads(in_thread(worker.effects(run, "arrows", 1, 5, 1)))
    answers["most_telling"] = json.loads(in_thread(worker.most_telling(run, 1, 1)))
    return answers


def test_what_is_asked_about_a_run_is_answered_by_its_number_alone(worker):
    old, new = (read(worker, text)["run"] for text in TEXTS[:2])
    assert set(questions(worker, new)) | OTHERS == set(worker.__export__)
    assert all("gone" not in answer for answer in questions(worker, new).values())
    for run in (old, 0, new + 1):
        assert all(answer == {"gone": True} for answer in questions(worker, run).values())


@pytest.mark.parametrize("text", TEXTS[1:])
def test_what_takes_its_time_is_not_of_the_text_that_comes_meanwhile(worker, text):
    """The model is reading a text already when it is asked about the last one, and has read it before the answer."""

    def of_run(run):
        return worker.logit_lens(run), worker.effects(run, "heads", 1, 5, 1)

    run = read(worker, TEXTS[0])["run"]
    alone = [json.loads(in_thread(asked)) for asked in of_run(run)]

    async def meanwhile():
        coming = asyncio.ensure_future(predict(worker, text))
        await asyncio.sleep(0)
        asked = [asyncio.ensure_future(one) for one in of_run(run)]
        return [json.loads(answer) for answer in await asyncio.gather(coming, *asked)]

    _, *answers = in_thread(meanwhile())
    for answer, expected in zip(answers, alone, strict=True):
        assert answer in ({"gone": True}, expected)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(CUTS), st.integers(0, 20)), min_size=2, max_size=6))
def test_no_answer_is_of_another_text(worker, embedded, typed):
    """Texts typed, and parts cut, while others are still being read; after each of the worker's steps it is asked
    about every run."""
    expected = {}
    for text, cuts in {(text, json.dumps(cuts)) for text, cuts, _ in typed}:
        session = Session(embedded[0].weights, embedded[0].config, from_json(json.loads(cuts)))
        session.run(embedded[1].encode(text))
        expected[text, cuts] = block_view(session, 5, 3, len(session.ids) - 1)["shares"]
    runs = {worker.engine.newest + 1 + i: (text, json.dumps(cuts)) for i, (text, cuts, _) in enumerate(typed)}

    def ask_about_all():
        for run, what in runs.items():
            answer = json.loads(worker.block_view(run, 5, 3, -1))
            assert ("gone" in answer) == (worker.engine.last is None or run != worker.engine.last.number)
            if "gone" not in answer:
                np.testing.assert_allclose(answer["shares"], expected[what], atol=1e-5)

    async def type_all():
        tasks = []
        for text, cuts, steps in typed:
            tasks.append(asyncio.ensure_future(predict(worker, text, cuts=cuts)))
            for _ in range(steps):
                await asyncio.sleep(0)
                ask_about_all()
        return [json.loads(answer) for answer in await asyncio.gather(*tasks)]

    answers = in_thread(type_all())
    for (text, cuts, _), answer in zip(typed, answers, strict=True):
        assert answer == {"replaced": True} or runs[answer["run"]] == (text, json.dumps(cuts))
    assert "run" in answers[-1], "the newest text is always read"
    ask_about_all()


def broken(embedded, tokens):
    """The embedded model, except that it cannot compute with more than so many tokens."""
    session, tokenizer = embedded
    wpe = session.weights["wpe.weight"].copy()  # (n_positions, E)
    wpe[tokens:] = np.inf
    return Session({**session.weights, "wpe.weight": wpe}, session.config), tokenizer


def test_a_text_on_which_the_model_breaks_leaves_the_run_before_as_it_is(worker, embedded):
    worker.engine.runner = runner_of(*broken(embedded, 4))
    before = read(worker, "One day a little")
    assert read(worker, "One day a little girl")["error"] == "broken"
    assert read(worker, "One day a girl went to the park")["error"] == "broken"
    assert json.loads(worker.block_view(before["run"], 5, 3, -1))["shares"] == before["view"]["shares"]
    assert read(worker, "One day a little")["computed"] == 0, "it was known already"


def test_a_model_that_breaks_on_the_readers_text_is_not_used(worker, embedded):
    before = read(worker, "The cat sat")
    worker.engine.coming = runner_of(*broken(embedded, 2))
    assert read(worker, "The cat sat", "use")["error"] == "unused"
    assert worker.engine.coming is None and read(worker, "The cat sat", "use")["error"] == "cancelled"
    after = read(worker, "The cat sat")
    assert after["next"] == before["next"] and after["run"] > before["run"]


def test_a_loaded_model_is_in_use_once_it_has_read_the_text(worker, embedded):
    """Not before, and not when a newer text comes meanwhile: it then waits to be asked again."""
    run = read(worker, "The cat sat")["run"]
    other = worker.engine.coming = runner_of(*embedded)

    async def overtaken():
        use = asyncio.ensure_future(predict(worker, "The cat sat", "use"))
        await asyncio.sleep(0)
        newer = await predict(worker, "The cat sat on")
        return json.loads(await use), json.loads(newer)

    answer, newer = in_thread(overtaken())
    assert answer == {"replaced": True} and newer["run"] > run
    assert worker.engine.runner is not other and worker.engine.coming is other
    assert read(worker, "The cat sat on", "use")["run"] == worker.engine.last.number
    assert worker.engine.runner is other and worker.engine.coming is None


def test_half_a_character_is_no_fault_of_the_model(worker, embedded):
    other = worker.engine.coming = runner_of(*embedded)
    answer = read(worker, "The \ud800", "use")
    assert "surrogate" in answer["unread"] and answer["empty"] and worker.engine.runner is other
    assert read(worker, "The \ud800")["error"] == "text"


def test_whatever_fails_is_an_answer(worker, monkeypatch):
    run = read(worker, "The cat")["run"]
    monkeypatch.setattr("model.worker.engine.read_prompt", lambda *_: 1 / 0)
    assert read(worker, "The cat sat")["error"] == "failed"
    assert "gone" not in json.loads(worker.block_view(run, 0, 0, 0))


def test_the_search_for_what_matters_can_be_watched_and_cancelled(worker):
    run = read(worker, "The cat sat on the mat")["run"]

    async def cancelled():
        answer = asyncio.ensure_future(worker.most_telling(run, 5, 1))
        for _ in range(4):
            await asyncio.sleep(0)
        seen = json.loads(worker.effects_progress())
        worker.cancel_effects()
        return json.loads(await answer), seen

    answer, seen = in_thread(cancelled())
    assert answer == {"gone": True} and 0 < seen["done"] < seen["total"] == 6 * 4 * 6
    whole = json.loads(in_thread(worker.most_telling(run, 5, 1)))
    assert whole["row"] == 5 and json.loads(worker.effects_progress())["done"] == seen["total"]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_the_pages_json_cannot_read_is_a_failure_in_words(worker, monkeypatch, number):
    monkeypatch.setattr(worker.engine, "pass_progress", lambda: {"done": number})
    assert json.loads(worker.pass_progress(), parse_constant=pytest.fail)["error"] == "failed"
