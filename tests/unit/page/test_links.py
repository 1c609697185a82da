"""Links: every links comes back from its link, whatever programs have done to it, or it is said what is lost."""

import html
import json
import random
import re
from urllib.parse import quote, quote_plus, unquote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from page.lessons.glossary.terms import TERMS
from page.lessons.tour.chapters import STEPS
from page.next_token import sliders
from page.panels.parts import linked
from page.state import links, url_text
from page.state.removed import CODE
from tests.unit.page.test_micropython import run_in_micropython

DEFAULTS = {
    **{"text": None, "with": None, "model": "", "block": 1, "head": 1, "token": 0, "open": "", "at": ""},
    **{"t": None, "k": 0, "p": None, "seed": None, "draw": 0, "cut": (), "mean": 0},
    **{"withcut": (), "withmean": 0, "hide": "", "tour": "", "code": 0, "own": None},
}
BY_JAVASCRIPT = "-_.!~*'()"  # what encodeURIComponent leaves bare

NUMBERS = st.integers(0, 999_999)
SEVERAL = "?&#%+=.,;:!$@'\"()[]{}<>|\\^`~*_-/ \n\té🙂你\u200b\0"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(SEVERAL), max_size=300)
TEMPERATURES = st.sampled_from([sliders.temperature_at(i) for i in range(sliders.TEMPERATURE_STEPS + 1)]) | st.integers(
    0, 5000
).map(lambda n: n / 1000)
INDEX = st.integers(0, 999)
REMOVED = (
    st.tuples(st.just("arrow"), INDEX, INDEX, INDEX, INDEX)
    | st.tuples(st.just("head"), INDEX, INDEX)
    | st.tuples(st.sampled_from(("mlp", "block")), INDEX)
    | st.sampled_from([(name,) for name in ("position", *CODE)])
)
STATES = st.fixed_dictionaries(
    {
        "text": st.none() | TEXTS.map(url_text.encoded).filter(lambda text: len(text) <= links.LONGEST),
        "with": st.none() | TEXTS.map(url_text.encoded).filter(lambda text: len(text) <= links.LONGEST),
        "model": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}[A-Za-z0-9]", fullmatch=True) | st.just(""),
        "block": NUMBERS,
        "head": NUMBERS,
        "token": NUMBERS,
        "open": st.sampled_from(("", *linked())),
        "at": st.sampled_from(("", *TERMS))
        | st.builds(
            lambda name, place: f"{name}[{', '.join(map(str, place))}]",
            st.sampled_from(("blocks.4.attn.z", "embed", "h.11.mlp.c_proj.weight")),
            st.lists(st.integers(0, 50256), min_size=1, max_size=3),
        ),
        "code": st.integers(0, 1),
        "own": st.none() | TEXTS.map(url_text.encoded).filter(lambda text: 0 < len(text) <= links.LONGEST),
        "tour": st.sampled_from(("", *(step.name for step in STEPS))),
        "t": st.none() | TEMPERATURES,
        "k": st.integers(0, 200),
        "p": st.none() | st.sampled_from([sliders.top_p_at(i) for i in range(5, 100)]),
        "seed": NUMBERS,
        "draw": NUMBERS,
        "cut": st.lists(REMOVED, unique=True, max_size=8).map(tuple),
        "mean": st.integers(0, 1),
        "withcut": st.lists(REMOVED, unique=True, max_size=8).map(tuple),
        "withmean": st.integers(0, 1),
        "hide": st.sets(st.sampled_from(links.HIDEABLE)).map(lambda ticked: links.names(",".join(ticked))),
    }
)


def in_browser(link):
    """What a browser makes of an address's fragment (WHATWG URL, fragment percent-encode set)."""
    link = link.replace("\t", "").replace("\n", "").replace("\r", "")
    return "".join(c if "!" <= c <= "~" and c not in '"<>`' else quote(c, safe="") for c in link)


def lower_escapes(link):
    return "".join(c.lower() if link[max(i - 2, 0) : i + 1].count("%") else c for i, c in enumerate(link))


KEPT = {  # nothing is lost, whatever the text
    "nothing": lambda link: link,
    "encoded as a whole": lambda link: quote(link, safe=""),
    "its % encoded": lambda link: link.replace("%", "%25"),
    "each value encoded once more": lambda link: quote(link, safe="=&"),
    "encoded with + for spaces": lambda link: link.replace("%20", "+"),
    "escaped for HTML": html.escape,
    "escaped for HTML by number": lambda link: link.replace("&", "&#38;"),
    "escapes in small letters": lower_escapes,
    "quoted-printable": lambda link: link.replace("=", "=3D"),
    "broken over lines": lambda link: "\r\n".join(link[i : i + 76] for i in range(0, len(link), 76)),
    "parts that break lines": lambda link: link.replace("&", "\u200b&"),
    "a full stop after it": lambda link: link + ".",
    "a bracket and a comma after it": lambda link: link + "),",
    "a quoted attribute's end after it": lambda link: link + '">',
    "a tracker's field after it": lambda link: link + "&utm_source=mail",
    "a tracker's query after it": lambda link: link + "?fbclid=x",
}
PLAIN_TEXTS = st.text(st.sampled_from("aZ0 é你🙂,.?!$'\"()*~_-:;/@<>[]{}|^`#+=")) | st.sampled_from(
    ("100 % sure", "50%, no more", "20%fat", "a & b", "Q&A", "&", "a && b &c= d", "1+1=2", "C++", "x#y#", "%", "100%")
)
DECODED = {
    "decoded": unquote,
    "decoded and escaped for HTML": lambda link: html.escape(unquote(link)),
    "decoded, the rest encoded as in a form": lambda link: quote_plus(unquote(link), safe="=&"),
}


@given(STATES, st.sampled_from(sorted(KEPT)))
@example(DEFAULTS | {"text": "%C2%AD"}, "parts that break lines")
@example(DEFAULTS | {"own": "0", "seed": 0}, "a bracket and a comma after it")
@example(DEFAULTS | {"text": "a%E2%80%8B"}, "parts that break lines")
def test_every_state_survives_what_programs_do_to_links(said, how):
    assert links.understood("#" + in_browser(KEPT[how](links.link(said)))) == (said, [])
    assert links.read("#" + links.write(said)) == links.read(links.write(said)) == said


@given(STATES, PLAIN_TEXTS, st.sampled_from(sorted(DECODED)))
def test_a_decoded_link_opens_the_same_text(said, text, how):
    if how == "decoded, the rest encoded as in a form":
        assume("&" not in text and "=" not in text)
    other = url_text.encoded(text.replace("&", ""))
    said |= {"text": url_text.encoded(text), "with": other, "own": other or None}
    assert links.understood("#" + in_browser(DECODED[how](links.link(said)))) == (said, [])


@given(STATES, st.sampled_from(sorted(DECODED)))
@example(DEFAULTS | {"own": "%0A"}, "decoded")
def test_what_a_decoded_link_loses_is_said(said, how):
    """A version of the code has line ends, which browsers take out of an address."""
    found, lost = links.understood("#" + in_browser(DECODED[how](links.link(said))))
    assert found == said or "check" in lost


@given(STATES, st.data())
def test_of_a_cut_link_the_beginning_is_kept_and_the_loss_is_said(said, data):
    link = links.link(said)
    at = data.draw(st.integers(len("check=1"), len(link) - 1))
    found, lost = links.understood("#" + link[:at])
    assert found == said or "check" in lost
    if found["text"] is not None:
        assert url_text.decoded(said["text"])[0].startswith(url_text.decoded(found["text"])[0])


@pytest.mark.parametrize(
    ("link", "text", "lost"),
    [
        ("#text=The cat, sat? For $5 (or 6)!", "The cat, sat? For $5 (or 6)!", []),
        ("#text=a & b&block=2", "a & b", []),
        ("#text=Tom&Jerry&t&k=&p&amp;&seed=4", "Tom&Jerry&t", ["k="]),
        ("#text=x &amp; y&amp;block=2", "x &amp; y", []),
        ("#text=100%&block=2", "100%", []),
        ("#text=100%25", "100%", []),
        ("#text=100% sure, 20%fat&seed=1", "100% sure, 20%fat", ["text"]),  # %fa could be a letter of another encoding
        ("#text=caf%E9&seed=1", "caf%E9", ["text"]),
        ("#with=caf%C3%A&text=a", "a", ["with"]),
        ("#text=caf%C3%A", "caf", ["text"]),
        ("#text=caf%C3%", "caf", ["text"]),
        ("#text=a%F0%9F%99", "a", ["text"]),
        ("#text=a%", "a", ["text"]),
        ("#text=%F0%9F%99", None, ["text"]),
        ("#text=%ED%A0%80%C0%80&seed=1", "%ED%A0%80%C0%80", ["text"]),
        ("#text=", "", []),
        ("#text=The%2520cat", "The%20cat", []),  # nothing says that it was encoded twice
        ("#text%3DHi%26block%3D2", "Hi", []),
        ("#text=a&text=b", "b", []),
        ("#text=\ud800", "\ufffd", []),
    ],
)
def test_a_text_written_by_hand_or_by_other_programs(link, text, lost):
    found, said_lost = links.understood(in_browser(link) if link.isascii() else link)
    assert (None if found["text"] is None else url_text.decoded(found["text"])[0]) == text
    assert said_lost == lost


@given(TEXTS)
def test_an_older_link_opens_what_it_opened(text):
    """They had no checksum and left bare what encodeURIComponent does."""
    encoded = quote(text, safe=BY_JAVASCRIPT)
    assume(len(encoded) <= links.LONGEST)
    for link in (f"#text={encoded}&block=3&t=0.5&k=40&p=0.9&seed=7&draw=2&hide=curve,forming", f"#text={encoded}"):
        found, lost = links.understood(link)
        assert (found["text"], lost) == (encoded, [])
    assert url_text.encoded(text) == encoded and url_text.decoded(encoded) == (text, True)


@given(
    st.text(max_size=2000).map(lambda text: url_text.encoded(url_text.without_halves(text))),
    st.integers(1, 400),
)
def test_a_text_too_long_is_shortened_at_the_end_of_a_character(text, times):
    found, lost = links.understood("#text=" + text * times + "&seed=1")
    assert len(found["text"] or "") <= links.LONGEST
    if len(text) * times > links.LONGEST:
        assert lost == ["text"] and (text * times).startswith(found["text"])
        assert len(found["text"]) > links.LONGEST - 12


ANYTHING = (
    st.text()
    | st.lists(st.tuples(st.sampled_from([*links.KNOWN, "x"]), st.text())).map(
        lambda pairs: "#" + "&".join(f"{name}={value}" for name, value in pairs)
    )
    | st.lists(st.sampled_from([*"#&=%2e-.,\ud800", "text", "t", "E9", "C3", "block"])).map("".join)
)


@given(ANYTHING)
@example("#t=1e999&p=-0&k=\u0663")
@example("#check=&text=%")
def test_any_link_is_understood_as_far_as_it_goes(fragment):
    found, lost = links.understood(fragment)
    assert list(found) == [name for name, _, _ in links.FIELDS]
    for name, kind, default in links.FIELDS:
        if kind == "part":
            assert found[name] in ("", *linked())
        elif kind == "text":
            assert found[name] is None or (
                set(found[name]) <= set(url_text.PLAIN + url_text.SIGNS + "%") and len(found[name]) <= links.LONGEST
            )
        elif kind == "names":
            assert set(found[name].split(",")) <= {"", *links.HIDEABLE}
        elif kind == "address":
            assert found[name] == "" or re.fullmatch(r"[\w.]+\[\d+(, \d+)*\]", found[name], re.ASCII)
        elif kind == "removed":
            assert {part[0] for part in found[name]} <= {"position", "block", "head", "mlp", "arrow"}
        elif kind == "model":
            assert found[name] == default or set(found[name]) <= set(links.NAME)
        else:
            assert found[name] == default or 0 <= found[name] < 10**8
    assert links.understood(links.link(found)) == (found, [])
    assert set(lost) <= {"text", "with", "check"} or any("=" in one for one in lost)


@pytest.mark.parametrize(
    ("fragment", "said", "lost"),
    [
        ("", {}, []),
        ("#block=3&head=2&token=7&open=heads", {"block": 3, "head": 2, "token": 7, "open": "heads"}, []),
        ("#block=3&block=4", {"block": 4}, []),
        ("#at=blocks.4.attn.z-6-3-16", {"at": "blocks.4.attn.z[6, 3, 16]", "block": 5, "head": 4}, []),
        ("#at=blocks.4.ln1-6-3&block=2", {"at": "blocks.4.ln1[6, 3]", "block": 2}, []),
        ("#at=blocks.4-6&head=2", {"at": "blocks.4[6]", "head": 2}, []),
        ("#at=embed&at=a-b", {}, ["at=a-b"]),
        ("#block=-1&head=1.5&token=1e3&open=table", {}, ["block=-1", "head=1.5", "token=1e3", "open=table"]),
        ("#block=1234567&open=HEAD&head=", {}, ["block=1234567", "head=", "open=HEAD"]),
        ("#open=__class__&constructor=1&==&&=", {}, ["open=__class__"]),
        ("#token=007&seed=12).", {"token": 7, "seed": 12}, []),
        ("#t=1.25&p=.5&k=3&text=a%20b", {"t": 1.25, "p": 0.5, "k": 3, "text": "a%20b"}, []),
        ("#t=1.2.5&p=-1&k=nan&text=<b>&seed=1e9", {"text": "%3Cb%3E"}, ["t=1.2.5", "k=nan", "p=-1", "seed=1e9"]),
        ("#t=.&p=inf", {}, ["t=.", "p=inf"]),
        ("#t=1e-05&p=0.30000000000000004", {"t": 0.00001, "p": 0.3}, []),
        ("#t=1e-3", {"t": 0.001}, []),
        ("#t=1E+0&p=1e", {"t": 1.0}, ["p=1e"]),
        (
            "#cut=6&withcut=5.4.7.3_5.mlp&withmean=1&mean=x",
            {"cut": (("block", 5),), "withcut": (("arrow", 4, 3, 6, 2), ("mlp", 4)), "withmean": 1},
            ["mean=x"],
        ),
        ("#hide=curve, forming,x", {"hide": "curve,forming"}, []),
        ("#tour=look&t=1", {"tour": "look", "t": 1.0}, []),
        ("#tour=nowhere", {}, ["tour=nowhere"]),
    ],
)
def test_what_a_link_does_not_say_is_the_default(fragment, said, lost):
    assert {name: default for name, _, default in links.FIELDS} == DEFAULTS
    assert links.understood(fragment) == (DEFAULTS | said, lost)


def test_only_what_differs_is_written():
    assert links.write(links.read("")) == ""
    assert links.write(links.read("#open=next&block=1&token=4")) == "token=4&open=next"


@given(TEXTS)
def test_a_link_has_no_sign_that_mail_programs_take_for_its_end(text):
    written = links.link(DEFAULTS | {"text": url_text.encoded(text), "hide": ",".join(links.HIDEABLE), "seed": 1})
    assert set(written) <= set(url_text.PLAIN + "%&=-") and written[-1] in url_text.PLAIN


MICROPYTHON = """
import json
from page.state import links
from page.lessons.glossary.terms import TERMS
from page.next_token import sliders
with open("given.json") as file:
    many = json.load(file)
found = [list(links.understood(link)) + [links.link(links.read(link))] for link in many]
numbers = [n / 1000 for n in range(5001)] + [sliders.temperature_at(n) for n in range(141)]
written = [links.written_decimal(n) for n in numbers]
print(json.dumps([found, written, [links.decimal(text) == n for text, n in zip(written, numbers)]]))
"""


def test_micropython_reads_and_writes_links_as_cpython_does():
    chance = random.Random(1)
    pieces = [*links.KNOWN, "=", "&", "%", "E9", "%C3%A9", "%f0%9f%99%82", "%ED%A0%80", "1e-05", "0.30000000000000004"]
    pieces += ["99", "7", "-1", ".", ",", "+", "%2520", "é", "你", "🙂", "%00", "&amp;", "curve", "head", "=3D", "#"]
    pieces += ["at=blocks.4.attn.z-6-3-16", "&block=1&", "blocks.x-1"]
    many = ["#" + "".join(chance.choices(pieces, k=chance.randrange(1, 30))) for _ in range(1500)]
    for mangle in KEPT.values():
        for text in ('The cat, "sat" on 100 % é 🙂?', "a&b=c#d+e", "\0x\n"):
            said = DEFAULTS | {"text": url_text.encoded(text), "t": 2.075, "seed": 12, "hide": "curve,forming"}
            many.append("#" + in_browser(mangle(links.link(said))))
    found, written, same = json.loads(run_in_micropython(MICROPYTHON, json.dumps(many, ensure_ascii=False)))
    expected = [[*links.understood(link), links.link(links.read(link))] for link in many]
    assert found == json.loads(json.dumps(expected))
    numbers = [n / 1000 for n in range(5001)] + [sliders.temperature_at(n) for n in range(141)]
    assert written == [links.written_decimal(n) for n in numbers] and all(same)


@pytest.mark.parametrize(
    ("fragment", "names"),
    [("", False), ("#t=1&hide=curve", False), ("#block=1", True), ("#seed=2&head=1", True), ("#text=a%20b", True)]
    + [("#open=number&at=embed-0-1", False), ("#open=number&at=blocks.5.ln1-6-2", True)],
)
def test_a_link_names_a_place_or_leaves_it_to_the_page(fragment, names):
    assert links.names_place(fragment) == names
