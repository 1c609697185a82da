"""Find: the reader goes to a head or a block in the picture, or knows the nearest neighbour."""

from page.lessons.tasks.task import Choice, Task
from page.state.counting import number_of
from page.state.state import LAST
from page.text.markup import quoted_html, word_html
from page.text.numbers import percent, signed

MOSTLY = 0.5
APART = 0.005  # of a share: less would be noise
FURTHER = 0.02  # of a cosine
NEIGHBOURS = (0, 3, 6, 9)  # of the ten nearest, those that are offered


class Place(Task):
    """Answered by where the picture is."""

    form = "place"
    where = "#head"

    def told(self, asked, given):
        return "{}.{}".format(number_of(given["block"]), number_of(given["head"]))


class Head(Place):
    """`asked["shares"]` has a share for each head, by (block, head); more than `asked["enough"]` is right."""

    kind = "find"

    def asked(self, shares, enough, **values):
        best = max(sorted(shares), key=lambda place: shares[place])
        values.update(block=number_of(best[0]), head=number_of(best[1]), share=percent(shares[best]))
        show = {"block": best[0], "head": best[1], "token": LAST}
        away = min([place for place in shares if shares[place] < enough])
        begin = {"block": away[0], "head": away[1], "token": LAST}  # not where it is found
        return {"values": values, "shares": shares, "enough": enough, "right": best, "begin": begin, "show": show}

    def check(self, asked, given):
        return asked["shares"][given["block"], given["head"]] >= asked["enough"]

    def wrong(self, asked, given):
        share = percent(asked["shares"][given["block"], given["head"]])
        values = {"given_block": number_of(given["block"]), "given_head": number_of(given["head"])}
        return "", dict(values, given_share=share)


class LooksAt(Head):
    """A head that looks mostly at one kind of token, on average over the text."""

    at = ""  # one of the worker's words for them

    async def find(self, subject):
        if subject.last < 3:
            return None
        heads = await subject.heads()
        shares = {place: heads[place]["looks"][self.at]["mean"] for place in heads}
        most = max(shares.values())
        if most < MOSTLY or min(shares.values()) >= MOSTLY:
            return None
        return self.asked(shares, MOSTLY)


class HeadBefore(LooksAt):
    """Vig and Belinkov, "Analyzing the Structure of Attention in a Transformer Language Model" (2019)."""

    name = "head_before"
    at = "before"


class HeadFirst(LooksAt):
    """With nothing to do: Xiao et al., "Efficient Streaming Language Models with Attention Sinks" (2024), section
    3.1."""

    name = "head_first"
    at = "first"


class Sharpest(Head):
    """The head in which the last token gives the largest share to one token."""

    name = "sharpest"

    async def find(self, subject):
        if subject.last < 2:
            return None
        heads = await subject.heads()
        shares = {place: heads[place]["share"] for place in heads}
        ranked = sorted(shares.values())
        if len(ranked) < 2 or ranked[-1] - ranked[-2] < APART:
            return None
        asked = self.asked(shares, ranked[-1], token=word_html(subject.tokens[subject.last]["shown"]))
        asked["values"]["looked"] = word_html(heads[asked["right"]]["most"])
        return asked


class FirstFavourite(Place):
    """The block after which the final answer is the favourite for the first time. nostalgebraist, "interpreting GPT:
    the logit lens" (2020)."""

    name = "first_favourite"
    kind = "find"
    wrong_cases = ("", ".late")

    async def find(self, subject):
        depths = (await subject.about("logit_lens"))["depths"]
        best = [depth["best"][0] for depth in depths]
        first = [one["id"] for one in best].index(best[-1]["id"])
        if len(depths) < 3 or first == 0:
            return None
        values = {"token": word_html(best[-1]["shown"]), "block": first, "share": percent(best[first]["probability"])}
        values["before"] = word_html(best[first - 1]["shown"])
        begin = {"block": 0 if first > 1 else len(depths) - 2, "token": LAST}
        return {"values": values, "best": best, "right": first - 1, "begin": begin, "show": {"block": first - 1}}

    def check(self, asked, given):
        return given["block"] == asked["right"]

    def wrong(self, asked, given):
        """It may be the favourite there, but not for the first time."""
        there = asked["best"][given["block"] + 1]
        values = {"given_block": number_of(given["block"]), "there": word_html(there["shown"])}
        values["there_share"] = percent(there["probability"])
        return ".late" if there["id"] == asked["best"][-1]["id"] else "", values

    def told(self, asked, given):
        return str(number_of(given["block"]))


class Nearest(Choice):
    """Which token the model has learned to be most like one of the text's. By the cosine: Mikolov et al., "Efficient
    Estimation of Word Representations in Vector Space" (2013)."""

    name = "nearest"
    kind = "find"

    async def find(self, subject):
        words = [token for token in subject.tokens if "note" not in token and is_word(token["shown"])]
        for token in subject.mixed(words)[:6]:
            near = (await subject.about("nearest", token["id"]))["tokens"]
            offered = [near[i] for i in NEIGHBOURS if i < len(near)]
            if len(offered) > 2 and offered[0]["cosine"] - offered[1]["cosine"] > FURTHER:
                break
        else:
            return None
        options = [
            {
                "value": str(one["id"]),
                "html": quoted_html(one["shown"]),
                "values": {"given": quoted_html(one["shown"]), "given_cosine": signed(one["cosine"])},
            }
            for one in offered
        ]
        values = {"token": quoted_html(token["shown"]), "right": quoted_html(offered[0]["shown"])}
        values["cosine"] = signed(offered[0]["cosine"])
        right = options[0]["value"]
        return {"values": values, "options": subject.mixed(options, "order"), "right": right, "show": {}}


def is_word(shown, least=3):
    """Whether a token is letters alone, at least so many, but for a space before them."""
    letters = shown.strip(" ")
    return len(letters) >= least and letters.isalpha()


TASKS = (HeadBefore(), HeadFirst(), Sharpest(), FirstFavourite(), Nearest())
