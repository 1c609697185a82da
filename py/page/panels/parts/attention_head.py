"""An attention head, opened: three steps from queries and keys to shares, and any cell of them worked out."""

from page.browser.dom import all_of, by_id, fill, first_of, write
from page.figure.heatmap import labelled
from page.figure.matrix import emphasis, legend, stage
from page.panels import score
from page.panels.part import Part, reading
from page.panels.player import Player
from page.text.markup import visible


def steps(answer, names, words):
    """Queries and keys, the three matrices side by side, values and outputs."""
    say = words.say
    kinds = (("scores", "diverging"), ("masked", "diverging"), ("pattern", "shares"))
    pieces = ['<div class="steps" dir="ltr">', lists(answer, names, ("head_q", "head_k"), words)]
    for number, (name, kind) in enumerate(kinds):
        title = say("attention_head." + name)
        pieces.append(
            '<figure class="step"><h3>{}. {}</h3><p class="subtitle">{}</p>{}<div class="step-foot">{}'
            '<button type="button" class="as-table" data-table="{}">{}</button></div></figure>'.format(
                number + 1,
                title,
                say("attention_head.how." + name, size=answer["d_head"]),
                stage(name, names, answer[name], title + ". " + say("matrix.keys")),
                legend(kind, answer[name]["least"], answer[name]["most"]),
                name,
                say("table.show"),
            )
        )
        pieces.append('<span class="sign" aria-hidden="true">→</span>' if number < 2 else "")
    pieces.append(lists(answer, names, ("head_v", "z"), words))
    pieces.append('</div><div id="cell" class="worked-cell"></div>')
    return "".join(pieces)


def lists(answer, names, kinds, words):
    """Two columns of this head's own numbers, one row a token."""
    return (
        '<div class="lists"><ol class="names" aria-hidden="true">'
        + "".join(["<li>" + visible(shown) + "</li>" for shown in names])
        + "</ol>"
        + "".join([labelled(kind, answer, words) for kind in kinds])
        + "</div>"
    )


class AttentionHead(Part):
    link = "head"
    code_of = "attention"

    def __init__(self, name, page):
        super().__init__(name, page)
        self.player = Player(page.words, self.draw_step)
        self.score = None  # the chosen cell's, worked out
        self.count = 0  # of tokens in the steps
        self.turn = 0  # counts the fillings
        self.of = None  # the run, block and head that the state's chosen cell belongs to

    async def fill(self):
        view = self.figure.view
        stages = await self.ask("attention_head", view["block"], view["head"])
        self.count = stages["count"] = view["count"]
        note = '<p class="note">' + self.words.html("own.steps") + "</p>" if self.page.own_code.drawn else ""
        return note + steps(stages, self.figure.names, self.words) + reading(self.words)

    def ready(self):
        self.player.stop()
        self.turn += 1
        view, before = self.figure.view, self.of
        self.of = self.page.client.run, view["block"], view["head"]
        if before in (None, self.of) or not self.page.state.set(shown=()):
            self.turned()

    def closed(self):
        self.player.stop()
        self.of = None

    def cell(self):
        """The (row, column) that the reader has chosen or, before, to which the explained token listens most."""
        view, chosen = self.figure.view, self.page.state.shown
        if len(chosen) == 2 and all([0 <= place < self.count for place in chosen]):
            return chosen
        return min(view["row"] - view["first"], self.count - 1), view["shares"].index(max(view["shares"]))

    def choose_cell(self, row, column):
        self.page.state.set(shown=(row, column))

    def turned(self):
        """Work out the chosen cell, marked in every step."""
        row, column = self.cell()
        view, turn = self.figure.view, self.turn
        for kind, outline in emphasis(row, column, view["count"], view["ahead"]).items():
            for name in ("scores", "masked", "pattern"):
                first_of('#panel [data-matrix="' + name + '"] .ring.' + kind).setAttribute("d", outline)
        for name, chosen in (("row", row), ("column", column)):
            for text in all_of("#panel .name[data-" + name + "]"):
                text.classList.toggle("chosen-" + name, text.getAttribute("data-" + name) == str(chosen))

        def answered(found):
            if self.is_open and turn == self.turn:  # else another part, or another head, has been opened
                self.show_cell(found)

        place = view["first"] + row, view["first"] + column
        self.page.client.ask_newest("cell", answered, "score", view["block"], view["head"], *place)

    def show_cell(self, found):
        tokens = self.figure.answer["tokens"]
        shown = tokens[found["row"]]["shown"], tokens[found["column"]]["shown"]
        fill("cell", score.worked_out(found, *shown, self.words))
        self.score = found
        self.player.show(found["d_head"])

    def draw_step(self, step):
        width, mark = score.mark_at(step, self.score["d_head"])
        by_id("reveal-box").setAttribute("width", str(width))
        by_id("step-mark").setAttribute("d", mark)
        write("step-text", score.step_text(step, self.score, self.words))

    def clicked(self, event):
        self.player.clicked(event)

    def typed(self, event):
        self.player.typed(event)


PART = AttentionHead
