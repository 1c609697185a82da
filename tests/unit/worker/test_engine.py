"""The engine asked as the page will ask it: what a prediction owes to each part, with progress, and given up."""

import asyncio

import numpy as np
import pytest

from build.paths import ROOT
from build.site import site
from build.site.recorded import explain
from model.explain import effects
from model.gpt2 import softmax
from model.removals import Cut, Off
from model.session import Session
from model.tokenizer import vocabulary
from model.tokenizer.tokenizer import Tokenizer
from model.what_if import logits_if, parts
from model.worker.engine import GONE, Engine, finish
from model.worker.run import Runner
from page.state import examples
from tests.unit.without_browser import in_thread

FILE = ROOT / "weights" / site.MODEL / "tokenizer.json"
TEXT = "The little girl was very happy because"
SETTINGS = {"temperature": 0.8, "top_k": None, "top_p": None, "u": 0.5, "count": 12, "query": ""}


@pytest.fixture
def engine():
    session, tokenizer = site.load_model(ROOT / "weights" / site.MODEL)
    engine = Engine(Runner(Session(session.weights, session.config), tokenizer, "float32"))
    finish(engine.predict(TEXT, [], SETTINGS, 0, 0, -1))
    return engine


@pytest.mark.parametrize("kind", ("arrows", "heads", "mlps"))
def test_effects_are_those_of_each_part_by_itself(engine, kind):
    token = engine.last.tokenizer.encode(" she")[0]
    own = next(c for c in engine.last.next_tokens(SETTINGS)["candidates"] if c["id"] == token)
    found = finish(engine.effects(engine.last.number, kind, 6, token, 0.8))
    assert found["logit"] == pytest.approx(own["logit"]) and found["probability"] == pytest.approx(
        own["sampled"], abs=1e-5
    )
    places = [(e["block"], e["head"], e["column"]) for e in found["effects"]]
    assert len(set(places)) == len(places) == engine.effects_progress()["done"] == engine.effects_progress()["total"]
    old = softmax(engine.last.session.final.logits[0].astype(np.float64))
    for effect in found["effects"][:: len(places) // 5]:
        changes = [
            change
            for change in parts(engine.last.session, kind, 6)
            if change.block == effect["block"]
            and effect["head"] in (None, change.head)
            and effect["column"] in (None, getattr(change, "column", None))
        ]
        (change,) = changes
        changed = engine.last.what_if([change], SETTINGS | {"query": " she"}, 6)
        candidate = next(c for c in changed["candidates"] if c["id"] == token)
        assert candidate["logit"] == pytest.approx(effect["logit"], abs=1e-4)
        assert candidate["sampled"] == pytest.approx(effect["probability"], abs=1e-5)
        new = np.zeros_like(old)
        every = engine.last.what_if([change], SETTINGS | {"temperature": 1, "count": len(old)}, 6)["candidates"]
        new[[c["id"] for c in every]] = [c["model"] for c in every]
        assert effect["bits"] == pytest.approx(float((old * np.log2(old / new)).sum()), abs=1e-4)


def test_what_is_cut_matters(engine):
    """The arrow that the picture draws widest is one that the prediction needs."""
    she = engine.last.tokenizer.encode(" she")[0]
    found = finish(engine.effects(engine.last.number, "arrows", 6, she, 1))
    largest = max(found["effects"], key=lambda effect: effect["bits"])
    assert largest["probability"] < found["probability"] - 0.1


@pytest.mark.parametrize("temperature", (1, 0.8))
@pytest.mark.parametrize("text", examples.EXAMPLES)
def test_the_most_telling_arrow_is_found_by_cutting_each(engine, text, temperature):
    """By a loop of its own, from the numbers of the pass alone."""
    finish(engine.predict(text, [], SETTINGS, 0, 0, -1))
    session = engine.last.session
    row, size = len(session.ids) - 1, session.config.d_head

    def share(changes, token=None):
        p = softmax(logits_if(session, changes).astype(np.float64) / temperature)
        return (int(p.argmax()), p.max()) if token is None else p[token]

    token, before = share([])
    best, after = None, before - 0.01
    for block in range(session.config.n_layer):
        b, w = session.block(block), session.weights["h"][block]["attn.c_proj.weight"][:]
        for head in range(session.config.n_head):
            part = w[:, head * size : (head + 1) * size]  # (E, D)
            lengths = [np.linalg.norm(b.pattern[head, row, i] * part @ b.v[i, head]) for i in range(row + 1)]
            for column in range(row - 1):
                if column == 0 and lengths[0] <= 0.1 * sum(lengths):
                    continue
                without = share([Cut(block, head, row, column)], token)
                if without <= after:
                    best, after = (block, head, row, column), without
    found = finish(engine.most_telling(engine.last.number, row, temperature))
    assert found["token"] == {"id": token, "shown": engine.last.tokenizer.display(token)}
    assert (found["row"], found["temperature"]) == (row, temperature)
    arrow = found["arrow"]
    assert (arrow and (arrow["block"], arrow["head"], arrow["row"], arrow["column"])) == best
    if arrow:
        assert arrow["share"] == session.block(arrow["block"]).pattern[arrow["head"], row, arrow["column"]]
        assert arrow["before"] == pytest.approx(before, abs=1e-5) and arrow["after"] == pytest.approx(after, abs=1e-5)


def test_the_prepared_picture_is_of_the_most_telling_arrow(engine):
    """And says what the engine says of it."""
    session, tokenizer = engine.last.session, engine.last.tokenizer
    prepared = explain(TEXT, 0.8, session, tokenizer, opening=True)
    assert prepared["matters"] == finish(engine.most_telling(engine.last.number, 6, 0.8))
    arrow = prepared["matters"]["arrow"]
    assert [prepared["view"][name] for name in ("block", "head", "row")] == [arrow["block"], arrow["head"], 6]
    assert prepared["view"] == engine.last.block_view(arrow["block"], arrow["head"], 6)
    plain = explain(TEXT, 0.8, session, tokenizer)
    assert "matters" not in plain and (plain["view"]["block"], plain["view"]["head"]) == (0, 0)


def test_what_says_little_is_not_the_most_telling_arrow(engine, monkeypatch):
    """Itself, the token before, and the first one unless it carries something: however much their cutting lowers."""
    session = engine.last.session

    def arrow(**lowered):
        """Every cell of block 2, head 1 as it was, but for these columns."""
        cut = [{"block": 2, "head": 1, "column": i, "probability": lowered.get(f"at_{i}", 0.5)} for i in range(7)]
        return effects.most_telling(session, {"row": 6, "logit": 0, "probability": 0.5, "effects": cut})

    def lengths(first):
        parts = np.ones((7, 256))
        parts[0] *= first
        monkeypatch.setattr("model.explain.effects.taken_in", lambda *_: parts)

    lengths(0.6)
    assert arrow(at_6=0.1, at_5=0.1, at_0=0.2, at_3=0.4)["column"] == 3
    assert arrow(at_6=0.1, at_5=0.1, at_0=0.2, at_3=0.491) is None
    lengths(0.7)  # of 6.7, more than a tenth
    assert arrow(at_6=0.1, at_5=0.1, at_0=0.2, at_3=0.4)["column"] == 0
    assert arrow(at_3=0.9) is None, "what its cutting raises is not what it rests on"


def test_effects_give_way_to_a_newer_text_and_to_a_newer_call(engine):
    async def overtaken(newer):
        older = asyncio.ensure_future(engine.effects(engine.last.number, "heads", 6, 5, 1))
        for _ in range(3):
            await asyncio.sleep(0)
        assert 0 < engine.effects_progress()["done"] < engine.effects_progress()["total"]
        return await asyncio.gather(older, newer())

    async def another():
        return await engine.effects(engine.last.number, "mlps", 6, 5, 1)

    async def text():
        return await engine.predict(TEXT + " she", [], SETTINGS, 0, 0, -1)

    assert in_thread(overtaken(another))[0] == GONE
    older, newer = in_thread(overtaken(text))
    assert older == GONE and newer["run"] == engine.last.number
    assert finish(engine.effects(engine.last.number - 1, "heads", 6, 5, 1)) == GONE


def test_the_terms_of_a_logit_belong_to_the_tokens_that_are_asked_for(engine):
    """Which sum, and of what, `test_inspect` knows."""
    for row, token, minus in ((2, 0, -1), (6, 300, 8000), (6, 8000, 8000)):
        answer = engine.last.logit_terms(token, minus, row)
        listed = engine.last.what_if([], SETTINGS | {"count": 8192}, row)["candidates"]
        logits = {one["id"]: one["logit"] for one in listed}
        total = logits[token] - (logits[minus] if minus not in (-1, token) else 0)
        assert answer["row"] == row and answer["token"]["id"] == token
        assert answer["total"] == pytest.approx(total, abs=1e-6)
        assert sum(term["value"] for term in answer["terms"]) == pytest.approx(total, abs=1e-4)
        named = [one["id"] for one in answer["candidates"]]
        assert named[:20] == [one["id"] for one in listed[:20]] and token in named and len(named) == len(set(named))
    answer = engine.last.logit_terms(-1, 8192, 99)
    assert answer["row"] == 6 and answer["token"]["shown"] == " she" and answer["minus"] is None


@pytest.mark.parametrize("call", ("predict", "use"))
def test_a_picture_that_cannot_be_made_leaves_the_run_before_as_it_is(engine, monkeypatch, call):
    """The pass itself is over by then: everything that it has changed comes back."""
    other = Runner(Session(engine.last.session.weights, engine.last.session.config), engine.last.tokenizer, "float32")
    engine.coming, before, run = other, engine.last.block_view(5, 0, 6), engine.last.number
    with monkeypatch.context() as patch:
        patch.setattr("model.explain.block_view.block_view", lambda *_: (_ for _ in ()).throw(MemoryError()))
        answer = finish(getattr(engine, call)(TEXT + " she", [], SETTINGS, 5, 0, -1))
    assert answer["error"] == "memory" and engine.last.number == run and engine.runner is not other
    assert engine.ask(run, "block_view", 5, 0, 6) == before
    assert engine.ask(run, "next_tokens", SETTINGS)["candidates"][0]["shown"] == " she"
    assert "run" in finish(engine.predict(TEXT + " she", [], SETTINGS, 5, 0, -1))


def test_memory_that_is_short_before_there_are_tokens_is_an_answer_too(engine, monkeypatch):
    monkeypatch.setattr("model.worker.engine.read_prompt", lambda *_: (_ for _ in ()).throw(MemoryError()))
    assert finish(engine.predict(TEXT, [], SETTINGS, 0, 0, -1)) == {"error": "memory", "file": ""}


def test_each_typed_text_is_encoded_once(engine, monkeypatch):
    """Its tokens are shown before it is read, others are drawn after it; another model encodes it for itself."""
    encoded, encode = [], Tokenizer._encode
    monkeypatch.setattr(Tokenizer, "_encode", lambda self, text: encoded.append((self, text)) or encode(self, text))
    last = engine.last
    ours, other = (vocabulary.read(FILE.read_bytes(), last.session.config) for _ in range(2))
    engine.runner = Runner(last.session, ours, "float32")
    for text in ("The", "The cat", "The"):
        shown = engine.tokenize(text)
        for drawn in ([], [257], [257, 258]):
            read = finish(engine.predict(text, drawn, SETTINGS, 0, 0, -1))
            assert read["tokens"][: len(shown["tokens"])] == shown["tokens"]
            assert [token["id"] for token in read["tokens"][len(shown["tokens"]) :]] == drawn
    assert encoded == [(ours, "The"), (ours, "The cat"), (ours, "The")]
    engine.coming = Runner(Session(last.session.weights, last.session.config), other, "float32")
    finish(engine.use("The", [], SETTINGS, 0, 0, -1))
    assert encoded[3:] == [(other, "The")]


def test_a_run_without_parts_says_what_it_owes_to_them_and_undone_all_is_as_before(engine):
    """Against the logits of a pass without them; every answer of the whole run comes again, to the last digit."""
    text = "The little girl was very happy because"

    def read(removals=()):
        answer = finish(engine.predict(text, [], SETTINGS, 4, 3, -1, removals))
        return {name: value for name, value in answer.items() if name not in ("run", "milliseconds", "computed")}

    whole, logits = read(), engine.last.logits.astype(np.float64)
    for removals in ((Cut(4, 3, 6, 2),), (Off("head", 4, 3, True), Off("mlp", 0)), (Off("position"),)):
        expected = logits_if(engine.last.runner.session, removals).astype(np.float64)
        without = read(removals)
        assert without["next"]["largest"] == pytest.approx(expected.max(), abs=1e-4)
        found = without["next"]["intact"]
        old, new = softmax(logits), softmax(expected)
        assert found["bits"] == pytest.approx((old * np.log2(old / new)).sum(), abs=1e-4)
        old, new = (softmax(one / SETTINGS["temperature"]) for one in (logits, expected))
        for row in found["rows"]:
            i = row["id"]
            assert (row["before"], row["now"]) == pytest.approx((old[i], new[i]), abs=1e-5)
            assert (row["logit_before"], row["logit_now"]) == pytest.approx((logits[i], expected[i]), abs=1e-4)
        assert {row["id"] for row in found["rows"]} >= {int(old.argmax()), int(new.argmax())}
        assert "intact" not in read()["next"] and read() == whole
