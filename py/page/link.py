"""The page's address as a link to what is seen: text, block, head, token, open part, settings and draw."""

import asyncio

from page import percent, state
from page.dom import address_with, by_id, encoded_value, fragment, go_on_as, leave_out, set_value
from page.examples import TEMPERATURE

RANGES = {"t": (0, 5), "k": (0, 200), "p": (0.05, 1)}  # what can be set
EVERY = 0.25  # seconds between two changes of the address: Safari ends a program that makes more than 100 in 10 s


class Link:
    def __init__(self, controls, status):
        self.controls = controls
        self.status = status
        self.state, self.lost = state.understood(fragment())
        self.opening = True  # until the picture that the link asks for is there
        self.left_out = False  # the text is too long for a link
        self.writing = False  # the page's address soon says what is seen

    def chosen(self):
        """(block, head, row) counted from 0; row -1 is the last token."""
        return self.state["block"] - 1, self.state["head"] - 1, self.state["token"] - 1

    def remember(self):
        """Keep the page's address up to date."""
        if not self.writing:
            self.writing = True
            asyncio.create_task(self.write())

    async def write(self):
        await asyncio.sleep(EVERY)
        self.writing = False
        go_on_as(self.address())

    def address(self):
        """The page's address as a link to what is seen."""
        controls = self.controls
        said = dict(self.state)
        said.update(
            {
                "t": None if controls.temperature == TEMPERATURE else controls.temperature,
                "k": controls.top_k or 0,
                "p": controls.top_p,
                "seed": controls.seed,
                "draw": controls.draw,
            }
        )
        return address_with(state.link(said))

    def remember_text(self):
        """The text has been read by the model, so it holds no half characters."""
        text = encoded_value(by_id("prompt"))
        self.left_out = len(text) > state.LONGEST
        self.state["text"] = None if self.left_out else text
        self.remember()

    def follow(self, fragment):
        """The reader came here by another link, which says this behind its #; the text stays when it says none."""
        text = self.state["text"]
        self.state, self.lost = state.understood(fragment)
        self.opening = True
        self.restore()
        if self.state["text"] is None:
            self.state["text"] = text

    def hide(self, names):
        """Leave parts out of the page, and of what the link opens."""
        self.state["hide"] = names
        leave_out(names)
        self.remember()

    def restore(self):
        """Text and settings as the link says; what it does not say stays."""
        link, controls = self.state, self.controls
        leave_out(link["hide"])
        if link["text"] is not None:
            set_value(by_id("prompt"), percent.decoded(link["text"])[0])
        if link["seed"] is not None:
            controls.seed, controls.draw = link["seed"], link["draw"]
        t, k, p = [None if link[n] is None else nearest(link[n], *RANGES[n]) for n in ("t", "k", "p")]
        controls.set(TEMPERATURE if t is None else t, k or None, None if p == 1 else p)

    def arrived(self, view, count):
        """A picture is there, of `count` tokens: say once what a link asked for in vain; it then names what is seen."""
        if self.opening:
            ranges = dict(RANGES, block=(1, view["n_layer"]), head=(1, view["n_head"]), token=(1, count))
            if any([view[n] + 1 != nearest(self.state[n], *ranges[n]) for n in ("block", "head")]):
                return  # it was asked for before the link was followed
            lost, beyond = self.lost, out_of_range(self.state, ranges)
            if lost or beyond:
                self.status.notice("link", lambda words: trouble(lost, beyond, words))
            if self.state["token"] > count:
                self.state["token"] = 0
        self.opening = False
        self.state["block"], self.state["head"] = view["block"] + 1, view["head"] + 1
        self.remember()

    def leave(self):
        """The reader goes on from what the link opened."""
        self.lost, self.opening = [], False
        self.status.unsay("link")


def nearest(value, least, most):
    return min(max(value, least), most)


def out_of_range(said, ranges):
    """[(name, value as a link writes it, least, most)] of the numbers that a link says and that are not possible."""
    found = []
    for name, kind, default in state.FIELDS:
        if name in ranges and said[name] != default and nearest(said[name], *ranges[name]) != said[name]:
            found.append((name, state.WRITERS[kind](said[name])) + ranges[name])
    return found


def trouble(lost, beyond, words):
    """What of a link could not be understood, see `state.understood`, or not be had, in sentences."""
    sentences = []
    if "check" in lost:
        sentences.append(words.say("link.changed"))
    if "text" in lost:
        sentences.append(words.say("link.text"))
    fields = [said for said in lost if "=" in said]
    if fields:
        sentences.append(words.say("link.lost", said=", ".join(fields)))
    if beyond:
        ranges = [words.say("link.range", name=n, value=v, least=a, most=b) for n, v, a, b in beyond]
        sentences.append(words.say("link.beyond", said=", ".join(ranges)))
    return " ".join(sentences)
