"""build/weights/quantize.py: Hugging Face's checkpoints in, the browser's layout out."""

import hashlib
import json
import re
import shutil
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

GOLDEN = ROOT / "tests" / "golden"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"5" * 64 + b"\nsize 548105171\n"
ROWS = 300  # of the vocabulary; GPT-2's kind of tokenizer needs 256 at least


@pytest.fixture
def source(tmp_path):
    """The tiny golden checkpoint with further tokens of which it knows nothing: their logits are 0, all others stay."""
    folder = tmp_path / "source"
    folder.mkdir()
    tensors = safetensors.numpy.load_file(GOLDEN / "gpt2" / "model.safetensors")
    wte = tensors["transformer.wte.weight"]
    tensors["transformer.wte.weight"] = np.pad(wte, ((0, ROWS - len(wte)), (0, 0)))
    safetensors.numpy.save_file(tensors, folder / "model.safetensors")
    shutil.copy(GOLDEN / "gpt2" / "config.json", folder)
    with_config(vocab_size=ROWS)(folder)
    tokenizer_files.write(folder, ROWS)
    return folder


def tensors_of(source):
    return safetensors.numpy.load_file(source / "model.safetensors")


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


def in_two_shards(source, second):
    """model.safetensors in two files, of which the second is what `second` makes of its tensors."""
    tensors = tensors_of(source)
    names = [f"model-0000{i}-of-00002.safetensors" for i in (1, 2)]
    weight_map = {name: names[i % 2] for i, name in enumerate(tensors)}
    (source / "model.safetensors").unlink()
    safetensors.numpy.save_file({n: w for n, w in tensors.items() if weight_map[n] == names[0]}, source / names[0])
    second(source / names[1], {n: w for n, w in tensors.items() if weight_map[n] == names[1]}, tensors)
    (source / INDEX).write_text("\ufeff" + json.dumps({"weight_map": weight_map}), encoding="utf-8")


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (lambda path, _, every: None, "00002-of-00002.safetensors cannot be read: No such file"),
        (lambda path, _, every: path.write_bytes(POINTER), "00002-of-00002.safetensors is .* a Git LFS pointer"),
        (lambda path, part, every: safetensors.numpy.save_file(every, path), "which another file of the checkpoint"),
    ],
    ids=["missing", "a pointer", "the same twice"],
)
def test_a_shard_that_is_not_what_it_should_be_is_named(source, tmp_path, second, message):
    in_two_shards(source, second)
    with pytest.raises(SourceError, match=message):
        quantize(source, tmp_path / "out")


def test_an_index_that_is_none_is_named(source, tmp_path):
    in_two_shards(source, lambda path, part, _: safetensors.numpy.save_file(part, path))
    quantize(source, tmp_path / "out")
    (source / INDEX).write_bytes(b"<!doctype html><title>model.safetensors.index.json</title>")
    with pytest.raises(SourceError, match=r"index\.json is a saved web page"):
        quantize(source, tmp_path / "out")


def test_what_lies_in_the_folder_instead_is_named(source, tmp_path):
    (source / "model.safetensors").rename(source / "pytorch_model.bin")
    with pytest.raises(SourceError, match=r"No such file.* pytorch_model\.bin is PyTorch's own format"):
        quantize(source, tmp_path / "out")
    (source / "pytorch_model.bin").rename(source / "model.safetensors")
    (source / "tokenizer.json").rename(source / "vocab.json")
    with pytest.raises(SourceError, match=r"No such file.* makes it of vocab\.json"):
        quantize(source, tmp_path / "out")


def test_half_a_character_anywhere_does_not_stop_it(source, tmp_path):
    with_config(note="\ud800")(source)
    quantize(source, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "config.json").read_bytes())["note"] == "\ud800"


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


def broken(change):
    def apply(source):
        tensors = tensors_of(source)
        change(tensors)
        safetensors.numpy.save_file(tensors, source / "model.safetensors")

    return apply


def without_file(name):
    return lambda source: (source / name).unlink()


def with_config(**fields):
    def apply(source):
        config = json.loads((source / "config.json").read_text())
        (source / "config.json").write_text(json.dumps(config | fields))

    return apply


def with_tokenizer(size, **fields):
    def apply(source):
        path = tokenizer_files.write(source, size)
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | fields), encoding="utf-8")

    return apply


C_FC = "transformer.h.1.mlp.c_fc.weight"
ERRORS = {
    "no config": (without_file("config.json"), r"config\.json cannot be read: No such file"),
    "no tokenizer": (without_file("tokenizer.json"), r"tokenizer\.json cannot be read: No such file"),
    "no weights": (
        without_file("model.safetensors"),
        r"model\.safetensors cannot be read: No such file",
    ),
    "another architecture": (with_config(model_type="llama"), "does not describe a GPT-2"),
    "another activation": (with_config(activation_function="relu"), "activation_function must be gelu_new"),
    "endless layers": (with_config(n_layer=2 * 10**9), r"no tensor h\.1999999999\."),
    "more layers": (with_config(n_layer=4), r"no tensor h\.3\.attn\.c_attn\.weight"),
    "fewer layers": (with_config(n_layer=2), r"does not have: h\.2\.attn\.c_attn\.bias"),
    "tokenizer": (lambda s: tokenizer_files.write(s, 301), "has 301 tokens, but vocab_size .* is 300"),
    "another's tokenizer": (with_tokenizer(257, model={"type": "WordPiece"}), "another kind .* WordPiece model"),
    "vocabulary": (with_config(vocab_size=98), r"wte\.weight should have the shape \(98, 32\).*\(300, 32\)"),
    "context": (with_config(n_positions=65), r"wpe\.weight should have the shape \(65, 32\).*\(64, 32\)"),
    "not a tokenizer": (lambda s: (s / "tokenizer.json").write_text("{}"), "it has no model"),
    "not text": (lambda s: (s / "tokenizer.json").write_bytes(b"\xff{"), r"tokenizer\.json is not what its name says"),
    "empty weights": (
        lambda s: (s / "model.safetensors").write_bytes(b""),
        r"model\.safetensors is empty",
    ),
    "damaged": (
        lambda s: (s / "model.safetensors").write_bytes(b"x" * 99),
        r"model\.safetensors is a text that begins “xxx.*download it once more",
    ),
    "missing": (broken(lambda t: t.pop("transformer.ln_f.bias")), r"no tensor ln_f\.bias"),
    "transposed": (
        broken(lambda t: t.update({C_FC: t[C_FC].T.copy()})),
        r"c_fc\.weight should have the shape \(32, 128\), but has \(128, 32\)",
    ),
    "integers": (
        broken(lambda t: t.update({C_FC: t[C_FC].astype(np.int8)})),
        r"in a form that is not read here: I8\. Needed are float32",
    ),
    "NaN": (broken(lambda t: t[C_FC].fill(np.nan)), r"h\.1\.mlp\.c_fc\.weight holds a NaN"),
    "NaN in float": (
        broken(lambda t: t["transformer.wpe.weight"].fill(np.nan)),
        r"wpe\.weight holds a NaN",
    ),
    "extra": (broken(lambda t: t.update(extra=np.ones(3, np.float32))), "does not have: extra"),
    "untied head": (
        broken(lambda t: t.update({"lm_head.weight": t["transformer.wte.weight"] + 1})),
        "lm_head.weight differs",
    ),
}


@pytest.mark.parametrize(("damage", "message"), ERRORS.values(), ids=ERRORS.keys())
def test_errors_name_what_is_wrong_and_write_nothing(source, tmp_path, damage, message):
    damage(source)
    with pytest.raises(SourceError, match=message):
        quantize(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


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
