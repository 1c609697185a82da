"""Everything the page draws without a browser, for the answers of `answers.py`.

MicroPython and CPython both run this file, so it keeps to what both understand.
"""

from page import (
    about,
    candidates,
    catalog,
    columns,
    coming,
    compare,
    draws,
    embedding,
    flow,
    forming,
    heads,
    links,
    matrix,
    needle,
    numbers,
    odds,
    own_files,
    prompt,
    scales,
    shape,
    tables,
    work,
)
from page.markup import escape
from page.strips import IN_FLOW

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
    """The columns side by side, as on a wide screen, in pixels."""
    places = {}
    left = 100.0
    for name in IN_FLOW[:2] + ("before",) + IN_FLOW[2:6] + ("pattern",) + IN_FLOW[6:] + ("after",):
        width = 260.5 if name == "pattern" else 18.3
        places[name] = (left, 61.7, width, 301.3)
        left += width + 21.9
    places["rail"] = (100.0, 380.2, left - 100, 24.0)
    return places


def drawings(asked, words):
    """By name, the page's strings."""
    drawn = {}
    short = asked["short"][1]
    names = [token["shown"] for token in short["tokens"]]
    for number, answer in enumerate(asked["short"] + [asked["long"]]):
        view = answer["view"]
        for name, html in columns.columns(answer, words).items():
            drawn[f"column {name} {number}"] = html
        for least in (0, 0.1):
            drawn[f"flow {number} {least}"] = flow.picture(
                wide_places(), view["count"], view, view["row"] - view["first"], least
            )
        drawn[f"embedding {number}"] = embedding.rows(answer, view, words)
        drawn[f"tints {number}"] = prompt.tints(answer, "<") + prompt.count(answer, words)
        drawn[f"forming {number}"] = forming.rail(answer["depths"], view["block"], words)
    drawn["depths"] = forming.table(short["depths"], words)
    drawn["heads"] = heads.grid(asked["heads"], (2, 1), words)
    drawn["steps"] = work.steps(asked["work"], names, words)
    for number, score in enumerate(asked["scores"]):
        drawn[f"cell {number}"] = work.cell(score, names[score["row"]], names[score["column"]], words)
        for step in range(0, score["d_head"] + 1, 16):
            drawn[f"step {number} {step}"] = work.step_text(step, score, words)
            drawn[f"mark {number} {step}"] = "{} {}".format(*work.mark_at(step, score["d_head"]))
    drawn["search"] = odds.part(words)
    for number, following in enumerate(asked["following"]):
        drawn[f"odds {number}"] = odds.table(following, words)
        drawn[f"outside {number}"] = candidates.outside(following, words)
        if following["candidates"]:
            drawn[f"candidates {number}"] = candidates.table(following, words)
            drawn[f"formula {number}"] = candidates.formula(following, words)
            drawn[f"needle {number}"] = needle.strip(following, words) + needle.sentence(following, words)
            drawn[f"shape {number}"] = shape.curves(following, words) + shape.sentence(following, words)
        for row in range(len(following["candidates"])):
            drawn[f"odds {number} {row}"] = odds.work(following, row, words)
    label = compare.label(short["tokens"], short["next"], words)
    drawn["compare"] = compare.table(asked["compare"], label, escape("<b>{"), words)
    drawn["pin"] = compare.sentence(asked["compare"]["next"], label, words)
    drawn["pinned"] = candidates.table(asked["compare"]["next"], words) + shape.curves(asked["compare"]["next"], words)
    for name, table in asked["strip_tables"].items():
        drawn["table " + name] = tables.strip_table(table, names, words.say("strip." + name))
    for name, table in asked["square_tables"].items():
        drawn["table " + name] = tables.square_table(table["rows"], names, name, name == "pattern")
    for row, column in ((0, 0), (3, 1), (2, 5), (4, -1)):
        drawn[f"rings {row} {column}"] = str(sorted(matrix.emphasis(row, column, 7).items()))
    models = asked["models"]
    stored = {catalog.key(models[0]): models[0]["files"] + 1, catalog.key(models[1]): models[1]["files"]}
    for number, (used, on_its_way, asking) in enumerate((("mini", None, None), ("?", "b", None), (None, "?", "b"))):
        drawn[f"models {number}"] = catalog.cards(models, used, on_its_way, asking, stored, words)
        held = {"rounding": 0.0081, "unused": ["<i>.json"]} if used == "?" else None
        drawn[f"own {number}"] = catalog.own(held, on_its_way == "?", words)
    drawn["own unrounded"] = catalog.own({"rounding": 0.0, "unused": []}, False, words)
    for names in FILES:
        drawn["missing " + " ".join(names)] = escape(own_files.missing(names, words))
    drawn["about"] = about.part(asked["about"], False, words)
    padded = {"rounding": 0.0, "without_token": 47, "first_without": 50257}
    drawn["about own"] = about.part(dict(asked["about"], **padded), False, words)
    drawn["about less"] = about.part(dict(asked["about"], attention=[], mlp=[], device_memory=None), True, words)
    rate = coming.Rate()
    for number in range(60):
        rate.add(100 * number, 120_000 * number)
        report = {"arrived": 120_000 * number, "total": 6_000_000 if number else 0, "parts": [1, 0.25 + number / 100]}
        drawn[f"coming {number}"] = escape(coming.sentence("<b>", report, rate.bytes_a_second, words))
        drawn[f"parts {number}"] = coming.cells(2, report["parts"], words)
    drawn["percent"] = " ".join([numbers.percent(x) + numbers.whole_percent(x) for x in asked["shares"]])
    drawn["signed"] = " ".join([numbers.signed(x) + numbers.brief(x, 300) for x in asked["numbers"]])
    drawn["grouped"] = " ".join([numbers.grouped(n) + numbers.megabytes(n) for n in (0, 7, 999, 8180, 124400000)])
    drawn["draws"] = " ".join([str(draws.uniform(seed, n)) for seed in (0, 1, 999_999) for n in range(5)])
    drawn["scales"] = " ".join([numbers.short(scales.temperature_at(position)) for position in range(141)])
    drawn["links"] = " ".join([links.write(links.read(fragment)) for fragment in FRAGMENTS])
    return drawn
