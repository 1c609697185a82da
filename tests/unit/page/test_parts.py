"""The parts that open: what they list and work out is what the worker said, and no token becomes markup."""

import math
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.site.languages import codes, every_text
from page.figure import prompt_tokens
from page.models import catalog, user_files
from page.next_token import candidates
from page.panels.parts import embedding, probabilities, run
from page.panels.parts.table import heatmap_table, square_table
from page.panels.score import lines, mark_at, results, root, step_text
from page.text.markup import visible
from page.text.names import clipped
from page.text.numbers import grouped, megabytes, percent, signed
from page.text.words import Words
from tests.browser.reading import close
from tests.unit.page.answers import SETTINGS, answers
from tests.unit.page.drawings import FILES, drawings

WORDS = Words("en", every_text)
VOID = {"br", "img", "input"}
HOSTILE = ("<img src=x onerror=alert(1)>", '"><script>', "<!--", "</p></svg>", "' onload='x", "&lt;b&gt;", "{0}{x}")


class Reader(HTMLParser):
    """Reads HTML as a browser would, and refuses what does not nest."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.open, self.texts = [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, sorted(name for name, _ in attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, sorted(name for name, _ in attributes)))

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, data):
        raise AssertionError(f"a declaration: {data}")


def replaced(value, token):
    """An answer in which every token's text is `token`."""
    if isinstance(value, dict):
        return {
            k: token if k in ("shown", "most", "text") and type(v) is str else replaced(v, token)
            for k, v in value.items()
        }
    return [replaced(one, token) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("token", HOSTILE)
@pytest.mark.parametrize("language", codes())
def test_no_token_becomes_markup(token, language):
    """Every drawing has the very elements and attribute names that it has for a harmless token of the same length."""
    words = Words(language, every_text)
    harmless, hostile = (drawings(replaced(answers(), text), words) for text in ("a" * len(token), token))
    read, forms = 0, {clipped(token, room) for room in (9, 12, 16, 20, 99)}
    for name, html in hostile.items():
        if not name.startswith("step "):  # those are plain text
            found, expected = Reader(html), Reader(harmless[name])
            assert found.elements == expected.elements, name
            text = "".join(found.texts).replace("␣", " ")
            read += any(form in text for form in forms)
    assert read > 100


def plain_texts(pattern, html):
    """The plain text of every match."""
    return [unescape(re.sub("<.*?>", "", found)) for found in re.findall(pattern, html, re.DOTALL)]


# The next-token probabilities


def work_lines(following, number):
    html = probabilities.arithmetic(following, number, WORDS)
    return dict(
        zip(plain_texts("<dt>(.*?)</dt>", html), plain_texts('<b translate="no">(.*?)</b>', html), strict=True)
    ), plain_texts('<span dir="auto">(.*?)</span>', html)


def test_the_arithmetic_of_a_token_can_be_followed():
    for following in answers()["following"]:
        temperature = following["temperature"]
        for number, row in enumerate(following["candidates"]):
            lines, whys = work_lines(following, number)
            values = list(lines.values())
            assert values[0] == signed(row["logit"])
            if temperature == 0:
                assert values[1:] == [percent(row["sampled"])] and (
                    "is always" in probabilities.arithmetic(following, number, WORDS)
                ) == (row["rank"] == 1)
            elif row["cut"]:
                assert values[1:] == [signed(row["logit"] / temperature), "0"] and row["sampled"] == 0
                limit = {"top-k": str(following["top_k"]), "top-p": str(following["top_p"])}[row["cut"]]
                assert limit in whys[-1]
            else:
                exponent = (row["logit"] - following["largest"]) / temperature
                assert close(values[1], row["logit"] / temperature) and values[2] == "✓"
                assert close(values[3], math.exp(exponent)) and close(
                    values[4], 100 * math.exp(exponent) / following["total"]
                )
                assert whys[-1] == signed(row["weight"]) + " ÷ " + signed(following["total"])


def test_the_settings_of_the_answers_show_every_case():
    cases = {
        (row["cut"], following["temperature"] == 0)
        for following in answers()["following"]
        for row in following["candidates"]
    }
    assert cases == {(None, True), (None, False), ("top-k", False), ("top-p", False)}
    assert len(answers()["following"]) == len(SETTINGS)


def test_the_long_list_marks_the_drawn_token_and_says_when_there_is_none():
    for following in answers()["following"]:
        html, rows = probabilities.ranking(following, WORDS), following["candidates"]
        if not rows:
            assert plain_texts("<p.*?</p>", html) == [WORDS.say("probabilities.none")]
            continue
        found = re.findall(r'<tr data-number="(\d+)" data-id="(\d+)"( class="drawn")?>', html)
        drawn = following["drawn"]["id"]
        expected = [(str(i), str(row["id"]), ' class="drawn"' * (row["id"] == drawn)) for i, row in enumerate(rows)]
        assert found == expected
        numbers = plain_texts(r'<td class="number.*?</td>', html)
        shown = [(grouped(r["rank"]), signed(r["logit"]), percent(r["sampled"]), percent(r["model"])) for r in rows]
        assert numbers == [text for row in shown for text in row]
        bars = [float(width) for width in re.findall(r'class="(?:sampled|model)"[^>]* width="(.*?)%"', html)]
        ratio = [row[kind] for row in rows for kind in ("sampled", "model")]
        assert max(bars) <= 100 and bars == pytest.approx([x * max(bars) / max(ratio) for x in ratio], abs=0.01)
        rest = following["outside"]
        assert all(percent(rest[kind]) in candidates.outside(following, WORDS) for kind in ("sampled", "model"))


# One score


@given(st.integers(1, 128), st.data())
def test_a_step_reveals_its_product_and_those_before(size, data):
    step = data.draw(st.integers(0, size))
    width, mark = mark_at(step, size)
    score = {"d_head": size, "q": [1] * size, "k": [1] * size, "products": [1] * size, "sums": list(range(1, size + 1))}
    html = lines(score, {}, WORDS).split('clip-path="url(#reveal)"')[1]
    bars = [tuple(map(float, at)) for at in re.findall(r'<rect class="more" x="(\S+)" y="\S+" width="(\S+)"', html)]
    assert len(bars) == size
    assert sum(x + wide <= width + 0.02 for x, wide in bars) == step == sum(x < width - 0.02 for x, _ in bars)
    if step:
        left, _, right = (float(n) for n in re.fullmatch(r"M(\S+) (\S+)h(\S+)v120h-\3z", mark).groups())
        x, wide = bars[step - 1]
        assert left <= x + 0.06 and x + wide <= left + right + 0.06
    else:
        assert mark == ""


def test_each_step_tells_its_numbers():
    for score in answers()["scores"]:
        assert step_text(0, score, WORDS) == WORDS.say("player.start")
        for step in range(1, score["d_head"] + 1):
            q, k, product, total = (signed(score[name][step - 1]) for name in ("q", "k", "products", "sums"))
            assert step_text(step, score, WORDS) == f"{step} of 64: {q} × {k} = {product}; sum {total}"


def test_the_results_go_from_the_sum_to_the_share():
    names = {"asking": "A", "answering": "B"}
    for score in answers()["scores"]:
        values = plain_texts('<b translate="no">(.*?)</b>', results(score, names, WORDS))
        assert close(values[0], score["score"])
        if score["column"] > score["row"]:
            assert values[1:] == ["−∞", "0\u00a0%"] and "cannot hear" in results(score, names, WORDS)
        else:
            scaled = score["score"] / 8
            weight = math.exp(scaled - score["largest"])
            assert close(values[1], scaled) and close(values[2], weight, 1e-3)
            assert close(values[3], 100 * weight / score["total"], 1e-3)
    assert (root(64), root(32), root(1)) == ("8", "5.66", "1")


# Tables, embedding, heads


def test_tables_hold_every_number_under_its_heading():
    asked = answers()
    names = [token["shown"] for token in asked["short"][1]["tokens"]]
    shown = [unescape(re.sub("<.*?>", "", visible(name))) for name in names]
    for name, table in asked["heatmap_tables"].items():
        html = heatmap_table(table, names, name)
        heads_ = ["–".join(dict.fromkeys(map(str, pair))) for pair in table["entries"]]
        assert plain_texts('<th scope="col">(.*?)</th>', html) == heads_
        assert heads_[-1].endswith({"token": "256", "mlp_post": "1024", "head_q": "64"}[name])
        assert plain_texts('<th scope="row">(.*?)</th>', html) == shown
        assert plain_texts("<td>(.*?)</td>", html)[1:] == [signed(x) for row in table["rows"] for x in row]
    single = heatmap_table({"entries": [[1, 1], [2, 3]], "rows": [[0.5, 0]]}, ["a"], "z")
    assert plain_texts('<th scope="col">(.*?)</th>', single) == ["1", "2–3"]
    for name, write in (("scores", signed), ("masked", signed), ("pattern", percent)):
        rows = asked["square_tables"][name]["rows"]
        html = square_table(rows, names, name, name == "pattern")
        assert plain_texts('<th scope="col">(.*?)</th>', html) == shown
        for i, row in enumerate(re.findall("<tr>(.*?)</tr>", html)[1:]):
            blank = 0 if name == "scores" else len(names) - 1 - i
            assert plain_texts("<td>(.*?)</td>", row) == [write(x) for x in rows[i]] + [""] * blank
            assert len(rows[i]) + blank == len(names)


@pytest.mark.parametrize(
    ("pieces", "parts"),
    [
        (["un", "happ", "ily", " he"], "111."),
        ([" the", " cat", "."], "..."),
        (["don", "'t"], ".."),
        (["19", "84", " a", "1"], "1111"),
        ([" caf", "é", "s"], "111"),
        ([" 🙂", "", " a"], "11."),
        (["a", "🙂", "b"], "..."),
        (["醒", "", "世"], "111"),
        (["ab", "\n", "cd"], "..."),
        (["said", "…", "”", " she"], "...."),
        (["now", "—", "then"], "..."),
        (["你", "好", "，", "世界"], "11.."),
        ([" one"], "."),
    ],
)
def test_a_piece_is_part_of_a_longer_word(pieces, parts):
    answer = {"tokens": [{"text": piece} for piece in pieces]}
    found = "".join(".1"[prompt_tokens.is_piece(answer, position)] for position in range(len(pieces)))
    assert found == parts


def test_what_is_no_text_is_no_part_of_a_word():
    pieces = [("", "template"), ("car", ""), ("pet", ""), ("", "no_token"), ("s", ""), ("", "template")]
    answer = {"tokens": [{"text": text, **({"note": note} if note else {})} for text, note in pieces]}
    assert "".join(".1"[prompt_tokens.is_piece(answer, position)] for position in range(6)) == ".11..."
    shown = [{"id": i, "shown": "x"} | token for i, token in enumerate(answer["tokens"])]
    html = embedding.rows({"tokens": shown}, answers()["short"][0]["view"] | {"first": 0}, WORDS)
    notes = plain_texts('<span class="note">(.*?)</span>', html)
    assert notes == [
        WORDS.say("embedding." + name) if name else ""
        for name in ("template", "piece", "piece", "no_token", "", "template")
    ]


def test_what_is_lacking_in_a_choice_of_files_is_said_and_what_was_chosen():
    expected = ("no_weights", "many_weights", "no_tokenizer", "no_config", "twice", None)
    for names, key in zip(FILES, expected, strict=True):
        said = user_files.missing(names, WORDS)
        missing = key and WORDS.say("user_checkpoint." + key, file="config.json")
        assert said == (f"{missing} Chosen: {', '.join(names)}." if key else "")


@pytest.mark.parametrize(
    ("names", "places"),
    [
        (["model.safetensors", "tokenizer.json", "config.json"], [0, 1, 2]),
        (["weights", "config (1).json", "tokenizer(12).json", "model (2).safetensors"], [3, 2, 1, 0]),
        (["Config.JSON", "gpt2.SafeTensors", "README.md", "tokenizer-2.json", "vocab.json"], [1, 3, 0, 2, 4]),
    ],
)
def test_files_are_known_by_their_names_as_published(names, places):
    assert user_files.missing(names, WORDS) == "" and user_files.in_order(names) == places


def test_a_readers_own_model_says_what_rounding_did_and_which_files_are_not_used():
    html = {
        share: catalog.user_checkpoint({"rounding": share, "unused": ["a.md", "<b>"]}, False, WORDS)
        for share in (0.0, 0.0081)
    }
    assert WORDS.say("user_checkpoint.exact") in html[0.0] and "Not used: a.md, &lt;b&gt;." in html[0.0]
    assert WORDS.say("user_checkpoint.rounded", share=percent(0.0081)) in html[0.0081]
    assert catalog.user_checkpoint({"rounding": 0.0, "unused": []}, False, WORDS).count("Not used") == 0


def test_about_this_run_says_how_a_readers_own_weights_are_held():
    asked = answers()["about"]
    for share, key in ((None, None), (0.0, "user_checkpoint.exact"), (0.0081, "user_checkpoint.rounded")):
        html = run.run_stats(asked | {"rounding": share}, False, WORDS)
        assert (key is None) == (WORDS.say("about.float32.own", size=megabytes(4 * asked["parameters"])) not in html)
        assert key is None or catalog.rounding(share, WORDS) in html
    padded = run.run_stats(asked | {"without_token": 47, "first_without": 50257}, False, WORDS)
    assert "47, shown as ⟨#50257⟩" in padded and "⟨#" not in run.run_stats(asked, False, WORDS)


def test_the_embedding_names_each_token_its_number_and_its_place():
    answer = answers()["short"][0]
    html = embedding.rows(answer, answer["view"], WORDS)
    tokens = answer["tokens"]
    lines = plain_texts(r"<li>(<span class=\"piece.*?)</li>", html)
    notes = [WORDS.say("embedding.piece") if prompt_tokens.is_piece(answer, i) else "" for i in range(len(tokens))]
    shown = [token["shown"].replace(" ", "␣") for token in tokens]
    ids = [grouped(token["id"]) for token in tokens]
    assert lines == [f"{text}→#{i}{note}" for text, i, note in zip(shown, ids, notes, strict=True)]
    assert any(notes) and not all(notes)
    places = plain_texts("<li>(position.*?)</li>", html)
    assert places == [f"position {i + 1}" for i in range(len(tokens))]
    assert re.findall('data-heatmap="(.*?)"', html) == ["token", "position", "embedded"]
