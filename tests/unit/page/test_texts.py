"""The texts of every language: each is used, each that is used is there, and says what it must."""

import ast
import re
from itertools import product
from typing import get_args

import pytest

from build.paths import ROOT
from build.site.languages import codes, every_text, texts_of
from model.arithmetic.address import WEIGHTS, WEIGHTS_OF_A_BLOCK
from model.arithmetic.kinds import KINDS
from model.checkpoint import file_error
from model.explain.block_answers import Apart
from model.sampling import Rule, cut_by
from page.figure.motion import pulse
from page.figure.vessels.vessels import TRAVELS
from page.lessons.glossary import examples as glossary
from page.lessons.glossary.terms import TERMS
from page.lessons.tasks.catalog import KINDS as TASK_KINDS
from page.lessons.tasks.catalog import TASKS
from page.lessons.tour.chapters import CHAPTERS, STEPS
from page.models import catalog
from page.panels import parts
from page.panels.code import controls, examples
from page.panels.code.faults import KINDS as FAULTS
from page.panels.effects.measured import ORDERS, YARDSTICKS
from page.panels.heads import colour
from page.panels.number import formula, opened, titles
from page.panels.number.formula import REPLACED
from page.panels.parts import run
from page.panels.parts.share import FILES
from page.state import links, removed
from page.state.examples import EXAMPLES, GLOSSED, buttons, gloss
from page.text.words import Words
from tests.unit.build_tools.test_languages import placeholders
from tests.unit.page.answers import answers
from tests.unit.page.drawings import drawings

HTML = (ROOT / "index.html").read_text(encoding="utf-8")
CODE = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "py/page").rglob("*.py"))}
CASES = {  # of what a step of the tour tells
    "change": ["compared"],
    "forming": ["early", "waiting"],
    "inside": ["waiting"],
    "look": ["alone", "first", "rests"],
    "score": ["waiting"],
    "telling": ["cut", "nothing", "short", "waiting"],
    "temperature": ["waiting"],
    "write": ["full", "waiting"],
}
ENGLISH = every_text("en")
MARKED = r"help\.|glossary\.|tour\.(?!.*(title|answer))|task\.\w+\.(ask|so|wrong)"  # where terms may be marked


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


def test_terms_are_marked_where_marks_are_read_and_each_is_in_the_glossary():
    """As [term|what is written] where a text is read as HTML: in help, in the glossary's sentences, in the tour and the
    tasks. Of these two each marks no term twice, and the same ones in every language."""
    lessons = []
    for code in codes():
        marked = {key: re.findall(r"\[(\w*)\|[^]|]+\]", text) for key, text in every_text(code).items() if "[" in text}
        assert {name for names in marked.values() for name in names} <= {*TERMS}
        assert all(len({*names}) == len(names) > 0 for key, names in marked.items() if not key.startswith("help."))
        assert all(re.match(MARKED, key) and ".here" not in key for key in marked), [*marked]
        lessons.append({key: {*names} for key, names in marked.items() if re.match("tour|task", key)})
    assert len(lessons[0]) > 50 and all(one == lessons[0] for one in lessons)


def test_english_texts_have_a_gloss_in_other_languages_alone():
    """Each stands in the file as it is read: who translates sees what."""
    assert [ENGLISH[f"example.{number}"] for number in range(1, len(GLOSSED) + 1)] == [*GLOSSED]
    assert {gloss(text, Words("en", every_text)) for text in GLOSSED} == {""}
    chinese = [gloss(text, Words("zh", every_text)) for text in GLOSSED]
    assert all(re.search("[一-龥]{3}", said) for said in chinese) and len({*chinese}) == len(GLOSSED)
    assert gloss("Mine", Words("zh", every_text)) == ""
    assert re.findall('value="(.*?)"', buttons()) == [*EXAMPLES]


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


def filled(pattern, name):
    """A key from what code puts together and what it puts into it, which may be several pieces."""
    before, after = pattern.split("*", 1)
    return before + name + ("" if "*" in after else after)


def test_every_text_is_used_and_every_used_text_exists():
    """Keys that code puts together are held against the very names that it puts into them."""
    drawn = drawings(answers(), Words("en", every_text))
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
        "about.ran.*": run.PRECISIONS,
        "edits.*": (*removed.CODE, "old", "new"),
        "edits.*.before": removed.CODE,
        "edits.*.after": removed.CODE,
        "code.*": controls.BUTTONS,
        "code.to.*": ("steps", "edits", "write", "ask"),
        "code.*.title": controls.BUTTONS,
        "code.speed.*": controls.SPEEDS,
        "ask.example.*": dict(examples.EXAMPLES),
        "ask.fault.*": (*FAULTS, "other"),
        "cell.*": re.findall(r'class="line-name (\w+)"', drawn["cell 0"]),
        **{f"effects.{of}.*": YARDSTICKS for of in ("bars", "cell", "scale.less", "scale.more")},
        "effects.by.*": ORDERS,
        "embedding.*": [
            "piece",
            *re.findall(r'\["note"\] = "(\w+)"', (ROOT / "py/model/explain/prompt.py").read_text()),
        ],
        "error.*": kinds_of_error(),
        "example.*": [str(number + 1) for number in range(len(GLOSSED))],
        "glossary.*": (*TERMS, *(f"{term}.here{case}" for term in TERMS for case in glossary.CASES.get(term, ("",)))),
        "glossary.*.title": TERMS,
        "help.*": helped,
        "help.*.title": helped,
        "merges.go.*": ("first", "back", "on", "last"),
        "merges.key.*": ("new", "next"),
        "merges.row.*": ("characters", "bytes", "letters", "pieces"),
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
        "cuts.*": cut | {*removed.CODE, removed.OWN},
        "sentence.off.*": [kind + mean for kind in ("head", "block") for mean in ("", ".mean")],
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
        "sentence.*": ("alone", "itself", "most", "rests"),
        "sentence.change.*": ("falls", "rises"),
        "sentence.there.*": get_args(Apart),
        "share.hide.*": links.HIDEABLE,
        "storage.why.*": {"worker", *said_by("build/site/service_worker.js", r"Trouble\(", "kind = ")},
        "vessels.*": TRAVELS,
        "heatmap.*": re.findall('data-heatmap="(.*?)"', every),
        "heatmap.short.*": re.findall(r'class="heatmap-name of-(\w+)"', every),
        "all_heads.by.*": colour.CHOICES,
        "all_heads.look.*": colour.LOOKS,
        "all_heads.means.*": ("most", *colour.LOOKS),
        "all_heads.none.*": colour.LOOKS,
        "tour.*": [step.name for step in STEPS],
        "tour.*.*": [f"{name}.{case}" for name, cases in CASES.items() for case in cases],
        "tour.*.title": [step.name for step in STEPS],
        "tour.*.ask": [step.name for step in STEPS if step.answers or "options" in vars(type(step))],
        "tour.*.answer.*": [f"{step.name}.answer.{n}" for step in STEPS for n in range(1, step.answers + 1)],
        "tour.chapter.*": [name for name, _ in CHAPTERS],
        "tour.telling.answer.*": "123",
        "task.*": [key for task in TASKS for key in task.texts()],
        "try.*": ("next", "again", "show", "open", "yes", "no"),
        "try.how.*": TASK_KINDS,
        "try.kind.*": TASK_KINDS,
        "try.report.*": ("right", "wrong", "gave_up"),
        "try.said.*": ("right", "wrong", "not_yet", "gave_up"),
        "try.verdict.*": ("right", "wrong", "gave_up"),
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
    used |= {filled(pattern, name) for pattern, group in names.items() for name in group}
    used |= {f"starting.{word}" for word in said_by("py/page/starting.js", "kind: ", r"say\(")}
    used |= {"language.name"}  # build/site/site.py puts it into the page
    assert used == set(ENGLISH)
