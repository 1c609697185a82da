"""What the page is told in words and lists: tokens, next tokens, search, and the answer forming."""

import copy
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.explain.logit_lens import logit_lens, says
from model.explain.next_token import next_tokens
from model.explain.prompt import read_prompt
from model.explain.to_csv import next_rows
from model.sampling import ranking
from model.session import Session
from model.tokenizer import vocabulary
from model.tokenizer.search import find_tokens
from model.tokenizer.tokenizer import START, Tokenizer
from tests.model.explain.pictures import assert_opacity, pixels

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "tokenizer.json").read_text(encoding="utf-8"))
IDS = np.random.default_rng(8).integers(0, 97, 64).tolist()


@pytest.fixture(scope="module")
def tokenizer():
    """It knows more tokens than the tiny model, whose ids are those of single characters."""
    return Tokenizer.from_json(GOLDEN["tokenizer"])


@pytest.fixture
def session(tiny):
    session = Session(tiny.weights, tiny.config)
    session.run(IDS)
    return session


def shares(scores):
    """Softmax in float64."""
    weights = np.exp(np.asarray(scores, np.float64) - np.max(scores))
    return weights / weights.sum()


@pytest.mark.parametrize(
    "text", ["a day.", " the\n\n  thing", "I’m 🙂👩‍👧 happy", "مرحبا", "a\0b", "\x80é", START + " so"], ids=ascii
)
def test_the_pieces_of_the_tokens_are_the_text(tokenizer, text):
    ids, answer = read_prompt(text, tokenizer, 1000)
    assert ids == tokenizer.encode(text) == [token["id"] for token in answer["tokens"]]
    assert "".join(token["text"] for token in answer["tokens"]) == text
    assert [token["shown"] for token in answer["tokens"]] == [tokenizer.display(i) for i in ids]
    assert (answer["count"], answer["left_out"], answer["left_out_text"], answer["empty"]) == (len(ids), 0, "", False)
    holder = [number for number, i in enumerate(ids) for _ in tokenizer.token_bytes(i)]  # of each byte
    pieces, first = [""] * len(ids), 0
    for character in text:
        pieces[holder[first]] += character
        first += len(character.encode())
    assert [token["text"] for token in answer["tokens"]] == pieces


def test_a_text_that_is_too_long_is_read_from_its_end(tokenizer):
    text = "one two 🙂 three four"
    every = tokenizer.encode(text)
    for limit in range(1, len(every) + 1):
        ids, answer = read_prompt(text, tokenizer, limit)
        assert ids == every[-limit:] and answer["count"] == len(every)
        assert answer["left_out"] == len(every) - limit and answer["n_positions"] == limit
        assert answer["left_out_text"] + "".join(token["text"] for token in answer["tokens"]) == text


def test_an_empty_text_is_read_as_a_documents_start(tokenizer):
    ids, answer = read_prompt("", tokenizer, 5)
    assert ids == tokenizer.encode(START) and len(ids) == 1
    assert answer["empty"] and answer["tokens"] == [{"id": ids[0], "shown": START, "text": ""}]


def with_changes(**parts):
    return Tokenizer.from_json(copy.deepcopy(GOLDEN["tokenizer"]) | parts)


def test_a_space_put_before_the_text_is_no_character_of_it():
    space = with_changes(pre_tokenizer=GOLDEN["tokenizer"]["pre_tokenizer"] | {"add_prefix_space": True})
    for text, first in (("the thing", "the"), (" the thing", " the"), ("🙂 so", "🙂"), ("é", "é"), ("\n\na", "\n")):
        _, answer = read_prompt(text, space, 1000)
        pieces = [token["text"] for token in answer["tokens"]]
        assert answer["tokens"][0]["shown"].startswith(" ") and "".join(pieces) == text
        assert next(filter(None, pieces)) == first, pieces


def test_a_templates_tokens_are_listed_and_hold_nothing_of_the_text(tokenizer):
    mark = tokenizer.encode(START)[0]
    around = with_changes(post_processor={"type": "BertProcessing", "cls": ["x", mark], "sep": ["y", 7]})
    text = "one two"
    inside = tokenizer.encode(text)
    ids, answer = read_prompt(text, around, 1000, [5])
    assert ids == [mark, *inside, 7, 5] and answer["count"] == len(ids)
    assert [token.get("note") for token in answer["tokens"]] == ["template", *[None] * len(inside), "template", None]
    texts = [token["text"] for token in answer["tokens"]]
    assert texts[0] == texts[-2] == "" and "".join(texts) == text + answer["appended_text"]
    for limit in range(1, len(ids) + 1):
        cut, answer = read_prompt(text, around, limit, [5])
        assert cut == ids[-limit:]
        assert [token.get("note") for token in answer["tokens"]].count("template") == sum(i in (mark, 7) for i in cut)
    ids, answer = read_prompt("", around, 1000)
    assert ids == [mark, 7] and answer["empty"] and not answer["stands_in"]
    assert [token["note"] for token in answer["tokens"]] == ["template", "template"]


def test_a_vocabulary_without_a_start_says_that_another_token_stands_in():
    plain = with_changes(added_tokens=[])
    ids, answer = read_prompt("", plain, 5)
    assert ids == [0] and answer["empty"] and answer["stands_in"]
    assert answer["tokens"] == [{"id": 0, "shown": plain.display(0), "text": ""}]
    for text, appended in (("a", []), ("", [3])):
        assert not read_prompt(text, plain, 5, appended)[1]["stands_in"]


@pytest.fixture
def padded(tiny):
    """The tiny model with seven rows more than the tokenizer, of single bytes, has tokens."""
    config = replace(tiny.config, vocab_size=263)
    session = Session(tiny.weights | {"wte.weight": np.resize(tiny.flat["wte.weight"], (263, 32))}, config)
    session.run([32, 5])
    vocab = [*GOLDEN["tokenizer"]["model"]["vocab"]][:256]
    model = {"vocab": {character: i for i, character in enumerate(vocab)}, "merges": []}
    file = copy.deepcopy(GOLDEN["tokenizer"]) | {"added_tokens": [], "model": model}
    return session, vocabulary.read(json.dumps(file), config)


def test_an_id_without_a_token_is_no_text(padded):
    session, tokenizer = padded
    answer = ask(session, tokenizer, 1, count=263)
    own = shares(session.final.logits[0])
    assert len(answer["candidates"]) == 263 and sum(one["model"] for one in answer["candidates"]) == pytest.approx(1)
    for one in answer["candidates"]:
        assert one["shown"] == (f"⟨#{one['id']}⟩" if one["id"] >= 256 else tokenizer.display(one["id"]))
        assert one["model"] == pytest.approx(own[one["id"]], rel=1e-4)
    order = ranking(session.final.logits[0]).tolist()
    assert [order[rank] for rank in find_tokens("#259", order, tokenizer)] == [259]
    assert all(order[rank] < 256 for query in ("2", "⟨", "#") for rank in find_tokens(query, order, tokenizer))
    ids, answer = read_prompt("A", tokenizer, 9, [260, 32])
    assert ids == [32, 260, 32] and answer["appended_text"] == "A"
    assert answer["tokens"][1] == {"id": 260, "shown": "⟨#260⟩", "text": "", "note": "no_token"}
    every = next_rows(session, tokenizer, np.array(order), own.astype(np.float32))
    assert len(every.strip().splitlines()) == 264 and "⟨#262⟩" in every


def test_the_token_that_begins_a_text_is_the_configurations(tiny):
    """If it is an added token; else GPT-2's own, else the one that ends a text, else none."""
    tokens = [{"id": 1500 + i, "content": content} for i, content in enumerate(("<s>", "</s>"))]
    end = {"id": GOLDEN["tokenizer"]["model"]["vocab"][START], "content": START}
    for added, bos, eos, start in (
        ([*tokens, end], 1500, 1501, 1500),
        ([*tokens, end], 7, 1501, end["id"]),  # 7 is a word like any other
        (tokens, 50_256, 1501, 1501),
        (tokens, None, None, None),
    ):
        file = copy.deepcopy(GOLDEN["tokenizer"]) | {"added_tokens": added}
        config = replace(tiny.config, vocab_size=1600, bos_token_id=bos, eos_token_id=eos)
        tokenizer = vocabulary.read(json.dumps(file), config)
        assert (tokenizer.start, tokenizer.has_start) == ([start or 0], start is not None)


def test_the_lens_applies_the_models_end_after_every_block(tiny, session, tokenizer):
    depths = list(logit_lens(session, tokenizer))
    assert len(depths) == tiny.config.n_layer + 1
    blocks = [session.block(number) for number in range(session.config.n_layer)]
    stream = [session.stream(0), *(block.resid_post for block in blocks)]
    w = {name: tiny.flat[name].astype(np.float64) for name in ("ln_f.weight", "ln_f.bias", "wte.weight")}

    def assert_said(words, last):
        last = last.astype(np.float64)
        normal = (last - last.mean()) / math.sqrt(last.var() + 1e-5) * w["ln_f.weight"] + w["ln_f.bias"]
        expected = shares(w["wte.weight"] @ normal)
        assert [one["id"] for one in words] == np.argsort(-expected, kind="stable")[: len(words)].tolist()
        for one in words:
            assert one["probability"] == pytest.approx(expected[one["id"]], rel=1e-4)
            assert one["shown"] == tokenizer.display(one["id"])

    for depth, x in zip(depths, stream, strict=True):
        assert len(depth["best"]) == 5
        assert_said(depth["best"], x[-1])
    assert "picture" not in depths[0] and "mid" not in depths[0]
    for depth, block in zip(depths[1:], blocks, strict=True):
        assert_said([depth["mid"]], block.resid_mid[-1])
        assert_opacity(pixels(depth["picture"]), sum(block.pattern[h, -48:, -48:] for h in range(4)) / 4)
    for number, block in enumerate(blocks):
        for row in (0, 20, 63):
            found = says(session, tokenizer, number, row)
            assert set(found) == {"resid_pre", "resid_mid", "resid_post"}
            for name, word in found.items():
                assert_said([word], getattr(block, name)[row])


def test_the_lens_ends_in_the_real_prediction(session, tokenizer):
    own = shares(session.final.logits[0])
    order = ranking(session.final.logits[0])
    best = list(logit_lens(session, tokenizer))[-1]["best"]
    assert [one["id"] for one in best] == order[:5].tolist()
    np.testing.assert_allclose([one["probability"] for one in best], own[order[:5]], rtol=1e-4)


def ask(session, tokenizer, temperature, top_k=None, top_p=None, u=0.5, count=97, query=""):
    order = ranking(session.final.logits[0])
    settings = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "u": u}
    answer = next_tokens(session.final.logits[0], tokenizer, order, count, settings, query)
    assert {name: answer[name] for name in settings} == settings
    return answer


@pytest.mark.parametrize("temperature", (0.3, 1, 1.7))
@pytest.mark.parametrize("top_k", (None, 1, 5, 40, 97, 200))
@pytest.mark.parametrize("top_p", (None, 0.2, 0.9, 1))
def test_the_arithmetic_shown_gives_the_probability(session, tokenizer, temperature, top_k, top_p):
    logits = session.final.logits[0].astype(np.float64)
    by_rank = sorted(range(97), key=lambda i: -logits[i])
    weights = [math.exp((logits[i] - logits[by_rank[0]]) / temperature) for i in by_rank]
    rules = ["top-k" if top_k and rank >= top_k else None for rank in range(97)]  # no two logits are equal here
    within = sum(w for w, rule in zip(weights, rules, strict=True) if not rule)
    if top_p is not None and top_p < 1:
        for rank in range(97):
            if not rules[rank] and sum(weights[:rank]) / within >= top_p:
                rules[rank] = "top-p"
    total = sum(w for w, rule in zip(weights, rules, strict=True) if not rule)
    answer = ask(session, tokenizer, temperature, top_k, top_p)
    assert answer["total"] == pytest.approx(total, rel=1e-4)
    assert answer["largest"] == pytest.approx(logits.max())
    rows = answer["candidates"]
    assert [(row["id"], row["rank"]) for row in rows] == [(i, rank + 1) for rank, i in enumerate(by_rank)]
    assert [row["cut"] for row in rows] == rules
    own = shares(logits)
    for row, weight in zip(rows, weights, strict=True):
        assert row["shown"] == tokenizer.display(row["id"])
        assert row["logit"] == logits[row["id"]] and row["model"] == pytest.approx(own[row["id"]], rel=1e-4)
        assert row["weight"] == pytest.approx(weight, rel=1e-4)
        kept = row["weight"] / answer["total"]
        assert row["sampled"] == pytest.approx(0 if row["cut"] else kept, rel=1e-4)


@pytest.mark.parametrize("count", (0, 1, 12, 97, 500))
def test_listed_and_not_listed_add_up_to_one(session, tokenizer, count):
    for settings in ((0,), (0.7,), (1, 20), (1.4, None, 0.8), (2, 30, 0.5)):
        answer = ask(session, tokenizer, *settings, count=count)
        rows, outside = answer["candidates"], answer["outside"]
        assert len(rows) == min(count, 97) and outside["count"] == 97 - len(rows)
        for kind in ("model", "sampled"):
            assert math.fsum(row[kind] for row in rows) + outside[kind] == pytest.approx(1, abs=1e-5)


def test_the_drawn_token_is_where_u_falls_among_the_ranked_shares(session, tokenizer):
    for settings in ((0,), (1,), (0.6, 10), (1.5, None, 0.7)):
        seen = set()
        for u in np.linspace(0, 0.999, 50).tolist():
            answer = ask(session, tokenizer, *settings, u=u)
            assert ask(session, tokenizer, *settings, u=u, count=1)["drawn"] == answer["drawn"], "listed or not"
            reached, rows = 0, answer["candidates"]
            while reached + rows[0]["sampled"] <= u:
                reached += rows[0]["sampled"]
                rows = rows[1:]
            expected = {name: rows[0][name] for name in ("id", "rank", "shown", "model", "sampled")}
            assert answer["drawn"] == expected and rows[0]["cut"] is None
            seen.add(rows[0]["id"])
        assert (len(seen) == 1) == (settings == (0,))


def test_temperature_zero_takes_the_likeliest_without_arithmetic(session, tokenizer):
    answer = ask(session, tokenizer, 0, 5, 0.5)
    assert answer["total"] is None
    assert [row["sampled"] for row in answer["candidates"]] == [1] + [0] * 96
    assert {(row["weight"], row["cut"]) for row in answer["candidates"]} == {(None, None)}


def test_a_weight_too_small_for_a_float_is_not_called_cut(session, tokenizer):
    """No rule is at work: the exponential alone became zero."""
    rows = ask(session, tokenizer, 0.001)["candidates"]
    assert rows[-1]["sampled"] == 0 and rows[-1]["weight"] == 0
    assert {row["cut"] for row in rows} == {None}
    assert {row["cut"] for row in ask(session, tokenizer, 0.001, 50)["candidates"]} == {None, "top-k"}


@pytest.mark.parametrize("query", ["e", "#7", "⟨", "no such token", "#96"])
def test_a_search_lists_what_it_finds_and_sums_the_rest(session, tokenizer, query):
    whole = ask(session, tokenizer, 0.9, 60, 0.95)
    answer = ask(session, tokenizer, 0.9, 60, 0.95, query=query)
    ranks = find_tokens(query, ranking(session.final.logits[0]).tolist(), tokenizer)
    assert bool(ranks) == (query != "no such token")
    assert answer["candidates"] == [whole["candidates"][rank] for rank in ranks]
    assert [answer[name] for name in ("total", "largest", "drawn")] == [
        whole[name] for name in ("total", "largest", "drawn")
    ]
    assert answer["outside"]["count"] == 97 - len(ranks)
    for kind in ("model", "sampled"):
        listed = math.fsum(row[kind] for row in answer["candidates"])
        assert listed + answer["outside"][kind] == pytest.approx(1, abs=1e-5)


@pytest.fixture(scope="module")
def ranks():
    """Every token of the tokenizer, in an order of no meaning."""
    return np.random.default_rng(4).permutation(len(GOLDEN["tokenizer"]["model"]["vocab"])).tolist()


@pytest.mark.parametrize("query", ["the", " the", "THE", "q", "in", " ", "é", "↵", "1", "#", "⟨e2"])
def test_found_tokens_hold_the_query_and_the_best_come_first(tokenizer, ranks, query):
    texts = [tokenizer.display(i).lower() for i in ranks]
    holding = [rank for rank, text in enumerate(texts) if query.lower() in text]
    found = find_tokens(query, ranks, tokenizer)
    assert len(found) == len(set(found)) == min(30, len(holding)) and set(found) <= set(holding)
    word = query.lower().strip()
    exact = [rank for rank in holding if texts[rank].strip() == word]
    starting = [rank for rank in holding if texts[rank].strip().startswith(word) and rank not in exact]
    inside = [rank for rank in holding if rank not in exact and rank not in starting]
    assert found == (exact + starting + inside)[:30]


def test_a_number_finds_an_id(tokenizer, ranks):
    for i in (0, 7, 1499):
        assert find_tokens(f"#{i}", ranks, tokenizer) == [ranks.index(i)]
    assert find_tokens("", ranks, tokenizer) == []
    for query in ("#1500", "#²", "#-1", "#" + "9" * 5000):  # a superscript is a digit, but no number
        assert find_tokens(query, ranks, tokenizer) == []
