"""The forward pass with a line of it changed, to see what the line is for: each edit takes one idea out of `gpt2.py`.

An edit is a pair of texts, what stands in the file and what stands there instead, on as many lines.
"""

import inspect
import linecache
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import TypedDict

from model import gpt2

Pairs = tuple[tuple[str, str], ...]

EDITS: dict[str, Pairs] = {
    "order": (
        ('w["wpe.weight"][start : start + len(ids)]', 'np.zeros_like(w["wpe.weight"][start : start + len(ids)])'),
    ),
    "mask": (
        ('change("attn.scores", np.where(future, np.float32(-np.inf), scores))', 'change("attn.scores", scores)'),
    ),
    "scale": (("match(q, k) / math.sqrt(config.d_head)", "match(q, k)"),),
    "uniform": (("softmax(scores)", "softmax(np.where(np.isinf(scores), scores, np.float32(0)))"),),
    "heads": (("mix(pattern, v))", "mix(pattern, v) * (np.arange(len(pattern)) == 0)[:, None])"),),
    "stream": (("x = x + attention(", "x = attention("), ("x = x + mlp(", "x = mlp(")),
    "norm": (("return (x - mean) / np.sqrt(variance + eps) * g + b", "return x * g + b"),),
    "gelu": (("gelu(pre)", "np.maximum(pre, 0)"),),
}
OTHERWISE = {  # by the edit, the activations that come about in another way than in the file
    "order": ("pos_embed",),
    "mask": ("attn.scores", "attn.pattern", "attn.z"),
    "scale": ("attn.scores",),
    "uniform": ("attn.pattern",),
    "heads": ("attn.z",),
    "stream": ("resid_mid", "resid_post"),
    "norm": ("ln1", "ln2", "ln_final"),
    "gelu": ("mlp.post",),
}
AHEAD = "mask"  # with this edit a token's numbers depend on later tokens too
APART = {"stream", "norm"}  # with one of these a logit is no sum of what the parts add to it


class Edit(TypedDict):
    """What an edit changes of a line of `gpt2.py`."""

    name: str
    line: int
    old: str
    new: str


def changes() -> list[Edit]:
    """Of every edit, line by line."""
    ours, found = inspect.getsource(gpt2).splitlines(), []
    for name in EDITS:
        for number, (old, new) in enumerate(zip(ours, edited([name]).splitlines(), strict=True), 1):
            if old != new:
                found.append(Edit(name=name, line=number, old=old.strip(), new=new.strip()))
    return found


def edited(names: Iterable[str]) -> str:
    """The text of `gpt2.py` with these edits."""
    text = inspect.getsource(gpt2)
    for name in EDITS:  # in one order, whoever asks
        if name in names:
            for old, new in EDITS[name]:
                text = text.replace(old, new)
    return text


@cache
def program(names: frozenset[str]) -> ModuleType:
    """The module that this text is; its functions can be read by `inspect` as those of the file."""
    if not names:
        return gpt2
    text = edited(names)
    file = f"{gpt2.__file__} without {' '.join(sorted(names))}"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    module = ModuleType(gpt2.__name__, gpt2.__doc__)
    exec(compile(text, file, "exec"), vars(module))
    return module
