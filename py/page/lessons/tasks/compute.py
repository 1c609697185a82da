"""Compute: one number of the run by hand, from the numbers that it is made of."""

from page.lessons.tasks.task import Number
from page.state.counting import number_of
from page.text.markup import word_html
from page.text.numbers import percent, signed

SCORES = 4
MIDDLE = (0.12, 0.88)  # a share that can be told from none and all
TRIED = 8  # heads, or numbers, before a text is given up
LARGE = 0.02  # each summand, at least


class Share(Number):
    """A percentage."""

    kind = "compute"
    near = 0.012

    def wrong(self, asked, given):
        return "", {"given": percent(given) if given >= 0 else signed(100 * given) + "\u00a0%"}

    def told(self, asked, given):
        return "{:g} %".format(100 * given)


class ShareOfFour(Share):
    """One share of attention from four scores: softmax with pencil and paper. Vaswani et al., "Attention Is All You
    Need" (2017), section 3.2.1, equation 1."""

    name = "share_of_four"

    async def find(self, subject):
        if subject.last < SCORES - 1:
            return None
        row = SCORES - 1
        for block, head in subject.mixed(sorted(await subject.heads()))[:TRIED]:
            view = await subject.about("block_view", block, head, row)
            if view["first"] > 0:
                return None  # the text is too long for its first tokens to be drawn
            fair = [place for place in range(SCORES) if MIDDLE[0] < view["shares"][place] < MIDDLE[1]]
            if len(fair) > 1:
                return await self.asked(subject, block, head, row, subject.one_of(fair, "column"))
        return None

    async def asked(self, subject, block, head, row, column):
        rows, found = [], None
        for place in range(SCORES):
            score = await subject.about("score", block, head, row, place)
            rows.append((word_html(subject.tokens[place]["shown"]), signed_two(score["scaled"])))
            if place == column:
                found = score
        values = {
            "block": number_of(block),
            "head": number_of(head),
            "token": word_html(subject.tokens[row]["shown"]),
            "other": word_html(subject.tokens[column]["shown"]),
            "largest": signed_two(found["largest"]),
            "weight": fine(found["weight"]),
            "total": fine(found["total"]),
            "share": percent(found["share"]),
        }
        show = {"block": block, "head": head, "token": row}
        number = "blocks.{}.attn.pattern[{}, {}, {}]".format(block, head, row, column)
        return {
            "values": values,
            "rows": rows,
            "right": found["share"],
            "show": show,
            "number": number,
            "percent": True,
        }


class HotShare(Share):
    """One probability at temperature 2 from three logits. Hinton et al., "Distilling the Knowledge in a Neural Network"
    (2015), section 2."""

    name = "hot_share"

    async def find(self, subject):
        hot = await subject.next_tokens(temperature=2, top_k=3)
        three = hot["candidates"][:3]
        if hot["kept"] != 3 or not all([MIDDLE[0] / 2 < one["sampled"] < MIDDLE[1] for one in three]):
            return None
        one = subject.one_of(three) if subject.seeded else three[0]
        rows = [(word_html(other["shown"]), signed_two(other["logit"])) for other in three]
        values = {
            "token": word_html(one["shown"]),
            "largest": signed_two(hot["largest"]),
            "weight": fine(one["weight"]),
            "total": fine(hot["total"]),
            "share": percent(one["sampled"]),
        }
        show = {"temperature": 2, "top_k": 3, "top_p": None}
        number = "probabilities[{}, {}]".format(subject.last, one["id"])
        return {
            "values": values,
            "rows": rows,
            "right": one["sampled"],
            "show": show,
            "number": number,
            "percent": True,
        }


class Opened(Number):
    """A number of the run that the worker opens; the values that it is made of have enough digits to be worked with."""

    kind = "compute"

    async def opened(self, subject, address):
        found = await subject.about("inspect", address, subject.settings())
        return {one["name"]: one["digits"] for one in found["values"]}

    def places(self, subject, size):
        """(token, entry) to try."""
        count = len(subject.tokens)
        return [(subject.chance(count, ("token", i)), subject.chance(size, ("entry", i))) for i in range(TRIED)]


class EmbeddingSum(Opened):
    """A token's embedding and that of its place, added. Radford et al., "Improving Language Understanding by Generative
    Pre-Training" (2018), section 3.1."""

    name = "embedding_sum"
    near = 0.006

    async def find(self, subject):
        size = (await subject.about("block_view", 0, 0, subject.last))["n_embd"]
        for token, entry in self.places(subject, size):
            address = "blocks.0.resid_pre[{}, {}]".format(token, entry)
            known = await self.opened(subject, address)
            parts = [float(known[name]) for name in ("left", "right")]
            if min([abs(part) for part in parts]) > LARGE and abs(sum(parts)) > LARGE:
                values = {
                    "token": word_html(subject.tokens[token]["shown"]),
                    "entry": number_of(entry),
                    "place": number_of(token),
                    "left": minus(known["left"]),
                    "right": minus(known["right"]),
                    "sum": minus(known["result"]),
                }
                return {"values": values, "right": float(known["result"]), "show": {}, "number": address}
        return None


class Normalised(Opened):
    """A number of a LayerNorm: less the mean, by the deviation. Ba et al., "Layer Normalization" (2016), section 3."""

    name = "normalised"
    near = 0.03

    async def find(self, subject):
        view = await subject.about("block_view", 0, 0, subject.last)
        block = subject.chance(view["n_layer"], "block")
        for token, entry in self.places(subject, view["n_embd"]):
            address = "blocks.{}.ln1[{}, {}]".format(block, token, entry)
            known = await self.opened(subject, address)
            result = float(known["normalised"])
            deviation = float(known["variance"]) ** 0.5
            if 0.3 < abs(result) < 5 and deviation > 0.05 and abs(abs(result) - abs(float(known["x"]))) > 0.1:
                values = {
                    "token": word_html(subject.tokens[token]["shown"]),
                    "entry": number_of(entry),
                    "block": number_of(block),
                    "x": minus(known["x"]),
                    "mean": minus(known["mean"]),
                    "deviation": fine(deviation),
                    "result": minus(known["normalised"]),
                }
                return {"values": values, "right": result, "show": {"block": block}, "number": address}
        return None


def signed_two(value):
    """With two decimals, and a true minus sign."""
    return minus("{:.2f}".format(value))


def fine(value):
    """With enough decimals for what is worked out from it to come out right."""
    return minus("{:.4f}".format(value))


def minus(digits):
    return digits.replace("-", "−")


TASKS = (ShareOfFour(), HotShare(), EmbeddingSum(), Normalised())
