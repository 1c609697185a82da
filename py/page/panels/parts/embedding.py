"""The embedding, opened: for each token its text, its id, what the id stands for, where it stands, and their sum."""

from page.figure.heatmap import heatmap
from page.figure.prompt_tokens import is_piece
from page.panels.part import Part, reading
from page.state.counting import number_of
from page.text.markup import escape, visible
from page.text.numbers import grouped


def rows(answer, view, words):
    """A list of the tokens beside three columns of strips, one row a token."""
    first = view["first"]
    lines = []
    for position in range(first, len(answer["tokens"])):
        token = answer["tokens"][position]
        note = token.get("note") or ("piece" if is_piece(answer, position) else "")
        lines.append(
            '<li><span class="piece">{}</span><span class="arrow" aria-hidden="true">→</span>'
            '<span class="id">{}<span class="note">{}</span></span></li>'.format(
                visible(token["shown"]),
                words.say("tokens.number", id=grouped(token["id"])),
                note and words.say("embedding." + note),
            )
        )
    places = "".join(
        [
            "<li>" + words.say("tokens.position", position=number_of(position)) + "</li>"
            for position in range(first, len(answer["tokens"]))
        ]
    )
    say = words.say
    column = '<div class="heatmap-column">{}</div>'
    return (
        '<p class="note">{intro}</p><div class="embedding-rows" dir="ltr"><h3>{text}</h3><h3>{token}</h3><span></span>'
        '<h3>{position}</h3><span></span><h3>{sum}</h3><ol class="pieces">{lines}</ol>{token_heatmap}'
        '<span class="sign" aria-hidden="true">+</span>'
        '<div class="with-places"><ol class="places">{places}</ol>{position_heatmap}</div>'
        '<span class="sign" aria-hidden="true">=</span>{sum_heatmap}</div>'
    ).format(
        intro=say("embedding.intro", size=grouped(view["n_embd"])),
        text=say("embedding.text"),
        lines="".join(lines),
        token=say("heatmap.token"),
        token_heatmap=column.format(heatmap("token", view, words)),
        position=say("heatmap.position"),
        places=places,
        position_heatmap=column.format(heatmap("position", view, words)),
        sum=escape(say("heatmap.embedded")),
        sum_heatmap=column.format(heatmap("embedded", view, words)),
    )


class Embedding(Part):
    link = "embedding"
    code_of = "embedding"

    async def fill(self):
        return rows(self.figure.answer, self.figure.view, self.words) + reading(self.words)


PART = Embedding
