"""Checkpoints that are damaged, incomplete or something else: what is wrong is named, and nothing is written."""

import json

import numpy as np
import pytest
import safetensors.numpy

from build.weights import tokenizer_files
from build.weights.quantize import quantize
from build.weights.source import SourceError
from model.checkpoint.layout import INDEX
from tests.unit.build_tools.tiny_checkpoint import tensors_of, with_config

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"5" * 64 + b"\nsize 548105171\n"


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


def broken(change):
    def apply(source):
        tensors = tensors_of(source)
        change(tensors)
        safetensors.numpy.save_file(tensors, source / "model.safetensors")

    return apply


def without_file(name):
    return lambda source: (source / name).unlink()


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
