"""The page's plain functions: numbers and names as text, markup, the next-token fan, links, and the texts it says."""

import ast
import math
import re
from itertools import product
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from build.paths import ROOT
from build.site.languages import texts_of
from model.arithmetic.address import WEIGHTS, WEIGHTS_OF_A_BLOCK
from model.arithmetic.kinds import KINDS
from model.checkpoint import file_error
from model.sampling import Rule, cut_by
from page.figure import flow, matrix
from page.figure.motion import pulse
from page.figure.vessels.vessels import TRAVELS
from page.models import catalog
from page.next_token import candidates
from page.panels import parts
from page.panels.effects.measured import ORDERS
from page.panels.heads import colour
from page.panels.number import formula, opened, titles
from page.panels.number.formula import REPLACED
from page.panels.parts import run
from page.panels.parts.share import FILES
from page.state import links, removed
from page.text import markup
from page.text.numbers import bar_end, brief, grouped, megabytes, nearest_percent, percent, signed, whole_percent
from page.text.words import Words
from tests.browser.reading import number
from tests.unit.build_tools.test_languages import placeholders
from tests.unit.page.answers import answers
from tests.unit.page.drawings import drawings

HTML = (ROOT / "index.html").read_text(encoding="utf-8")
CODE = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "py/page").rglob("*.py"))}
ENGLISH = texts_of("en")

# Numbers


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (1, "100\u00a0%"),
        (0.99999, "99.999\u00a0%"),
        (0.9996, "99.96\u00a0%"),
        (0.294, "29.4\u00a0%"),
        (0.1, "10.0\u00a0%"),
        (0.09996, "10.0\u00a0%"),
        (0.0999, "9.99\u00a0%"),
        (0.009, "0.90\u00a0%"),
        (0.0000034, "0.00034\u00a0%"),
        (3.4e-14, "3.4 × 10⁻¹²\u00a0%"),
        (9.6e-14, "9.6 × 10⁻¹²\u00a0%"),
        (0, "0\u00a0%"),
    ],
)
def test_percent(share, shown):
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (-0.0, "0"),
        (-0.1234, "−0.123"),
        (1, "1.00"),
        (0.99951, "1.00"),
        (0.9994, "0.999"),
        (-9.996, "−10.0"),
        (99.94, "99.9"),
        (99.96, "100"),
        (-1234.5678, "−1235"),
        (0.001, "0.00100"),
        (0.000994, "9.9 × 10⁻⁴"),
        (-0.00034, "−3.4 × 10⁻⁴"),
        (0.00095, "9.5 × 10⁻⁴"),
        (1e-12, "1.0 × 10⁻¹²"),
    ],
)
def test_signed(value, shown):
    assert signed(value) == shown


def assert_right(text, value):
    """The text is the value to its last digit, says its sign with a true minus, and never a mantissa below one."""
    found, half = number(text)
    assert abs(found - value) <= half * (1 + 1e-6) + abs(value) * 1e-12
    assert text.startswith("−") == (value < 0) and "-" not in text and "e" not in text
    if "×" in text:
        assert 1 <= abs(float(text.strip("−").split(" ")[0])) < 10


@given(st.floats(1e-30, 1))
@example(0.005)
@example(0.994999)
def test_a_percentage_is_right_to_its_last_digit(share):
    text = percent(share)
    assert_right(text, 100 * share)
    assert text.endswith("\u00a0%") and len(text) <= 15
    assert (number(text)[0] == 100) == (share > 0.99999999)
    found, half = number(text)
    assert half <= 0.06 * found  # at least two meaningful digits


@given(st.floats(-1e15, 1e15) | st.floats(-2, 2) | st.floats(-0.01, 0.01))
def test_a_signed_number_is_right_to_its_last_digit(value):
    if abs(value) < 1e-30:
        return
    text = signed(value)
    assert_right(text, value)
    found, half = number(text)
    assert half <= 0.0051 * abs(found) or "×" in text  # three meaningful digits


@given(st.floats(0.01, 5000), st.floats(-1, 1))
def test_a_brief_number_is_short_and_right_to_its_last_digit(largest, share):
    value = share * largest
    text = brief(value, largest)
    found, half = number(text)
    assert abs(found - value) <= half * 1.000001
    assert half == {True: 0.5, largest < 99.5: 0.05, largest < 9.95: 0.005}[True]
    assert text.startswith("−") == (found < 0) and len(text) <= max(5, len(str(int(largest))) + 1)


@given(st.floats(0, 1))
@example(0.005)
@example(0.004999)
def test_a_whole_percent_never_hides_what_is_there(share):
    text = whole_percent(share)
    if text == "<1":
        assert 0 < share <= 0.005
    else:
        assert abs(float(text) - 100 * share) <= 0.5 and (text == "0") == (share == 0)
    said = nearest_percent(share).removesuffix("\u00a0%")
    assert said == text if share < 0.995 else said == ("100" if share == 1 else ">99")


def test_other_numbers():
    assert grouped(0) == "0" and grouped(8180) == "8\u202f180" and grouped(1234567) == "1\u202f234\u202f567"
    assert megabytes(7_344_000) == "7.3" and megabytes(124_400_000) == "124"
    assert bar_end(0.3) == 0.5 and bar_end(0.5) == 0.5 and bar_end(0.51) == 1 and bar_end(1e-5) == 0.01
    assert ">0\u00a0%<" in matrix.legend("shares", 0, 0.25) and ">25.0\u00a0%<" in matrix.legend("shares", 0, 0.25)
    assert ">−3.20<" in matrix.legend("diverging", -3.2, 3.2) and ">3.20<" in matrix.legend("diverging", -3.2, 3.2)


# Markup


@given(st.text())
def test_escaped_text_is_inert(text):
    """No tag, no entity and no quote of the reader's text survives as markup."""
    escaped = markup.escape(text)
    assert not set("<>\"'\0") & set(escaped)
    assert re.sub(r"&(amp|lt|gt|quot|#39);", "", escaped).count("&") == 0


def test_leading_spaces_are_visible():
    assert re.sub("<.*?>", "", markup.visible("  a b")) == "␣␣a b"


# The fan


def numbers_of(path):
    return [float(n) for n in re.findall(r"-?[\d.]+", path)]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=13))
def test_fan_is_as_thick_as_the_probabilities(weights):
    """At the source the ribbons stack without gap, each as thick as its share; too thin ones are left out.

    At the list each is up to three times as thick, in the middle of its row and never higher than it.
    """
    total = math.fsum(weights)
    shares = [w / total for w in weights] if total > 0 else [1.0] + [0.0] * (len(weights) - 1)
    rows = [(300.0, 30.0 * i, 200.0, 28.0) for i in range(len(shares))]
    paths = re.findall(r'class="([\w ]+)" d="(.*?)"', flow.fan((10.0, 50.0, 90.0, 200.0), rows, shares, 0))
    drawn = [i for i, share in enumerate(shares) if share * 200 >= 0.05]
    kinds = ["candidate drawn"] + ["candidate"] * (len(shares) - 2) + ["rest"]
    assert [kind for kind, _ in paths] == [kinds[i] for i in drawn]
    for (_, path), i in zip(paths, drawn, strict=True):
        n = numbers_of(path)
        assert n[0] == 100 and n[6] == 300
        assert n[1] == pytest.approx(50 + 200 * sum(shares[:i]), abs=0.06)
        assert n[15] - n[1] == pytest.approx(shares[i] * 200, abs=0.11)
        assert n[9] - n[7] == pytest.approx(min(flow.WIDENED * shares[i] * 200, 28), abs=0.11)
        assert (n[7] + n[9]) / 2 == pytest.approx(30 * i + 14, abs=0.11)


def test_formula_names_what_happens():
    spoken = Words("en", texts_of)
    settings = {"temperature": 0.35, "top_k": None, "top_p": None}
    assert "greedy" in candidates.formula(settings | {"temperature": 0}, spoken)
    assert candidates.formula(settings, spoken) == "scores ÷ 0.35 → softmax"
    order = candidates.formula(settings | {"top_k": 40, "top_p": 0.9}, spoken)
    places = [order.index(step) for step in ("0.35", "40", "softmax", "90\u00a0%")]
    assert places == sorted(places), "temperature, then top-k, then softmax, then top-p"


def test_every_part_that_opens_has_a_button_and_texts():
    parts.load()
    assert set(parts.every) - {"table"} == set(re.findall('data-open="(.*?)"', HTML))
    linked = "cuts embedding forming head heads matters next number terms"
    assert set(parts.linked()) == set(linked.split()), "links still open"
    for name in parts.every:
        assert {f"panel.{name}", f"panel.{name}.subtitle"} <= ENGLISH.keys()


# Words


@pytest.mark.parametrize(
    ("language", "reload", "copy"), [("en", "eload the page", "opy your text"), ("zh", "重新加载页面", "复制你的文字")]
)
def test_who_is_told_to_reload_the_page_is_told_to_copy_the_text(language, reload, copy):
    """Until the model has read a text, the page's address does not hold it."""
    told = [text for text in texts_of(language).values() if reload in text]
    assert len(told) > 10 and all(copy in text for text in told)


def keys_of(node, function):
    """The keys that an expression can be, with * for what is only known when it runs."""
    if isinstance(node, ast.Constant):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return keys_of(node.body, function) | keys_of(node.orelse, function)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return {a + b for a, b in product(keys_of(node.left, function), keys_of(node.right, function))}
    if isinstance(node, ast.Name):
        assigned = [
            a.value for a in ast.walk(function) if isinstance(a, ast.Assign) and ast.unparse(a.targets[0]) == node.id
        ]
        return set().union(*(keys_of(value, function) for value in assigned)) if assigned else {"*"}
    return {"*"}


def said_in(tree):
    """The keys of every text that a module asks for."""
    keys = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and re.fullmatch(r"say|.*words(\.(say|html))?", ast.unparse(call.func)):
                    keys |= keys_of(call.args[0], function)
    return keys


def kinds_of_error():
    """What the worker and its client may answer under "error"."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "py").rglob("*.py"))
    kinds = {a or b for a, b in re.findall(r'"error": "(\w+)"|DownloadError\("(\w+)"', sources)} | {*file_error.KINDS}
    return kinds - {"cancelled"}  # the reader's own doing


def test_every_error_about_a_file_has_its_sentence_filled():
    for kind, values in file_error.KINDS.items():
        said = placeholders(ENGLISH["error." + kind])
        assert {*values} <= said <= {"file", "detail", *values}, kind


def said_by(script, *openings):
    """The words that a script has in quotes after one of `openings`."""
    text = (ROOT / script).read_text(encoding="utf-8")
    return {
        word
        for part in re.findall(rf"(?:{'|'.join(openings)})([^,}}]*)", text)
        for word in re.findall(r'"(\w+)"', part)
    }


def test_every_text_is_used_and_every_used_text_exists():
    """Keys that code puts together are held against the very names that it puts into them."""
    drawn = drawings(answers(), Words("en", texts_of))
    every = "".join(drawn.values())
    helped = re.findall('data-help="(.*?)"', HTML + every)
    parts.load()
    stages = re.findall('data-table="(.*?)"', drawn["steps"])
    kinds = ("weight", "gain", "bias", *titles.TABLES, *(kind.word for kind in KINDS.values()))
    cut = {part[0] for part in removed.read("1.1.1.1_1.1_1.mlp_1_position")}
    terms = set(re.findall('data-part="(.*?)"', every))
    names = {
        "*": [
            *re.findall('data-(?:text|label|every-language)="(.*?)"', HTML),  # and the panel's own shorthand for `say`
        ],
        "about.*": ["attention", "mlp", *run.PRECISIONS],
        "about.*.own": run.PRECISIONS,
        "cell.*": re.findall(r'class="line-name (\w+)"', drawn["cell 0"]),
        "effects.by.*": ORDERS,
        "embedding.*": [
            "piece",
            *re.findall(r'\["note"\] = "(\w+)"', (ROOT / "py/model/explain/prompt.py").read_text()),
        ],
        "error.*": kinds_of_error(),
        "help.*": helped,
        "help.*.title": helped,
        "models.*": re.findall(
            'trouble = "(\\w+)"', (ROOT / "py/model/worker/download.py").read_text(encoding="utf-8")
        ),
        "models.about.*": catalog.DESCRIBED,
        "next.*": ("sampled", "model"),
        "next.*.why": ("sampled", "model"),
        "probabilities.cut.*": [cut_by(0, [1, 0], [0, 1], *rules) for rules in ((1, None), (None, 0.5))],
        "number.axis.*": ("numbers", *opened.SHORT_AXES.values()),
        "number.of.*": kinds,
        "number.short.*": kinds,
        "number.layer.*": {weights[: weights.rfind(".")] for weights in (*WEIGHTS, *WEIGHTS_OF_A_BLOCK)}
        - set(titles.TABLES),
        "number.so.*": ("hidden", "greedy", *REPLACED, *get_args(Rule)),
        "cuts.*": cut,
        "cuts.off.*": cut,
        "cuts.restore.*": cut,
        "number.value.*": {
            one["name"]
            for found in answers()["inspected"]
            if found["come_from"] and found["kind"] != "z"
            for one in found["values"]
        }
        - {*formula.TAKEN, *formula.CONSTANTS},
        "number.what.*": (*kinds, "resid_pre.first", "resid_post.last"),
        "panel.*": parts.every,
        "panel.*.subtitle": parts.every,
        "pulse.*": (*pulse.STAGES, *pulse.DOES, "step"),
        "share.*": FILES,
        "sentence.change.*": ("falls", "rises"),
        "share.hide.*": links.HIDEABLE,
        "storage.why.*": {"worker", *said_by("build/site/service_worker.js", r"Trouble\(", "kind = ")},
        "vessels.*": TRAVELS,
        "heatmap.*": re.findall('data-heatmap="(.*?)"', every),
        "heatmap.short.*": re.findall(r'class="heatmap-name of-(\w+)"', every),
        "all_heads.by.*": colour.CHOICES,
        "all_heads.look.*": colour.LOOKS,
        "all_heads.means.*": ("most", *colour.LOOKS),
        "all_heads.none.*": colour.LOOKS,
        "terms.group.*": ("embedding", "end"),
        "terms.kind.*": ("stream", "attention", "mlp", "bias"),
        "terms.name.*": terms,
        "terms.of.*": (*terms, "final"),
        "attention_head.*": stages,
        "attention_head.how.*": stages,
    }
    said = set().union(*map(said_in, CODE.values()))
    assert {key for key in said if "*" in key} == set(names)
    assert all(names.values())
    used = {key for key in said if "*" not in key}
    used |= {pattern.replace("*", name) for pattern, group in names.items() for name in group}
    used |= {f"starting.{word}" for word in said_by("py/page/starting.js", "kind: ", r"say\(")}
    used |= {"language.name"}  # build/site/site.py puts it into the page
    assert used == set(ENGLISH)
