"""The tour's sentences against the model: every number in them is computed anew, for any text, by two models."""

import html
import random
import re
from types import SimpleNamespace

import numpy as np
import pytest

from build.paths import ROOT
from build.site import site
from build.site.languages import texts_of
from build.weights import quantize, random_checkpoint, tokenizer_files
from model.config import GPT2Config
from model.explain.logit_lens import logit_lens
from model.gpt2 import softmax
from model.session import Session
from model.what_if import logits_if
from model.worker.engine import Engine, finish
from model.worker.run import Runner
from page.lessons.tour.chapters import STEPS
from page.lessons.tour.step import common
from page.text.numbers import grouped, nearest_percent, signed
from page.text.words import Words

TEXTS = 20
SETTINGS = {"temperature": 0.8, "top_k": None, "top_p": None, "u": 0.5, "count": 12, "query": ""}
CONFIG = GPT2Config(vocab_size=512, n_positions=64, n_embd=32, n_layer=3, n_head=2)
ONE_WORD = ["The"]
WORDS = [
    "the",
    "girl",
    "was",
    "happy",
    "你好",
    "because",
    "3",
    "cats,",
    "Mr.",
    "Davis",
    "No!",
    "I",
    "<b>",
    "é",
    "🙂",
    "{a}",
]


@pytest.fixture(scope="module", params=["embedded", "random"])
def model(request, tmp_path_factory):
    if request.param == "embedded":
        return site.load_model(ROOT / "weights" / site.MODEL)
    folder = tmp_path_factory.mktemp("random")
    random_checkpoint.write(folder / "source", CONFIG, 1)
    tokenizer_files.write(folder / "source", CONFIG.vocab_size)
    quantize.quantize(folder / "source", folder / "model")
    return site.load_model(folder / "model")


def texts():
    """Of one word to 40, and the prompts' own."""
    luck = random.Random(22)
    return ONE_WORD + [" ".join(luck.choices(WORDS, k=luck.randint(1, 40))) for _ in range(TEXTS - 1)]


@pytest.fixture(scope="module")
def pages(model):
    """The page as a step sees it, for each text: a block, head and token by chance, and what matters most, searched."""
    session, tokenizer = model
    config, luck = session.config, random.Random(1)
    made = []
    for text in texts():
        engine = Engine(Runner(Session(session.weights, config), tokenizer, "float32"))
        place = (luck.randrange(config.n_layer), luck.randrange(config.n_head), -1)
        answer = finish(engine.predict(text, [], SETTINGS, *place))
        told = finish(engine.most_telling(answer["run"], answer["view"]["row"], SETTINGS["temperature"]))
        figure = SimpleNamespace(
            answer=answer,
            view=answer["view"],
            told=told,
            is_live=True,
            depths=list(logit_lens(engine.last.session, tokenizer)),
        )

        async def ask_of_run(name, *values, engine=engine):
            return engine.ask(engine.last.number, name, *values)

        page = SimpleNamespace(
            figure=figure,
            client=SimpleNamespace(ask_of_run=ask_of_run),
            state=SimpleNamespace(temperature=SETTINGS["temperature"], removed=()),
            words=words_of("en"),
        )
        ids = list(engine.last.session.ids)
        made.append((page, ids))
    return made


def words_of(language):
    words = Words(language, texts_of)
    words.add_lessons(language, texts_of(language, "lessons"))
    return words


def told(page, step, language="en"):
    """(what a step tells, its question, the answers): as plain text."""
    page.words = words_of(language)
    asked = finish(step.asked(page))
    values = {**common(page), **step.values(page, asked)}
    case = step.case(page, asked)
    key = f"tour.{step.name}" + (f".{case}" if case else "")
    options = step.options(page, asked)
    question = page.words.html(f"tour.{step.name}.ask", **values) if options else ""
    return plain(page.words.html(key, **values)), plain(question), [(plain(text), right) for text, right in options]


def plain(text):
    return html.unescape(re.sub("<[^>]+>", "", text)).replace("\u00a0", " ")


def step(name):
    return next(one for one in STEPS if one.name == name)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("one", STEPS, ids=lambda one: one.name)
def test_every_step_tells_something_of_every_text(pages, one, language):
    for page, _ in pages:
        text, question, options = told(page, one, language)
        assert re.search(r"\d|“", text) and not re.search(r"\{\w+\}", text + question)
        assert not options or sum(right for _, right in options) == 1
        assert len({answer for answer, _ in options}) == len(options), "answers can be told apart"
    assert one.name == "start" or page.words.say(f"tour.{one.name}.title")


def test_at_least_ten_steps_ask(pages):
    page, _ = pages[-1]
    assert sum(bool(told(page, one)[1]) for one in STEPS) >= 10


def test_the_numbers_are_the_models(pages, model):
    session, tokenizer = model
    config = session.config
    for page, ids in pages:
        session.run(ids)
        view = page.figure.view
        block, head, row = view["block"], view["head"], view["row"]
        trace = session.block(block)
        logits = session.final.logits[0].astype(float)
        model_shares, sampled = softmax(logits), softmax(logits / SETTINGS["temperature"])
        best = int(logits.argmax())
        name = tokenizer.display(best).strip() or tokenizer.display(best)

        text = told(page, step("start"))[0]
        assert f"pieces of words: {grouped(len(ids))}." in text and shown(sampled[best]) in text
        assert grouped(ids[row]) in told(page, step("tokens"))[0]
        lengths = told(page, step("stream"))[0]
        for array in (trace.resid_pre, trace.attn_out, trace.mlp_out, trace.resid_post):
            assert signed(float(np.linalg.norm(array[row].astype(float)))) in lengths
        share = trace.pattern[head, row]
        looked, _, answers = told(page, step("look"))
        if len(ids) > 1:
            assert shown(share.max()) in looked
            most = tokenizer.display(ids[int(share.argmax())]).strip()
            assert any(right and (most in answer or "…" in answer) for answer, right in answers)
        else:
            assert answers == [] and "is the first token" in looked
        column = int(share.argmax())
        score = float(trace.q[row, head].astype(float) @ trace.k[column, head]) / np.sqrt(config.n_embd / config.n_head)
        found = re.search(r"this gives (−?[\d.]+(?: · 10\S+)?)\.", told(page, step("score"))[0])
        assert float(found[1].replace("−", "-")) == pytest.approx(score, rel=0.01, abs=0.002)
        logits_said = told(page, step("logits"))[0]
        assert signed(logits[best]) in logits_said
        listed = np.sort(model_shares)[::-1][:12].sum()
        assert shown(listed) in logits_said and shown(1 - listed) in logits_said
        warm = told(page, step("temperature"))[0]
        assert shown(model_shares[best]) in warm and shown(softmax(logits / 2)[best]) in warm and name[:4] in warm
        assert f"computed {grouped(page.figure.answer['computed'])}." in told(page, step("write"))[0]
        assert grouped(config.n_layer * config.n_head) in told(page, step("heads"))[0]


def shown(share):
    return nearest_percent(float(share)).replace("\u00a0", " ")


def test_an_arrow_is_told_with_what_cutting_it_did(pages, model):
    session, _ = model
    kinds = set()
    for page, ids in pages:
        session.run(ids)
        measured, (text, _, answers) = page.figure.told, told(page, step("telling"))
        kinds.add(bool(measured["arrow"]))
        if not measured["arrow"]:
            assert answers == [] and ("None of the others alone" in text or len(ids) < 3)
            continue
        arrow = measured["arrow"]
        before = float(softmax(logits_if(session, [], arrow["row"]).astype(float) / 0.8)[measured["token"]["id"]])
        assert before == pytest.approx(arrow["before"], abs=1e-4)
        right = next(answer for answer, right in answers if right)
        change = arrow["after"] - arrow["before"]
        assert right == ("it stays about the same" if abs(change) < 0.005 else "it rises" if change > 0 else "it falls")
    assert kinds, "there were texts"


def test_the_answer_forms_after_the_block_that_is_said(pages):
    for page, _ in pages:
        best = [depth["best"][0]["id"] for depth in page.figure.depths]
        text, _, answers = told(page, step("forming"))
        settled = next(d for d in range(len(best)) if set(best[d:]) == {best[-1]})
        right = next(answer for answer, right in answers if right)
        assert right == (f"block {settled}" if settled else "at the very start")
        assert (f"After block {settled}." in text) == (settled > 1)


def test_what_the_worker_does_not_answer_yet_is_not_said(pages):
    page, _ = pages[0]
    live = SimpleNamespace(**{**vars(page.figure), "is_live": False, "told": None, "depths": [None, None]})
    waiting = SimpleNamespace(**{**vars(page), "figure": live})
    for one in STEPS:
        values = {**common(waiting), **one.values(waiting, None)}
        case = one.case(waiting, None)
        assert page.words.html(f"tour.{one.name}" + (f".{case}" if case else ""), **values)
