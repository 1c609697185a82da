"""Everything the page draws without a browser, for the answers of `answers.py`.

MicroPython and CPython both run this file, so it keeps to what both understand.
"""

from page.figure import columns, flow, heatmap, logit_lens, matrix, prompt_tokens, sentence
from page.figure.vessels.bars import OF_LONG
from page.lessons.glossary.entries import glossary_html
from page.lessons.glossary.examples import Facts
from page.lessons.tasks.catalog import TASKS, TEXTS, in_order
from page.lessons.tasks.make import changes
from page.models import catalog, download_progress, user_files
from page.next_token import candidates, compare, curve, needle, random_draw, sliders
from page.panels import score
from page.panels.effects.contents import contents
from page.panels.effects.measured import ORDERS
from page.panels.effects.ranking import effect_table
from page.panels.effects.sentences import told
from page.panels.heads import colour, grid
from page.panels.number import titles, weights
from page.panels.number.opened import opened
from page.panels.parts import attention_head, embedding, probabilities, run
from page.panels.parts.logit_lens import depth_table
from page.panels.parts.table import heatmap_table, square_table
from page.panels.terms import steps, waterfall
from page.reading import marks
from page.state import examples, links
from page.text import numbers
from page.text.markup import escape

FRAGMENTS = (
    "",
    "#",
    "#block=3&head=2",
    "#token=4&open=head",
    "#open=x&block=-1&block=7",
    "#block=1234567&=&&head",
    "#%",
    "#hide=curve,x,examples",
    "#model=gpt2-medium&hide=models",
    "#model=a/b",
    "#t=1.25&k=40&p=0.9&seed=7&draw=2&text=a%20b",
)
FILES = (  # chosen by a reader as their own checkpoint
    ["vocab.json", "README.md"],
    ["a.safetensors", "b.safetensors", "tokenizer.json"],
    ["a.safetensors", "tokenizer_config.json", "config.json"],
    ["a.safetensors", "tokenizer.json", "generation_config.json"],
    ["a.safetensors", "tokenizer.json", "config.json", "config.json"],
    ["a.safetensors", "tokenizer.json", "config.json", "<i>.json"],
)


def wide_places():
    """The columns side by side, as on a wide screen, in pixels; those of short and of long texts."""
    places = {}
    left = 100.0
    for name in OF_LONG[:2] + ("before",) + OF_LONG[2:6] + ("pattern",) + OF_LONG[6:] + ("after",):
        width = 260.5 if name == "pattern" else 18.3
        places[name] = (left, 61.7, width, 301.3)
        left += width + 21.9
    places["embedded"] = places["position"]
    left, top, width, height = places["pattern"]
    places["card"] = (left - 10, top - 20, width + 30, height + 60)
    places["rail"] = (100.0, 380.2, left - 100, 24.0)
    return places


class Shown:
    """As much of the figure as what is said of its marks needs."""

    def __init__(self, answer):
        self.answer, self.view, self.listed = answer, answer["view"], answer["next"]


def drawings(asked, words):
    """By name, the page's strings."""
    drawn = {}
    short = asked["short"][1]
    names = [token["shown"] for token in short["tokens"]]
    for number, answer in enumerate(asked["short"] + [asked["long"]] + asked["beside"]):
        view = answer["view"]
        for name, html in columns.columns(answer, words).items():
            drawn[f"column {name} {number}"] = html
        for least in (0, 0.1):
            shown = [token["shown"] for token in answer["tokens"][view["first"] :]]
            travels = ("queries", "keys", "values", "output")
            chosen = view["row"] - view["first"]
            drawn[f"flow {number} {least}"] = flow.picture(wide_places(), view, shown, chosen, least, travels)
        drawn[f"embedding {number}"] = embedding.rows(answer, view, words)
        arrow = {"block": view["block"], "head": view["head"], "row": view["row"], "column": 0, "share": 0.784}
        measured = {"row": view["row"], "token": {"id": 1, "shown": " <she>"}, "arrow": None, "temperature": 0.8}
        for kind in marks.TOLD:
            row = answer["next"]["drawn"]["id"] if kind == "listed" else view["first"] if kind == "token" else 0
            drawn[f"told {kind} {number}"] = marks.told(kind, row, Shown(answer), words)
        drawn[f"there {number}"] = marks.there(0, Shown(answer), words) + marks.apart("q", 0, Shown(answer), words)
        drawn[f"magnified {number}"] = heatmap.magnified("q", view, 1, 3)
        drawn[f"summary {number}"] = sentence.summary(answer, None, words)
        drawn[f"sentence {number}"] = sentence.above_picture(answer, measured, words)
        drawn[f"sentence {number} cold"] = sentence.above_picture(answer, dict(measured, temperature=0), words)
        for after in (0.004, 0.694, 0.7, 0.6899, 0.9):
            measured["arrow"] = dict(arrow, before=0.696, after=after)
            measured["arrow"]["share"] = after
            drawn[f"sentence measured {number} {after}"] = sentence.above_picture(answer, measured, words)
        drawn[f"tints {number}"] = prompt_tokens.tints(answer, "<") + prompt_tokens.count(answer, words)
        drawn[f"forming {number}"] = logit_lens.rail(answer["depths"], view["block"], words, covered=False)
    drawn["depths"] = depth_table(short["depths"], words)
    switched = dict(asked["switched"], of={(one["block"], one["head"]): one for one in asked["switched"]["effects"]})
    for by in colour.CHOICES:
        for effects in (None, switched):
            heads = {"found": asked["heads"], "by": by, "effects": effects, "tokens": short["tokens"]}
            drawn[f"heads {by} {effects is None}"] = grid.grid(heads, (2, 1), words) + grid.beside(heads, (2, 1), words)
    for number, found in enumerate(asked["terms"]):
        for opened_blocks in (set(), {1, 5}):
            made = steps.steps(found, opened_blocks)
            drawn[f"terms {number} {len(opened_blocks)}"] = (
                waterfall.choice(found, short["tokens"], words)
                + waterfall.in_a_sentence(found, made, words)
                + waterfall.waterfall(made, opened_blocks, "head-5-0", words)
                + waterfall.legend(words)
                + "".join([escape(waterfall.bar_in_words(step, made, words)) for step in made])
            )
            drawn[f"places {number} {len(opened_blocks)}"] = str(sorted(waterfall.places(made)["waterfall"].items()))
    for kind, measured in asked["effects"].items():
        likely = [measured["token"]]
        asked_for, report = dict(measured, effects=[]), {"done": 3, "total": 30}
        picture = (short, words)
        drawn[f"effects {kind}"] = contents(measured, likely, report, False, ("effect", True), *picture)
        drawn[f"effects {kind} asked"] = contents(asked_for, likely, report, False, ("effect", True), *picture)
        drawn[f"effects {kind} stopped"] = contents(asked_for, likely, report, True, ("effect", True), *picture)
        for order in ORDERS[kind == "parts" :]:
            drawn[f"effects {kind} {order}"] = effect_table(measured, order, True, 10, *picture)
        for number in range(0, len(measured["effects"]), 9):
            drawn[f"effect {kind} {number}"] = told(measured["effects"][number], measured, *picture)
        cold = dict(measured, temperature=0, cuts=True, effects=[dict(measured["effects"][0], probability=1e-5)])
        drawn[f"effects {kind} cold"] = contents(cold, likely, report, False, ("effect", True), *picture)
        calm = dict(measured, effects=[dict(measured["effects"][0], probability=measured["probability"], share=0.9)])
        drawn[f"effects {kind} calm"] = contents(calm, likely, report, False, ("effect", True), *picture)
    drawn["steps"] = attention_head.steps(asked["work"], names, words)
    for number, found in enumerate(asked["scores"]):
        drawn[f"cell {number}"] = score.worked_out(found, names[found["row"]], names[found["column"]], words)
        for step in range(0, found["d_head"] + 1, 16):
            drawn[f"step {number} {step}"] = score.step_text(step, found, words)
            drawn[f"mark {number} {step}"] = "{} {}".format(*score.mark_at(step, found["d_head"]))
    for number, found in enumerate(asked["inspected"]):
        drawn[f"number {number}"] = opened(found, short, words)
        drawn[f"number title {number}"] = escape(titles.title(found["address"], short, found["shown"], words))
    for number, (look, address) in enumerate(asked["looks"]):
        drawn[f"weights {number}"] = weights.picture(look, address, words)
    for number, answer in enumerate(asked["short"] + [asked["long"]]):
        facts = Facts(answer, 7, 1, **(asked["glossary"] if answer is short else {}))
        drawn[f"glossary {number}"] = glossary_html(facts, "<", words)
    drawn["offers"] = examples.offers(examples.CHANGED[0])
    drawn["search"] = probabilities.search_and_list(words)
    for number, following in enumerate(asked["following"]):
        drawn[f"odds {number}"] = probabilities.ranking(following, words)
        drawn[f"add {number}"] = needle.add_label(following["drawn"], words)
        drawn[f"add title {number}"] = escape(needle.add_title(following["drawn"], words))
        drawn[f"outside {number}"] = candidates.outside(following, words)
        if following["candidates"]:
            drawn[f"candidates {number}"] = candidates.candidate_table(following, words)
            drawn[f"formula {number}"] = candidates.formula(following, words)
            drawn[f"needle {number}"] = needle.draw_strip(following, words) + needle.draw_sentence(following, words)
            drawn[f"shape {number}"] = curve.curves(following, words) + curve.curve_sentence(following, words)
        for row in range(len(following["candidates"])):
            drawn[f"odds {number} {row}"] = probabilities.arithmetic(following, row, words)
    label = compare.label("".join(names), "", short["next"], words)
    drawn["add none"] = needle.add_label(None, words) + escape(needle.add_title(None, words))
    drawn["compare"] = compare.comparison_table(asked["compare"], label, escape("<b>{"), words)
    drawn["pin"] = compare.pinned_sentence(asked["compare"]["next"], label, words)
    drawn["pinned"] = candidates.candidate_table(asked["compare"]["next"], words) + curve.curves(
        asked["compare"]["next"], words
    )
    for name, table in asked["heatmap_tables"].items():
        drawn["table " + name] = heatmap_table(table, names, words.say("heatmap." + name))
    for name, table in asked["square_tables"].items():
        drawn["table " + name] = square_table(table["rows"], names, name, name == "pattern")
    for row, column in ((0, 0), (3, 1), (2, 5), (4, -1)):
        drawn[f"rings {row} {column}"] = str(sorted(matrix.emphasis(row, column, 7).items()))
    models = asked["models"]
    stored = {catalog.key(models[0]): models[0]["files"] + 1, catalog.key(models[1]): models[1]["files"]}
    for number, (used, on_its_way, asking) in enumerate((("mini", None, None), ("?", "b", None), (None, "?", "b"))):
        drawn[f"models {number}"] = catalog.cards(models, used, on_its_way, asking, stored, words)
        held = {"rounding": 0.0081, "unused": ["<i>.json"]} if used == "?" else None
        drawn[f"own {number}"] = catalog.user_checkpoint(held, on_its_way == "?", words)
    drawn["own unrounded"] = catalog.user_checkpoint({"rounding": 0.0, "unused": []}, False, words)
    for names in FILES:
        drawn["missing " + " ".join(names)] = escape(user_files.missing(names, words))
    drawn["about"] = run.run_stats(asked["about"], False, words)
    padded = {"rounding": 0.0, "without_token": 47, "first_without": 50257}
    drawn["about own"] = run.run_stats(dict(asked["about"], precision="kernel", **padded), False, words, asked["times"])
    less = {"attention": [], "mlp": [], "device_memory": None, "precision": "float32", "kernel": "absent"}
    drawn["about less"] = run.run_stats(asked["about"] | less, True, words, None)
    rate = download_progress.Rate()
    for number in range(60):
        rate.add(100 * number, 120_000 * number)
        report = {"arrived": 120_000 * number, "total": 6_000_000 if number else 0, "parts": [1, 0.25 + number / 100]}
        drawn[f"coming {number}"] = escape(
            download_progress.progress_sentence("<b>", report, rate.bytes_a_second, words)
        )
        drawn[f"parts {number}"] = download_progress.model_parts(2, report["parts"], words)
    drawn["percent"] = " ".join(
        [
            numbers.percent(x) + numbers.whole_percent(x) + numbers.nearest_percent(x) + numbers.whole_points(-x)
            for x in asked["shares"]
        ]
    )
    drawn["signed"] = " ".join([numbers.signed(x) + numbers.brief(x, 300) for x in asked["numbers"]])
    drawn["grouped"] = " ".join([numbers.grouped(n) + numbers.megabytes(n) for n in (0, 7, 999, 8180, 124400000)])
    drawn["draws"] = " ".join([str(random_draw.uniform(seed, n)) for seed in (0, 1, 999_999) for n in range(5)])
    drawn["scales"] = " ".join([numbers.short(sliders.temperature_at(position)) for position in range(141)])
    drawn["texts of tasks"] = "; ".join(["; ".join(in_order(task, "7") + [str(changes(TEXTS[0]))]) for task in TASKS])
    drawn["links"] = " ".join([links.write(links.read(fragment)) for fragment in FRAGMENTS])
    return drawn
