"""A quantised checkpoint comes back as it was written, and a damaged one is named."""

import json

import numpy as np
import pytest

from model.checkpoint.assemble import Assembly, weights_from_shards
from model.checkpoint.layout import (
    INDEX,
    LAYOUTS,
    SCALE,
    CheckpointError,
    Index,
    StoredFile,
    is_quantized,
    read_index,
    tensor_shapes,
)
from model.checkpoint.quantization import Quantized, quantize_groups
from model.config import GPT2Config


def test_shapes_are_those_of_the_tiny_model(tiny):
    assert tensor_shapes(tiny.config) == {name: w.shape for name, w in sorted_as_shapes(tiny)}


def sorted_as_shapes(tiny):
    return [(name, tiny.flat[name]) for name in tensor_shapes(tiny.config)]


def test_only_matrices_and_the_token_embedding_are_quantised(tiny):
    quantized = {name for name, shape in tensor_shapes(tiny.config).items() if is_quantized(name, shape)}
    matrices = ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")
    assert quantized == {"wte.weight"} | {f"h.{i}.{name}.weight" for i in range(3) for name in matrices}


@pytest.mark.parametrize("precision", ("float32", "int8"))
def test_round_trip(tiny, quantized_tensors, shard, precision):
    weights = weights_from_shards([shard(quantized_tensors)], tiny.config, precision)
    assert set(weights) == {"wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias", "h"}
    for name, w in tiny.flat.items():
        found = weights[name] if not name.startswith("h.") else weights["h"][int(name[2])][name[4:]]
        assert isinstance(found, Quantized) == (precision == "int8" and is_quantized(name, w.shape))
        if is_quantized(name, w.shape):
            assert np.abs(found[:] - w).max() <= np.abs(w).max() / 127 * 0.51
        else:
            assert np.array_equal(found, w)


@pytest.mark.parametrize("precision", ("float32", "int8"))
def test_round_trip_at_four_bits(tiny, packed_tensors, shard, precision):
    weights = weights_from_shards([shard(packed_tensors)], tiny.config, precision)
    for name, w in tiny.flat.items():
        found = weights[name] if not name.startswith("h.") else weights["h"][int(name[2])][name[4:]]
        expected = quantize_groups(w)[:] if is_quantized(name, w.shape) else w
        assert np.array_equal(found[:], expected), name


def test_each_tensor_is_ready_as_soon_as_it_has_come(tiny, quantized_tensors, shard):
    """So that no more of the shards' bytes has to be kept than what is not used yet."""
    assembly = Assembly(tiny.config)
    for name in tensor_shapes(tiny.config):
        names = [n for n in (name, name + SCALE) if n in quantized_tensors]
        assembly.add(shard({n: quantized_tensors[n] for n in names}))
        assert name in assembly.ready and not assembly.parts
    assert set(assembly.finish()) == {"wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias", "h"}


def test_groups_that_do_not_fit_the_rows(shard):
    config = GPT2Config(97, 8, 20, 1, 2)
    with pytest.raises(CheckpointError, match=r"wte\.weight: rows of 20 weights"):
        weights_from_shards([shard({"wte.weight": np.zeros((97, 10), np.uint8)})], config)


def test_int8_resident_copies_nothing(tiny, quantized_tensors, shard):
    data = shard(quantized_tensors)
    weights = weights_from_shards([data], tiny.config, "int8")
    assert np.shares_memory(weights["h"][1]["mlp.c_fc.weight"].values, data)


def test_a_matrix_may_continue_in_the_next_shard(tiny, quantized_tensors, shard):
    whole = weights_from_shards([shard(quantized_tensors)], tiny.config)
    first, second = {}, dict(quantized_tensors)
    for name in ("wte.weight", "wte.weight.scale"):
        first[name], second[name] = quantized_tensors[name][:40], quantized_tensors[name][40:]
    split = weights_from_shards([shard(first), shard(second)], tiny.config)
    assert np.array_equal(split["wte.weight"], whole["wte.weight"])
    with pytest.raises(CheckpointError, match=r"wte\.weight should be int8 \(97, 32\).*\(40, 32\)"):
        without = {name: w for name, w in second.items() if not name.startswith("wte")}
        weights_from_shards([shard(first), shard(without)], tiny.config)
    with pytest.raises(CheckpointError, match=r"parts of wte\.weight do not fit"):
        weights_from_shards([shard(first), shard(second | {"wte.weight": np.ones((57, 31), np.int8)})], tiny.config)


@pytest.mark.parametrize("name", ("wte.weight", "h.2.attn.c_proj.weight.scale", "h.0.ln_1.bias", "ln_f.weight"))
def test_missing_tensor(tiny, quantized_tensors, shard, name):
    del quantized_tensors[name]
    with pytest.raises(CheckpointError, match=f"no tensor {name}$"):
        weights_from_shards([shard(quantized_tensors)], tiny.config)


def test_unknown_tensor(tiny, quantized_tensors, shard):
    quantized_tensors["h.3.ln_1.weight"] = np.ones(32, np.float32)
    with pytest.raises(CheckpointError, match=r"does not have: h\.3\.ln_1\.weight"):
        weights_from_shards([shard(quantized_tensors)], tiny.config)


@pytest.mark.parametrize("name", ("h.1.mlp.c_fc.weight", "h.1.mlp.c_fc.weight.scale", "wpe.weight", "ln_f.bias"))
def test_wrong_shape_or_dtype(tiny, quantized_tensors, shard, name):
    good = quantized_tensors[name]
    other = np.float32 if good.dtype == np.int8 else np.int8
    for bad in (good[:-1], good.astype(other)):
        quantized_tensors[name] = bad
        with pytest.raises(CheckpointError, match=f"^{name} should be"):
            weights_from_shards([shard(quantized_tensors)], tiny.config)


@pytest.mark.parametrize("name", ("wte.weight.scale", "wpe.weight", "h.0.attn.c_attn.bias"))
@pytest.mark.parametrize("bad", (np.nan, np.inf))
def test_what_is_no_number(tiny, quantized_tensors, shard, name, bad):
    quantized_tensors[name] = quantized_tensors[name].copy()
    quantized_tensors[name].flat[-1] = bad
    with pytest.raises(CheckpointError, match=f"^{name} holds a NaN"):
        weights_from_shards([shard(quantized_tensors)], tiny.config)


GOOD = {
    "metadata": {
        "total_size": 12,
        "layout": LAYOUTS[8],
        "files": [
            {"name": "config.json", "size": 9, "sha256": "ab"},
            {"name": "a.safetensors", "size": 3, "sha256": "c"},
        ],
    },
    "weight_map": {"wte.weight": "a.safetensors"},
}


def with_metadata(**fields):
    return json.dumps(GOOD | {"metadata": GOOD["metadata"] | fields})


@pytest.mark.parametrize("bits", (8, 4))
def test_index(bits):
    index = read_index(with_metadata(layout=LAYOUTS[bits]))
    files = [StoredFile("config.json", 9, "ab"), StoredFile("a.safetensors", 3, "c")]
    assert index == Index(bits, files, {"wte.weight": "a.safetensors"})
    assert index.size == 12 and index.shards == ["a.safetensors"]


def test_which_shards_hold_which_part():
    config = GPT2Config(97, 8, 4, 2, 2)
    places = {}
    for name in tensor_shapes(config):
        places[name] = 2 if name.startswith("h.0") else 3 if name.startswith("h.1") else 4
    places |= {"wte.weight": 0, "wpe.weight": 1, "h.0.mlp.c_proj.weight": 3}
    files = [StoredFile(name, 1, "") for name in ("config.json", *(f"{i}.safetensors" for i in range(5)))]
    index = Index(8, files, {name: f"{place}.safetensors" for name, place in places.items()})
    parts = [[int(shard[0]) for shard in part] for part in index.shards_of_parts(config)]
    assert parts == [[0, 1], [2, 3], [3], [4]]


@pytest.mark.parametrize(
    "text",
    (
        "",
        "[]",
        "{}",
        b"\xff\xfe",
        '{"metadata": {"total_size": 1}, "weight_map": {}}',
        json.dumps(GOOD | {"weight_map": []}),
        json.dumps({"metadata": GOOD["metadata"]}),
        with_metadata(files={"name": "config.json"}),
        with_metadata(files=[{"name": "config.json", "size": 9}]),
        with_metadata(files=[{"name": "a", "size": "many", "sha256": ""}]),
    ),
)
def test_unreadable_index(text):
    with pytest.raises(CheckpointError, match=f"^{INDEX} cannot be read"):
        read_index(text)


def test_another_layout():
    with pytest.raises(CheckpointError, match="layout 'other' is unknown"):
        read_index(with_metadata(layout="other"))
