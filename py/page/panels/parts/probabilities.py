"""The next-token probabilities, opened: a long list, a search, and one token's arithmetic from logit to probability."""

import json

from page.browser.dom import by_id, fill, first_of, reveal, value_as_json, write
from page.next_token.candidates import bars, drawn_mark, outside
from page.panels.part import Part
from page.text.markup import escape, quoted_html, visible
from page.text.numbers import bar_end, grouped, percent, round_percent, short, signed

ARROWS = {"ArrowUp": -1, "ArrowDown": 1}
COUNT = 200  # tokens listed


def search_and_list(words):
    """What stays while the list is searched: the search field, a place for the list and one for the arithmetic."""
    return (
        '<div class="probabilities"><div class="probability-list"><label for="search">{}</label>'
        '<input id="search" type="text" autocomplete="off" spellcheck="false">'
        '<div id="probability-rows" class="scroll" tabindex="0" role="region" aria-label="{}"></div></div>'
        '<div id="probability-work" class="probability-work" aria-live="polite"></div></div>'
    ).format(words.say("probabilities.search"), escape(words.say("probabilities.keys")))


def ranking(following, words):
    """The candidates of one answer of the worker; the drawn token is marked."""
    rows = following["candidates"]
    if not rows:
        return '<p class="note">' + words.say("probabilities.none") + "</p>"
    end = bar_end(max([max(row["sampled"], row["model"]) for row in rows]))
    pieces = [
        '<table class="ranks"><thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th>'
        '<th scope="col" class="axis">{}</th><th scope="col" class="key sampled">{}</th>'
        '<th scope="col" class="key model">{}</th></tr></thead><tbody translate="no">'.format(
            words.say("probabilities.rank"),
            words.say("probabilities.token"),
            words.say("probabilities.logit"),
            words.say("next.axis", end=round_percent(end)),
            words.say("next.sampled"),
            words.say("next.model"),
        )
    ]
    for number, row in enumerate(rows):
        drawn = row["id"] == following["drawn"]["id"]
        pieces.append(
            '<tr data-number="{}" data-id="{}"{}><td class="number">{}</td><th scope="row">{}{}</th>'
            '<td class="number">{}</td><td class="bars">{}</td><td class="number sampled">{}</td>'
            '<td class="number model">{}</td></tr>'.format(
                number,
                row["id"],
                ' class="drawn"' if drawn else "",
                grouped(row["rank"]),
                visible(row["shown"]),
                drawn_mark(words) if drawn else "",
                signed(row["logit"]),
                bars(row["sampled"] / end, row["model"] / end),
                percent(row["sampled"]),
                percent(row["model"]),
            )
        )
    pieces.append("</tbody></table>")
    return "".join(pieces)


def arithmetic(following, number, words):
    """From one token's logit to the probability with which it is drawn, line by line."""
    say = words.say
    row = following["candidates"][number]
    temperature = following["temperature"]
    lines = [line(say("probabilities.logit"), signed(row["logit"]), say("probabilities.logit.why"))]
    if temperature == 0:
        first = row["rank"] == 1
        lines.append(line(say("probabilities.greedy"), percent(row["sampled"]), say("probabilities.greedy.why")))
        ending = escape(say("probabilities.greedy.first") if first else say("probabilities.greedy.other"))
    else:
        t = short(temperature)
        lines.append(
            line(
                say("probabilities.scaled", temperature=t),
                signed(row["logit"] / temperature),
                signed(row["logit"]) + " ÷ " + t,
            )
        )
        if row["cut"]:
            reason = say("probabilities.cut." + row["cut"], top_k=following["top_k"], top_p=following["top_p"])
            lines.append(line(say("probabilities.cut"), "0", reason))
        else:
            rules = following["top_k"] or following["top_p"]
            lines.append(
                line(
                    say("probabilities.kept"),
                    "✓",
                    say("probabilities.kept.passes" if rules else "probabilities.kept.why"),
                )
            )
            lines.append(
                line(
                    say("probabilities.weight"),
                    signed(row["weight"]),
                    "e^(({} − {}) ÷ {})".format(signed(row["logit"]), bracketed(signed(following["largest"])), t),
                )
            )
            lines.append(
                line(
                    say("probabilities.share"),
                    percent(row["sampled"]),
                    signed(row["weight"]) + " ÷ " + signed(following["total"]),
                )
            )
        ending = words.html("probabilities.so", share=percent(row["sampled"]), token=quoted_html(row["shown"]))
    return '<h3>{}</h3><dl>{}</dl><p class="so">{}</p><p class="note">{}</p>'.format(
        words.html("probabilities.title", token=quoted_html(row["shown"]), rank=grouped(row["rank"])),
        "".join(lines),
        ending,
        say("probabilities.note"),
    )


def bracketed(text):
    return "(" + text + ")" if text.startswith("−") else text


def line(name, value, why):
    return '<div><dt>{}</dt><dd><b translate="no">{}</b><span dir="auto">{}</span></dd></div>'.format(
        escape(name), value, escape(why)
    )


class Probabilities(Part):
    link = "next"
    code_of = "next"

    def __init__(self, name, page):
        super().__init__(name, page)
        self.following = None  # the listed tokens

    async def fill(self):
        self.following = None
        return search_and_list(self.words) + '<p id="probability-outside" class="note"></p>'

    def ready(self):
        query = json.loads(value_as_json(by_id("search")))["value"]
        self.page.client.ask_newest("probabilities", self.show, "next_tokens", self.settings(COUNT, query))

    def show(self, following):
        if self.is_open:
            self.following = following
            fill("probability-rows", ranking(following, self.words))
            write("probability-outside", outside(following, self.words))
            self.turned()

    def resampled(self):
        self.ready()

    def row(self):
        """The row of the token that is worked out, the first where that is not listed."""
        ids = [row["id"] for row in self.following["candidates"]]
        shown = self.page.state.shown
        return ids.index(shown[0]) if shown and shown[0] in ids else 0

    def choose(self, row):
        self.page.state.set(shown=(self.following["candidates"][row]["id"],))

    def turned(self):
        """Work out the chosen token, from its logit to its probability."""
        if not (self.following and self.following["candidates"]):
            return
        number = self.row()
        old = first_of("#probability-rows tr.chosen")
        if old:
            old.classList.remove("chosen")
        first_of('#probability-rows tr[data-number="{}"]'.format(number)).classList.add("chosen")
        fill("probability-work", arithmetic(self.following, number, self.words))

    def typed(self, event):
        if event.target.id == "search":
            self.ready()

    def hovered(self, event):
        row = event.target.closest("#probability-rows tr[data-number]")
        if row:
            self.choose(int(row.getAttribute("data-number")))

    def pressed(self, event):
        if event.target.id == "probability-rows" and event.key in ARROWS:
            event.preventDefault()
            row = self.row() + ARROWS[event.key]
            if 0 <= row < len(self.following["candidates"]):
                self.choose(row)
                reveal(first_of("#probability-rows tr.chosen"))


PART = Probabilities
