"""Make: the reader brings something about, by the settings or by another word."""

import json

from page.figure.prompt_tokens import text_of
from page.lessons.tasks.find import is_word
from page.lessons.tasks.task import PLAIN, Task
from page.text.markup import escape, word_html
from page.text.numbers import percent, round_percent, short

TRIED = 24  # changed texts
LONGEST = 40  # tokens of a text in which a word is changed
LEAST = 0.06  # probability of what is to be brought about
APART = 0.01  # from the next
SWAPS = (  # words that fit into each other's places
    ("he", "she", "they", "we", "it"),
    ("girl", "boy", "man", "woman", "king", "queen", "cat", "dog"),
    ("girls", "boys", "children", "students", "people"),
    ("sister", "brother", "mother", "father", "son", "daughter"),
    ("happy", "sad", "angry", "tired", "hungry", "afraid", "beautiful"),
    ("because", "and", "but", "when", "that"),
    ("was", "is"),
    ("in", "on", "at", "to", "of", "with", "from"),
    ("the", "a", "his", "her", "my", "their"),
    ("davis", "brown", "smith", "lincoln"),
    ("city", "river", "country", "house", "book", "letter", "door"),
    ("little", "old", "young", "big", "small", "largest", "smallest"),
    ("sat", "looked", "went", "came", "ran", "began", "wanted"),
)
MARKS = ".,;:!?"


class Exactly(Task):
    """So many tokens are left to draw from. Top-k: Fan et al., "Hierarchical Neural Story Generation" (2018)."""

    name = "exactly"
    kind = "make"
    form = "act"
    where = "#temperature"

    async def find(self, subject):
        count = 2 + subject.chance(5) if subject.seeded else 3
        if (await subject.next_tokens(top_k=count))["kept"] != count:
            return None
        return {"values": {"count": count}, "right": count, "begin": PLAIN, "show": dict(PLAIN, top_k=count)}

    def check(self, asked, given):
        return given["next"]["kept"] == asked["right"]

    def wrong(self, asked, given):
        return "", {"given": given["next"]["kept"]}

    def told(self, asked, given):
        return "{} tokens".format(given["next"]["kept"])


class Certain(Task):
    """The first token's probability passes a mark. Hinton et al., "Distilling the Knowledge in a Neural Network"
    (2015), section 2."""

    name = "certain"
    kind = "make"
    form = "act"
    where = "#temperature"

    async def find(self, subject):
        mark = subject.one_of((0.9, 0.8, 0.95)) if subject.seeded else 0.9
        first = (await subject.next_tokens(temperature=PLAIN["temperature"]))["candidates"][0]
        if first["sampled"] > mark - 0.05:
            return None
        for tenths in range(7, 0, -1):
            then = (await subject.next_tokens(temperature=tenths / 10))["candidates"][0]
            if then["sampled"] >= mark:
                values = {
                    "token": word_html(first["shown"]),
                    "mark": round_percent(mark),
                    "now": percent(first["sampled"]),
                    "then": percent(then["sampled"]),
                    "temperature": short(tenths / 10),
                }
                show = dict(PLAIN, temperature=tenths / 10)
                return {"values": values, "right": mark, "begin": PLAIN, "show": show}
        return None

    def check(self, asked, given):
        return given["next"]["candidates"][0]["sampled"] >= asked["right"]

    def wrong(self, asked, given):
        return "", {"given": percent(given["next"]["candidates"][0]["sampled"])}

    def told(self, asked, given):
        return "{:.0f} %".format(100 * given["next"]["candidates"][0]["sampled"])


class ChangeWord(Task):
    """Another word in one place, so that another token is the likeliest."""

    name = "change_word"
    kind = "make"
    form = "act"
    changes_text = True
    where = "#prompt"
    wrong_cases = ("", ".words")

    async def find(self, subject):
        text, first = text_of(subject.answer), subject.likeliest[0]
        if len(subject.tokens) > LONGEST:
            return None
        for changed in subject.mixed(changes(text))[:TRIED]:
            await subject.read(json.dumps({"value": changed}))
            best, second = subject.likeliest[:2]
            clear = best["model"] > LEAST and best["model"] - second["model"] > APART and is_word(best["shown"], 2)
            if best["id"] != first["id"] and clear:
                values = {
                    "token": word_html(best["shown"]),
                    "first": word_html(first["shown"]),
                    "share": percent(best["model"]),
                    "changed": '<bdi translate="no">{}</bdi>'.format(escape(changed)),
                }
                show = {"text": json.dumps({"value": changed})}
                return {"values": values, "text": text, "right": best["id"], "show": show}
        return None

    def check(self, asked, given):
        return words_apart(asked["text"], given["text"]) == 1 and self.best(given)["id"] == asked["right"]

    def best(self, given):
        return given["next"]["candidates"][0]

    def wrong(self, asked, given):
        if words_apart(asked["text"], given["text"]) != 1:
            return ".words", {"text": '<bdi translate="no">{}</bdi>'.format(escape(asked["text"]))}
        return "", {"given": word_html(self.best(given)["shown"]), "given_share": percent(self.best(given)["model"])}

    def told(self, asked, given):
        return given["text"]


def words_apart(one, other):
    """In how many places two texts have other words; None where one has more."""
    ours, theirs = one.split(" "), other.split(" ")
    if len(ours) != len(theirs):
        return None
    return len([place for place in range(len(ours)) if ours[place] != theirs[place]])


def changes(text):
    """The text with another word in each place where one of SWAPS stands."""
    words, found = text.split(" "), []
    for place in range(len(words)):
        word = words[place]
        bare = word
        while bare and bare[-1] in MARKS:
            bare = bare[:-1]
        for group in SWAPS:
            if bare.lower() in group:
                for other in group:
                    if other != bare.lower():
                        new = other[0].upper() + other[1:] if bare[0] != bare[0].lower() else other
                        found.append(" ".join(words[:place] + [new + word[len(bare) :]] + words[place + 1 :]))
    return found


TASKS = (Exactly(), Certain(), ChangeWord())
