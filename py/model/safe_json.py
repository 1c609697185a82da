"""JSON from a file that anyone may have made.

Python's parser recurses at every nesting level. Inside WebAssembly, a file of nothing but brackets overflows
the browser's own stack, which no `except` can catch and the interpreter does not outlive. Model files nest a
few levels; anything much deeper is refused before the parser sees it.
"""

import json
import re
from collections.abc import Callable
from typing import Any

LEVELS = 20

_STRING = re.compile(rb'"[^"]*"')
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def parse(text: str | bytes, object_pairs_hook: Callable[[list[tuple[str, object]]], object] | None = None) -> Any:
    """The value of JSON, as text or as UTF-8; at least LEVELS levels are read, more than twice as many never.

    `object_pairs_hook` is that of `json.loads`. Raises ValueError for everything that is not such JSON.
    """
    data = text.encode() if isinstance(text, str) else text
    without_escapes = data.replace(rb"\\", b"").replace(rb"\"", b"")
    brackets = _STRING.sub(b"", without_escapes).translate(None, delete=_NOT_BRACKETS)
    for _ in range(LEVELS):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")  # the innermost level
    if brackets:
        raise ValueError("its brackets do not match or nest too deeply")
    return json.loads(data.decode("utf-8"), object_pairs_hook=object_pairs_hook)
