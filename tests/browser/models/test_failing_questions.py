"""Questions at which the worker fails: what is shown stays true, is told, and goes on; see `test_breaking` too."""

import pytest

from page.panels.parts import linked

REFUSE = """name => {
    const ask = window.whole = window.whole || window.engine;
    window.engine = (asked, values) => asked === name ? Promise.reject(new Error("refused")) : ask(asked, values);
}"""


@pytest.fixture
def fresh(live):
    live.type("The cat sat on the mat and")
    live.go(1, 1)
    yield live
    live.page.evaluate(REFUSE, "")
    live.close()


def told(live):
    live.page.locator("#notice.error").filter(has_text="The model could not answer").wait_for()


def test_a_move_that_fails_puts_the_numbers_back(fresh):
    fresh.page.evaluate(REFUSE, "block_view")
    fresh.page.fill("#block", "4")
    fresh.page.press("#block", "Enter")
    told(fresh)
    fresh.page.wait_for_function("() => document.querySelector('#block').value === '1'")
    assert fresh.page.get_attribute("#figure", "data-view").startswith("0 0 ")
    fresh.page.evaluate(REFUSE, "")
    fresh.go(4, 2)


def test_a_part_whose_numbers_fail_is_emptied_and_filled_again(fresh):
    """No numbers of another text stay in it."""
    fresh.open("all_heads")
    fresh.page.evaluate(REFUSE, "all_heads")
    fresh.page.evaluate("location.hash = '#text=The%20dog'")
    told(fresh)
    fresh.page.wait_for_function("() => document.querySelector('#panel-body').childElementCount === 0")
    fresh.page.evaluate(REFUSE, "")
    fresh.page.evaluate("location.hash = '#text=The%20dog%20ran&open=heads'")
    fresh.wait_open("all_heads")
    assert fresh.page.locator("#panel .head").count() == 24


def test_a_part_that_cannot_be_opened_is_in_no_link(fresh):
    fresh.page.evaluate(REFUSE, "all_heads")
    fresh.page.evaluate("location.hash = '#text=The%20dog&open=heads'")
    told(fresh)
    fresh.fragment(without="open=")
    assert fresh.page.locator("#panel[open]").count() == 0


def test_a_part_that_a_link_names_stays_if_it_is_open_and_comes_if_it_is_not(fresh):
    fresh.open("attention_head")
    fresh.page.evaluate("() => { document.querySelector('#panel').dataset.same = 'yes' }")
    for word, part in linked().items():
        fresh.page.evaluate("word => { location.hash = `#text=The%20dog&block=2&open=${word}` }", word)
        fresh.wait_open(part)
        fresh.fragment(f"open={word}", "block=2")
    assert fresh.page.get_attribute("#panel", "data-same") == "yes"
    fresh.page.evaluate("location.hash = '#text=The%20dog&open=head'")
    fresh.wait_open("attention_head")


def test_a_part_without_a_link_leaves_none_when_it_closes(fresh):
    """The table stands in for the part it came from, which a link may name; closed, neither is open."""
    fresh.open("embedding")
    fresh.fragment("open=embedding")
    fresh.close()
    fresh.fragment(without="open=")
    fresh.open("run")
    fresh.close()
    fresh.fragment(without="open=")


def test_text_may_be_dragged_into_the_field_and_files_anywhere(fresh):
    taken = fresh.page.evaluate(
        """() => ["text", "file"].map(kind => {
            const data = new DataTransfer();
            if (kind === "text") data.setData("text/plain", "dragged");
            else data.items.add(new File(["{}"], "config.json"));
            const over = new DragEvent("dragover", {dataTransfer: data, cancelable: true, bubbles: true});
            document.querySelector("#prompt").dispatchEvent(over);
            return over.defaultPrevented;
        })"""
    )
    assert taken == [False, True], "the page takes files; text is the browser's"
