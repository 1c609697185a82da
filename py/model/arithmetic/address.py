"""The name of one number: of an activation, as the forward pass calls it, or of a weight, and its place in it.

"blocks.4.attn.z[6, 3, 16]" is number 16 of what head 3 of block 4 puts out for token 6; "h.4.attn.c_proj.weight[16, 3]"
is a weight. All count from 0, as Python does.
"""

import re
from typing import NamedTuple

from model.config import GPT2Config

Axes = tuple[
    str, ...
]  # what each index counts: "row", "head", "number", "inner", "column", "token"; of weights "out", "in"

OUTSIDE: dict[str, Axes] = {  # activations before and after all blocks
    "embed": ("row", "number"),
    "pos_embed": ("row", "number"),
    "ln_final": ("row", "number"),
    "logits": ("row", "token"),
    "probabilities": ("row", "token"),  # of the settings: after the forward pass, see sampling.py
}
INSIDE: dict[str, Axes] = {  # those of a block
    "resid_pre": ("row", "number"),
    "ln1": ("row", "number"),
    "attn.q": ("row", "head", "in_head"),
    "attn.k": ("row", "head", "in_head"),
    "attn.v": ("row", "head", "in_head"),
    "attn.scores": ("head", "row", "column"),
    "attn.pattern": ("head", "row", "column"),
    "attn.z": ("row", "head", "in_head"),
    "attn_out": ("row", "number"),
    "resid_mid": ("row", "number"),
    "ln2": ("row", "number"),
    "mlp.pre": ("row", "inner"),
    "mlp.post": ("row", "inner"),
    "mlp_out": ("row", "number"),
    "resid_post": ("row", "number"),
}
WEIGHTS: dict[str, Axes] = {
    "wte.weight": ("token", "number"),
    "wpe.weight": ("position", "number"),
    "ln_f.weight": ("number",),
    "ln_f.bias": ("number",),
}
WEIGHTS_OF_A_BLOCK: dict[str, Axes] = {
    "ln_1.weight": ("number",),
    "ln_1.bias": ("number",),
    "attn.c_attn.weight": ("qkv", "number"),
    "attn.c_attn.bias": ("qkv",),
    "attn.c_proj.weight": ("number", "number"),
    "attn.c_proj.bias": ("number",),
    "ln_2.weight": ("number",),
    "ln_2.bias": ("number",),
    "mlp.c_fc.weight": ("inner", "number"),
    "mlp.c_fc.bias": ("inner",),
    "mlp.c_proj.weight": ("number", "inner"),
    "mlp.c_proj.bias": ("number",),
}
SHAPE = re.compile(r"(?:(blocks|h)\.(\d{1,6})\.)?([a-z0-9_.]+)\[(\d{1,9}(?:, ?\d{1,9})*)\]")


class Address(NamedTuple):
    name: str  # inside its block: "attn.z", "attn.c_proj.weight"
    block: int | None  # None outside of blocks
    place: tuple[int, ...]

    @property
    def is_weight(self) -> bool:
        return self.name in (WEIGHTS if self.block is None else WEIGHTS_OF_A_BLOCK)

    @property
    def axes(self) -> Axes:
        tables = (OUTSIDE, WEIGHTS) if self.block is None else (INSIDE, WEIGHTS_OF_A_BLOCK)
        return next(table[self.name] for table in tables if self.name in table)

    def __str__(self) -> str:
        place = "" if self.block is None else f"{'h' if self.is_weight else 'blocks'}.{self.block}."
        return f"{place}{self.name}[{', '.join(map(str, self.place))}]"


def sizes(config: GPT2Config, tokens: int) -> dict[str, int]:
    """How far each axis goes for a text of so many tokens."""
    return {
        "row": tokens,
        "column": tokens,
        "head": config.n_head,
        "in_head": config.d_head,
        "number": config.n_embd,
        "inner": config.d_mlp,
        "qkv": 3 * config.n_embd,
        "token": config.vocab_size,
        "position": config.n_positions,
    }


def shape(address: Address, config: GPT2Config, tokens: int) -> tuple[int, ...]:
    """Of the whole activation or weight."""
    known = sizes(config, tokens)
    return tuple(known[axis] for axis in address.axes)


def parse(text: str, config: GPT2Config, tokens: int) -> Address:
    """The address that is written so. Raises ValueError where this model, on a text of so many tokens, has none."""
    found = SHAPE.fullmatch(text)
    if not found:
        raise ValueError(f"no address: {text[:80]}")
    where, block, name, index = found.groups()
    address = Address(name, None if where is None else int(block), tuple(int(i) for i in index.split(",")))
    tables = {None: (OUTSIDE, WEIGHTS), "blocks": (INSIDE,), "h": (WEIGHTS_OF_A_BLOCK,)}[where]
    if not any(name in table for table in tables) or (where and int(block) >= config.n_layer):
        raise ValueError(f"no such array: {text[:80]}")
    limits = shape(address, config, tokens)
    if len(limits) != len(address.place) or any(i >= size for i, size in zip(address.place, limits, strict=True)):
        raise ValueError(f"no such number: {text[:80]}")
    return address
