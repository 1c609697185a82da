"""About this run: where the time of the last pass went, how fast it was, how weights are held and multiplied."""

import asyncio

from page.models.catalog import rounding
from page.panels.part import Part
from page.state.counting import number_of
from page.text.numbers import grouped, megabytes

PRECISIONS = ("float32", "int8", "kernel")


def milliseconds(seconds):
    return "{:.1f} ms".format(1000 * seconds)


def run_stats(answer, busy, words, times=()):
    """The worker's `about`; `busy` while a model is being loaded; `times` as in `precision_choice`."""
    say = words.say
    blocks = range(len(answer["mlp"]))
    longest = max([answer["embedding"], answer["head"]] + [answer["attention"][i] + answer["mlp"][i] for i in blocks])
    rows = [row(say("about.embedding"), [("other", answer["embedding"])], longest)]
    for i in blocks:
        pieces = [("attention", answer["attention"][i]), ("mlp", answer["mlp"][i])]
        rows.append(row(say("all_heads.block", number=number_of(i)), pieces, longest))
    rows.append(row(say("about.head"), [("other", answer["head"])], longest))
    key = '<span class="key {}">{}</span>'
    keys = " ".join([key.format(kind, say("about." + kind)) for kind in ("attention", "mlp")])
    html = '<p>{}</p><p class="keys">{}</p><table class="times"><tbody>{}</tbody></table><dl class="facts">{}</dl>{}'
    return html.format(
        say("about.tokens", tokens=answer["tokens"], seen=answer["seen"]),
        keys,
        "".join(rows),
        facts(answer, words),
        precision_choice(answer, busy, words, times),
    )


def row(name, pieces, longest):
    """One part of the pass: a bar for each of its pieces, one after the other, and their time in all."""
    bars, at = [], 0.0
    for kind, seconds in pieces:
        width = 100 * seconds / longest
        bars.append('<rect class="{}" x="{:.2f}%" width="{:.2f}%" height="100%"/>'.format(kind, at, width))
        at += width
    total = sum([seconds for _, seconds in pieces])
    return (
        '<tr><th scope="row">{}</th><td class="bars"><svg class="one" aria-hidden="true">{}</svg></td>'
        '<td class="number">{}</td></tr>'
    ).format(name, "".join(bars), milliseconds(total))


def facts(answer, words):
    say = words.say
    total = answer["total"]
    known = answer["device_memory"]
    found = (
        (say("about.attention.all"), milliseconds(sum(answer["attention"]))),
        (say("about.mlp.all"), milliseconds(sum(answer["mlp"]))),
        (say("about.total"), milliseconds(total)),
        (say("about.operations"), "{} {}".format(grouped(round(answer["operations"] / 1e6)), say("about.million"))),
        (say("about.rate"), "{:.2f} GFLOP/s".format(answer["operations"] / max(total, 1e-9) / 1e9)),
        (say("about.heap"), megabytes(answer["heap"]) + " MB"),
        (say("about.device"), say("about.device.some", gigabytes=known) if known else say("about.device.unknown")),
    )
    if answer["without_token"]:
        count, first = grouped(answer["without_token"]), "⟨#{}⟩".format(answer["first_without"])
        found += ((say("about.without_token"), say("about.without_token.some", count=count, first=first)),)
    return "".join(["<div><dt>{}</dt><dd>{}</dd></div>".format(name, value) for name, value in found])


def precision_choice(answer, busy, words, times):
    """Which way it is done, and the choice between them, with what each takes on this text: {precision: seconds}.

    No `times` while none are known, None while they are taken.
    """
    say = words.say
    share = answer["rounding"]  # None for a model that came rounded, as all but a reader's own do
    own = "" if share is None else ".own"
    note = "" if share is None else '<p class="note">' + rounding(share, words) + "</p>"
    absent = answer["kernel"] == "absent"
    choices = []
    for precision in PRECISIONS:
        size = answer["parameters"] * (4 if precision == "float32" else 1)
        choices.append(
            '<label><input type="radio" name="precision" value="{}"{}{}> {}<output>{}</output></label>'.format(
                precision,
                " checked" if precision == answer["precision"] else "",
                " disabled" if busy or (absent and precision == "kernel") else "",
                say("about." + precision + own, size=megabytes(size)),
                milliseconds(times[precision]) if times and precision in times else "",
            )
        )
    button = '<button type="button" id="ways">{}</button>'.format(
        say("about.ways.busy" if times is None else "about.ways")
    )
    html = '<fieldset class="precision"><legend>{}</legend><p>{}</p>{}{}{}<p class="note">{}</p></fieldset>'
    return html.format(
        say("about.precision"),
        say("about.ran." + answer["precision"]),
        "".join(choices),
        button,
        note,
        say("about.uncompiled" if absent else "about.compiled"),
    )


class Run(Part):
    has_csv = False

    of, times = None, {}  # model and tokens, and what they take in each way; None while they are timed

    async def fill(self):
        of = (self.page.models.name, [token["id"] for token in self.figure.answer["tokens"]])
        if self.of != of:
            self.of, self.times = of, {}
        busy = self.page.models.coming is not None
        html = run_stats(await self.ask("about"), busy, self.words, self.times)
        mine = self.page.own_code.drawn
        return '<p class="note">' + self.words.html("own.untimed") + "</p>" + html if mine else html

    async def measure(self):
        """The page may be at another text before the answer is there."""
        of, self.times = self.of, None
        self.page.dialog.fill_again()
        answer = await self.page.client.ask("ways", self.page.client.run)
        if self.of != of:
            return
        self.times = {way["precision"]: way["seconds"] for way in answer.get("ways", ())}
        if "error" in answer:
            self.page.client.failed(answer)
        if self.is_open:
            self.page.dialog.fill_again()

    def clicked(self, event):
        if event.target.id == "ways" and self.times is not None:
            asyncio.create_task(self.measure())

    def changed(self, event):
        self.page.models.chosen(event)


PART = Run
