"""Links in a real browser: what other programs made of them, what they say that is not there, and following them."""

import html
from urllib.parse import quote, unquote

TEXT = "Is 100 % (of it) \"good\", Tom & Jerry? It's $5 #1; a+b=c, 'né' 你好 🙂!\nYes\0."
MADE_OF_LINKS = {
    "nothing": lambda link: link,
    "decoded": unquote,
    "encoded once more": lambda link: quote(link, safe=""),
    "its % encoded": lambda link: link.replace("%", "%25"),
    "escaped for HTML": html.escape,
    "sentence around it": lambda link: link + ").",
}


def go(one, fragment):
    one.page.goto("about:blank")
    one.page.goto(f"{one.address}#{fragment}")
    one.wait_live()


def shown(one):
    return (
        one.page.input_value("#prompt"),
        one.page.input_value("#temperature-number"),
        one.page.get_attribute("#figure", "data-view"),
        one.page.text_content("#draw-sentence"),
        one.candidates(),
    )


def test_what_is_seen_is_what_its_link_opens(visit):
    """Whatever the reader typed, and whatever a program made of the link that came of it."""
    one, other = visit(locale="en-US"), visit(locale="en-US")
    one.wait_live()
    one.type(TEXT)
    one.page.evaluate(
        "text => { const box = document.querySelector('#prompt'); box.value = text; "
        "box.dispatchEvent(new Event('input')) }",
        TEXT,
    )
    one.wait_answer()
    one.go(3, 2)
    for typed in ("0.30000000000000004", "1e-3", "1e-05", "2.075"):
        one.page.fill("#temperature-number", typed)
        one.page.press("#temperature-number", "Tab")
        expected = float(one.page.input_value("#temperature-number"))
        one.page.wait_for_function(
            "t => Number(document.querySelector('#candidates table').dataset.temperature) === t", arg=expected
        )
        for name, made in MADE_OF_LINKS.items():
            if typed != "2.075" and name != "nothing":
                continue
            if name == "decoded":  # a browser drops a line break from an address, and a program a NUL
                continue
            go(other, made(one.fragment(f"t={expected:g}&")))
            assert shown(other) == shown(one), (typed, name)
            assert other.page.locator("#notice").is_hidden(), name
    one.type('She said: "50% off, Tom & Jerry?" (for $5) #1; a+b=c!')
    go(other, unquote(one.fragment()))
    assert shown(other) == shown(one) and other.page.locator("#notice").is_hidden()


def test_what_a_link_cannot_have_is_said_until_the_reader_goes_on(visit):
    one = visit(locale="en-US")
    go(one, "check=12&text=The cat, sat? on%C3&block=99&head=9&t=7&token=88&open=<b>&k=-1")
    assert one.page.input_value("#prompt") == "The cat, sat? on%C3"
    for part in (
        "changed or cut",
        "not whole",
        "open=<b>, k=-1",
        "block=99 (possible: 1 to 6)",
        "head=9",
        "t=7",
        "token=88",
    ):
        assert part in one.notice()
    one.page.wait_for_function("() => location.hash.includes('block=6&head=4&t=5&seed=')")  # what is seen
    one.page.select_option("#language", "zh")
    one.page.wait_for_function("() => document.querySelector('#notice-text').textContent.includes('block=99（')")
    one.page.select_option("#language", "en")
    one.page.wait_for_function("() => document.querySelector('#notice-text').textContent.includes('block=99 (')")
    one.page.reload()
    one.wait_live()
    assert one.page.locator("#notice").is_hidden()
    go(one, "text=The cat&block=99&open=heads")
    one.page.locator("#panel #notice").filter(has_text="block=99").wait_for()
    one.close()
    one.type("The dog")
    assert one.page.locator("#notice").is_hidden()
    assert one.errors == []


def test_of_a_cut_link_the_beginning_opens_and_the_loss_is_said(visit):
    one, other = visit(locale="en-US"), visit(locale="en-US")
    one.wait_live()
    one.type("你好, she said to him and looked away")
    one.go(2, 1)
    fragment = one.fragment("block=2")
    for cut in (40, 60, 95):
        go(other, fragment[:cut])
        assert "changed or cut" in other.notice(), cut
        assert one.page.input_value("#prompt").startswith(other.page.input_value("#prompt")), cut
    assert other.errors == []


def test_links_followed_on_the_open_page(visit):
    """Text, part, block and settings follow."""
    one = visit(locale="en-US")
    one.wait_live()
    first = one.fragment()
    one.page.evaluate("location.hash = '#text=Ho%2C%20ho&block=3&t=0.5&open=head'")
    one.wait_open("attention_head")
    assert one.page.input_value("#prompt") == "Ho, ho" and "block 3" in one.page.text_content("#panel-title")
    one.page.evaluate("location.hash = '#block=77'")
    one.page.locator("#panel #notice").filter(has_text="block=77").wait_for()
    one.page.wait_for_function("() => document.querySelector('#panel-title').textContent.includes('block 6')")
    assert one.page.input_value("#prompt") == "Ho, ho"
    one.fragment("text=Ho%2C%20ho&block=6&")
    one.close()
    one.page.evaluate("hash => { location.hash = hash }", "#" + first)
    one.page.wait_for_function("() => document.querySelector('#prompt').value.includes('little girl')")
    one.wait_answer()
    assert one.page.locator("#notice").is_hidden() and one.page.input_value("#temperature-number") == "0.80"
    assert one.errors == []


def test_share_says_what_its_link_leaves_behind(visit):
    one = visit(locale="en-US")
    one.wait_live()
    one.type("no end of it " * 500)
    one.page.click("#share")
    one.wait_open("share")
    assert "too long for a link" in one.page.text_content("#share-said")
    assert "Not in it: settings" in one.page.text_content("#panel-body")
    assert "text=" not in one.page.input_value("#share-link")
