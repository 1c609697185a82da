"""A reader's own checkpoint becomes the very model that build/quantize.py makes of it; anything else is refused."""

import json
from contextlib import suppress

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from build import quantize, random_checkpoint, tokenizer_files
from model.assembly import weights_from_shards
from model.checkpoint import INDEX, CheckpointError, read_index
from model.config import ConfigError, GPT2Config
from model.loading import Progress
from model.own import load_own
from model.safetensors import SafetensorsError
from model.session import Session
from model.tokenizer import TokenizerError
from tests.unit.test_loading import run, same
from tests.unit.test_quantize import to_bfloat16, to_float16

CONFIG = GPT2Config(300, 16, 128, 2, 2)


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
    return (source / "tokenizer.json").read_text(encoding="utf-8")


def own(data: bytes, tokenizer_json, config_json=None, progress=None, resident="float32"):
    asked = []

    async def read(begin, end):
        assert 0 <= begin <= end <= len(data)
        asked.append((begin, end))
        return np.frombuffer(data[begin:end], np.uint8)

    model = run(load_own(read, len(data), tokenizer_json, config_json, progress or Progress(), resident))
    assert max(end - begin for begin, end in asked) < len(data) / 2, "the file is never read whole"
    return model


def quantized(source, tmp_path):
    quantize.quantize(source, tmp_path / "out")
    index = read_index((tmp_path / "out" / INDEX).read_bytes())
    return weights_from_shards([np.fromfile(tmp_path / "out" / name, np.uint8) for name in index.shards], CONFIG)


@pytest.mark.parametrize("with_config", [True, False])
def test_it_is_what_quantising_makes_of_it(source, tmp_path, tokenizer_json, with_config):
    data, progress = (source / "model.safetensors").read_bytes(), Progress()
    config_json = (source / "config.json").read_bytes() if with_config else None
    model = own(data, tokenizer_json, config_json, progress)
    assert model.config == CONFIG and model.resident == "float32"
    same(model.weights, quantized(source, tmp_path))
    report = progress.report()
    assert report["arrived"] == report["total"] > 0.99 * len(data) - 4096 and report["parts"] == [1.0] * 4


def test_int8_resident_gives_the_same_answers(source, tokenizer_json):
    data = (source / "model.safetensors").read_bytes()
    logits = []
    for resident in ("float32", "int8"):
        model = own(data, tokenizer_json, resident=resident)
        session = Session(model.weights, model.config)
        session.run([5, 1, 4])
        logits.append(session.final.logits)
    np.testing.assert_allclose(*logits, rtol=0, atol=1e-5)


def published(prefix, head):
    def save(tensors):
        plain = {name.removeprefix("transformer."): w for name, w in tensors.items()}
        masks = {f"h.{i}.attn.bias": np.tril(np.ones((1, 1, 16, 16), np.float32)) for i in range(2)}
        named = {prefix + name: w for name, w in (plain | masks).items()}
        return safetensors.numpy.save(named | ({"lm_head.weight": plain["wte.weight"]} if head else {}))

    return save


@pytest.mark.parametrize("save", [published("", False), published("", True), published("transformer.", True)])
def test_every_published_variant(source, tensors, tokenizer_json, tmp_path, save):
    same(own(save(tensors), tokenizer_json).weights, quantized(source, tmp_path))


@pytest.mark.parametrize(("convert", "precision"), [(to_float16, 1e-3), (to_bfloat16, 1e-2)])
def test_half_precision(tensors, tokenizer_json, convert, precision):
    wte = tensors["transformer.wte.weight"]
    found = own(convert(tensors), tokenizer_json).weights["wte.weight"]
    step = np.abs(wte).max(axis=1, keepdims=True) / 127
    assert (np.abs(found - wte) <= 0.51 * step + precision * np.abs(wte).max()).all()


def without(name):
    return lambda tensors: {key: w for key, w in tensors.items() if key != name}


REFUSED = {
    "cut short": (lambda t: safetensors.numpy.save(t)[:-7], SafetensorsError, "cut short"),
    "empty": (lambda t: b"", SafetensorsError, "0 bytes"),
    "no safetensors": (lambda t: b"PK\3\4" + b"x" * 999, SafetensorsError, "header length"),
    "no GPT-2": (
        lambda t: safetensors.numpy.save({"a": np.ones(3, np.float32)}),
        CheckpointError,
        "not those of a GPT-2",
    ),
    "a tensor missing": (
        lambda t: safetensors.numpy.save(without("transformer.h.1.mlp.c_fc.bias")(t)),
        CheckpointError,
        r"no tensor h\.1\.mlp\.c_fc\.bias",
    ),
    "another head": (
        lambda t: safetensors.numpy.save(t | {"lm_head.weight": t["transformer.wte.weight"] + 1}),
        CheckpointError,
        "lm_head.weight differs",
    ),
    "NaN": (
        lambda t: safetensors.numpy.save(t | {"transformer.ln_f.bias": np.full(128, np.nan, np.float32)}),
        CheckpointError,
        r"ln_f\.bias holds a NaN",
    ),
}


@pytest.mark.parametrize(("make", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_gpt2_is_refused_in_words(tensors, tokenizer_json, make, error, message):
    with pytest.raises(error, match=message):
        own(make(tensors), tokenizer_json)


def test_another_models_tokenizer_or_config_is_refused(source, tmp_path, tokenizer_json):
    data = (source / "model.safetensors").read_bytes()
    tokenizer_files.write(tmp_path, 301)
    with pytest.raises(CheckpointError, match="has 301 tokens, but the model has 300"):
        own(data, (tmp_path / "tokenizer.json").read_text(encoding="utf-8"))
    with pytest.raises(TokenizerError):
        own(data, "{}")
    with pytest.raises(ConfigError):
        own(data, tokenizer_json, b'{"model_type": "llama"}')
    config = json.loads((source / "config.json").read_text()) | {"n_layer": 3}
    with pytest.raises(CheckpointError, match=r"no tensor h\.2\."):
        own(data, tokenizer_json, json.dumps(config).encode())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 2500), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_header_is_refused_and_never_worse(source, tokenizer_json, changes):
    data = bytearray((source / "model.safetensors").read_bytes())
    for place, byte in changes:
        data[place] = byte
    with suppress(SafetensorsError, CheckpointError):
        own(bytes(data), tokenizer_json)
