"""Every kind of number, opened: what is shown is what float64 gives, and what a reader gets who works it out."""

import math
import random
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from model.arithmetic.address import INSIDE, OUTSIDE, WEIGHTS, WEIGHTS_OF_A_BLOCK, Address, parse, shape
from model.arithmetic.inspect import inspect
from model.arithmetic.kinds import KINDS
from model.checkpoint.assemble import weights_from_shards
from model.checkpoint.layout import INDEX, nested, read_index, tensor_shapes
from model.checkpoint.quantization import quantize_groups
from model.config import GPT2Config
from model.session import LONG, Session
from model.what_if import logit_parts
from tests.model.float64 import float64_trace

MINI = Path(__file__).parents[3] / "weights" / "mini"
IDS = [464, 1310, 2576, 373, 845, 3772, 780]
NOISE = 3e-5  # of float32, in a number of size 1
SETTINGS = {"temperature": 0.8, "top_k": 40, "top_p": 0.9, "u": 0.5}
NAMES = SimpleNamespace(display=str)  # in the place of a tokenizer
ENTRIES = 10  # of each kind, in each model


def embedded(tiny):
    config = GPT2Config.from_json((MINI / "config.json").read_bytes())
    shards = [np.fromfile(MINI / name, np.uint8) for name in read_index((MINI / INDEX).read_bytes()).shards]
    return weights_from_shards(shards, config), config, IDS


def other_sizes(tiny):
    """Floats, three blocks of other sizes, and an MLP three times as wide."""
    config = GPT2Config(vocab_size=50, n_positions=20, n_embd=30, n_layer=2, n_head=3, n_inner=90)
    return nested(random_weights(config), config), config, [3, 1, 4, 1, 5, 9, 2, 6, 5]


def four_bits(tiny):
    flat = {name: quantize_groups(w) if w.ndim == 2 and name != "wpe.weight" else w for name, w in tiny.flat.items()}
    return nested(flat, tiny.config), tiny.config, [5, 17, 80, 2, 2, 41]


def random_weights(config):
    drawn = np.random.default_rng(7)
    return {name: drawn.normal(0, 0.5, size).astype(np.float32) for name, size in tensor_shapes(config).items()}


@pytest.fixture(scope="module", params=(embedded, other_sizes, four_bits))
def case(request, tiny):
    """A session, and the trace that is its authority."""
    weights, config, ids = request.param(tiny)
    session = Session(weights, config)
    session.run(ids)
    return session, float64_trace(ids, weights, config, SETTINGS)


def addresses(session, name, in_block, seed):
    """Random entries of an activation or a weight."""
    drawn, config = random.Random(f"{name}{seed}"), session.config
    for _ in range(ENTRIES):
        address = Address(name, drawn.randrange(config.n_layer) if in_block else None, ())
        limits = shape(address, config, len(session.ids))
        yield address._replace(place=tuple(drawn.randrange(size) for size in limits))


EVERY = [(n, False) for n in (*OUTSIDE, *WEIGHTS)] + [(n, True) for n in (*INSIDE, *WEIGHTS_OF_A_BLOCK)]


def exact(trace, written):
    """What the trace has at an address."""
    name, place = written[:-1].split("[")
    return trace[name][tuple(map(int, place.split(",")))]


def assert_true(shown, value, what):
    half = 0.5 * 10.0 ** -len(shown.partition(".")[2])
    assert abs(float(shown) - value) <= half * 1.001 + NOISE * max(1, abs(value)), f"{what}: {shown}, not {value}"


@pytest.mark.parametrize("name, in_block", EVERY)
def test_what_is_shown_is_true_and_comes_out(case, name, in_block):
    session, trace = case
    for address in addresses(session, name, in_block, 1):
        answer = inspect(session, NAMES, SETTINGS, str(address))
        value = exact(trace, str(address))
        if answer["rule"] == "hidden":
            assert address.place[2] > address.place[1] and answer["full"] == (0 if value == 0 else None)
            continue
        assert_true(answer["result"], value, address)
        for one in answer["values"]:
            if one["at"]:
                assert_true(one["digits"], exact(trace, one["at"]), one["at"])
        for term in answer["terms"]:
            for side in ("left", "right"):
                assert_true(term[side], exact(trace, term[side + "_at"]), term[side + "_at"])
        if answer["others"]:
            assert_rest(answer, trace, session.config)
        if answer["rule"] in ("top-k", "top-p"):
            assert value == 0 and answer["result"] == "0"
            continue
        places = -Decimal(answer["result"]).as_tuple().exponent
        by_hand = worked_out(answer)
        assert abs(by_hand - Decimal(answer["result"])) <= Decimal(5).scaleb(-places - 1), (str(address), by_hand)


def assert_rest(answer, trace, config):
    """The products that are not listed, and no more besides than rounding the listed can leave."""
    shown = {one["name"]: one for one in answer["values"]}
    known = shown.get("score", shown["result"])["digits"]
    total = exact(trace, answer["address"]) * (math.sqrt(config.d_head) if "score" in shown else 1)
    listed = sum(exact(trace, term["left_at"]) * exact(trace, term["right_at"]) for term in answer["terms"])
    listed += exact(trace, shown["bias"]["at"]) if "bias" in shown else 0
    half = 0.5 * 10.0 ** -len(known.partition(".")[2])
    off = abs(float(shown["rest"]["digits"]) - (total - listed))
    assert off <= half * (len(answer["terms"]) + 2) + NOISE * max(1, abs(total)), (answer["address"], off)


def worked_out(answer):
    """What a reader gets from the numbers that are shown, each sum and product in full."""
    known = {one["name"]: Decimal(one["digits"]) for one in answer["values"]}
    total = sum(product_of(term) for term in answer["terms"]) + sum(known.get(name, 0) for name in ("rest", "bias"))
    match answer["kind"]:
        case "weight":
            return known["learned"] if "learned" in known else known["stored"] * known["scale"]
        case "embed" | "pos_embed" | "resid_pre" if "same" in known:
            return known["same"]
        case "resid_pre" | "resid_mid" | "resid_post":
            return known["left"] + known["right"]
        case "ln1" | "ln2" | "ln_final":
            plain = (known["x"] - known["mean"]) / (known["variance"] + known["epsilon"]).sqrt()
            assert_rounded(plain, answer, "normalised")
            return known["normalised"] * known["gain"] + known["bias"]
        case "scores":
            assert_rounded(total, answer, "score")
            return known["score"] / known["size"].sqrt()
        case "pattern":
            assert_rounded((known["score"] - known["largest"]).exp(), answer, "weight")
            return known["weight"] / known["total"]
        case "mlp_post":
            x = float(known["x"])
            gate = 0.5 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
            assert_rounded(Decimal(gate), answer, "gate")
            return known["x"] * known["gate"]
        case "probabilities":
            assert_rounded((known["logit"] - known["largest"]) / known["temperature"], answer, "scaled")
            assert_rounded(known["scaled"].exp(), answer, "weight")
            return known["weight"] / known["total"]
        case _:
            return total


def product_of(term):
    """As shown, and as the two shown factors give it."""
    shown = Decimal(term["product"])
    product = Decimal(term["left"]) * Decimal(term["right"])
    assert product.quantize(shown, ROUND_HALF_EVEN) == shown, term
    return shown


def assert_rounded(value, answer, name):
    shown = Decimal(next(one["digits"] for one in answer["values"] if one["name"] == name))
    assert abs(value - shown) <= Decimal(1).scaleb(shown.as_tuple().exponent) / 2, (answer["address"], name, value)


def test_long_sums_say_how_much_is_not_listed(case):
    session, _ = case
    row = len(session.ids) - 1
    answer = inspect(session, NAMES, SETTINGS, f"blocks.1.mlp_out[{row}, 3]")
    size = session.config.d_mlp
    assert len(answer["terms"]) + answer["others"] == size
    assert ("rest" in [one["name"] for one in answer["values"]]) == (answer["others"] > 0)
    names = [written.split("[")[0] for written in answer["come_from"]]
    assert list(dict.fromkeys(names)) == ["blocks.1.mlp.post", "h.1.mlp.c_proj.weight", "h.1.mlp.c_proj.bias"]


def test_walks_backwards_reach_an_embedding_and_forwards_the_list(case):
    session, _ = case
    config, drawn = session.config, random.Random(5)
    last = len(session.ids) - 1
    for _ in range(50):
        written = f"probabilities[{last}, {drawn.randrange(config.vocab_size)}]"
        steps = 0
        while not written.startswith(("embed[", "pos_embed[")):
            before = [one for one in inspect(session, NAMES, SETTINGS, written)["come_from"] if not is_weight(one)]
            written = drawn.choice(before)
            steps += 1
            assert steps < 50 * config.n_layer
    for _ in range(50):
        row = drawn.randrange(len(session.ids))
        written = f"embed[{row}, {drawn.randrange(config.n_embd)}]"
        while not written.startswith("probabilities["):
            written = drawn.choice(inspect(session, NAMES, SETTINGS, written)["go_to"])


@pytest.mark.parametrize("name, in_block", [(n, False) for n in WEIGHTS] + [(n, True) for n in WEIGHTS_OF_A_BLOCK])
def test_a_weight_leads_to_a_number_that_is_made_with_it(case, name, in_block):
    session, _ = case
    for address in addresses(session, name, in_block, 4):
        uses = inspect(session, NAMES, SETTINGS, str(address))["go_to"]
        if name == "wpe.weight" and address.place[0] >= len(session.ids):
            assert uses == []
            continue
        came = [written.split("[") for written in inspect(session, NAMES, SETTINGS, uses[0])["come_from"]]
        array, place = str(address).split("[")
        axis = place.rstrip("]").split(", ")[0]
        assert any(name == array and there.rstrip("]").split(", ")[0] == axis for name, there in came), uses


def is_weight(written):
    name = written.split("[")[0]
    return name in WEIGHTS or name.startswith("h.")


def test_each_activation_of_the_pass_is_a_kind():
    assert set(KINDS) == set(OUTSIDE) | set(INSIDE)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "blocks.4.attn.z",
        "blocks.99.ln1[0, 0]",
        "blocks.0.ln1[60, 0]",
        "blocks.0.ln1[0]",
        "h.0.ln1[0, 0]",
        "nothing[0]",
    ]
    + ["blocks.0.ln1[-1, 0]", "blocks.0.wte.weight[0, 0]", "logits[0, 99999999]", "blocks.0.ln1[0, 0] " + "x" * 999],
)
def test_what_is_no_address_is_refused_in_short(case, written):
    session, _ = case
    with pytest.raises(ValueError) as refused:
        inspect(session, NAMES, SETTINGS, written)
    assert len(str(refused.value)) < 120


def test_addresses_are_read_as_they_are_written(case):
    session, _ = case
    for name, in_block in EVERY:
        for address in addresses(session, name, in_block, 2):
            assert parse(str(address), session.config, len(session.ids)) == address


def test_of_a_long_text_too(tiny):
    """Its activations are computed again for the token that is looked at."""
    config = GPT2Config(vocab_size=50, n_positions=LONG + 30, n_embd=12, n_layer=2, n_head=3)
    session = Session(nested(random_weights(config), config), config)
    ids = [(7 * i) % 50 for i in range(LONG + 9)]
    session.run(ids)
    trace = float64_trace(ids, session.weights, config, SETTINGS)
    assert not session.cache.whole
    for name, in_block in EVERY:
        for address in addresses(session, name, in_block, 3):
            answer = inspect(session, NAMES, SETTINGS, str(address))
            if not answer["rule"]:
                assert_true(answer["result"], exact(trace, str(address)), address)


def test_the_terms_of_a_logit_are_those_of_float64_and_sum_to_it(case):
    """Of a token, and of the difference of two; worked out from the trace, head by head."""
    session, trace = case
    config, size = session.config, session.config.d_head
    for after in (0, len(session.ids) - 1):
        x = trace[f"blocks.{config.n_layer - 1}.resid_post"][after]
        gain = trace["ln_f.weight"] / math.sqrt(x.var() + config.layer_norm_epsilon)
        for token, minus in ((7, None), (3, 40), (config.vocab_size - 1, 7)):
            direction = trace["wte.weight"][token] - (0 if minus is None else trace["wte.weight"][minus])
            expected = {
                ("embed", None, None): trace["embed"][after],
                ("pos_embed", None, None): trace["pos_embed"][after],
            }
            for n in range(config.n_layer):
                weight, z = trace[f"h.{n}.attn.c_proj.weight"], trace[f"blocks.{n}.attn.z"][after]
                for h in range(config.n_head):
                    expected["head", n, h] = weight[:, h * size : (h + 1) * size] @ z[h]
                bias = trace[f"h.{n}.mlp.c_proj.bias"]
                expected["mlp", n, None] = trace[f"blocks.{n}.mlp_out"][after] - bias
                expected["bias", n, None] = bias + trace[f"h.{n}.attn.c_proj.bias"]
            expected = {key: (term - term.mean()) @ (direction * gain) for key, term in expected.items()}
            expected["bias", None, None] = direction @ trace["ln_f.bias"]
            found = {part[:3]: part.value for part in logit_parts(session, token, after, minus)}
            assert list(found) == list(expected)
            assert found == pytest.approx(expected, abs=1e-4)
            logit = trace["logits"][after, token] - (0 if minus is None else trace["logits"][after, minus])
            assert sum(found.values()) == pytest.approx(logit, abs=1e-4)
