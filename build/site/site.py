"""Assembles the deployable site: one static folder with relative addresses only, so that it works under any sub-path.

The examples are prepared here, by the same model and page code that runs in the browser: the first as the page itself,
so that a reader sees it before any interpreter has started, all of them as files for the page to draw before the model
is there. The page says that they are prepared until the live model takes over.
"""

import base64
import hashlib
import json
import re
import shutil
import tomllib
from html import escape
from pathlib import Path
from urllib.parse import quote

import numpy as np

from build.command import command
from build.paths import ROOT
from build.site import icons, python_files
from build.site.compress import compress
from build.site.languages import codes, texts_of, write_joined
from build.site.licences import third_party
from build.site.offline import write_manifest, write_service_worker
from build.site.recorded import write_examples
from build.site.style import one_style_sheet
from model.checkpoint.assemble import weights_from_shards
from model.checkpoint.layout import INDEX, parameters, read_index
from model.config import GPT2Config
from model.session import Session
from model.tokenizer import vocabulary
from model.tokenizer.tokenizer import Tokenizer
from page.figure import columns, logit_lens, prompt_tokens, row_height, sentence
from page.next_token import candidates, curve, needle
from page.state import examples
from page.state.counting import number_of
from page.text.words import Words

MODEL = "mini"
SANDBOX = "py/page/sandbox/frame.js"
# In the page, the list of the files that it asks for.
LISTED = re.compile(r'(?<=<script type="application/json" id="files">).*?(?=</script>)')


def load_model(folder: Path) -> tuple[Session, Tokenizer]:
    """A quantised checkpoint from disk. Raises FileNotFoundError, CheckpointError."""
    index = read_index((folder / INDEX).read_bytes())
    config = GPT2Config.from_json((folder / "config.json").read_bytes())
    tokenizer = vocabulary.read((folder / "tokenizer.json").read_bytes(), config)
    shards = [np.fromfile(folder / name, np.uint8) for name in index.shards]
    return Session(weights_from_shards(shards, config), config), tokenizer


def check_files(folder: Path) -> None:
    """Raises SystemExit unless the files of a quantised checkpoint are those that its index describes."""
    for file in read_index((folder / INDEX).read_bytes()).files:
        path = folder / file.name
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            raise SystemExit(
                f"{path} is not the file that {INDEX} describes, and browsers would refuse it.\n"
                "If git has changed its line ends (core.autocrlf), delete it and run: git checkout -- weights\n"
                "Else make the model anew."
            )


def list_models(weights: Path) -> list[dict]:
    """What the page is told of the quantised checkpoints in the folder `weights`, the embedded one first.

    `version` is the SHA-256 of its index, which holds those of its files.
    """
    models = []
    for path in weights.glob(f"*/{INDEX}"):
        index, config = read_index(path.read_bytes()), GPT2Config.from_json((path.parent / "config.json").read_bytes())
        models.append(
            {
                "name": path.parent.name,
                "base": f"weights/{path.parent.name}/",
                "version": hashlib.sha256(path.read_bytes()).hexdigest(),
                "files": len(index.files),
                "bytes": index.size,
                "bits": index.bits,
                "parameters": parameters(config),
                "n_layer": config.n_layer,
                "n_head": config.n_head,
            }
        )
    return sorted(models, key=lambda model: (model["name"] != MODEL, model["bytes"]))


def write_models(out: Path) -> None:
    """The list of models in the site `out`, for its page."""
    (out / "weights" / "models.json").write_text(json.dumps(list_models(out / "weights"), indent=1) + "\n")


def fill(html: str, element_id: str, inner: str) -> str:
    """`html` with the so far empty element `element_id` filled."""
    filled, count = re.subn(rf'(<(\w+)[^>]*\bid="{element_id}"[^>]*>)(</\2>)', lambda m: m[1] + inner + m[3], html)
    if count != 1:
        raise ValueError(f"index.html should have one empty element with id {element_id}, it has {count}")
    return filled


def prepared_page(html: str, answer: dict, words: Words) -> str:
    """index.html with its texts in English and the example's values in every part of the picture."""
    html = re.sub(
        r'(<[^>]*\bdata-text="([^"]+)"[^>]*>)(?=</)',
        lambda m: m[1] + escape(words.say(m[2]), quote=False),
        html,
    )
    html = re.sub(r'(data-every-language="([^"]+)"[^>]*>)', lambda m: m[1] + in_every_language(m[2]), html)
    rows = row_height.row_size(len(answer["tokens"]))
    places = f'data-rows="{rows}" data-count="{len(answer["tokens"])}"'
    html = html.replace('<section id="figure" class="figure', f'<section id="figure" {places} class="figure vessels')
    html = re.sub(r'data-label="([^"]+)"', lambda m: f'{m[0]} aria-label="{escape(words.say(m[1]))}"', html)
    following, view = answer["next"], answer["view"]
    view["count"] = len(answer["tokens"]) - view["first"]
    parts = {
        "language": language_options(),
        "starting-words": starting_words(),
        "prompt": escape(examples.EXAMPLES[0]),
        "prompt-tokens": prompt_tokens.tints(answer, following["drawn"]["shown"]),
        "prompt-count": prompt_tokens.count(answer, words),
        "examples": examples.buttons(),
        "append": needle.add_label(following["drawn"], words),
        **columns.columns(answer, words),
        "sentence": sentence.above_picture(answer, answer.get("matters"), words),
        "logit-lens": logit_lens.rail(answer["depths"], answer["view"]["block"], words, covered=True),
        "candidates": candidates.candidate_table(following, words),
        "formula": candidates.formula(following, words),
        "needle": needle.draw_strip(following, words),
        "draw-sentence": needle.draw_sentence(following, words),
        "curve": curve.curves(following, words),
        "curve-sentence": curve.curve_sentence(following, words),
        "top-k-value": words.say("setting.off"),
        "top-p-value": words.say("setting.off"),
        "block-count": words.say("of", total=view["n_layer"]),
        "head-count": words.say("of", total=view["n_head"]),
    }
    for name in ("block", "head"):
        last = view["n_layer" if name == "block" else "n_head"]
        html = re.sub(rf'(<input id="{name}" [^>]*value=")1"', rf'\g<1>{number_of(view[name])}" max="{last}"', html)
    for element_id, inner in parts.items():
        html = fill(html, element_id, inner)
    return html


def in_every_language(key: str) -> str:
    """A text for which no Python can choose the language."""
    return " ".join(f'<span lang="{code}">{escape(texts_of(code)[key])}</span>' for code in codes())


def language_options() -> str:
    """The languages by their own names, for the reader; their codes are the page's list of what there is."""
    return "".join(
        f'<option value="{code}" lang="{code}">{escape(texts_of(code)["language.name"])}</option>' for code in codes()
    )


def with_icon(html: str) -> str:
    """The page with its icon inside: Chromium asks for an icon's file again whenever the page's address changes."""
    path = icons.SVG.relative_to(ROOT).as_posix()
    return html.replace(f'href="{path}"', f'href="data:image/svg+xml,{quote(icons.svg())}"')


def with_integrity(html: str, out: Path) -> str:
    """The page naming the SHA-384 of what it loads of PyScript and MicroPython.

    Its own few scripts and its style carry none: opened from a disk the page needs them, and there browsers take a
    named hash as a reason to refuse.
    """
    modules = [*(out / "vendor" / "pyscript").glob("core-*.js"), out / "vendor" / "micropython" / "micropython.mjs"]
    preloads = [f'<link rel="modulepreload" href="{path.relative_to(out).as_posix()}" />' for path in modules]
    html = html.replace("    <script", "".join(f"    {link}\n" for link in preloads) + "    <script", 1)

    def named(match: re.Match) -> str:
        return f'{match[1]}{match[2]}" integrity="{integrity((out / match[2]).read_bytes())}"'

    return re.sub(r'(<script type="module" src="|<link rel="modulepreload" href=")([^"]+)"', named, html)


def with_sandbox(html: str) -> str:
    """The page whose policy lets the one script of the sandbox's frame run, by its hash: a frame without an address has
    the page's policy besides its own."""
    allowed = integrity((ROOT / SANDBOX).read_bytes())
    return html.replace("script-src 'self'", f"script-src 'self' '{allowed}'", 1)


def integrity(data: bytes) -> str:
    """A file's SHA-384 as browsers compare it (W3C, "Subresource Integrity")."""
    return f"sha384-{base64.b64encode(hashlib.sha384(data).digest()).decode()}"


def listed(data: bytes) -> list:
    """What the page says of a file that it needs to start."""
    return [len(data), integrity(data)]


def interpreter_settings(part: str, table: dict) -> dict:
    """One table of pyscript.toml as PyScript's configuration, with the part's Python among its `files`."""
    joined = python_files.joined(part)
    return {**table, "files": {**table.get("files", {}), f"./{joined}": f"./{Path(joined).name}"}}


def starting_words() -> str:
    """What starting.js may have to say, in every language, as JSON inside the page."""
    texts = {
        code: {key: text for key, text in texts_of(code).items() if key.startswith("starting.")} for code in codes()
    }
    return json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c")


def files_of(out: Path) -> dict:
    """What a first visit asks for, each group in its order of need: size and integrity by path of what the "page" and
    the "model" need to start; and the paths of the embedded model's "weights"."""
    vendor, weights = out / "vendor", out / "weights" / MODEL
    pyscript = [path for path in sorted((vendor / "pyscript").glob("*.js")) if not path.name.startswith("toml-")]
    started = [out / "model.json", out / "py" / "model" / python_files.MAIN]  # named in the page, run in the worker
    page = [
        out / "page.json",
        out / "py" / "page" / python_files.MAIN,
        vendor / "micropython" / "micropython.wasm",
        out / python_files.joined("page"),
        out / "weights" / "models.json",
        *started,
        *pyscript,  # PyScript would read settings in TOML too; ours are JSON
        vendor / "micropython" / "micropython.mjs",
    ]
    order = (".mjs", ".json", ".wasm", ".zip", ".whl")
    pyodide = [path for suffix in order for path in sorted((vendor / "pyodide").glob(f"*{suffix}"))]
    model = [*started, *pyodide, out / python_files.joined("model")]
    # The largest first: the line is in use while the others are asked for.
    needed = [INDEX, *(file.name for file in read_index((weights / INDEX).read_bytes()).files)]
    names = sorted(needed, key=lambda name: -(weights / name).stat().st_size)
    return {
        "page": {path.relative_to(out).as_posix(): listed(path.read_bytes()) for path in page},
        "model": {path.relative_to(out).as_posix(): listed(path.read_bytes()) for path in model},
        "weights": [f"weights/{MODEL}/{name}" for name in names],
    }


def list_files(out: Path) -> None:
    """Let the page of the site in `out` list its files, for ahead.js and starting.js."""
    html = LISTED.sub(json.dumps(files_of(out)), (out / "index.html").read_text(encoding="utf-8"))
    (out / "index.html").write_text(html, encoding="utf-8")


def build(out: Path, names: tuple[str, ...] | None = None) -> None:
    """The whole site into the folder `out`, with the models `names` from weights/, None for all that are there."""
    for needed in (ROOT / "vendor" / "manifest.json", ROOT / "weights" / MODEL / INDEX):
        if not needed.exists():
            raise SystemExit(
                f"{needed.relative_to(ROOT)} is missing. Run `make site`, which makes what it needs first."
            )
    if out.exists():
        shutil.rmtree(out)
    skip = shutil.ignore_patterns("__pycache__", "*.pyc", "*.ts", "README.md", "curve.jsonl", icons.SVG.name)
    if names is None:
        names = tuple(path.parent.name for path in (ROOT / "weights").glob(f"*/{INDEX}"))
    for name in names:
        check_files(ROOT / "weights" / name)
    for folder in ("py", "vendor", *(f"weights/{name}" for name in names)):
        shutil.copytree(ROOT / folder, out / folder, ignore=skip)
    write_joined(out / "py" / "page" / "text", out / "lessons")
    write_models(out)
    for name, table in tomllib.loads((ROOT / "pyscript.toml").read_text(encoding="utf-8")).items():
        python_files.join(out, name)
        (out / f"{name}.json").write_text(json.dumps(interpreter_settings(name, table)), encoding="utf-8")
    session, tokenizer = load_model(ROOT / "weights" / MODEL)
    prepared = write_examples(out, session, tokenizer)
    html = (ROOT / "index.html").read_text(encoding="utf-8")
    words = Words("en", texts_of)
    html = prepared_page(with_integrity(one_style_sheet(with_icon(html), out), out), prepared[0], words)
    html = with_sandbox(html)
    (out / "index.html").write_text(html, encoding="utf-8")
    list_files(out)
    (out / "THIRD_PARTY.md").write_text(third_party(names), encoding="utf-8")
    write_manifest(out)
    write_service_worker(out)
    compress(out)
    (out / ".nojekyll").touch()  # GitHub Pages serves the folder as it is
    size = sum(p.stat().st_size for p in out.rglob("*") if p.is_file())
    print(f"{out.name}/ is ready: {size / 1e6:.1f} MB. `make serve` opens it.")


def main() -> None:
    parser = command(__doc__)
    parser.add_argument("out", nargs="?", default="dist", metavar="FOLDER", help="in this repository (default: dist)")
    build(ROOT / parser.parse_args().out)


if __name__ == "__main__":
    main()
