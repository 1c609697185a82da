"""build/weights/quantize.py: Hugging Face's checkpoints in, the browser's layout out."""

import hashlib
import json
import re
import string
import subprocess
import sys

import numpy as np
import pytest
import safetensors.numpy

from build.paths import ROOT
from build.weights import random_checkpoint, tokenizer_files
from build.weights.quantize import SMALLEST_SHARD, Piece, quantize, split_into_shards
from build.weights.source import SourceError
from model.checkpoint.assemble import weights_from_shards
from model.checkpoint.layout import INDEX, read_index
from model.config import GPT2Config
from model.session import Session
from model.tokenizer import vocabulary
from model.tokenizer.tokenizer import BYTE_OF_CHARACTER
from tests.unit.build_tools.tiny_checkpoint import GOLDEN, ROWS, tensors_of


def loaded(out, precision="float32"):
    """A session on a quantised checkpoint, every file of it checked against the index."""
    data = {}
    for file in read_index((out / INDEX).read_text()).files:
        data[file.name] = (out / file.name).read_bytes()
        assert len(data[file.name]) == file.size
        assert hashlib.sha256(data[file.name]).hexdigest() == file.sha256
    assert [*data][:2] == ["config.json", "tokenizer.json"]
    assert {path.name for path in out.iterdir()} == {*data, INDEX}
    config = GPT2Config.from_json(data.pop("config.json"))
    vocabulary.read(data.pop("tokenizer.json"), config)
    shards = [np.frombuffer(shard, np.uint8) for shard in data.values()]
    return Session(weights_from_shards(shards, config, precision), config)


def contents(out):
    return {path.name: path.read_bytes() for path in out.iterdir()}


def logits_of(session, ids):
    """Of the tokens that the golden model knows."""
    session.run(ids)
    return session.final.logits[0, :97]


def relative(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(b)


@pytest.mark.parametrize("precision", ("float32", "int8"))
def test_logits_are_near_hugging_faces(source, tmp_path, precision):
    quantize(source, tmp_path / "out")
    session = loaded(tmp_path / "out", precision)
    golden = np.load(GOLDEN / "gpt2.npz")
    for length in (1, 7, 64):
        logits = logits_of(session, golden[f"{length}/ids"].tolist())
        assert relative(logits, golden[f"{length}/logits"][-1]) < 0.05


def test_index_is_hugging_faces_and_ours(source, tmp_path):
    quantize(source, tmp_path / "out")
    index = json.loads((tmp_path / "out" / INDEX).read_text())
    stored = safetensors.numpy.load_file(tmp_path / "out" / "model-00001-of-00001.safetensors")
    assert index["weight_map"] == dict.fromkeys(stored, "model-00001-of-00001.safetensors")
    assert index["metadata"]["total_size"] == sum(tensor.nbytes for tensor in stored.values())
    assert list(index["weight_map"])[:3] == ["wte.weight", "wte.weight.scale", "wpe.weight"]
    assert list(index["weight_map"])[-1] == "ln_f.bias"


def test_table_names_every_tensor_and_what_it_lost(source, tmp_path, capsys):
    quantize(source, tmp_path / "out")
    printed = capsys.readouterr().out
    for name in tensors_of(source):
        assert name.removeprefix("transformer.") in printed
    errors = [list(map(float, re.findall(r"int[84] ([\d.]+)", row))) for row in printed.splitlines() if "error" in row]
    assert len(errors) == 13
    assert all(0.001 < eight < 0.012 and 0.05 < four < 0.15 for eight, four in errors)
    size = sum(path.stat().st_size for path in (tmp_path / "out").iterdir())
    assert f"{size:,} bytes at 8 bits" in printed


def test_four_bits_are_half_as_large_and_still_near(source, tmp_path):
    quantize(source, tmp_path / "8")
    quantize(source, tmp_path / "4", bits=4)
    sizes = [read_index((tmp_path / bits / INDEX).read_text()) for bits in "84"]
    assert [index.bits for index in sizes] == [8, 4]
    golden = np.load(GOLDEN / "gpt2.npz")
    sessions = [loaded(tmp_path / "4", precision) for precision in ("float32", "int8")]
    for length in (1, 7, 64):
        logits = [logits_of(session, golden[f"{length}/ids"].tolist()) for session in sessions]
        np.testing.assert_allclose(*logits, rtol=0, atol=1e-4)
        assert 0.05 < relative(logits[0], golden[f"{length}/logits"][-1]) < 0.4
    stored = {bits: safetensors.numpy.load_file(tmp_path / bits / "model-00001-of-00001.safetensors") for bits in "84"}
    bytes_of = {bits: sum(w.nbytes for name, w in stored[bits].items() if "c_fc.weight" in name) for bits in "84"}
    assert bytes_of["4"] < 0.55 * bytes_of["8"]


def test_rows_that_do_not_fill_groups_are_refused_at_four_bits(tmp_path):
    random_checkpoint.write(tmp_path / "source", GPT2Config(ROWS, 16, 24, 2, 3), seed=5)
    tokenizer_files.write(tmp_path / "source", ROWS)
    with pytest.raises(SourceError, match="multiple of 32"):
        quantize(tmp_path / "source", tmp_path / "out", bits=4)


def test_perplexity_of_a_text_with_each_kind_of_weights(source, tmp_path, capsys):
    """Its exponent is the mean loss that the golden logits give the same tokens."""
    golden = np.load(GOLDEN / "gpt2.npz")
    text, ids = tmp_path / "text.txt", golden["64/ids"].tolist()
    byte_of = [*string.printable.encode()[:97], *range(256)]  # by id: every token one byte, so that any ids are a text
    file = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    character = {byte: character for character, byte in BYTE_OF_CHARACTER.items()}
    order = dict.fromkeys(byte_of)
    file["model"] |= {"vocab": {character[byte]: i for i, byte in enumerate(order)}, "merges": []}
    file["added_tokens"] = []
    (source / "tokenizer.json").write_text(json.dumps(file), encoding="utf-8")
    text.write_bytes(bytes(byte_of[i] for i in [*ids, 5]))
    quantize(source, tmp_path / "out", text=text)
    printed = capsys.readouterr().out
    found = {kind: float(loss) for kind, loss in re.findall(r"(float32|int8|int4) .*\(([\d.]+) nats", printed)}
    logits = np.pad(golden["64/logits"].astype(np.float64), ((0, 0), (0, ROWS - 97)))
    losses = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(64), [*ids[1:], 5]]
    assert found["float32"] == pytest.approx(losses.mean(), abs=1e-3)
    assert abs(found["int8"] - found["float32"]) < 0.05 < abs(found["int4"] - found["float32"]) < 1
    text.write_text("12")
    with pytest.raises(SourceError, match="has 2 tokens"):
        quantize(source, tmp_path / "out", text=text)


def without_prefix(tensors):
    return {name.removeprefix("transformer."): w for name, w in tensors.items()}


def with_masks_and_head(tensors):
    extra = {f"transformer.h.{i}.attn.bias": np.tril(np.ones((1, 1, 64, 64), bool)) for i in range(3)}
    extra |= {f"transformer.h.{i}.attn.masked_bias": np.array(-1e4, np.float32) for i in range(3)}
    return tensors | extra | {"lm_head.weight": tensors["transformer.wte.weight"]}


def published(prefix):
    """As random_checkpoint writes what older files look like."""

    def variant(tensors):
        config = GPT2Config(ROWS, 64, 32, 3, 4)
        extra = random_checkpoint.random_tensors(config, 0, prefix, masks=True)
        assert extra[f"{prefix}h.0.attn.bias"].shape == (1, 1, 64, 64)
        masks = {name: w for name, w in extra.items() if name.endswith("attn.bias")}
        return masks | {prefix + name: w for name, w in without_prefix(tensors).items()}

    return variant


@pytest.mark.parametrize("variant", (without_prefix, with_masks_and_head, published(""), published("transformer.")))
def test_variants_of_the_names_give_the_same(source, tmp_path, variant):
    quantize(source, tmp_path / "plain")
    safetensors.numpy.save_file(variant(tensors_of(source)), source / "model.safetensors")
    quantize(source, tmp_path / "variant")
    assert contents(tmp_path / "variant") == contents(tmp_path / "plain")


def test_sharded_source_gives_the_same(source, tmp_path):
    quantize(source, tmp_path / "plain")
    tensors = tensors_of(source)
    weight_map = {}
    for i, name in enumerate(tensors):
        weight_map[name] = f"model-{i % 3 + 1:05}-of-00003.safetensors"
    for file in set(weight_map.values()):
        part = {name: tensors[name] for name in tensors if weight_map[name] == file}
        safetensors.numpy.save_file(part, source / file)
    (source / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))
    (source / "model.safetensors").unlink()
    quantize(source, tmp_path / "out")
    assert contents(tmp_path / "out") == contents(tmp_path / "plain")


def test_writing_again_leaves_no_old_shards(source, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "model-00002-of-00002.safetensors").write_bytes(b"old")
    quantize(source, out)
    loaded(out)


def to_bfloat16(tensors):
    """bfloat16 is the upper half of a float32; NumPy has no such dtype, so the header is told afterwards."""
    file = safetensors.numpy.save({name: (w.view(np.uint32) >> 16).astype(np.uint16) for name, w in tensors.items()})
    length = int.from_bytes(file[:8], "little")
    header = file[8 : 8 + length].replace(b'"U16"', b'"BF16"')
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + file[8 + length :]


def to_float16(tensors):
    return safetensors.numpy.save({name: w.astype(np.float16) for name, w in tensors.items()})


@pytest.mark.parametrize(("convert", "precision"), ((to_float16, 2e-3), (to_bfloat16, 1e-2)))
def test_half_precision_sources(tmp_path, convert, precision):
    """Weights may differ by what the source's own rounding took, and half a step of int8."""
    source = tmp_path / "source"
    random_checkpoint.write(source, GPT2Config(ROWS, 16, 24, 2, 3), seed=5)
    tokenizer_files.write(source, ROWS)
    quantize(source, tmp_path / "float32")
    tensors = tensors_of(source)
    (source / "model.safetensors").write_bytes(convert(tensors))
    quantize(source, tmp_path / "half")
    full, half = loaded(tmp_path / "float32"), loaded(tmp_path / "half")
    wte = tensors["transformer.wte.weight"]
    step = np.abs(wte).max(axis=1, keepdims=True) / 127
    assert (np.abs(half.weights["wte.weight"] - wte) <= 0.51 * step + precision * np.abs(wte)).all()
    assert relative(logits_of(half, [3, 1, 4, 1]), logits_of(full, [3, 1, 4, 1])) < 0.03


def test_random_checkpoint_is_seeded_and_initialised_as_gpt2(tmp_path):
    config = GPT2Config(500, 32, 64, 4, 4)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        random_checkpoint.write(tmp_path / name, config, seed)
    a, b, c = (tensors_of(tmp_path / name) for name in "abc")
    assert all(np.array_equal(a[name], b[name]) for name in a)
    assert not np.array_equal(a["transformer.wte.weight"], c["transformer.wte.weight"])
    assert a["transformer.h.0.attn.c_attn.weight"].shape == (64, 192)
    assert a["transformer.wte.weight"].std() == pytest.approx(0.02, rel=0.05)
    assert a["transformer.h.3.mlp.c_proj.weight"].std() == pytest.approx(0.02 / 8**0.5, rel=0.05)
    assert (a["transformer.ln_f.weight"] == 1).all() and (a["transformer.h.1.attn.c_proj.bias"] == 0).all()
    assert GPT2Config.from_json((tmp_path / "a" / "config.json").read_text()) == config


def test_shards_of_a_larger_model(tmp_path):
    """A token embedding above the limit is cut, and all shards are of 8 to 16 MiB."""
    config = GPT2Config(33_000, 128, 768, 2, 12)
    random_checkpoint.write(tmp_path / "source", config, seed=0)
    tokenizer_files.write(tmp_path / "source", config.vocab_size)
    quantize(tmp_path / "source", tmp_path / "out")
    files = read_index((tmp_path / "out" / INDEX).read_text()).files[2:]
    assert [file.name for file in files] == [f"model-0000{i}-of-00003.safetensors" for i in range(1, 4)]
    assert all(SMALLEST_SHARD <= file.size <= 16 * 2**20 for file in files)
    weight_map = json.loads((tmp_path / "out" / INDEX).read_text())["weight_map"]
    assert weight_map["wte.weight"] == files[0].name
    assert list(weight_map.values()) == sorted(weight_map.values())  # in the order they are needed
    session = loaded(tmp_path / "out", "int8")
    wte = tensors_of(tmp_path / "source")["transformer.wte.weight"]
    assert relative(session.weights["wte.weight"][:], wte) < 0.012


@pytest.mark.parametrize(
    ("sizes", "expected"),
    (
        ([1], [1]),
        ([15.5], [15.5]),
        ([3] * 7, [12, 9]),  # evenly, not 15 and 6
        ([9] * 4, [9, 9, 9, 9]),
        ([15, 4, 4, 4], [15, 12]),
        ([10, 10, 2, 2], [10, 14]),
    ),
)
def test_as_few_shards_as_fit_and_evenly(sizes, expected):
    """Sizes in MiB."""
    pieces = [Piece(f"w{i}", slice(None), int(size * 2**20)) for i, size in enumerate(sizes)]
    shards = split_into_shards(pieces)
    assert [piece for shard in shards for piece in shard] == pieces
    assert [sum(piece.nbytes for piece in shard) / 2**20 for shard in shards] == expected


def test_the_source_is_not_overwritten(source):
    with pytest.raises(SourceError, match="another folder"):
        quantize(source, source / ".." / "source")
    assert (source / "model.safetensors").exists()


def test_commands(tmp_path):
    def run(*command):
        return subprocess.run(
            [sys.executable, "-m", *map(str, command)], cwd=ROOT, capture_output=True, text=True, timeout=120
        )

    sizes = ["--vocab-size", "300", "--n-positions", "8", "--n-embd", "12", "--n-layer", "1", "--n-head", "3"]
    assert run("build.weights.random_checkpoint", tmp_path / "a", *sizes, "--seed", "7").returncode == 0
    failed = run("build.weights.quantize", tmp_path / "a", tmp_path / "b")
    assert failed.returncode == 1
    assert "tokenizer.json cannot be read" in failed.stderr and "Traceback" not in failed.stderr
    tokenizer_files.write(tmp_path / "a", 300)
    assert run("build.weights.quantize", tmp_path / "a", tmp_path / "b").returncode == 0
    loaded(tmp_path / "b")
    failed = run("build.weights.random_checkpoint", tmp_path / "c", "--n-head", "7")
    assert failed.returncode == 1 and "n_head 7 does not divide" in failed.stderr
