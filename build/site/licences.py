"""What the built site carries of others, and under which licences: THIRD_PARTY.md, made from what is installed."""

import json
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from build import codemirror
from build.paths import ROOT

NODE_MODULES = ROOT / "node_modules"
VENDOR = ROOT / "vendor"

WEIGHTS = {  # licence and source of published models
    "gpt2": ("MIT, as modified by OpenAI", "https://github.com/openai/gpt-2"),
    "distilgpt2": ("Apache-2.0", "https://huggingface.co/distilbert/distilgpt2"),
    "gpt2-medium": ("MIT, as modified by OpenAI", "https://github.com/openai/gpt-2"),
}

MICROPYTHON = """The MIT License (MIT)

Copyright (c) 2013-2026 Damien P. George and the contributors of MicroPython

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def package(name: str) -> dict:
    return json.loads((NODE_MODULES / name / "package.json").read_text(encoding="utf-8"))


def inside_pyscript() -> list[str]:
    """Everything that was bundled into PyScript's files: what it depends on, and what that depends on."""
    found: list[str] = []
    waiting = list(package("@pyscript/core")["dependencies"])
    while waiting:
        name = waiting.pop(0)
        if name not in found and (NODE_MODULES / name).is_dir() and not name.startswith("@types/"):
            found.append(name)
            waiting += package(name).get("dependencies", {})
    return sorted(found)


def row(what: str, version: str, licence: str, source: str) -> str:
    return f"| {what} | {version} | {licence} | {source} |"


def from_npm(name: str, what: str = "") -> str:
    found = package(name)
    repository = found.get("repository", "")
    address = repository.get("url", "") if isinstance(repository, dict) else repository
    address = re.sub(r"^git\+|\.git$", "", address)
    return row(what or name, found["version"], found["license"], address)


def numpy_wheel() -> Path:
    (wheel,) = (VENDOR / "pyodide").glob("numpy-*.whl")
    return wheel


def third_party(models: Iterable[str] = ()) -> str:
    """The text of THIRD_PARTY.md for a site with these models, of which some are others' work."""
    lock = json.loads((VENDOR / "pyodide" / "pyodide-lock.json").read_bytes())
    rows = [
        from_npm("@pyscript/core", "PyScript"),
        from_npm("pyodide", "Pyodide"),
        row("CPython, in Pyodide", lock["info"]["python"], "PSF-2.0", "https://www.python.org"),
        row("NumPy", lock["packages"]["numpy"]["version"], "BSD-3-Clause and others, below", "https://numpy.org"),
        from_npm("@micropython/micropython-webassembly-pyscript", "MicroPython"),
        from_npm("@fontsource-variable/inter", "Inter, the typeface"),
        from_npm("js-tiktoken", "GPT-2's vocabulary, from js-tiktoken"),
        *(from_npm(name, f"{name}, in the code editor") for name in codemirror.packages(NODE_MODULES)),
        *(row(f"{name}, rounded", "", *WEIGHTS[name]) for name in models if name in WEIGHTS),
        *(from_npm(name, f"{name}, in PyScript") for name in inside_pyscript()),
    ]
    texts = [("MicroPython", MICROPYTHON)]
    for title, folder in (("CodeMirror", "codemirror"), ("Inter", "font"), ("PyScript", "pyscript")):
        texts.append((title, (VENDOR / folder / "LICENSE").read_text(encoding="utf-8")))
    with zipfile.ZipFile(numpy_wheel()) as wheel:
        for name in sorted(wheel.namelist()):
            if ".dist-info/licenses/" in name:
                title = "NumPy" if name.endswith("licenses/LICENSE.txt") else f"NumPy: {name.partition('licenses/')[2]}"
                texts.append((title, wheel.read(name).decode("utf-8")))
    texts.sort(key=lambda pair: pair[0])
    return "\n".join(
        [
            "# What this site carries of others",
            "",
            "Glassformer itself is under the MIT licence. All of this is served unchanged from the site's own folder,",
            "but for CodeMirror, cut down to what the page uses; the sources of each are at the address given.",
            "",
            "| what | version | licence | source |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            "The Mozilla Public License 2.0 is at https://mozilla.org/MPL/2.0/, the PSF licence at",
            "https://docs.python.org/3/license.html.",
            *(f"\n## {title}\n\n```\n{text.strip()}\n```" for title, text in texts),
            "",
        ]
    )
