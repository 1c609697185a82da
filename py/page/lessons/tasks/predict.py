"""Predict, then see: the reader says what the numbers will be before they are shown."""

from page.lessons.tasks.task import Choice, Task, YesOrNo
from page.state.counting import number_of
from page.state.state import LAST
from page.text.markup import quoted_html, word_html
from page.text.numbers import percent, round_percent

CLEAR = 0.5  # of a token's attention: no other gets as much
OPTIONS = 6
NEAR = 0.08  # a share that is said so well is said well
MOVES = 0.12  # a share that moves less would be right where it stands


class MostLooked(Choice):
    """Which token one head of the last token looks at most. Vaswani et al., "Attention Is All You Need" (2017),
    3.2.1."""

    name = "most_looked"
    kind = "predict"

    async def find(self, subject):
        row = subject.last
        heads = await subject.heads()
        clear = [place for place in sorted(heads) if heads[place]["share"] > CLEAR]
        if row < 2 or not clear:
            return None
        telling = [place for place in clear if heads[place]["position"] > 0]  # it does not only rest on the first
        block, head = subject.one_of(telling or clear)
        view = await subject.about("block_view", block, head, row)
        right, first = heads[block, head]["position"], view["first"]
        if right < first:
            return None  # a long text of which only the last tokens are drawn
        others = subject.mixed([place for place in range(first, row + 1) if place != right])[: OPTIONS - 1]
        options = [self.place(subject, place, view["shares"][place - first]) for place in sorted(others + [right])]
        values = {
            "block": number_of(block),
            "head": number_of(head),
            "token": word_html(subject.tokens[row]["shown"]),
            "right": word_html(subject.tokens[right]["shown"]),
            "share": percent(heads[block, head]["share"]),
        }
        show = {"block": block, "head": head, "token": LAST}
        return {"values": values, "options": options, "right": str(right), "show": show}

    def place(self, subject, place, share):
        """A token of the text as an option: with its place, for it may occur twice."""
        name = word_html(subject.tokens[place]["shown"])
        html = name + ' <span class="number">{}</span>'.format(number_of(place))
        return {"value": str(place), "html": html, "values": {"given": name, "given_share": percent(share)}}

    def told(self, asked, given):
        return str(number_of(int(given)))


class StillFirst(Choice):
    """Which token is the likeliest at temperature 2: the same as ever, for the logits are all divided by 2. Hinton et
    al., "Distilling the Knowledge in a Neural Network" (2015), section 2."""

    name = "still_first"
    kind = "predict"

    async def find(self, subject):
        hot = (await subject.next_tokens(temperature=2))["candidates"][:4]
        if hot[0]["logit"] == hot[1]["logit"]:
            return None
        options = [
            {
                "value": str(one["id"]),
                "html": quoted_html(one["shown"]),
                "values": {"given": quoted_html(one["shown"]), "given_share": percent(one["sampled"])},
            }
            for one in hot
        ]
        values = {
            "right": quoted_html(hot[0]["shown"]),
            "share": percent(hot[0]["model"]),
            "hot": percent(hot[0]["sampled"]),
        }
        show = {"temperature": 2, "top_k": None, "top_p": None}
        right = options[0]["value"]
        return {"values": values, "options": subject.mixed(options), "right": right, "show": show}


class HotterShare(Task):
    """Where the first probability goes at another temperature, as a bar to be set. Hinton et al. (2015), section 2."""

    name = "hotter_share"
    kind = "predict"
    form = "bar"
    once = True
    so_cases = (".down", ".up")

    async def find(self, subject):
        for temperature in subject.mixed((2, 0.5, 1.5)) if subject.seeded else (2, 0.5):
            then = (await subject.next_tokens(temperature=temperature))["candidates"][0]
            if abs(then["sampled"] - then["model"]) >= MOVES:
                values = {
                    "token": word_html(then["shown"]),
                    "now": percent(then["model"]),
                    "then": percent(then["sampled"]),
                    "temperature": str(temperature),
                }
                return {
                    "values": values,
                    "start": then["model"],
                    "right": then["sampled"],
                    "show": {"temperature": temperature, "top_k": None, "top_p": None},
                    "case": ".down" if temperature > 1 else ".up",
                }
        return None

    def check(self, asked, given):
        return abs(given - asked["right"]) <= NEAR

    def wrong(self, asked, given):
        return "", {"given": round_percent(given)}

    def told(self, asked, given):
        return "{:.0f} %".format(100 * given)


class EarlyAnswer(YesOrNo):
    """Whether what the model says in the end is its favourite after a certain block already. nostalgebraist,
    "interpreting GPT: the logit lens" (2020)."""

    name = "early_answer"
    kind = "predict"

    async def find(self, subject):
        depths = (await subject.about("logit_lens"))["depths"]
        if len(depths) < 3:
            return None
        depth = 1 + subject.chance(len(depths) - 2) if subject.seeded else min(2, len(depths) - 2)
        there, last = depths[depth]["best"][0], depths[-1]["best"][0]
        values = {
            "block": depth,
            "blocks": len(depths) - 1,
            "last": word_html(last["shown"]),
            "there": word_html(there["shown"]),
            "share": percent(there["probability"]),
        }
        return self.asked(there["id"] == last["id"], values, show={"block": depth - 1})


class WithoutPositions(YesOrNo):
    """Whether the prediction stays the same when the vectors of the places are not added (Radford et al., "Improving
    Language Understanding by Generative Pre-Training", 2018, section 3.1). The mask still tells something of the order:
    Haviv et al., "Transformer Language Models without Positional Encodings Still Learn Positional Information"
    (2022)."""

    name = "without_positions"
    kind = "predict"

    async def find(self, subject):
        if subject.last < 2:
            return None
        first, now = subject.likeliest[0], (await subject.without(("position",)))["candidates"]
        values = {
            "first": word_html(first["shown"]),
            "share": percent(first["model"]),
            "now": word_html(now[0]["shown"]),
            "now_share": percent(now[0]["model"]),
        }
        return self.asked(now[0]["id"] == first["id"], values, show={"removed": (("position",),)})


TASKS = (MostLooked(), StillFirst(), HotterShare(), EarlyAnswer(), WithoutPositions())
