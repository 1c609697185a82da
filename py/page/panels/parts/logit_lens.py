"""What the model would say after each block."""

from page.figure.logit_lens import guess
from page.panels.part import Part
from page.text.markup import escape


def depth_table(depths, words):
    """Opened: the likeliest few at every depth."""
    head = "".join(['<th scope="col">' + str(i + 1) + "</th>" for i in range(len(depths[0]["best"]))])
    rows = []
    for depth in range(len(depths)):
        name = words.say("all_heads.block", number=depth) if depth else words.say("logit_lens.start")
        cells = ["<td>" + guess(one) + "</td>" for one in depths[depth]["best"]]
        rows.append('<tr><th scope="row">' + name + "</th>" + "".join(cells) + "</tr>")
    return (
        '<p class="note">' + words.say("logit_lens.note") + '</p><div class="scroll" tabindex="0" role="region"'
        ' aria-label="'
        + escape(words.say("logit_lens.title"))
        + '"><table class="depths"><thead><tr><th scope="col">'
        + words.say("logit_lens.depth")
        + "</th>"
        + head
        + "</tr></thead><tbody>"
        + "".join(rows)
        + "</tbody></table></div>"
    )


class LogitLens(Part):
    link = "forming"
    code_of = "next"

    async def fill(self):
        return depth_table((await self.ask("logit_lens"))["depths"], self.words)


PART = LogitLens
