"""The page's plain functions give MicroPython's reader the very same page as CPython gives the tests."""

import json
import re
import subprocess

import pytest

from build.paths import ROOT
from build.site.languages import codes, every_text
from page.text.markup import quoted, quoted_html, svg_name, visible
from page.text.words import Words
from tests.unit.page.answers import answers
from tests.unit.page.drawings import drawings

RUNNER = """
import { loadMicroPython } from "./node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs";
import { readFileSync, readdirSync, statSync } from "node:fs";
const lines = [];
const micropython = await loadMicroPython({ heapsize: 32 << 20, linebuffer: true, stdout: line => lines.push(line) });
const put = (path, from) => micropython.FS.writeFile(path, readFileSync(from));
micropython.FS.mkdir("page");
for (const path of readdirSync("py/page", { recursive: true }).sort())
    if (statSync("py/page/" + path).isDirectory()) micropython.FS.mkdir("page/" + path);
    else if (/[.]py$/.test(path)) put("page/" + path, "py/page/" + path);
put("drawings.py", "tests/unit/page/drawings.py");
put("given.json", 0);
try {
    micropython.runPython(process.argv[1]);
} catch (error) {  // its own text alone: Node would print the whole of MicroPython before it
    console.error(error.message);
    process.exit(1);
}
console.log(lines.join("\\n"));
"""

PROGRAM = """
import json
from drawings import drawings
from page.text.markup import quoted, quoted_html, svg_name, visible
from page.text.words import Words
with open("given.json") as file:
    given = json.load(file)
print(json.dumps(drawings(given["answers"], Words("", lambda _: given["texts"]))))
"""

ROUNDED = re.compile(r"\d+\.\d+|(?<=>)\d+(?=<)|(?<=>−)\d+(?=<)")  # decimals anywhere, whole numbers as texts


def run_in_micropython(program: str, given_json: str) -> str:
    """What a program prints that finds the page's modules and `given.json` beside it."""
    command = ["node", "--input-type=module", "-e", RUNNER, "--", program]
    done = subprocess.run(command, cwd=ROOT, input=given_json, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def assert_same(name: str, got: str, expected: str) -> None:
    """Equal, but for numbers that lie exactly between two neighbours: MicroPython rounds those up, CPython to even."""
    assert ROUNDED.sub("0", got) == ROUNDED.sub("0", expected), name
    for a, b in zip(ROUNDED.findall(got), ROUNDED.findall(expected), strict=True):
        last_digit = 10.0 ** -len(b.partition(".")[2])
        assert a == b or abs(float(a) - float(b) - last_digit) < 0.01 * last_digit, name


@pytest.mark.parametrize("language", codes())
def test_micropython_draws_what_cpython_draws(language):
    given = json.dumps({"answers": answers(), "texts": every_text(language)})
    got = json.loads(run_in_micropython(PROGRAM, given))
    expected = drawings(answers(), Words(language, every_text))
    assert set(got) == set(expected)
    for name in expected:
        assert_same(name, got[name], expected[name])
    for name in ("percent", "signed", "grouped", "links"):  # numbers without ties
        assert got[name] == expected[name]


NAMES = """
import json
from page.text.markup import quoted, quoted_html, svg_name, visible
with open("given.json") as file:
    print(json.dumps([[visible(name), quoted(name), quoted_html(name), svg_name(name, 9)] for name in json.load(file)]))
"""


def test_names_of_every_script_are_the_same_in_both_pythons():
    """MicroPython strips and splits bytes where CPython does characters."""
    letters = ("-", " ␣…⟨", "שלום", "e\u0301\u0308", "नि", "👍🏽🇩🇪🇫🇷", "人工智能", "⟨E4 BD⟩", "☃✓")
    names = [space + letter * count for letter in letters for count in (1, 5, 32) for space in ("", " ", "   ")]
    expected = [[visible(name), quoted(name), quoted_html(name), svg_name(name, 9)] for name in names]
    assert json.loads(run_in_micropython(NAMES, json.dumps(names, ensure_ascii=False))) == expected
