"""What moves: the pulse that ends at the next tokens, heads that slide, blocks that fold; and who wants none of it.

The browser's clock is slowed down, so that everything stands nearly still where a test puts it.
"""

import pytest

from page.figure.motion.pulse import STAGES

STILL = 0.001  # of the usual pace: a pulse would take longer than any test may
PACE = "one => (one.animationName || '').startsWith('pulse')"
PUT = f"at => document.getAnimations().filter({PACE}).forEach(one => {{ one.currentTime = at }})"
RUNS = f"() => document.getAnimations().filter({PACE}).length > 0"
CLOCK = "() => document.querySelector('#lights').getAnimations()[0]?.currentTime"
BEGINS = "name => parseFloat(getComputedStyle(document.body).getPropertyValue('--at-' + name))"
BARS = """() => [...document.querySelectorAll("#candidates tbody .pair")].flatMap(pair =>
    [...pair.querySelectorAll("rect.sampled, rect.model")].map(bar =>
        bar.getBoundingClientRect().width / pair.getBoundingClientRect().width))"""
DRAWN = """() => [...document.querySelectorAll("#candidates tbody :is(rect.sampled, rect.model)")].map(bar =>
    parseFloat(bar.getAttribute("width")) / 100)"""
NEEDLE = """() => {
    const strip = document.querySelector(".needle-strip").getBoundingClientRect()
    const needle = document.querySelector(".needle").getBoundingClientRect()
    return (needle.left + needle.width / 2 - strip.left) / strip.width
}"""
SEEN = """() => ["#candidates tbody th", "#candidates .number", ".drawn-mark", "#append bdi", ".ghost"].map(
    place => [...document.querySelectorAll(place)].every(one => {
        for (let box = one, seen = 1; box; box = box.parentElement) {
            const style = getComputedStyle(box)
            seen *= Number(style.opacity)
            if (seen === 0 || style.visibility !== "visible" || style.display === "none") return false
        }
        return true
    }))"""


@pytest.fixture(scope="module")
def moving(visiting):
    with visiting(
        pyodide=False, locale="en-US", reduced_motion="no-preference", viewport={"width": 1440, "height": 900}
    ) as one:
        one.arrive("#seed=7")  # so that the next draw is another
        one.wait_live()
        one.devtools = one.page.context.new_cdp_session(one.page)
        one.devtools.send("Animation.enable")
        yield one


@pytest.fixture
def still(moving):
    """A page at rest on a short text, on which whatever begins to move stands still."""
    pace(moving, STILL)
    moving.type("The cat sat on")
    moving.go(1, 1)
    return moving


def pace(visit, rate):
    visit.devtools.send("Animation.setPlaybackRate", {"playbackRate": rate})


def begins(visit, stage):
    return visit.page.evaluate(BEGINS, stage)


def choose_example(visit, number=1):
    visit.page.click("#open-examples")
    example = visit.page.locator("#examples .example").nth(number)
    text = example.text_content()
    example.click()
    visit.page.wait_for_function("text => document.querySelector('#prompt').value === text", arg=text)
    visit.wait_answer()
    visit.page.wait_for_function(RUNS)


def drawn_widths(visit):
    return visit.page.evaluate(DRAWN)


def test_the_answer_is_seen_when_the_light_has_arrived(still):
    old = still.page.evaluate(BARS)
    choose_example(still)
    assert drawn_widths(still) != pytest.approx(old, abs=0.01), "the example has another answer"
    listed = [token["shown"] for token in still.candidates()]
    for at in (0, begins(still, "row"), begins(still, "answer") - 1):
        still.page.evaluate(PUT, at)
        assert still.page.evaluate(BARS) == pytest.approx(old, abs=0.01)
        assert not any(still.page.evaluate(SEEN))
    read = still.page.locator("#candidates").aria_snapshot()
    assert all(token.strip() in read for token in listed), "who listens has the answer at once"

    still.page.evaluate("document.querySelector('#lights').getAnimations()[0].finish()")
    still.page.wait_for_function("() => !document.body.classList.contains('pulse')")
    assert still.page.evaluate(BARS) == pytest.approx(drawn_widths(still), abs=0.01)
    assert all(still.page.evaluate(SEEN)) and not still.page.evaluate(RUNS)


@pytest.mark.parametrize(
    "act",
    [
        lambda page: page.press("#prompt", "a"),
        lambda page: page.press("#temperature", "ArrowRight"),
        lambda page: page.click("#head-on"),
    ],
    ids=["typing", "slider", "head"],
)
def test_whatever_the_reader_does_comes_first(still, act):
    choose_example(still)
    still.page.evaluate(PUT, begins(still, "meet"))
    act(still.page)
    assert not still.page.evaluate(RUNS)
    assert still.page.evaluate(f"({BARS})().map((bar, i) => bar - ({DRAWN})()[i])") == pytest.approx([0] * 24, abs=0.01)
    assert all(still.page.evaluate(SEEN)[:3])
    still.wait_answer()
    assert not still.page.evaluate(RUNS), "the answer to it is drawn at once"


LIT = f"""() => document.getAnimations().filter({PACE}).map(one => one.effect.target)
    .filter(one => one.closest("#ribbons") || one.matches(".calm"))"""
WINDOWS = (
    """() => [...document.querySelectorAll("#lights clipPath > [class]:not(.candidate, .rest), #lights .running")]"""
)


def test_after_one_token_only_its_path_moves(still):
    needle, u = still.page.evaluate(NEEDLE), still.page.get_attribute("#candidates table", "data-u")
    still.page.press("#prompt", "Control+Enter")
    still.page.wait_for_function("u => document.querySelector('#candidates table').dataset.u !== u", arg=u)
    u = float(still.page.get_attribute("#candidates table", "data-u"))
    assert still.page.evaluate(NEEDLE) == pytest.approx(needle, abs=0.01) != pytest.approx(u, abs=0.02)
    for parts in (LIT, WINDOWS):
        classes = still.page.evaluate(f"({parts})().map(one => one.getAttribute('class').split(' '))")
        assert classes and all("last" in one for one in classes)
    taken = still.page.locator("#lights clipPath > .value").count()
    assert taken == still.page.locator("#ribbons > .value").count() > 0, "what it takes in comes from all"

    still.page.press("#prompt", "End")
    assert still.page.evaluate(NEEDLE) == pytest.approx(u, abs=0.01)
    choose_example(still)
    told = still.page.evaluate(f"({LIT})().map(one => one.matches('.last'))")
    assert True in told and False in told


def test_the_model_writes_on_without_waiting(still):
    still.page.evaluate("""() => {
        window.pulses = 0
        const look = () => { window.pulses += document.body.classList.contains("pulse") }
        window.looking = new MutationObserver(look)
        window.looking.observe(document.body, {attributes: true, attributeFilter: ["class"]})
    }""")
    still.page.click("#play-on")
    still.page.wait_for_function("() => document.querySelectorAll('#timeline .step').length > 4")
    still.page.click("#play-on")
    still.wait_answer()
    assert still.page.evaluate("window.looking.disconnect() || window.pulses") == 0


def test_it_can_be_stepped_through_held_and_seen_again(still):
    page = still.page
    assert page.get_attribute("#pulse-play", "data-does") == "replay"
    pace(still, 0.3)
    said = []
    for stage in STAGES[1:]:
        page.click("#pulse-step")
        held_at = f"at => document.body.classList.contains('held') && ({CLOCK})() === at"
        page.wait_for_function(held_at, arg=begins(still, stage))
        assert page.evaluate(f"document.getAnimations().filter({PACE}).every(one => one.playState !== 'running')")
        said.append(page.text_content("#pulse-stage"))
    assert len(set(said)) == len(said) and all(said)
    page.click("#pulse-step")
    page.wait_for_function("() => !document.body.classList.contains('pulse')")
    assert page.text_content("#pulse-stage") == "" and page.get_attribute("#pulse-play", "data-does") == "replay"

    pace(still, STILL)
    page.click("#pulse-play")
    assert page.get_attribute("#pulse-play", "data-does") == "pause"
    page.evaluate(PUT, begins(still, "values"))
    page.click("#pulse-play")
    assert page.get_attribute("#pulse-play", "data-does") == "go_on"
    pace(still, 20)
    now = page.evaluate(CLOCK)
    still.page.wait_for_timeout(50)  # a held clock does not move, however long one looks
    assert page.evaluate(CLOCK) == now >= begins(still, "values")
    page.click("#pulse-play")
    page.wait_for_function("() => !document.body.classList.contains('pulse')")


PLACES = """() => ["#pattern", ".pattern.leaving"].map(place =>
    new DOMMatrix(getComputedStyle(document.querySelector(place)).transform).e)"""
TURN = """at => document.getAnimations().filter(one => (one.animationName || "").startsWith("turn"))
    .forEach(one => { one.currentTime = at })"""


def test_heads_slide_like_cards(still):
    page = still.page
    for button, way, head in (("#head-on", 1, "1"), ("#head-on", 1, "2"), ("#head-back", -1, "1")):
        page.click(button)  # the last one has not ended: it does not wait for that
        page.wait_for_function(
            "head => document.querySelector('#figure').dataset.view.split(' ')[1] === head"
            " && document.querySelector('.turning-head')",
            arg=head,
        )
        assert page.locator(".leaving").count() == 1
        page.evaluate(TURN, 60)
        come, gone = page.evaluate(PLACES)
        assert come * way > 0 > gone * way
    page.evaluate(TURN, 1000)
    page.wait_for_function("() => !document.querySelector('.leaving, .turning-head')")


def test_a_block_folds_while_the_next_unfolds(still):
    page = still.page
    page.click("#block-on")
    page.wait_for_selector(".turning-block")
    assert page.get_attribute("#figure", "data-view").startswith("1 ")
    names = page.eval_on_selector_all("#flow .in-block:not(.leaving)", "all => all.map(one => one.className)")
    assert page.locator("#flow .in-block.leaving").count() == len(names)
    cards = []
    for at in (1, 140, 279):
        page.evaluate(TURN, at)
        edges = "place => (box => [box.left, box.right])(document.querySelector(place).getBoundingClientRect())"
        cards.append([page.evaluate(edges, "#flow .card" + kind) for kind in (".leaving", ":not(.leaving)")])
    old, new = ([right - left for left, right in one] for one in zip(*cards, strict=True))
    assert old[0] > old[1] > old[2] and new[0] < new[1] < new[2]
    assert all(closing[1] < opening[0] for closing, opening in cards), "the old one makes room for the next"
    assert [old[1], new[1]] == pytest.approx([old[0] / 2, old[0] / 2], rel=0.05), "and leaves none empty"
    page.evaluate(TURN, 1000)
    page.wait_for_function("() => !document.querySelector('.leaving, .turning-block')")


APART = """() => {  // pixels between the outline and the last token's bar in the column that it is around
    const strip = document.querySelector('#flow [data-heatmap="z"]'), box = strip.getBoundingClientRect();
    const mark = document.querySelector("#inspected.shown")?.getBoundingClientRect();
    return mark ? Math.abs(mark.left + mark.width / 2 - box.left - box.width / 2) : 1000;
}"""


def test_what_is_outlined_stands_where_it_is_when_the_block_has_turned(still):
    still.open("logit_terms")
    still.page.click("#terms-block-3")
    if not still.page.locator("#term-head-3-1").count():  # it was open at first
        still.page.click("#terms-block-3")
    still.page.click("#term-head-3-1")
    still.page.wait_for_selector('#figure[data-view^="3 1"].turning-block')
    still.page.wait_for_selector("#term-head-3-1[aria-pressed=true]:focus")
    pace(still, 1000)
    still.page.wait_for_selector("#figure:not(.turning-block)")
    assert still.page.evaluate(APART) < 1
    still.close()


def test_a_page_whose_python_does_not_come_shows_its_answer(visit):
    one = visit(
        lambda path: 403 if path == "py/page.files.json" else None, locale="en-US", reduced_motion="no-preference"
    )
    one.follows(lambda: one.page.evaluate(SEEN)[:3], [True, True, True])
    one.follows(lambda: one.page.evaluate(BARS), pytest.approx(drawn_widths(one), abs=0.01))


def test_it_runs_when_the_page_opens_at_an_example(visit):
    one = visit(locale="en-US", reduced_motion="no-preference")
    one.wait_live()
    one.page.wait_for_function("() => !document.body.classList.contains('pulse')")
    begun = "performance.getEntriesByName('pulse').length"
    assert one.page.evaluate(begun) == 1
    one.arrive("#text=My+dog")
    one.wait_live()
    one.page.wait_for_function("() => !document.body.classList.contains('pulse')")
    assert one.page.evaluate(begun) == 0


def test_who_wants_no_motion_gets_none(visit):
    one = visit(locale="en-US")
    one.wait_live()
    assert one.page.locator("#pulse-play").is_hidden()
    moved = "() => document.getAnimations().filter(one => one.animationName).length"
    count = len(one.tokens())
    one.page.press("#prompt", "Control+Enter")
    one.follows(lambda: len(one.tokens()), count + 1)
    assert "pulse" not in one.page.get_attribute("body", "class")
    one.go(2, 2)
    assert one.page.evaluate(moved) == 0 and all(one.page.evaluate(SEEN))
    assert one.page.locator(".leaving").count() == 0
