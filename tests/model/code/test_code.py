"""The code of a number: its text, the line that makes it, and what every name stood for while it ran."""

import ast
import copy
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np
import pytest

from model import gpt2
from model.arithmetic.address import INSIDE, OUTSIDE, WEIGHTS, WEIGHTS_OF_A_BLOCK, Address
from model.arithmetic.kinds import kind_of
from model.arithmetic.source import Source
from model.code.again import again
from model.code.code import code
from model.code.listing import array_named, listing
from model.code.place import place_of
from model.code.steps import steps
from model.code.watch import Watch
from model.session import Session

IDS = [5, 17, 80, 2, 2, 41]
SETTINGS = {"temperature": 0.8, "top_k": 40, "top_p": 0.5, "u": 0.5}
LAST = len(IDS) - 1
ACTIVATIONS = [(name, None) for name in OUTSIDE] + [(name, 1) for name in INSIDE]
OF_WEIGHTS = [(name, None) for name in WEIGHTS] + [(name, 1) for name in WEIGHTS_OF_A_BLOCK]
BLOCK = [("gpt2", 0), ("block", 1)]
CALLS = {  # every function of the pass, by a way to it
    "embed": [("gpt2", 0), ("embed", 0)],
    "block": BLOCK,
    "layer_norm": [*BLOCK, ("layer_norm", 1)],
    "attention": [*BLOCK, ("attention", 0)],
    "softmax": [*BLOCK, ("attention", 0), ("softmax", 0)],
    "linear": [*BLOCK, ("attention", 0), ("linear", 1)],
    "mlp": [*BLOCK, ("mlp", 0)],
    "match": [*BLOCK, ("attention", 0), ("match", 0)],
    "unembed": [("gpt2", 0), ("unembed", 0)],
    "sampled": [("sampled", 0)],
}
LISTING = listing(gpt2)


@pytest.fixture(scope="module")
def session(tiny):
    one = Session(tiny.weights, tiny.config)
    one.run(IDS)
    return one


def address_of(name, block):
    made = Address(name, block, ())
    return made._replace(place=(1,) * len(made.axes))


def read(session, name, block, path=()):
    return code(session, SETTINGS, str(address_of(name, block)), list(path))


def program(function, tree):
    """The model's program with one function as this tree has it."""
    module = ModuleType("edited")
    vars(module).update({name: made for name, made in vars(gpt2).items() if not name.startswith("__")})
    whole = ast.parse(Path(gpt2.__file__).read_text(encoding="utf-8"))
    whole.body = [tree if getattr(node, "name", "") == function else node for node in whole.body]
    exec(compile(ast.fix_missing_locations(whole), "edited", "exec"), vars(module))
    return module


def trace(program, session):
    """Every activation of a pass in its order."""
    found = {}

    def keep(name, value):
        found[name] = value
        return value

    list(program.gpt2(IDS, session.weights, session.config, keep))
    return found


class Nothing(ast.NodeTransformer):
    """What a line computes, or a weight that it takes, replaced by zeros."""

    def __init__(self, name, weight):
        self.name, self.weight = name, weight

    def visit(self, node):
        self.generic_visit(node)
        key = array_named(node)
        if key is None or key.value != self.name:
            return node
        zeros = ast.Attribute(ast.Name("np", ast.Load()), "zeros_like", ast.Load())
        if isinstance(node, ast.Subscript):
            return ast.Call(zeros, [node], [])
        node.args[1] = ast.Call(zeros, [node.args[1]], [])
        return node


@pytest.mark.parametrize(("name", "block"), ACTIVATIONS + OF_WEIGHTS)
def test_with_zeros_on_the_marked_line_the_number_changes_first(session, name, block):
    """Nothing that is computed before it does: it is the line, and no other, that makes the number."""
    shown = read(session, name, block)
    first, last = shown["marked"]
    edited = copy.deepcopy(LISTING.trees[shown["function"]])
    if name == "probabilities":
        returned = next(node for node in ast.walk(edited) if isinstance(node, ast.Return) and node.lineno == first)
        assert first == last and ast.unparse(returned) == "return probabilities"
        return
    address = address_of(name, block)
    statement = next(one for one in ast.walk(edited) if isinstance(one, ast.stmt) and one.lineno == first)
    assert statement.end_lineno == last
    Nothing(name, address.is_weight).visit(statement)
    before, after = trace(gpt2, session), trace(program(shown["function"], edited), session)
    changed = [one for one in before if not np.array_equal(before[one], after[one])]
    if address.is_weight:
        used = kind_of(address).to(Source(session, SETTINGS), address._replace(place=(2,) * len(address.place)))[0]
        name = used.name
    inside = block is not None or name in INSIDE
    assert changed[0] == (f"blocks.0.{name}" if inside else name)


@pytest.mark.parametrize("function", LISTING.functions)
def test_what_is_read_is_the_file(function):
    text = Path(LISTING.functions[function].__code__.co_filename).read_text(encoding="utf-8").splitlines()
    first = LISTING.sources[function][1]
    shown = ["".join(piece["text"] for piece in line) for line in LISTING.lines[function]]
    assert shown == text[first - 1 : first - 1 + len(shown)]
    assert shown[0].startswith(f"def {function}(")


def statement_by_statement(made: FunctionType, arguments):
    """The names of a function after each of its statements, run one at a time: (line, names)."""
    own, names = {*made.__code__.co_varnames, *made.__code__.co_cellvars}, dict(arguments)

    def run(statements):
        for one in statements:
            scope = {**made.__globals__, **names}
            if isinstance(one, ast.If):
                chosen = eval(compile(ast.Expression(one.test), "<test>", "eval"), scope)
                yield from run(one.body if chosen else one.orelse)
            elif isinstance(one, ast.With):
                yield from run(one.body)
            elif not isinstance(one, ast.Return):
                exec(compile(ast.Module([one], []), "<one>", "exec"), scope)
                names.update({name: value for name, value in scope.items() if name in own})
                yield one.lineno, {name: copy.deepcopy(names[name]) for name in names if is_plain(names[name])}

    yield from run(LISTING.trees[made.__name__].body)


def is_plain(value):
    return isinstance(value, np.ndarray | int | float)


@pytest.mark.parametrize("function", CALLS)
def test_every_line_has_the_values_of_its_statement_run_by_itself(session, function, monkeypatch):
    monkeypatch.setattr(np, "empty", np.zeros)  # what stands in new memory is another thing each time
    found = again(Source(session, SETTINGS), CALLS[function], LAST, 0)
    ran = Watch(found.path, found.named, LISTING).follow(found.compute)
    docstring = LISTING.trees[function].body[0].lineno
    arguments = {name: held.then for name, held in ran[0].before.items()}
    expected = [
        (n, names) for n, names in statement_by_statement(LISTING.functions[function], arguments) if n != docstring
    ]
    after = {one.number: one.after for one in ran}
    assert expected
    for line, names in expected:
        for name, value in names.items():
            np.testing.assert_array_equal(after[line][name].then, value, err_msg=f"{name} after line {line}")


def test_the_steps_of_the_pass_are_the_lines_that_each_call_runs(session):
    """In the order of completion, whatever the text; after each the pass has computed what the picture may show."""
    found = steps(session, SETTINGS)
    assert found["activations"] == list(trace(gpt2, session))
    ends = {}
    for number, (call, line, nth, reached) in enumerate(found["steps"]):
        ends.setdefault(call, []).append((line, reached, number))
        assert len(ends[call]) - 1 == nth
    for call, path in enumerate(found["calls"]):
        shown = read(session, "attn.z", 1, path)
        assert [visit["line"] for visit in shown["visits"]] == [line for line, _, _ in ends[call]]
        for visit, (_, reached, number) in zip(shown["visits"], ends[call], strict=True):
            if path[-1][0] == "gpt2":
                assert visit["reached"] == found["activations"][reached - 1]
            for name, nth in visit["calls"]:
                if [*path, (name, nth)] in found["calls"]:
                    last = ends[found["calls"].index([*path, (name, nth)])][-1][2]
                    assert last < number, "what a line calls is done before the line is"
    assert found["steps"][-1][3] == len(found["activations"])


def test_names_lead_to_the_numbers_that_they_stand_for(session):
    """Each array that is an activation says so, by the address of a number that is in it."""
    led = set()
    for name, block in ACTIVATIONS:
        shown, known = read(session, name, block), trace(gpt2, session)
        for seen in shown["values"]:
            if seen["at"]:
                array = seen["at"].split("[")[0]
                led.add(array.split(".", 2)[-1] if array.startswith("blocks.") else array)
                if array in known and array not in ("ln_final", "logits"):
                    values = known[array]
                    assert list(values.shape) == seen["shape"]
                    finite = values[np.isfinite(values)]
                    assert float(seen["least"]) == pytest.approx(finite.min(), rel=1e-3)
    assert led >= {"attn.q", "attn.k", "attn.v", "attn.scores", "attn.pattern", "attn.z", "ln1", "ln2", "mlp.pre"}
    assert led >= {"embed", "pos_embed", "resid_pre", "resid_mid", "mlp.post", "ln_final", "logits", "probabilities"}


def test_a_long_text_is_watched_from_one_token_on(tiny, monkeypatch):
    monkeypatch.setattr("model.session.LONG", len(IDS) - 1)
    one = Session(tiny.weights, tiny.config)
    one.run(IDS)
    seen = {seen["at"].split("[")[0]: seen for seen in read(one, "attn.z", 1)["values"] if seen["at"]}
    assert seen["blocks.1.attn.z"]["shape"][0] == len(IDS) - 1, "from token 1, which the address is of"
    assert seen["blocks.1.attn.k"]["shape"][0] == len(IDS)


@pytest.mark.parametrize(
    "path", [[("gpt2", 0), ("block", 99)], [("open", 0)], [("gpt2", 0), ("linear", 0)], [*BLOCK, ("gelu", 0)]]
)
def test_a_call_that_is_none_is_refused(session, path):
    with pytest.raises(ValueError):
        read(session, "attn.z", 1, path)


def test_a_place_is_found_for_every_array():
    assert {place_of(address_of(*one), LISTING).path[-1][0] for one in ACTIVATIONS + OF_WEIGHTS} == {
        *("embed", "block", "attention", "mlp", "unembed", "sampled")
    }
