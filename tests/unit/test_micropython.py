"""The page's plain functions give MicroPython's reader the very same text as CPython gives the tests."""

import json
import random
import subprocess
from pathlib import Path

from page import candidates, numbers
from page.markup import escape, visible
from page.words import Words

ROOT = Path(__file__).resolve().parents[2]

RUNNER = """
import { loadMicroPython } from "./node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs";
import { readFileSync, readdirSync } from "node:fs";
const lines = [];
const micropython = await loadMicroPython({ heapsize: 16 << 20, linebuffer: true, stdout: line => lines.push(line) });
micropython.FS.mkdir("page");
micropython.FS.mkdir("page/text");
const put = path => micropython.FS.writeFile(path, readFileSync("py/" + path));
for (const folder of ["page", "page/text"])
    for (const name of readdirSync("py/" + folder).filter(name => /[.](py|json)$/.test(name))) put(folder + "/" + name);
micropython.FS.writeFile("asked.json", readFileSync(0));
micropython.runPython(process.argv[1]);
console.log(lines.join("\\n"));
"""

PROGRAM = """
import json
from page import candidates, numbers
from page.markup import escape, visible
from page.words import Words
asked = json.load(open("asked.json"))
words = Words("zh", "page/text")
print(json.dumps({
    "percent": [numbers.percent(x) for x in asked["shares"]],
    "grouped": [numbers.grouped(n) for n in asked["counts"]],
    "megabytes": [numbers.megabytes(n) for n in asked["counts"]],
    "visible": [visible(t) + escape(t) for t in asked["texts"]],
    "table": candidates.table(asked["next"], words),
}))
"""


def test_micropython_agrees_with_cpython():
    drawn = random.Random(1)
    shares = [10 ** drawn.uniform(-14, 0) for _ in range(500)] + [0, 1, 0.5, 0.9999, 0.29449999]
    rows = [{"id": i, "shown": " a<b>", "model": p, "sampled": p * p} for i, p in enumerate(shares[:12])]
    asked = {
        "shares": shares,
        "counts": [0, 7, 999, 1000, 8180, 7_344_000, 124_400_000],
        "texts": [" time", "<img src=x onerror=alert(1)>", "⟨E2 82⟩", "a\"b'c&d", "السلام"],
        "next": {
            "temperature": 0.8,
            "candidates": rows,
            "outside": {"count": 8180, "model": 0.25, "sampled": 0.125},
        },
    }
    command = ["node", "--input-type=module", "-e", RUNNER, "--", PROGRAM]
    done = subprocess.run(
        command,
        cwd=ROOT,
        input=json.dumps(asked, ensure_ascii=False),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    assert got["percent"] == [numbers.percent(x) for x in shares]
    assert got["grouped"] == [numbers.grouped(n) for n in asked["counts"]]
    assert got["megabytes"] == [numbers.megabytes(n) for n in asked["counts"]]
    assert got["visible"] == [visible(t) + escape(t) for t in asked["texts"]]
    assert got["table"] == candidates.table(asked["next"], Words("zh", str(ROOT / "py/page/text")))
