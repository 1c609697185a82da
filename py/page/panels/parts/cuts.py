"""The prediction with every part in place beside the one without those that are cut."""

from page.cuts.listed import parts
from page.next_token.compare import cell
from page.panels.part import Part
from page.state.removed import is_of_code
from page.text.markup import visible
from page.text.numbers import bar_end, change, round_percent

COUNT = 10  # likeliest tokens of either


def with_and_without(found, by_code, words):
    """`found` is the worker's answer to `intact`; `by_code`: the code was changed."""
    rows = found["rows"]
    end = bar_end(max([max(row["before"], row["now"]) for row in rows]))
    pieces = [
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table class="ranks compare"><thead>'
        '<tr><th scope="col">{}</th><th scope="col" colspan="2" class="key pinned">'
        '{}<br>{}</th><th scope="col" colspan="2" class="key sampled">{}<br>{}</th><th scope="col">{}</th>'
        '<th scope="col">{}</th></tr></thead><tbody translate="no">'.format(
            words.say("panel.cuts"),
            words.say("probabilities.token"),
            words.say("cuts.with.code" if by_code else "cuts.with"),
            words.say("next.axis", end=round_percent(end)),
            words.say("cuts.without.code" if by_code else "cuts.without"),
            words.say("next.axis", end=round_percent(end)),
            words.say("cuts.points"),
            words.say("cuts.logit"),
        )
    ]
    for row in rows:
        pieces.append('<tr><th scope="row">' + visible(row["shown"]) + "</th>")
        for name, kind in (("before", "pinned"), ("now", "now")):
            pieces.append(cell(row[name], end, kind, words))
        points = change(100 * (row["now"] - row["before"]))
        logit = change(row["logit_now"] - row["logit_before"])
        pieces.append('<td class="number">{}</td><td class="number">{}</td></tr>'.format(points, logit))
    pieces.append("</tbody></table></div>")
    return "".join(pieces)


class Cuts(Part):
    link = "cuts"
    has_csv = False

    async def fill(self):
        state, words = self.page.state, self.words
        if not state.removed:
            return '<p class="note">' + words.say("cuts.none") + "</p>"
        found = await self.ask("intact", self.settings(COUNT))
        return '<ul class="cuts-list">{}</ul>{}<p class="note">{}</p>'.format(
            parts(state.removed, self.figure.answer, words),
            with_and_without(found, is_of_code(state.removed), words),
            words.html("cuts.bits", bits="{:.3f}".format(found["bits"])),
        )

    def clicked(self, event):
        self.page.cuts.clicked(event)

    def resampled(self):
        self.page.dialog.fill_again()


PART = Cuts
