"""CodeMirror, the code editor, as one module: what the page's editor uses of it, bundled with esbuild."""

import json
import subprocess
from pathlib import Path

USED = {  # what py/page/editor/editor.js takes of each package
    "@codemirror/state": "EditorState StateEffect StateField",
    "@codemirror/view": "Decoration EditorView highlightSpecialChars keymap lineNumbers",
    "@codemirror/commands": "history historyKeymap indentWithTab isolateHistory standardKeymap toggleComment",
    "@codemirror/language": "HighlightStyle LRLanguage bracketMatching indentService indentUnit syntaxHighlighting",
    "@lezer/highlight": "tags",
    "@lezer/python": "parser",
}
BUNDLE = "process.stdout.write(require('esbuild').buildSync(JSON.parse(process.argv[1])).outputFiles[0].text)"


class BundleError(Exception):
    """The bundler's own words."""


def packages(node_modules: Path) -> list[str]:
    """Every package that the module is made of: those that are used, and what they depend on."""
    found: list[str] = []
    waiting = list(USED)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting += json.loads((node_modules / name / "package.json").read_bytes()).get("dependencies", {})
    return sorted(found)


def licences(node_modules: Path) -> str:
    """The text of each licence among them, once."""
    texts = {(node_modules / name / "LICENSE").read_text(encoding="utf-8").strip() for name in packages(node_modules)}
    return "\n\n".join(sorted(texts)) + "\n"


def codemirror_files(node_modules: Path) -> dict[str, bytes]:
    """The files by their path inside vendor/. Raises BundleError, FileNotFoundError."""
    files = {"codemirror/LICENSE": licences(node_modules).encode()}
    entry = "".join(f'export {{ {", ".join(names.split())} }} from "{name}";\n' for name, names in USED.items())
    options = {
        "stdin": {"contents": entry, "resolveDir": str(node_modules.parent)},
        "bundle": True,
        "minify": True,
        "format": "esm",
        "target": "es2020",
        "charset": "utf8",
        "write": False,
        "logLevel": "error",
    }
    command = ["node", "-e", BUNDLE, json.dumps(options)]
    done = subprocess.run(command, cwd=node_modules.parent, capture_output=True)
    if done.returncode:
        raise BundleError(f"CodeMirror could not be bundled: {done.stderr.decode()}")
    return {"codemirror/codemirror.js": done.stdout, **files}
