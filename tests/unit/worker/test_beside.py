"""A second text beside the first, as the engine answers: aligned, read once, and gone when it is unpinned."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.paths import ROOT
from build.site import site
from model.config import GPT2Config
from model.explain.differences import aligned
from model.removals import Cut, Off
from model.session import Session
from model.worker.engine import GONE, Engine, finish
from model.worker.run import Runner

TEXT, OTHER = "The little girl was very happy because", "The little boy was very happy because"
SETTINGS = {"temperature": 0.8, "top_k": None, "top_p": None, "u": 0.5, "count": 12, "query": ""}
PLACE = (4, 3, -1)
CUTS, MEAN = (Cut(4, 3, 6, 2), Off("head", 4, 1)), (Cut(4, 3, 6, 2), Off("head", 4, 1, mean=True))
TOKENS = st.lists(st.sampled_from("abcd"), max_size=12)


@pytest.fixture(scope="module")
def embedded():
    return site.load_model(ROOT / "weights" / site.MODEL)


@pytest.fixture
def engine(embedded):
    session, tokenizer = embedded
    engine = Engine(Runner(Session(session.weights, session.config), tokenizer, "float32"))
    finish(engine.predict(TEXT, [], SETTINGS, *PLACE))
    return engine


def read(engine, text):
    return finish(engine.predict(text, [], SETTINGS, *PLACE))


def plain(answer):
    """Without what a reading has of its own."""
    return json.dumps({name: answer[name] for name in ("tokens", "next", "view")})


@given(TOKENS, TOKENS)
def test_every_token_has_one_partner_at_most_in_order(now, other):
    pairs = aligned(now, other)
    partners = [pair for pair in pairs if pair is not None]
    assert len(pairs) == len(now) and partners == sorted(set(partners))
    assert all(0 <= pair < len(other) for pair in partners)
    assert aligned(now, now) == list(range(len(now)))


@given(TOKENS, TOKENS, TOKENS, st.integers(0, 3))
def test_one_changed_stretch_leaves_every_token_its_partner(before, changed, after, added):
    now = [*before, *changed, *after]
    assert aligned(now, [*before, *("X" for _ in changed), *after]) == list(range(len(now)))
    pairs = aligned([*before, *after], [*before, *"XYZ"[:added], *after])
    assert pairs == [i if i < len(before) else i + added for i in range(len(pairs))]


def test_a_second_text_is_pinned_as_if_it_had_been_read_and_pinned(engine):
    before = plain(read(engine, TEXT))
    finish(engine.pin_text(engine.last.number, OTHER, SETTINGS, 7))
    typed = plain(read(engine, TEXT))
    read(engine, OTHER)
    engine.last.pin(SETTINGS, 7)
    assert plain(read(engine, TEXT)) == typed != before
    assert engine.last.block_view(*PLACE)["beside"]["names"] == [None, None, " boy", None, None, None, None]
    engine.last.unpin(SETTINGS)
    assert plain(read(engine, TEXT)) == before


@pytest.mark.parametrize(
    ("text", "now", "there", "apart"),
    [
        (OTHER, CUTS, CUTS, "text"),
        (TEXT, CUTS, (), "uncut"),
        (TEXT, (), CUTS, "cut"),
        (TEXT, CUTS, MEAN, "recut"),
    ],
)
def test_a_text_is_pinned_without_the_parts_it_is_to_do_without(engine, text, now, there, apart):
    finish(engine.predict(text, [], SETTINGS, *PLACE, there))
    engine.last.pin(SETTINGS, 7)
    typed = plain(finish(engine.predict(TEXT, [], SETTINGS, *PLACE, now)))
    engine.last.unpin(SETTINGS)
    finish(engine.pin_text(engine.last.number, text, SETTINGS, 7, (*there, Off("block", 99))))
    assert plain(finish(engine.predict(TEXT, [], SETTINGS, *PLACE, now))) == typed
    assert engine.last.block_view(*PLACE)["beside"]["apart"] == apart


def test_what_rises_and_falls_is_the_most_of_all_tokens(engine):
    base = {c["shown"]: c["sampled"] for c in engine.last.next_tokens(SETTINGS | {"count": 8192})["candidates"]}
    pinned = finish(engine.pin_text(engine.last.number, OTHER, SETTINGS, 7))["pinned"]
    read(engine, OTHER)
    other = {c["shown"]: c["sampled"] for c in engine.last.next_tokens(SETTINGS | {"count": 8192})["candidates"]}
    change = {token: base[token] - other[token] for token in base}
    for name, best in (("rises", max), ("falls", min)):
        token = best(change, key=change.get)
        assert pinned[name] == {
            "shown": token,
            "pinned": pytest.approx(other[token], abs=1e-6),
            "now": pytest.approx(base[token], abs=1e-6),
        }


def test_a_text_that_cannot_be_read_leaves_what_was_pinned(engine):
    engine.last.pin(SETTINGS, 7)
    pinned = engine.last.pinned
    assert finish(engine.pin_text(engine.last.number, "\ud800", SETTINGS, 7))["error"] == "text"
    assert finish(engine.pin_text(engine.last.number + 1, OTHER, SETTINGS, 7)) == GONE
    coming = engine.pin_text(engine.last.number, OTHER, SETTINGS, 7)
    coming.send(None)
    read(engine, "The cat")
    assert finish(coming) == GONE
    assert engine.last.pinned is pinned


def test_a_text_is_read_aside_without_touching_the_run_that_is_drawn(engine):
    before = plain(read(engine, TEXT))
    aside = finish(engine.read_aside(OTHER, SETTINGS))
    views = [engine.ask(number, "block_view", *PLACE)["shares"] for number in (engine.last.number, aside["run"])]
    assert plain(read(engine, TEXT)) == before
    now = read(engine, OTHER)
    assert aside["next"] == now["next"] and aside["tokens"] == now["tokens"]
    assert views[1] == now["view"]["shares"] != views[0]
    assert views[0] == json.loads(before)["view"]["shares"]
    assert finish(engine.read_aside("\ud800", SETTINGS))["error"] == "text"
    coming = engine.read_aside(OTHER, SETTINGS)
    coming.send(None)
    read(engine, "The cat")
    assert finish(coming) == GONE
    assert engine.ask(aside["run"], "block_view", *PLACE)["shares"] == views[1], "the one before stays"
    assert engine.ask(aside["run"] - 1, "block_view", *PLACE) == GONE


@pytest.mark.parametrize("same_shape", [True, False])
def test_another_model_is_compared_where_its_sizes_are_the_same(engine, same_shape):
    tokenizer, own = engine.in_use.tokenizer, engine.in_use.session.config
    sizes = vars(own) if same_shape else {**vars(own), "n_layer": 2}
    weights = site.load_model(ROOT / "weights" / site.MODEL)[0].weights  # held anew: another model to the engine
    weights = {**weights, "wpe.weight": 2 * weights["wpe.weight"]}
    if not same_shape:
        weights = {**weights, "h": weights["h"][:2]}
    engine.last.pin(SETTINGS, 7)
    engine.coming = Runner(Session(weights, GPT2Config(**sizes)), tokenizer, "float32")
    answer = finish(engine.use(OTHER, [], SETTINGS, *PLACE))
    assert ("beside" in answer["view"]) == same_shape
    assert answer["next"]["pinned"]["text"] == TEXT
    read(engine, TEXT)
    assert not same_shape or engine.last.block_view(*PLACE)["beside"]["apart"] == "model"
    assert not (engine.last.pinned.session and engine.last.pinned.session.weights), "two models are not held"
