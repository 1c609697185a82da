"""A reader's own checkpoint runs with its own numbers or, held small, as build/weights/quantize.py rounds it."""

import json
import re
from contextlib import suppress

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from build.weights import quantize, random_checkpoint, tokenizer_files
from model.checkpoint import user_checkpoint
from model.checkpoint.assemble import weights_from_shards
from model.checkpoint.file_error import FileError
from model.checkpoint.layout import INDEX, CheckpointError, nested, read_index
from model.checkpoint.loading import Progress
from model.checkpoint.safetensors import SafetensorsError
from model.checkpoint.user_checkpoint import load_user_checkpoint
from model.config import ConfigError, GPT2Config
from model.session import Session
from model.tokenizer.tokenizer import TokenizerError
from tests.unit.build_tools.test_quantize import to_bfloat16, to_float16
from tests.unit.checkpoint.test_loading import same
from tests.unit.without_browser import in_thread

CONFIG = GPT2Config(300, 16, 128, 2, 4)  # heads of 32
CONFIG_JSON = json.dumps(random_checkpoint.config_fields(CONFIG)).encode()


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    random_checkpoint.write(folder, CONFIG, 3)
    tokenizer_files.write(folder, CONFIG.vocab_size)
    return folder


@pytest.fixture(scope="module")
def tensors(source):
    return safetensors.numpy.load_file(source / "model.safetensors")


@pytest.fixture(scope="module")
def tokenizer_json(source):
    return (source / "tokenizer.json").read_bytes()


def own(data: bytes, tokenizer_json, config_json=CONFIG_JSON, progress=None, precision="float32"):
    asked = []

    async def read(begin, end):
        assert 0 <= begin <= end <= len(data)
        asked.append((begin, end))
        return np.frombuffer(data[begin:end], np.uint8)

    model = in_thread(
        load_user_checkpoint(read, len(data), tokenizer_json, config_json, progress or Progress(), precision)
    )
    assert max(end - begin for begin, end in asked) < len(data) / 2, "the file is never read whole"
    return model


def quantized(source, tmp_path):
    quantize.quantize(source, tmp_path / "out")
    index = read_index((tmp_path / "out" / INDEX).read_bytes())
    return weights_from_shards(
        [np.fromfile(tmp_path / "out" / name, np.uint8) for name in index.shards], CONFIG, "int8"
    )


def unrounded(tensors):
    flat = {name.removeprefix("transformer."): w for name, w in tensors.items()}
    return nested({name: w.T if name.startswith("h.") and w.ndim == 2 else w for name, w in flat.items()}, CONFIG)


def test_held_as_float32_it_has_its_own_numbers(source, tensors, tokenizer_json):
    data, progress = (source / "model.safetensors").read_bytes(), Progress()
    model = own(data, tokenizer_json, progress=progress)
    assert model.config == CONFIG and (model.precision, model.rounding) == ("float32", 0)
    same(model.weights, unrounded(tensors))
    report = progress.report()
    assert report["arrived"] == report["total"] > 0.99 * len(data) - 4096 and report["parts"] == [1.0] * 4


def test_held_as_int8_it_is_what_quantising_makes_of_it_and_says_how_far_it_moved(
    source, tensors, tokenizer_json, tmp_path
):
    model = own((source / "model.safetensors").read_bytes(), tokenizer_json, precision="int8")
    assert model.precision == "int8"
    same(model.weights, quantized(source, tmp_path))
    exact = unrounded(tensors)
    pairs = [(w, model.weights[name]) for name, w in exact.items() if name == "wte.weight"]
    for block, held in zip(exact["h"], model.weights["h"], strict=True):
        pairs += [(w, held[name]) for name, w in block.items() if w.ndim == 2]
    moved = sum(np.square(w.astype(np.float64) - rounded[:]).sum() for w, rounded in pairs)
    total = sum(np.square(w.astype(np.float64)).sum() for w, _ in pairs)
    assert model.rounding == pytest.approx(np.sqrt(moved / total), rel=1e-6) and 0.001 < model.rounding < 0.02


def test_where_there_is_no_room_for_float32_it_is_held_as_int8(source, tokenizer_json, monkeypatch):
    read, tried = user_checkpoint.read_weights, []

    def cramped(*arguments):
        tried.append(arguments[-1])
        if tried[-1] == "float32":
            raise MemoryError
        return read(*arguments)

    monkeypatch.setattr(user_checkpoint, "read_weights", cramped)
    model = own((source / "model.safetensors").read_bytes(), tokenizer_json)
    assert tried == ["float32", "int8"] and model.precision == "int8" and model.rounding > 0


def test_both_give_nearly_the_same_answers(source, tokenizer_json):
    data = (source / "model.safetensors").read_bytes()
    logits = []
    for precision in ("float32", "int8"):
        model = own(data, tokenizer_json, precision=precision)
        session = Session(model.weights, model.config)
        session.run([5, 1, 4])
        logits.append(session.final.logits)
    assert 0 < np.linalg.norm(logits[0] - logits[1]) < 0.05 * np.linalg.norm(logits[0])


def published(prefix, head):
    def save(tensors):
        plain = {name.removeprefix("transformer."): w for name, w in tensors.items()}
        masks = {f"h.{i}.attn.bias": np.tril(np.ones((1, 1, 16, 16), np.float32)) for i in range(2)}
        named = {prefix + name: w for name, w in (plain | masks).items()}
        return safetensors.numpy.save(named | ({"lm_head.weight": plain["wte.weight"]} if head else {}))

    return save


def renamed(rename):
    """Every tensor under another name, the head among them."""
    return lambda tensors: safetensors.numpy.save(
        {rename(name): w for name, w in (tensors | {"lm_head.weight": tensors["transformer.wte.weight"]}).items()}
    )


PREFIXES = ["module.", "model.", "_orig_mod.", "gpt2.", "module._orig_mod.", "_orig_mod.module.model.", "a.b.c."]
VARIANTS = {
    "plain": published("", False),
    "with its head": published("", True),
    "in a wrapper": published("transformer.", True),
    **{f"in {prefix}": renamed(lambda name, prefix=prefix: prefix + name) for prefix in PREFIXES},
    "without transformer.": renamed(lambda name: "module." + name.removeprefix("transformer.")),
    "blocks compiled one by one": renamed(lambda name: re.sub(r"(h\.\d+)\.", r"\1._orig_mod.", name)),
    "wrapped by FSDP": renamed(
        lambda name: "_fsdp_wrapped_module." + name.replace(".attn.", "._fsdp_wrapped_module.attn.")
    ),
    "twice, equal": lambda tensors: safetensors.numpy.save(
        tensors | {name.removeprefix("transformer."): w for name, w in tensors.items()}
    ),
}


@pytest.mark.parametrize("save", VARIANTS.values(), ids=VARIANTS)
def test_every_published_variant_and_every_harmless_prefix(source, tensors, tokenizer_json, save):
    same(own(save(tensors), tokenizer_json).weights, unrounded(tensors))


@pytest.mark.parametrize("prefix", ["", "module.", "module.transformer."])
@pytest.mark.parametrize("name", ["wte.weight", "h.1.attn.c_proj.weight", "ln_f.bias"])
def test_two_values_of_one_tensor_are_refused(tensors, tokenizer_json, prefix, name):
    both = safetensors.numpy.save(tensors | {prefix + name: tensors["transformer." + name] + 1})
    with pytest.raises(CheckpointError, match="has two values") as caught:
        own(both, tokenizer_json)
    assert caught.value.kind == "twice" and name in caught.value.values["tensors"]


@pytest.mark.parametrize(("convert", "precision"), [(to_float16, 1e-3), (to_bfloat16, 1e-2)])
def test_half_precision(tensors, tokenizer_json, convert, precision):
    wte = tensors["transformer.wte.weight"]
    found = own(convert(tensors), tokenizer_json).weights["wte.weight"]
    assert (np.abs(found - wte) <= precision * np.abs(wte).max()).all()


def without(name):
    return lambda tensors: {key: w for key, w in tensors.items() if key != name}


def filled(value):
    """A matrix of one value."""
    name = "transformer.h.1.mlp.c_fc.weight"
    return lambda t: safetensors.numpy.save(t | {name: np.full_like(t[name], value)})


REFUSED = {
    "cut short": (lambda t: safetensors.numpy.save(t)[:-7], SafetensorsError, "cut", "cut short"),
    "no GPT-2": (lambda t: safetensors.numpy.save({"a": np.ones(3, np.float32)}), CheckpointError, "no_gpt2", "but a"),
    "a tensor missing": (
        lambda t: safetensors.numpy.save(without("transformer.h.1.mlp.c_fc.bias")(t)),
        CheckpointError,
        "lacking",
        r"no tensor h\.1\.mlp\.c_fc\.bias",
    ),
    "another head": (
        lambda t: safetensors.numpy.save(t | {"lm_head.weight": t["transformer.wte.weight"] + 1}),
        CheckpointError,
        "head",
        "lm_head.weight differs",
    ),
    "NaN in the head and the embedding that it is": (
        lambda t: safetensors.numpy.save(
            t | dict.fromkeys(("lm_head.weight", "transformer.wte.weight"), t["transformer.wte.weight"] * np.nan)
        ),
        CheckpointError,
        "runaway",
        r"wte\.weight holds a NaN",
    ),
    "NaN": (
        lambda t: safetensors.numpy.save(t | {"transformer.ln_f.bias": np.full(128, np.nan, np.float32)}),
        CheckpointError,
        "runaway",
        r"ln_f\.bias holds a NaN",
    ),
    "an infinity": (filled(-np.inf), CheckpointError, "runaway", r"c_fc\.weight holds .* beyond 1e\+18"),
    "the largest float32": (filled(np.finfo(np.float32).max), CheckpointError, "runaway", "beyond"),
    "beyond computing": (filled(1.1e18), CheckpointError, "runaway", "beyond"),
}


@pytest.mark.parametrize(("make", "error", "kind", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_gpt2_is_refused_in_words(tensors, tokenizer_json, make, error, kind, message):
    with pytest.raises(error, match=message) as caught:
        own(make(tensors), tokenizer_json)
    assert caught.value.kind == kind and caught.value.values["file"] == "model.safetensors"


@pytest.mark.parametrize("value", [-1e18, 1e-45])
def test_how_far_rounding_moved_the_largest_and_the_smallest_weights_is_a_number(tensors, tokenizer_json, value):
    every = {name: np.full_like(w, value) for name, w in tensors.items()}
    model = own(safetensors.numpy.save(every), tokenizer_json, precision="int8")
    assert 0 <= model.rounding <= 1


def test_another_models_tokenizer_or_config_is_refused(source, tmp_path, tokenizer_json):
    data = (source / "model.safetensors").read_bytes()
    tokenizer_files.write(tmp_path, 301)
    with pytest.raises(TokenizerError, match="has 301 tokens, but the model has 300"):
        own(data, (tmp_path / "tokenizer.json").read_bytes())
    with pytest.raises(TokenizerError):
        own(data, b"{}")
    with pytest.raises(ConfigError):
        own(data, tokenizer_json, b'{"model_type": "llama"}')
    for fields, message in (
        ({"n_layer": 3}, r"no tensor h\.2\."),
        ({"n_layer": 1}, r"does not have: h\.1\."),
        ({"n_layer": 2_000_000_000}, r"no tensor h\.1999999999\."),
        ({"n_embd": 2_000_000_000}, r"wte\.weight should have the shape \(300, 2000000000\)"),
        ({"n_inner": 300}, r"c_fc\.weight should have the shape \(128, 300\)"),
    ):
        with pytest.raises(CheckpointError, match=message):
            own(data, tokenizer_json, json.dumps(json.loads(CONFIG_JSON) | fields).encode())


def test_a_vocabulary_of_more_rows_than_tokens_is_padded(tensors, tokenizer_json):
    for rows, padded in ((300, True), (301, True), (600, True), (601, False), (299, False)):
        wte = np.resize(tensors["transformer.wte.weight"], (rows, 128))
        data = safetensors.numpy.save(tensors | {"transformer.wte.weight": wte})
        config = json.dumps(json.loads(CONFIG_JSON) | {"vocab_size": rows}).encode()
        if padded:
            tokenizer = own(data, tokenizer_json, config).tokenizer
            assert (tokenizer.vocab_size, tokenizer.token_count) == (rows, 300)
        else:
            with pytest.raises(TokenizerError, match=f"has 300 tokens, but the model has {rows}"):
                own(data, tokenizer_json, config)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 2500), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_header_is_refused_and_never_worse(source, tokenizer_json, changes):
    data = bytearray((source / "model.safetensors").read_bytes())
    for place, byte in changes:
        data[place] = byte
    with suppress(FileError):
        own(bytes(data), tokenizer_json)
