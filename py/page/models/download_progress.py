"""A model on its way: how much of it has come, how fast, and which of its parts are there."""

from page.text.markup import escape
from page.text.numbers import megabytes

MEMORY = 4000  # ms over which the speed is measured
SETTLED = 800  # ms before any speed is said


class Rate:
    """The speed of the last few seconds."""

    def __init__(self):
        self.seen = []  # (time in ms, bytes)

    def add(self, now, count):
        self.seen.append((now, count))
        while self.seen[-1][0] - self.seen[0][0] > MEMORY:
            self.seen.pop(0)

    @property
    def bytes_a_second(self):
        """0 while it is not known."""
        (start, before), (end, after) = self.seen[0], self.seen[-1]
        return max(0, 1000 * (after - before) / (end - start)) if end - start > SETTLED else 0


def progress_sentence(name, report, rate, words):
    """What is coming, how much of it is there, how fast it comes and how long it will take."""
    if not report["total"]:
        return words.say("coming.start", name=name)
    arrived, total = report["arrived"], report["total"]
    text = words.say("coming.bytes", name=name, arrived=megabytes(arrived), total=megabytes(total))
    if arrived >= total:
        return text + words.say("coming.unpack")
    if rate:
        text += words.say("coming.rate", rate=megabytes(rate), seconds=1 + int((total - arrived) / rate))
    return text


def model_parts(n_layer, parts, words):
    """The model's parts in a row, each filled as far as it has come."""
    names = [words.say("coming.embedding")] + [str(i + 1) for i in range(n_layer)] + ["LN"]
    pieces = []
    for number, name in enumerate(names):
        share = parts[number] if number < len(parts) else 0
        pieces.append(
            '<li class="{}"><svg aria-hidden="true"><rect width="{:.1f}%" height="100%"/></svg>'
            "<span>{}</span></li>".format("there" if share >= 1 else "", 100 * share, escape(name))
        )
    return "".join(pieces)
