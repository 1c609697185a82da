"""Every attention head at a glance: one column a block, one row a head, each square the head's real pattern.

Choosing one shows it in the picture.
"""

from page.browser.dom import write
from page.panels.part import Part
from page.state.counting import number_of
from page.text.markup import escape, quoted
from page.text.numbers import percent


def grid(heads, chosen, words):
    """heads[block][head] as the worker describes them -> a grid of buttons; `chosen` is (block, head)."""
    pieces = ['<p class="note">', words.say("all_heads.legend"), '</p><div class="scroll"><div class="blocks">']
    for block in range(len(heads)):
        pieces.append('<div class="block"><span class="block-name">')
        pieces.append(words.say("all_heads.block", number=number_of(block)) + "</span>")
        for head in range(len(heads[block])):
            pieces.append(
                '<button type="button" class="head" translate="no" data-block="{}" data-head="{}" aria-pressed="{}"'
                ' aria-label="{}"><img alt="" src="{}"></button>'.format(
                    block,
                    head,
                    "true" if (block, head) == chosen else "false",
                    escape(head_sentence(heads, block, head, words)),
                    heads[block][head]["picture"],
                )
            )
        pieces.append("</div>")
    pieces.append('</div></div><p id="head-caption" class="caption" translate="no" aria-live="polite">')
    pieces.append(escape(head_sentence(heads, chosen[0], chosen[1], words)) + "</p>")
    return "".join(pieces)


def head_sentence(heads, block, head, words):
    """What the last token does in this head, in words."""
    one = heads[block][head]
    return words.say(
        "all_heads.name",
        block=number_of(block),
        head=number_of(head),
        share=percent(one["share"]),
        token=quoted(one["most"]),
        position=number_of(one["position"]),
    )


class AllHeads(Part):
    link = "heads"

    async def fill(self):
        view = self.figure.view
        heads = grid((await self.ask("all_heads"))["blocks"], (view["block"], view["head"]), self.words)
        return heads + '<button type="button" id="cut-each">' + self.words.say("all_heads.effects") + "</button>"

    def clicked(self, event):
        if event.target.id == "cut-each":
            self.page.dialog.ask_for("effects", ("parts",))
        head = event.target.closest(".head")
        if head:
            self.page.state.set(block=int(head.getAttribute("data-block")), head=int(head.getAttribute("data-head")))
            self.page.state.set(part="")

    def hovered(self, event):
        head = event.target.closest(".head")
        if head:
            write("head-caption", head.getAttribute("aria-label"))


PART = AllHeads
