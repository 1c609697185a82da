"""A reader's own version of the code: what it leaves is read as a run; what is wrong with it is said at its line."""

import io
import json

import numpy as np
import pytest

from build.paths import ROOT
from build.site.languages import texts_of
from build.site.site import MODEL, load_model
from model.arithmetic.inspect import inspect
from model.code.difference import ours
from model.edits import EDITS, edited
from model.explain.logit_terms import adds_up, logit_terms
from model.received import count, layout
from model.removals import Off, Own, from_json
from model.sandbox import answer
from model.sandbox.handed import Handed, pack, unpack
from model.sandbox.own import numbers_of
from model.sandbox.prompt import Prompt
from model.session import LARGEST, RunawayError, Session
from model.trace import BLOCK
from tests.model.arithmetic.test_inspect import EVERY, NAMES, SETTINGS, addresses, other_sizes, worked_out

CUTS = ([], [["head", 1, 0], ["arrow", 0, 1, 3, 1], ["position"]])
MLP = 'post = change("mlp.post", gelu(pre))'
FAULTY = {  # what is put in the place of that line, or before the first -> the kind, and the line from there
    MLP.replace("gelu(pre)", "gelu(pre"): ("SyntaxError", 0),
    MLP.replace("gelu", "gleu"): ("NameError", 0),
    MLP.replace("(pre)", "(pre)[:2]"): ("shape", 0),
    MLP.replace("gelu(pre)", "pre * np.nan"): ("numbers", 0),
    MLP.replace("gelu(pre)", f"pre + {10 * LARGEST}"): ("numbers", 0),
    MLP.replace("gelu(pre)", "None"): ("shape", 0),
    "post = gelu(pre)": ("missing", None),
    f"{MLP}\n    {MLP}": ("twice", 1),
    "raise ValueError('no')": ("raised", 0),
    f"eval('1 +')\n    {MLP}": ("SyntaxError", 0),
    f"1 / 0\n    {MLP}": ("ZeroDivisionError", 0),
    f"import js_of_the_page\n    {MLP}": ("ImportError", 0),
    f"open('/no/such/file')\n    {MLP}": ("OSError", 0),
    f"raise SystemExit\n    {MLP}": ("SystemExit", 0),
    f"[0] * 10**19\n    {MLP}": ("MemoryError", 0),
    f"return mlp(x, w, lambda name, value: value)\n    {MLP}": ("RecursionError", None),
}


@pytest.fixture(scope="module")
def small():
    weights, config, ids = other_sizes(None)
    return Handed(weights, config, []), ids


@pytest.fixture
def asked(monkeypatch):
    """What the sandbox answers about three tokens, and the logits of our own code after them."""
    session, tokenizer = load_model(ROOT / "weights" / MODEL)
    monkeypatch.setattr(answer, "prompt", Prompt(unpack(io.BytesIO(pack(session, tokenizer)))))
    question = {"ids": [5, 7, 9], "cuts": [], "mean": False, "temperature": 1, "top_k": None, "top_p": None}
    session.run(question["ids"])

    def ask(name, own, source=""):
        return answer.answer(name, json.dumps({**question, "own": own, "source": source}))

    return ask, session


def received(small, source, cuts=()):
    """A session that has read what the source leaves."""
    handed, ids = small
    removals = from_json(cuts)
    session = Session(handed.weights, handed.config, (*removals, Own(numbers_of(source, handed, ids, removals))))
    session.run(ids)
    return session


def activations(session):
    found = {f"blocks.{n}.{name}": session.activation(n, name) for n in range(session.config.n_layer) for name in BLOCK}
    return found | session.embedding._asdict() | session.final._asdict()


@pytest.mark.parametrize("cuts", CUTS, ids=["whole", "cut"])
@pytest.mark.parametrize("edit", [None, *EDITS])
def test_every_activation_is_that_of_the_same_pass_here(small, edit, cuts):
    handed, ids = small
    edits = [edit] if edit else []
    expected = Session(handed.weights, handed.config, (*from_json(cuts), *(Off(name) for name in edits)))
    expected.run(ids)
    found = received(small, edited(edits), cuts)
    assert found.ahead == expected.ahead
    for name, values in activations(expected).items():
        assert np.array_equal(activations(found)[name], values), name
    ours_again = Session(handed.weights, handed.config)
    ours_again.run(ids)
    assert adds_up(logit_terms(found, NAMES, 3, -1, len(ids) - 1)) == (edit not in ("stream", "norm"))
    assert found.frozen().final.logits is found.final.logits


@pytest.mark.parametrize("edit", [None, *EDITS])
def test_a_number_that_other_steps_have_made_says_so(small, edit):
    """Those of the original's steps alone are worked out, which a reader can do as well."""
    handed, ids = small
    session = received(small, edited([edit] if edit else []))
    expected = Session(handed.weights, handed.config, (Off(edit),) if edit else ())
    expected.run(ids)
    rules = set()
    for one in EVERY:
        for address in addresses(session, *one, 5):
            try:
                found = inspect(session, NAMES, SETTINGS, str(address))
            except ValueError:  # what the original makes of an earlier token's vector, at the end, is not the version's
                assert address.name in ("ln_final", "logits", "probabilities") and address.place[0] != len(ids) - 1
                continue
            known = inspect(expected, NAMES, SETTINGS, str(address))
            rules.add(found["rule"])
            assert found["full"] == known["full"]
            if known["rule"] not in ("code", "hidden"):
                assert found == known
            elif not found["rule"]:  # another way to the same number
                assert float(worked_out(found)) == pytest.approx(found["full"], rel=1e-2, abs=5e-3)
            else:
                assert found["rule"] in ("code", "hidden")
    assert ("code" in rules) == bool(edit)


@pytest.mark.parametrize("line", FAULTY, ids=str)
def test_what_is_wrong_is_said_at_its_line(line, asked):
    ask, session = asked
    source = ours().replace(MLP, line)
    kind, at = FAULTY[line]
    found = json.loads(ask("run", source))
    first = source[: source.index(line)].count("\n") + 1
    assert found["fault"] == kind and f"ask.fault.{kind}" in texts_of("en")
    assert at is None or found["line"] == first + at
    numbers = np.frombuffer(ask("run", ours()), np.float32)
    logits = session.final.logits[0]
    assert len(numbers) == count(session.config, 3) and np.array_equal(numbers[-len(logits) :], logits)


WRITTEN = """
import math
import builtins
import model.linear
np.tanh = np.sin
math.sqrt = builtins.max = model.linear.linear = None
""".replace("\n", "\n    ")
IN_WEIGHTS = """
w["mlp.c_fc.bias"] = 1 + w["mlp.c_fc.bias"]
""".replace("\n", "\n    ")


def test_nothing_of_a_version_is_left_to_the_next(asked):
    ask, session = asked
    for written in (WRITTEN, IN_WEIGHTS, f"import numpy.linalg{WRITTEN}1 / 0"):
        source = ours().replace(MLP, f"{MLP}{written}")
        assert isinstance(ask("run", source), bytes) == (written == IN_WEIGHTS)
        ask("ask", "", "weights['wpe.weight'] *= 2")
        ask("ask", "", "weights['h'][0]['ln_1.bias'] = np.tanh = 1")
        numbers = np.frombuffer(ask("run", ours()), np.float32)
        logits = session.final.logits[0]
        assert np.array_equal(numbers[-len(logits) :], logits)


def test_a_block_that_begins_elsewhere_is_refused(small):
    source = ours().replace('change("resid_pre", x)', 'change("resid_pre", 2 * x)')
    with pytest.raises(Exception, match=r"blocks\.1\.resid_pre") as raised:
        received(small, source)
    assert raised.value.kind == "stream"


@pytest.mark.parametrize("size", [-1, 0, 1])
def test_forged_numbers_are_numbers_or_refused(small, size):
    handed, ids = small
    total = count(handed.config, len(ids))
    forged = np.random.default_rng(1).normal(size=total + size).astype(np.float32)
    session = Session(handed.weights, handed.config, (Own(forged),))
    if size:
        with pytest.raises(ValueError, match="numbers of"):
            session.run(ids)
        return
    session.run(ids)
    assert np.array_equal(session.final.logits[0], forged[-handed.config.vocab_size :])
    at = 0
    for _, shape in layout(handed.config, len(ids)):
        for bad in (np.nan, np.inf):
            broken = forged.copy()
            broken[at] = bad
            with pytest.raises((RunawayError, ValueError)):
                Session(handed.weights, handed.config, (Own(broken),)).run(ids)
        at += int(np.prod(shape))


def test_the_prompt_asks_the_readers_version(asked):
    ask, _ = asked
    source = 'float(trace["blocks.0.mlp.post"].min()), gelu(np.float32(-1)) < 0'
    for own, least in ((edited(["gelu"]), "(0.0, "), ("", "(-0.")):
        assert json.loads(ask("ask", own, source))["text"].startswith(least)
