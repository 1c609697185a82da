"""What published GPT-2s differ in and our readers accept: sizes, number format, names, config.json, tokenizer.json."""

from collections.abc import Callable
from typing import NamedTuple

import torch

END = "<|endoftext|>"

SHAPES: dict[
    str, dict[str, int]
] = {  # the rows of the vocabulary are those of the tokenizer, unless a variant has more
    "1 block, 1 head of 32": {"vocab_size": 257, "n_positions": 16, "n_embd": 32, "n_layer": 1, "n_head": 1},
    "2 blocks, 3 heads of 32": {"vocab_size": 300, "n_positions": 64, "n_embd": 96, "n_layer": 2, "n_head": 3},
    "3 blocks, 16 heads of 4": {"vocab_size": 512, "n_positions": 48, "n_embd": 64, "n_layer": 3, "n_head": 16},
    "6 blocks, 4 heads of 32": {"vocab_size": 1000, "n_positions": 128, "n_embd": 128, "n_layer": 6, "n_head": 4},
    "12 blocks, 12 heads of 16": {"vocab_size": 2000, "n_positions": 96, "n_embd": 192, "n_layer": 12, "n_head": 12},
}
FORMATS = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


class Config(NamedTuple):
    """What config.json says beside the sizes, and which of its fields it lacks."""

    fields: Callable[[int], dict]  # made from n_embd
    lacks: tuple[str, ...] = ()


CONFIGS = {
    "GPT-2's own": Config(lambda _: {}),
    "gelu_pytorch_tanh": Config(lambda _: {"activation_function": "gelu_pytorch_tanh"}),
    "gelu_fast": Config(lambda _: {"activation_function": "gelu_fast"}),
    "gelu_accurate": Config(lambda _: {"activation_function": "gelu_accurate"}),
    "no activation named": Config(lambda _: {}, lacks=("activation_function",)),
    "MLP as wide as the vector": Config(lambda width: {"n_inner": width}),
    "MLP's width named": Config(lambda width: {"n_inner": 4 * width}),
    "epsilon 1e-3": Config(lambda _: {"layer_norm_epsilon": 1e-3}),
    "epsilon not named": Config(lambda _: {}, lacks=("layer_norm_epsilon",)),
    "no first or last token": Config(lambda _: {"bos_token_id": None, "eos_token_id": None}),
    "several last tokens": Config(lambda _: {"eos_token_id": [0, 1]}),
}


def plain(state: dict) -> dict:
    return {name.removeprefix("transformer."): w for name, w in state.items()}


def with_masks(state: dict) -> dict:
    blocks = [name.removesuffix("ln_1.weight") for name in state if name.endswith("ln_1.weight")]
    masks = {f"{block}attn.bias": torch.ones(1, 1, 16, 16).tril() for block in blocks}
    return state | masks | {f"{block}attn.masked_bias": torch.tensor(-1e4) for block in blocks}


def twice(name: str) -> Callable[[dict], dict]:
    """The embedding under this name too, in the file that has it."""

    def rename(state: dict) -> dict:
        embedding = state.get("transformer.wte.weight")
        return state if embedding is None else state | {name: embedding.clone()}

    return rename


# Each gets the tensors of one file.
NAMES: dict[str, Callable[[dict], dict]] = {
    "transformer.": lambda state: state,
    "plain": plain,
    "module.": lambda state: {f"module.{name}": w for name, w in state.items()},
    "_orig_mod.": lambda state: {f"_orig_mod.{name}": w for name, w in plain(state).items()},
    "masks": with_masks,
    "head beside the embedding": twice("lm_head.weight"),
    "both prefix and plain": twice("wte.weight"),
}


def byte_level(**more: object) -> dict:
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True} | more


def template(end: int) -> dict:
    mark, text = {"SpecialToken": {"id": END, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}
    special = {END: {"id": END, "ids": [end], "tokens": [END]}}
    pair = [text, {"Sequence": {"id": "B", "type_id": 1}}]
    return {"type": "TemplateProcessing", "single": [mark, text], "pair": pair, "special_tokens": special}


def roberta(kind: str, end: int, **more: object) -> dict:
    return {"post_processor": {"type": kind, "cls": [END, end], "sep": [END, end], **more}}


def with_merges(file: dict, form: Callable[[list[str]], object]) -> dict:
    pairs = [merge.split(" ") if isinstance(merge, str) else merge for merge in file["model"]["merges"]]
    return {"model": file["model"] | {"merges": [form(pair) for pair in pairs]}}


def one_token_less(file: dict) -> dict:
    """The model then has a row that stands for no text."""
    vocab, merges = dict(file["model"]["vocab"]), file["model"]["merges"]
    last = max((token for token in vocab if token != END), key=vocab.get)
    vocab[END] = vocab.pop(last)
    added = [token | {"id": vocab[END]} for token in file["added_tokens"]]
    return {"model": file["model"] | {"vocab": vocab, "merges": merges[:-1]}, "added_tokens": added}


# Each gets tokenizer.json and the id of END, and gives the fields that are other.
TOKENIZERS: dict[str, Callable[[dict, int], dict]] = {
    "GPT-2's own": lambda file, end: {},
    "a space before the text": lambda file, end: {"pre_tokenizer": byte_level(add_prefix_space=True)},
    "merges as strings": lambda file, end: with_merges(file, " ".join),
    "merges as pairs": lambda file, end: with_merges(file, list),
    "post-processor ByteLevel": lambda file, end: {"post_processor": byte_level(trim_offsets=False)},
    "TemplateProcessing": lambda file, end: {"post_processor": template(end)},
    "ByteLevel and TemplateProcessing": lambda file, end: {
        "post_processor": {"type": "Sequence", "processors": [byte_level(), template(end)]}
    },
    "RobertaProcessing": lambda file, end: roberta("RobertaProcessing", end, trim_offsets=True, add_prefix_space=False),
    "BertProcessing": lambda file, end: roberta("BertProcessing", end),
    "Sequences of one": lambda file, end: {
        "normalizer": {"type": "Sequence", "normalizers": []},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [byte_level()]},
        "decoder": {"type": "Sequence", "decoders": [byte_level()]},
    },
    "a row without a token": lambda file, end: one_token_less(file) if file["model"]["merges"] else {},
}
