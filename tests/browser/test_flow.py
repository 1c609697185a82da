"""The picture is true: values read back from the page equal CPython's run of the same weights."""

import random
from itertools import pairwise

import numpy as np
import pytest

from build.site.recorded import explain
from model.gpt2 import softmax, unchanged, unembed
from model.sampling import ranking
from page.text.numbers import grouped, nearest_percent, percent
from tests.browser.reading import close, number, numbers

PIXELS = """async image => {
    const picture = new Image();
    picture.src = image.getAttribute("href");
    await picture.decode();
    const canvas = new OffscreenCanvas(picture.naturalWidth, picture.naturalHeight);
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    return [picture.naturalHeight, picture.naturalWidth,
            Array.from(context.getImageData(0, 0, canvas.width, canvas.height).data).filter((_, i) => i % 4 === 3)];
}"""


class Case:
    """A text of random words, a block and a head, on the page and in CPython."""

    def __init__(self, live, reference, drawn: random.Random) -> None:
        self.session, self.tokenizer = reference
        config = self.session.config
        ids = [drawn.randrange(config.vocab_size - 1) for _ in range(9)]
        text = "".join(c for c in self.tokenizer.decode(ids) if (c.isalpha() and c.isascii()) or c == " ")[:40] or "so"
        self.block, self.head = drawn.randrange(config.n_layer), drawn.randrange(config.n_head)
        live.page.mouse.move(0, 0)
        live.slide(drawn.choice([0.5, 1, 1.7]))
        live.type(text)
        live.go(self.block + 1, self.head + 1)
        explain(text, 1, self.session, self.tokenizer)
        self.count = len(self.session.ids)
        self.trace = self.session.block(self.block)
        assert live.tokens() == self.session.ids, text

    def cell(self, drawn: random.Random) -> tuple[int, int]:
        """A row and a column it may listen to."""
        row = drawn.randrange(self.count)
        return row, drawn.randrange(row + 1)


@pytest.fixture(scope="module")
def drawn():
    """Anew in each run, so that nothing can be prepared; the seed is printed for a failure to be repeated."""
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    return random.Random(seed)


@pytest.fixture(autouse=True)
def closed_again(live):
    """A test that failed with a part open must not take the next ones with it."""
    yield
    live.close()


@pytest.fixture(scope="module")
def case(live, reference, drawn):
    return Case(live, reference, drawn)


def alphas(live, selector):
    height, width, values = live.page.eval_on_selector(selector, PIXELS)
    return np.array(values).reshape(height, width)


def box_of(element):
    """Where it is on the screen, once it is there and stands still; what lies below the edge no mouse can reach."""
    element.evaluate("one => one.scrollIntoView({block: 'center'})")
    element.scroll_into_view_if_needed()  # waits until nothing moves it
    return element.bounding_box()


def arrows(live, selector, keys):
    live.page.focus(selector)
    for key, times in keys:
        for _ in range(times):
            live.page.keyboard.press(key)


def test_pattern_cells(live, case, drawn):
    pattern = case.trace.pattern[case.head]
    assert np.abs(alphas(live, "#pattern image") - 255 * pattern).max() <= 1
    row, column = case.cell(drawn)
    box = box_of(live.page.locator("#pattern image"))
    size = box["width"] / case.count, box["height"] / case.count
    place = box["x"] + (column + 0.5) * size[0], box["y"] + (row + 0.5) * size[1]
    text = live.read(lambda: live.page.mouse.move(*place))
    shown = text[text.index(" gives ") + 7 : text.index(" of its attention")]
    assert close(shown, 100 * pattern[row, column]), text
    score, length = numbers(text[text.index(": score") :])[:2]
    assert score[0] == pytest.approx(case.trace.scores[case.head, row, column], abs=score[1] + 1e-3)
    assert length[0] == pytest.approx(np.linalg.norm(case.trace.v[column, case.head]), abs=length[1] + 1e-3)


def test_the_future_is_said_to_be_hidden(live, case):
    if case.count > 1:
        box = box_of(live.page.locator("#pattern image"))
        place = box["x"] + box["width"] - 3, box["y"] + 3
        assert "mask hides it" in live.read(lambda: live.page.mouse.move(*place))


STRIPS = {
    "embedded": lambda case: case.session.stream(0),
    "z": lambda case: case.trace.z[:, case.head],
    **{
        name: (lambda case, name=name: getattr(case.trace, name).reshape(case.count, -1))
        for name in ("resid_pre", "q", "k", "v", "attn_out", "resid_mid", "mlp_post", "resid_post")
    },
}


@pytest.mark.parametrize("name", STRIPS)
def test_strip_cells(live, case, drawn, name):
    """One cell by mouse, then its neighbour by arrow key: entries, mean, least and most; and the colours' strength."""
    values = STRIPS[name](case)
    selector = f'#flow [data-heatmap="{name}"]'
    alpha = alphas(live, f"{selector} image")[:, 0].reshape(case.count, -1)
    column = live.page.locator(selector)
    cells = int(column.locator(".stripes").get_attribute("viewBox").split()[3])
    top, height = (float(column.get_attribute(f"data-{side}")) for side in ("top", "height"))
    row, cell = drawn.randrange(case.count), drawn.randrange(1, cells - 1)  # focus has read the first already
    pitch = alpha.shape[1]
    gap = (pitch - cells) // 2
    edges = [i * values.shape[1] // cells for i in range(cells + 1)]
    means = np.array([values[:, a:b].mean(axis=1) for a, b in pairwise(edges)]).T
    strength = 255 * np.abs(means) / np.abs(means).max(axis=1, keepdims=True)
    assert np.abs(alpha[:, gap : gap + cells] - strength).max() <= 1.01
    column.focus()
    live.page.wait_for_function(
        "() => document.querySelector('#reading').textContent || !document.activeElement.matches(':focus-visible')"
    )
    box = box_of(column)
    y = box["y"] + (row + top + (cell + 0.5) / cells * height) * box["height"] / case.count
    for place, act in (
        (cell, lambda: live.page.mouse.move(box["x"] + box["width"] / 2, y)),
        (cell + 1, lambda: live.page.keyboard.press("ArrowDown")),
    ):
        live.page.mouse.move(0, 0)
        text = live.read(act)
        part = values[row, edges[place] : edges[place + 1]]
        shown = numbers(text[text.rindex(": entr") :])[:7]  # what is added there may follow
        assert [int(shown[i][0]) for i in range(3)] == [edges[place] + 1, edges[place + 1], values.shape[1]], text
        expected = [part.mean(), part.min(), part.max(), np.abs(means[row]).max()]
        for (value, half), exact in zip(shown[3:], map(float, expected), strict=True):
            assert value == pytest.approx(exact, abs=half + 1e-4 * max(1, abs(exact))), text
        column.focus()


def test_contributions_follow_attention_times_value_times_projection(live, case):
    """The value ribbons' relative thickness at the output, where each is drawn as thick as its share."""
    size = case.session.config.d_head
    projection = case.session.weights["h"][case.block]["attn.c_proj.weight"][:]  # (E, E)
    ours = projection[:, case.head * size : (case.head + 1) * size]  # (E, D)
    added = case.trace.pattern[case.head, -1, :, None] * case.trace.v[:, case.head] @ ours.T  # (T, E)
    contributions = np.linalg.norm(added, axis=-1)  # (T,)
    share = contributions / contributions.sum()
    paths = live.page.eval_on_selector_all(
        ".overlay .value", "all => all.map(one => [Number(one.dataset.row), one.getAttribute('d')])"
    )
    thick = np.zeros(case.count)
    for row, path in paths:
        there, back = path.split("L")  # along the upper edge, and from the lower edge's end
        thick[row] = float(back.split("C")[0].split()[1]) - float(there.split()[-1])
    assert np.abs(thick / thick.sum() - share).max() < 0.04
    live.page.locator("#threshold").fill("20")
    live.page.wait_for_function(
        "count => document.querySelectorAll('.overlay .value').length === count", arg=int((share >= 0.2).sum())
    )
    live.page.locator("#threshold").fill("0")


def test_table_of_a_strip_by_way_of_its_number(live, case):
    live.page.mouse.move(0, 0)
    live.page.locator('#flow [data-heatmap="v"] .calm.told').click()
    live.wait_open("number")
    live.page.click("#panel .as-table")
    live.wait_open("table")
    rows = live.page.eval_on_selector_all(
        "#panel tbody tr", "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent))"
    )
    values = case.trace.v.reshape(case.count, -1)
    cells = len(rows[0])
    edges = [i * values.shape[1] // cells for i in range(cells + 1)]
    for row, shown in zip(values, rows, strict=True):
        for i, text in enumerate(shown):
            assert close(text, row[edges[i] : edges[i + 1]].mean()), (i, text)
    live.page.keyboard.press("Escape")
    live.wait_open("number")
    live.close()


def test_opened_head(live, case, drawn):
    """The numbers in all three stages, and one cell worked out down to its products."""
    live.open("attention_head")
    q, k = case.trace.q[:, case.head], case.trace.k[:, case.head]
    scores = np.einsum("td,sd->ts", q, k)
    masked = case.trace.scores[case.head]
    pattern = case.trace.pattern[case.head]
    shown = {
        name: live.page.locator(f'#panel [data-matrix="{name}"] .value').all_text_contents()
        for name in ("scores", "masked", "pattern")
    }
    lower = np.tril_indices(case.count)
    written = (scores.ravel(), masked[lower], pattern[lower])
    for (name, texts), exact in zip(shown.items(), written, strict=True):
        room = 10 if name == "pattern" else 7  # tokens up to which every number is narrower than its cell
        if case.count <= room or texts:  # else one that is too wide leaves its step without numbers
            assert len(texts) == len(exact)
        for text, value in zip(texts, exact, strict=False):
            if name == "pattern":
                assert (0 < 100 * value < 0.501) if text == "<1" else close(text, 100 * value, 1e-3)
            else:
                assert close(text, value, 1e-3)
    row, column = case.cell(drawn)
    box = box_of(live.page.locator('#panel [data-matrix="scores"] image'))
    size = box["width"] / case.count
    live.page.mouse.move(box["x"] + (column + 0.5) * size, box["y"] + (row + 0.5) * size)
    expected = [scores[row, column], masked[row, column]]
    exponentials = np.exp(masked[row, : row + 1] - masked[row, : row + 1].max())
    expected += [exponentials[column], 100 * pattern[row, column]]
    live.page.wait_for_function(
        "share => document.querySelector('.result.strong b').textContent === share",
        arg=percent(float(pattern[row, column])),
    )
    results = live.page.locator(".result b").all_text_contents()
    assert all(close(text, exact, 1e-3) for text, exact in zip(results, expected, strict=True)), (results, expected)
    step = drawn.randrange(1, len(q[0]) + 1)
    live.page.locator("#scrub").fill(str(step))
    text = live.page.text_content("#step-text")
    products = q[row] * k[column]
    said = numbers(text)
    exact = [step, len(q[0]), q[row, step - 1], k[column, step - 1], products[step - 1], products[:step].sum()]
    for (value, half), true in zip(said, map(float, exact), strict=True):
        assert value == pytest.approx(true, abs=half + 1e-3), text
    live.close()


def test_probabilities_of_two_hundred_and_of_any_token(live, case, drawn):
    temperature = float(live.page.input_value("#temperature-number"))
    logits = case.session.final.logits[0].astype(np.float64)
    order, own, sampled = ranking(logits), softmax(logits), softmax(logits / temperature)
    live.open("probabilities")

    def rows():
        return live.page.eval_on_selector_all(
            "#probability-rows tbody tr",
            "rows => rows.map(row => [row.dataset.id,"
            " ...[...row.querySelectorAll('.number')].map(n => n.textContent)])",
        )

    def check(shown):
        i = int(shown[0])
        slack = 1e-4 / temperature
        rival = order[int(number(shown[1])[0]) - 1]  # two logits that differ by float32's noise alone may change places
        assert rival == i or abs(logits[rival] - logits[i]) < 1e-4
        assert close(shown[2], logits[i])
        for text, exact in ((shown[3], 100 * sampled[i]), (shown[4], 100 * own[i])):
            value, half = number(text)
            assert abs(value - exact) <= half + slack * exact  # rounding and noise may both happen at once

    listed = rows()
    assert [number(row[1])[0] for row in listed] == list(range(1, 201))
    assert len({row[0] for row in listed}) == 200
    for row in listed:
        check(row)
    wanted = drawn.randrange(case.session.config.vocab_size - 1)
    live.page.fill("#search", f"#{wanted}")
    live.page.wait_for_selector(f'#probability-rows tr[data-number="0"][data-id="{wanted}"]')
    check(rows()[0])
    lines = live.page.locator("#probability-work dd b").all_text_contents()
    weight = np.exp((logits[wanted] - logits.max()) / temperature)
    exact = [logits[wanted], logits[wanted] / temperature, weight, 100 * sampled[wanted]]
    for text, true in zip([lines[0], lines[1], lines[3], lines[4]], exact, strict=True):
        value, half = number(text)
        assert value == pytest.approx(true, abs=half + 1e-4, rel=1e-3)
    live.close()


def test_the_drawn_token_is_marked(live, case):
    temperature = float(live.page.input_value("#temperature-number"))
    logits = case.session.final.logits[0].astype(np.float64)
    order, sampled = ranking(logits), softmax(logits / temperature)
    u = float(live.page.get_attribute("#candidates table", "data-u"))
    token = int(order[np.searchsorted(np.cumsum(sampled[order]), u)])
    rank = order.tolist().index(token) + 1
    marked = live.page.locator("#candidates tr.drawn")
    assert marked.get_attribute("data-id") == str(token)
    beyond = live.page.locator("#candidates tfoot .gap").all_text_contents()
    assert beyond == ([] if rank <= 12 else [f"… rank {grouped(rank)}"])


def test_the_answer_forming(live, case):
    session = case.session
    stream = np.stack([session.stream(depth)[-1] for depth in range(session.config.n_layer + 1)])
    probabilities = softmax(unembed(stream, session.weights, session.config, unchanged))
    guesses = live.page.locator("#logit-lens .end .guess").all_text_contents()
    shares = live.page.locator("#logit-lens .end .guess-probability").all_text_contents()
    for p, guess, share in zip(probabilities, guesses, shares, strict=True):
        assert guess.replace("␣", " ") == case.tokenizer.display(int(p.argmax()))
        assert share == nearest_percent(float(p.max()))
    live.open("logit_lens")
    table = live.page.eval_on_selector_all(
        "#panel tbody tr",
        "rows => rows.map(row => [...row.querySelectorAll('.guess-probability')].map(x => x.textContent))",
    )
    for p, row in zip(probabilities, table, strict=True):
        assert all(close(text, 100 * exact, 1e-3) for text, exact in zip(row, np.sort(p)[::-1][:5], strict=True))
    live.close()


def test_all_heads(live, case):
    live.open("all_heads")
    heads = live.page.locator("#panel .head")
    config = case.session.config
    assert heads.count() == config.n_layer * config.n_head
    block, head = config.n_layer - 1, config.n_head - 1
    most = int(case.session.block(block).pattern[head, -1].argmax())
    last = live.page.locator(f'#panel .head[data-block="{block}"][data-head="{head}"]')
    live.page.mouse.move(0, 0)
    last.focus()
    live.page.wait_for_function(
        "said => document.querySelector('#head-caption').textContent.endsWith(said)", arg=f"token {most + 1}."
    )
    last.click()
    live.page.wait_for_selector(f'#figure[data-view^="{block} {head} "]')
    assert np.abs(alphas(live, "#pattern image") - 255 * case.session.block(block).pattern[head]).max() <= 1
    live.close()
    live.go(case.block + 1, case.head + 1)
