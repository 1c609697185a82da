"""The glossary: its numbers are the run's, it is searched and leads on; terms say their sentence where they stand."""

import re

import pytest

from build.site.languages import every_text
from page.lessons.glossary.terms import PLACES, TERMS, TOUR

SIZES = {"wide": (1440, 900), "low": (1366, 640), "phone": (390, 844)}
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
TEXTS = r"/lessons/[\w-]+\.json$"  # fetched when it is opened


@pytest.fixture(scope="module", params=[(size, language) for size in SIZES for language in LANGUAGES], ids="-".join)
def one(visiting, request):
    size, language = request.param
    width, height = SIZES[size]
    with visiting(pyodide=False, locale=LANGUAGES[language], viewport={"width": width, "height": height}) as one:
        one.wait_live()
        one.language, one.texts = language, every_text(language)
        yield one
    assert one.errors == []


def here(one, name):
    return one.page.text_content(f"#word-{name} .here")


def number_in(text):
    """The digits of a text, thin spaces and all."""
    return [int(found.replace("\u202f", "")) for found in re.findall(r"\d[\d\u202f]*", text)]


def test_it_follows_the_run(one):
    assert not [url for url in one.requests if re.search(TEXTS, url)]
    one.open("glossary")
    assert [url for url in one.requests if re.search(TEXTS, url)]
    assert one.page.locator(".word").count() == len(TERMS)
    for text in ("The cat sat on the mat", "My dog was very happy because"):
        one.type(text)
        one.follows(lambda: one.tokens()[-1] in number_in(here(one, "vocabulary")), True)
        assert len(one.tokens()) in number_in(here(one, "token"))
    one.go(2, 3)
    one.follows(lambda: sorted(number_in(here(one, "head"))[:2]), [2, 3] if one.language == "zh" else [3, 4])
    one.slide(0)
    one.follows(lambda: one.texts["glossary.sampling.here.greedy"].split("{")[0] in here(one, "sampling"), True)
    one.slide(0.8)
    one.close()


def test_a_search_leaves_what_matches(one):
    one.open("glossary")
    one.page.fill("#glossary-search", "SOFTMAX")
    one.page.locator("#word-token").wait_for(state="hidden")
    assert one.page.locator("#word-softmax").is_visible() and one.page.locator("#word-logit").is_visible()
    count = one.page.locator(".word:visible").count()
    assert number_in(one.page.text_content("#glossary-count")) in ([count, len(TERMS)], [len(TERMS), count])
    one.type("The cat sat on")  # what comes anew keeps what is looked for
    assert one.page.input_value("#glossary-search") == "SOFTMAX" and one.page.locator("#word-token").is_hidden()
    field = one.page.evaluate_handle("[document.querySelector('#glossary-search')].map(one => one.select() || one)[0]")
    one.page.evaluate("location.hash = '#open=glossary&text=The+dog'")
    one.page.wait_for_function("field => !field.isConnected", arg=field)
    one.page.keyboard.press("Delete")  # all of it is still selected, in the field that came in its place
    one.page.locator("#word-token").wait_for()
    one.close()


def test_every_term_leads_to_where_it_is_seen(one):
    """A part, a number, or a place in the picture that gets the keyboard."""
    for place, name in {PLACES[name]: name for name in TERMS}.items():
        one.open("glossary")
        one.page.click(f"#leads-{name}")
        if place.startswith("#"):
            one.page.wait_for_function(
                "place => !document.querySelector('#panel[open]') && document.querySelector(place)"
                ".contains(document.activeElement)",
                arg=place,
            )
        else:
            one.wait_open("number" if "[" in place else place)
            if "[" in place:
                one.page.locator("#panel-body .vector").wait_for()
            one.close()
    one.open("glossary")
    one.page.click("#word-softmax [data-tour]")
    one.page.wait_for_function(
        "() => !document.querySelector('#panel[open]') && !document.querySelector('#tour').hidden"
    )
    one.fragment(f"tour={TOUR['softmax']}")
    one.page.click("#tour-close")
    assert one.errors == []


def test_a_link_opens_it_at_a_term(one):
    one.page.mouse.move(0, 0)  # no term comes to lie under it
    one.page.evaluate("location.hash = '#open=glossary&at=gelu'")
    one.wait_open("glossary")
    one.page.wait_for_function("document.activeElement.id === 'term-gelu'")
    box = one.page.locator("#word-gelu").bounding_box()
    assert 0 <= box["y"] < one.page.viewport_size["height"]
    assert "at=gelu" in one.fragment("open=glossary")
    one.page.locator("#word-neuron [data-glossed=mlp]").press("Enter")
    one.page.wait_for_function("document.activeElement.id === 'term-mlp'")
    one.fragment("at=mlp")
    one.close()
    one.fragment(without="open=")


def test_a_term_says_its_sentence_at_the_pointer_and_to_the_keyboard(one):
    one.page.locator('[data-help="gelu"], [data-help="next"]').last.click()
    term = one.page.locator("#help [data-glossed]").first
    name = term.get_attribute("data-glossed")
    tip = one.page.locator("#term-tip")
    sentence = re.sub(r"\[\w+\|(.*?)\]", r"\1", one.texts[f"glossary.{name}"])
    term.focus()
    tip.wait_for()
    assert tip.text_content() == f"{one.texts[f'glossary.{name}.title']} {sentence}"
    assert term.get_attribute("aria-describedby") == "term-tip"
    one.page.keyboard.press("Escape")
    tip.wait_for(state="hidden")
    assert one.page.locator("#help").is_visible() and term.get_attribute("aria-describedby") is None
    one.page.keyboard.press("Tab")
    one.page.keyboard.press("Shift+Tab")
    tip.wait_for()
    one.page.keyboard.press("Enter")
    one.wait_open("glossary")
    one.page.wait_for_function("id => document.activeElement.id === id", arg=f"term-{name}")
    assert one.page.locator("#help").is_hidden() and tip.is_hidden()
    inner = one.page.locator("#word-head [data-glossed=attention]")
    inner.scroll_into_view_if_needed()
    inner.hover()
    tip.wait_for()
    tip.hover()  # the way there is no way off
    assert tip.is_visible()
    one.page.locator("#panel-title").hover()
    tip.wait_for(state="hidden")
    one.close()
