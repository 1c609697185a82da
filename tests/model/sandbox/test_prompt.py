"""The prompt, without a browser: the numbers at hand, what is asked, and what is said of every kind of fault."""

import io
import json

import numpy as np
import pytest

from build.paths import ROOT
from build.site.languages import texts_of
from build.site.site import MODEL, load_model
from model.removals import from_json
from model.sandbox import answer
from model.sandbox.handed import pack, unpack
from model.sandbox.prompt import Prompt
from model.sandbox.shown import shown
from model.session import Session
from page.panels.code.examples import EXAMPLES

SETTINGS = {"temperature": 0.8, "top_k": None, "top_p": None}
FAULTY = {  # what is asked, and what is said of it: the kind, the line, a name that may have been meant
    "x = (1": ("SyntaxError", 1, None),
    "a = 1\nb = a + tokns": ("NameError", 2, "tokens"),
    'trace["blocks.0.attn.patern"]': ("KeyError", 1, "blocks.0.attn.pattern"),
    "ids[1000]": ("IndexError", 1, None),
    "1 / 0": ("ZeroDivisionError", 1, None),
    "import js_of_the_page": ("ImportError", 1, None),
    "def f(): return f()\nf()": ("RecursionError", 1, None),
    "np.ones(1 << 44)": ("MemoryError", 1, None),
    "np.no_such": ("AttributeError", 1, None),
    "tokens + 1": ("TypeError", 1, None),
    "np.ones(2) + np.ones(3)": ("ValueError", 1, None),
    'open("/no/such/file")': ("OSError", 1, None),
    "import sys\nsys.exit()": ("SystemExit", 2, None),
    "raise StopIteration": ("raised", 1, None),
}


@pytest.fixture(scope="module")
def reference():
    return load_model(ROOT / "weights" / MODEL)


@pytest.fixture(scope="module")
def handed(reference):
    session, tokenizer = reference
    return unpack(io.BytesIO(pack(session, tokenizer)))


@pytest.fixture
def ask(handed, reference, monkeypatch):
    monkeypatch.setattr(answer, "prompt", Prompt(handed))
    ids = reference[1].encode("The little girl was very happy because")
    reading = {"ids": ids, "cuts": [], "mean": False, "own": "", **SETTINGS}
    return lambda source, name="ask", **other: json.loads(
        answer.answer(name, json.dumps({**reading, "source": source, **other}))
    )


@pytest.mark.parametrize("cuts", [[], [["head", 1, 2], ["arrow", 0, 1, 3, 1]]])
def test_the_numbers_at_hand_are_those_of_the_run(handed, reference, cuts):
    session, tokenizer = reference
    ids = tokenizer.encode("The little girl was very happy because")
    removals = from_json(cuts)
    run = Session(session.weights, session.config, removals)
    run.run(ids)
    prompt = Prompt(handed)
    prompt.read(ids, removals, 0.8, None, None)
    trace = prompt.names["trace"]
    for number in range(session.config.n_layer):
        block = run.block(number)
        assert np.array_equal(trace[f"blocks.{number}.attn.pattern"], block.pattern)
        assert np.array_equal(trace[f"blocks.{number}.resid_post"], block.resid_post)
    assert np.array_equal(prompt.names["logits"], run.final.logits[0])
    assert prompt.names["tokens"] == [tokenizer.decode([number]) for number in ids]
    assert prompt.names["probabilities"].sum() == pytest.approx(1)


@pytest.mark.parametrize("source", [source for _, source in EXAMPLES])
def test_every_example_has_an_answer(ask, source):
    found = ask(source)
    assert "fault" not in found and found["kind"] != "none"


def test_names_stay_until_another_text_is_read(ask):
    ask("mine = len(tokens)")
    assert ask("mine")["text"] == "7"
    assert ask("mine", ids=[1, 2])["fault"] == "NameError"


@pytest.mark.parametrize("source", FAULTY)
def test_what_goes_wrong_is_said_with_its_line(ask, source):
    kind, line, meant = FAULTY[source]
    found = ask(source)
    assert (found["fault"], found["line"]) == (kind, line)
    assert f"ask.fault.{kind}" in texts_of("en")
    assert meant is None or meant in found["near"]
    assert ask("1 + 1")["text"] == "2"


def test_names_that_may_follow(ask):
    assert ask('trace["blocks.3.attn.p', "names")["names"] == ["blocks.3.attn.pattern"]
    assert ask("len(tok", "names")["names"] == ["tokens"]


def test_values_are_shown_by_their_kind(ask):
    assert ask("print('a' * 9000)")["printed"] == "a" * 2000
    assert ask("'<b>'")["text"] == "'<b>'"
    square = ask("np.arange(6.0).reshape(2, 3)")
    assert square["shape"] == [2, 3] and square["look"]["rows"] == 2 and "5." in square["text"]
    assert ask("np.array([1.0, np.nan, np.inf])")["kind"] == "array"
    assert ask("np.array(['a'])")["text"] == "array(['a'], dtype='<U1')"
    assert shown(np.zeros((0, 3)))["look"] is None
    assert len(ask("list(range(10000))")["text"]) < 700
