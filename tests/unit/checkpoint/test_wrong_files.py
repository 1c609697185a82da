"""Files that are not what their names say: the page and `make model` tell what they are, in the same words."""

import gzip
import io
import json
import pickle
import tarfile
import zipfile
from contextlib import suppress

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from build.site.languages import codes, texts_of
from build.weights import random_checkpoint, tokenizer_files
from build.weights.quantize import quantize
from build.weights.source import Source, SourceError
from model.checkpoint.file_error import FileError
from model.checkpoint.file_kinds import TELLING, check_weights, json_text
from model.checkpoint.layout import tensor_shapes
from model.checkpoint.loading import Progress
from model.checkpoint.safetensors import header_end
from model.checkpoint.user_checkpoint import load_user_checkpoint
from model.config import GPT2Config
from page.text.words import Words
from tests.unit.build_tools.test_wrong_checkpoints import POINTER
from tests.unit.without_browser import in_thread

CONFIG = GPT2Config(300, 8, 16, 1, 2)
NAMES = ("model.safetensors", "tokenizer.json", "config.json")
WORDS = {language: Words(language, texts_of) for language in codes()}


class Files(dict):
    def __repr__(self):
        return "files"  # a failure report has no use for their bytes


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    random_checkpoint.write(folder, CONFIG, 1)
    tokenizer_files.write(folder, CONFIG.vocab_size)
    return Files({name: (folder / name).read_bytes() for name in NAMES})


def own(files):
    async def read(begin, end):
        return np.frombuffer(files["model.safetensors"][begin:end], np.uint8)

    texts = files["tokenizer.json"], files["config.json"]
    return in_thread(load_user_checkpoint(read, len(files["model.safetensors"]), *texts, Progress(), "float32"))


def refused(files, folder):
    """The error of the page's reader, once the build has been seen to refuse the same in the same words."""
    with pytest.raises(FileError) as caught:
        own(files)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with pytest.raises(SourceError) as built:
        quantize(folder, folder / "out")
    answer = caught.value.answer()
    said = {language: words.say("error." + answer["error"], **answer) for language, words in WORDS.items()}
    assert str(built.value).replace(f"{folder}/", "") == said["en"]
    assert answer["file"] in said["en"] and answer["file"] in said["zh"]
    return answer


def zipped(*names):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, b"x" * 100)
    return data.getvalue()


def tarred():
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("model.safetensors"))
    return data.getvalue()


def npy():
    data = io.BytesIO()
    np.save(data, np.zeros(99))
    return data.getvalue()


PAGE = "<!DOCTYPE html>\n<html lang=en><head><title>gpt2 · Hugging Face</title>" + " " * 999
OTHERS = {
    "empty": (b"", "empty", {}),
    "a line end": (b"\r\n", "empty", {}),
    "zeros": (bytes(9999), "zeros", {}),
    "a pointer": (POINTER, "pointer", {}),
    "a pointer with a mark": (b"\xef\xbb\xbf" + POINTER, "pointer", {}),
    "a page": (PAGE.encode(), "page", {}),
    "a page after blank lines": (b"\n" * 300 + PAGE.encode(), "page", {}),
    "a page in UTF-16": (PAGE.encode("utf-16"), "page", {}),
    "a server's XML": (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "page", {}),
    "a server's answer": (b"Entry not found", "note", {"begin": "Entry not found"}),
    "Chinese": ("模型在别处。".encode() * 99, "note", {"begin": "模型在别处。"}),
    "PyTorch's zip": (zipped("archive/data.pkl", "archive/data/0"), "pickle", {}),
    "PyTorch's old form": (pickle.dumps({"wte.weight": bytes(999)}, 2), "pickle", {}),
    "a zip": (zipped("gpt2/model.safetensors"), "packed", {"format": "zip"}),
    "gzip": (gzip.compress(bytes(range(256)) * 9), "packed", {"format": "gzip"}),
    "zstd": (b"\x28\xb5\x2f\xfd\x24\xff" + bytes(range(256)), "packed", {"format": "zstd"}),
    "tar": (tarred(), "packed", {"format": "tar"}),
    "GGUF": (b"GGUF\3\0\0\0" + bytes(range(256)), "other_format", {"format": "GGUF"}),
    "NumPy": (npy(), "other_format", {"format": "NumPy"}),
    "Keras": (b"\x89HDF\r\n\x1a\n" + bytes(99), "other_format", {"format": "HDF5 (TensorFlow, Keras)"}),
    "noise": (np.random.default_rng(1).bytes(999), "unknown", {}),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("data", "kind", "values"), OTHERS.values(), ids=OTHERS)
def test_another_file_is_told_by_what_it_is(files, tmp_path, name, data, kind, values):
    answer = refused(files | {name: data}, tmp_path)
    assert (answer["error"], answer["file"]) == (kind, name)
    assert all(answer[key].startswith(value) for key, value in values.items())


@pytest.mark.parametrize("cut", [4, 9, 300, -1, -1000])
def test_a_download_that_did_not_finish_says_how_much_is_there(files, tmp_path, cut):
    data = files["model.safetensors"][:cut]
    answer = refused(files | {"model.safetensors": data}, tmp_path)
    if cut == 4:
        assert answer["error"] in ("unknown", "note")  # too little to tell
    else:
        whole, least = len(files["model.safetensors"]), header_end(data)
        known = {"error": "cut", "expected": f"{whole:,}"} if cut < 0 else {"error": "cut_early", "least": f"{least:,}"}
        assert answer == answer | known | {"size": f"{len(data):,}"}
    for name in NAMES[1:]:
        answer = refused(files | {name: files[name][: len(files[name]) // 2]}, tmp_path)
        assert (answer["error"], answer["file"]) == ("json", name)


ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_marks_and_encodings_do_not_matter(files, tmp_path, encoding):
    mark = "\ufeff" if encoding == "utf-8-sig" else ""  # a second one: two programs wrote theirs
    texts = {name: (mark + files[name].decode()).encode(encoding) for name in NAMES[1:]}
    model = own(files | texts)
    assert model.config == CONFIG and model.tokenizer.encode("the") == own(files).tokenizer.encode("the")
    for name, data in (files | texts).items():
        (tmp_path / name).write_bytes(data)
    quantize(tmp_path, tmp_path / "out")
    for name in texts:
        assert json.loads((tmp_path / "out" / name).read_text(encoding="utf-8")) == json.loads(files[name])


def names_of(*names):
    return {name: np.ones(3, np.float32) for name in names}


FAMILIES = {
    "Llama": ("model.embed_tokens.weight", "model.layers.0.self_attn.q_proj.weight", "lm_head.weight"),
    "BERT": ("bert.embeddings.word_embeddings.weight", "bert.encoder.layer.0.attention.self.query.weight"),
    "GPT-NeoX": ("gpt_neox.embed_in.weight", "gpt_neox.layers.0.attention.query_key_value.weight"),
    "GPT-J": ("transformer.wte.weight", "transformer.h.0.attn.q_proj.weight", "lm_head.bias"),
    "GPT-Neo": ("transformer.wte.weight", "transformer.wpe.weight", "transformer.h.0.attn.attention.q_proj.weight"),
    "OPT": ("model.decoder.embed_tokens.weight", "model.decoder.layers.0.self_attn.q_proj.weight"),
    "T5": ("shared.weight", "encoder.block.0.layer.0.SelfAttention.q.weight"),
    "LoRA": ("base_model.model.transformer.h.0.attn.c_attn.lora_A.weight",),
}


@pytest.mark.parametrize(("family", "names"), FAMILIES.items(), ids=FAMILIES)
def test_another_family_is_named(files, tmp_path, family, names):
    answer = refused(files | {"model.safetensors": safetensors.numpy.save(names_of(*names))}, tmp_path)
    assert answer["error"] == "other_model" and family in answer["family"]
    other = json.dumps(json.loads(files["config.json"]) | {"model_type": family.lower()}).encode()
    answer = refused(files | {"config.json": other}, tmp_path)
    assert (answer["error"], answer["family"], answer["file"]) == ("other_model", family.lower(), "config.json")


QUANTIZED = {
    "F8_E4M3": {"h.0.mlp.c_fc.weight": ("F8_E4M3", [24])},
    "F4": {"h.0.mlp.c_fc.weight": ("F4", [48])},
    "I8": {"wte.weight": ("I8", [24])},
    "GPTQ, AWQ, bitsandbytes …": {"h.0.mlp.c_fc.weight": ("U8", [24]), "h.0.mlp.c_fc.weight.absmax": ("F32", [0])},
}


@pytest.mark.parametrize(("form", "tensors"), QUANTIZED.items(), ids=QUANTIZED)
def test_quantized_weights_are_told_as_such(files, tmp_path, form, tensors):
    """24 bytes of data are enough: what they are is told first."""
    answer = refused(files | {"model.safetensors": handmade(tensors)}, tmp_path)
    assert (answer["error"], answer["form"], answer["file"]) == ("form", form, "model.safetensors")


def handmade(tensors):
    """A file with these dtypes and shapes, the first of them with 24 bytes."""
    fields, begin = {}, 0
    for name, (dtype, shape) in tensors.items():
        fields[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, 24]}
        begin = 24
    header = json.dumps(fields).encode()
    return len(header).to_bytes(8, "little") + header + bytes(24)


def test_tensors_of_no_known_family_are_listed(files, tmp_path):
    names = ("conv.weight", "pool.bias", "x" * 999)
    answer = refused(files | {"model.safetensors": safetensors.numpy.save(names_of(*names))}, tmp_path)
    assert answer["error"] == "no_gpt2" and "conv.weight, pool.bias, xxx" in answer["tensors"]
    assert len(answer["tensors"]) < 200


@pytest.mark.parametrize("piece", ["wte.", "h.1.", "h.", ".", "_orig_mod."])
def test_a_hostile_name_takes_no_longer_than_a_long_one(files, tmp_path, piece):
    """Where the time grows with the square of the length, the first two take minutes."""
    name = piece * 10**5 + "\n"
    answer = refused(files | {"model.safetensors": safetensors.numpy.save(names_of(name))}, tmp_path)
    assert answer["error"] in ("no_gpt2", "lacking")


def test_a_name_may_go_on_after_a_line_end(files, tmp_path):
    tensors = safetensors.numpy.load(files["model.safetensors"]) | names_of("module.wte.\nweight")
    answer = refused(files | {"model.safetensors": safetensors.numpy.save(tensors)}, tmp_path)
    assert (answer["error"], answer["tensors"]) == ("extra", "wte.\nweight")


def test_a_file_without_tensors_is_told_without_an_empty_list(files, tmp_path):
    answer = refused(files | {"model.safetensors": safetensors.numpy.save({})}, tmp_path)
    assert answer["error"] == "no_tensors"


def test_a_vocab_json_by_another_name_is_told_by_what_it_is(files, tmp_path):
    vocabulary = json.loads(files["tokenizer.json"])["model"]["vocab"] | {"model": 300}  # also GPT-2 has such a token
    answer = refused(files | {"tokenizer.json": json.dumps(vocabulary).encode()}, tmp_path)
    assert (answer["error"], answer["file"]) == ("vocab_json", "tokenizer.json")


def test_another_kind_of_tokenizer_is_named(files, tmp_path):
    for part, value, named in (
        ("model", {"type": "WordPiece", "vocab": {}}, "WordPiece model"),
        ("model", {"type": "Unigram", "vocab": []}, "Unigram model"),
        ("normalizer", {"type": "BertNormalizer"}, "BertNormalizer normalizer"),
        ("pre_tokenizer", {"type": "Metaspace"}, "Metaspace pre_tokenizer"),
    ):
        other = json.dumps(json.loads(files["tokenizer.json"]) | {part: value}).encode()
        answer = refused(files | {"tokenizer.json": other}, tmp_path)
        assert (answer["error"], answer["part"], answer["file"]) == ("other_tokenizer", named, "tokenizer.json")


@settings(max_examples=2000, deadline=None, database=None)
@given(
    st.binary(max_size=600)
    | st.builds(bytes.__add__, st.sampled_from([d[:40] for d, *_ in OTHERS.values()]), st.binary(max_size=40))
)
def test_nothing_else_than_a_refusal_comes_of_any_bytes(data):
    for read in (json_text, lambda data: check_weights(data[:TELLING])):
        with suppress(FileError):
            read(data)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=300, deadline=None, database=None)
@given(changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4))
def test_what_the_build_accepts_the_page_runs(files, tmp_path_factory, name, changes):
    data = bytearray(files[name])
    for place, byte in changes:
        data[place % min(len(data), 3000)] = byte
    changed = files | {name: bytes(data)}
    folder = tmp_path_factory.mktemp("changed")
    for file, content in changed.items():
        (folder / file).write_bytes(content)
    try:
        source = Source(folder)
        source.tokenizer()
        assert len(list(source.tensors())) == len(tensor_shapes(source.config))
    except SourceError:
        with pytest.raises(FileError):
            own(changed)
    else:
        own(changed)
