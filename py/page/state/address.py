"""The page's address, kept a link to what is seen; and the links by which a reader comes."""

import asyncio

from page.browser.dom import address_with, by_id, encoded, fragment, go_on_as, text_as_json, value_as_json
from page.lessons.glossary.terms import TERMS
from page.panels import parts
from page.state import links, url_text
from page.state.counting import index_of, number_of
from page.state.examples import TEMPERATURE
from page.state.removed import without_own
from page.state.state import LAST, SETTINGS

RANGES = {"t": (0, 5), "k": (0, 200), "p": (0.05, 1)}  # what can be set
CHANGED = ("removed", "draft", "mean", "beside_removed", "beside_mean") + SETTINGS  # what else it says of the answer
AT = ("number", "logit_terms", "glossary")  # the parts whose choice is an address, or a term
EVERY = 0.25  # seconds between two changes of the address: Safari ends a program that makes more than 100 in 10 s


class Address:
    def __init__(self, state, status):
        self.state = state
        self.status = status
        self.said, self.lost = links.understood(fragment())  # by the link that is being opened; else None
        self.names_place = links.names_place(fragment())
        self.model = self.said["model"]
        self.turn = 0  # counts the links that were followed, and the times the reader went on from one
        self.opening = True  # until there is a picture: the address is still the link by which the reader came
        self.text = None  # what the field held when the model read it, encoded; None where a link leaves it out
        self.beside = None  # the same of the text that is pinned
        self.left_out = False  # the text is too long for a link
        self.writing = False  # the address soon says what is seen
        state.listen(
            lambda _: self.remember(),
            "model",
            "block",
            "head",
            "token",
            "part",
            "shown",
            "code",
            "step",
            "hide",
            *CHANGED,
        )

    def asked(self):
        """The fields of the state that the link asks for. Texts, seed and open part stay where it does not say them."""
        said = self.said
        t, k, p = [None if said[n] is None else nearest(said[n], *RANGES[n]) for n in ("t", "k", "p")]
        fields = {name: index_of(said[name]) for name in ("block", "head", "token")}
        fields.update(temperature=TEMPERATURE if t is None else t, top_k=k or None, top_p=None if p == 1 else p)
        fields.update(step=said["tour"], hide=said["hide"], removed=said["cut"], mean=said["mean"] == 1)
        fields.update(code=said["code"] == 1)
        if said["own"] is not None and "own" not in self.lost:  # half a version would be another one
            shown = (said["at"],) if said["at"] and said["at"] not in TERMS else ()
            fields.update(draft=url_text.decoded(said["own"])[0], part="number", shown=shown, code=True)
        if said["text"] is not None:
            fields["text"] = text_as_json(url_text.decoded(said["text"])[0])
        if said["with"] is not None:
            fields["beside"] = text_as_json(url_text.decoded(said["with"])[0])
            fields.update(beside_removed=said["withcut"], beside_mean=said["withmean"] == 1)
        if said["seed"] is not None:
            fields.update(seed=said["seed"], draw=said["draw"])
        if said["open"] and "draft" not in fields:
            fields["part"] = parts.linked()[said["open"]]
            fits = said["at"] and (said["at"] in TERMS) == (fields["part"] == "glossary")
            fields["shown"] = (said["at"],) if fits else ()
        return fields

    def begin(self, view):
        """The page opens at what was prepared, unless the address names another text or place."""
        if not self.names_place:
            place = {name: view[name] for name in ("block", "head")}
            if self.said:
                self.said.update({name: number_of(index) for name, index in place.items()})
            self.state.set(**place)

    def follow(self, fragment):
        """The reader came here by another link, which says this behind its #. Answers `asked`."""
        self.said, self.lost = links.understood(fragment)
        self.model, self.opening = self.said["model"], True
        self.turn += 1
        return self.asked()

    def leave(self):
        """The reader goes on from what the link opened."""
        self.said, self.names_place = None, False
        self.turn += 1
        self.status.unsay("link")

    def arrived(self, view, count):
        """A picture is there, of `count` tokens: report once what the link asked for that is not available, and limit
        the state to what exists."""
        state = self.state
        if self.said:
            ranges = dict(RANGES, block=(1, view["n_layer"]), head=(1, view["n_head"]), token=(1, count))
            if any([number_of(view[n]) != nearest(self.said[n], *ranges[n]) for n in ("block", "head")]):
                return  # it was asked for before the link was followed
            lost, beyond = self.lost, out_of_range(self.said, ranges)
            if lost or beyond:
                self.status.notice("link", lambda words: trouble(lost, beyond, words))
            if self.said["token"] > count:
                state.set(token=LAST)
            self.said = None
        self.opening = False
        state.set(block=min(state.block, view["n_layer"] - 1), head=min(state.head, view["n_head"] - 1))
        self.remember()

    def remember(self):
        """Let the address say what is seen."""
        if not self.writing and not self.opening:
            self.writing = True
            asyncio.create_task(self.write())

    async def write(self):
        await asyncio.sleep(EVERY)
        self.writing = False
        if not self.opening:
            go_on_as(self.link())

    def remember_text(self):
        """The text has been read by the model, so it holds no half characters."""
        text = encoded(value_as_json(by_id("prompt")))
        self.left_out = len(text) > links.LONGEST
        self.text = None if self.left_out else text
        self.remember()

    def remember_beside(self, text):
        """The same of the text that is pinned, as JSON; "" for none."""
        text = encoded(text) if text else None
        self.beside = text if text is not None and len(text) <= links.LONGEST else None
        self.remember()

    def draft(self):
        """The reader's own version of the code, encoded; None where there is none, or it is too long for a link."""
        text = url_text.encoded(self.state.draft)
        return text if 0 < len(text) <= links.LONGEST else None

    @property
    def code_left_out(self):
        return bool(self.state.draft) and self.draft() is None

    def link(self):
        """An address that opens what is seen."""
        state = self.state
        said = {name: number_of(getattr(state, name)) for name in ("block", "head", "token")}
        said.update(
            {
                "text": self.text,
                "with": self.beside,
                "own": self.draft(),
                "model": state.model,
                "open": parts.every[state.part].link if state.part else "",
                "at": state.shown[0] if state.part in AT and state.shown else "",
                "code": int(state.code and state.part == "number"),
                "tour": state.step,
                "t": None if state.temperature == TEMPERATURE else state.temperature,
                "k": state.top_k or 0,
                "p": state.top_p,
                "seed": state.seed,
                "draw": state.draw,
                "cut": without_own(state.removed),
                "mean": int(state.mean and bool(without_own(state.removed))),
                "withcut": () if self.beside is None else without_own(state.beside_removed),
                "withmean": 0 if self.beside is None else int(state.beside_mean),
                "hide": state.hide,
            }
        )
        return address_with(links.link(said))


def nearest(value, least, most):
    return min(max(value, least), most)


def out_of_range(said, ranges):
    """[(name, value as a link writes it, least, most)] of the numbers that a link says and that are not possible."""
    found = []
    for name, kind, default in links.FIELDS:
        if name in ranges and said[name] != default and nearest(said[name], *ranges[name]) != said[name]:
            found.append((name, links.WRITERS[kind](said[name])) + ranges[name])
    return found


def trouble(lost, beyond, words):
    """What of a link could not be understood, see `links.understood`, or not be had, in sentences."""
    sentences = []
    if "check" in lost:
        sentences.append(words.say("link.changed"))
    if "own" in lost:
        sentences.append(words.say("link.own"))
    if any([name in lost for name in links.TEXTS if name != "own"]):
        sentences.append(words.say("link.text"))
    fields = [said for said in lost if "=" in said]
    if fields:
        sentences.append(words.say("link.lost", said=", ".join(fields)))
    if beyond:
        ranges = [words.say("link.range", name=n, value=v, least=a, most=b) for n, v, a, b in beyond]
        sentences.append(words.say("link.beyond", said=", ".join(ranges)))
    return " ".join(sentences)
