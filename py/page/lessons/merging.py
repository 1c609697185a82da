"""How a word becomes tokens, as HTML: its characters, their bytes, and the pieces that the bytes have merged into.

That the list of merges was learnt from text, and that its order decides: Sennrich, Haddow and Birch 2016, section 3.2;
that GPT-2 merges bytes, for which 256 tokens suffice: Radford et al. 2019, section 2.2.
"""

from page.state.counting import number_of
from page.text.markup import escape, quoted_html, visible
from page.text.numbers import grouped

WIDE = 24  # columns of a piece's name


def pieces_after(answer, step):
    """The pieces there are after so many merges: each {"id", "shown", "letters", "bytes": how many it holds}."""
    pieces = []
    for byte in answer["bytes"]:
        pieces.append({"id": byte["id"], "shown": byte["shown"], "letters": byte["letter"], "bytes": 1})
    for merge in answer["steps"][:step]:
        left, right = pieces[merge["left"] : merge["left"] + 2]
        both = {"letters": left["letters"] + right["letters"], "bytes": left["bytes"] + right["bytes"]}
        both.update({"id": merge["id"], "shown": merge["shown"]})
        pieces[merge["left"] : merge["left"] + 2] = [both]
    return pieces


def pair_at(answer, step):
    """What the two pieces are called that the merge with this number, from 0, makes one of."""
    left = answer["steps"][step]["left"]
    return [piece["shown"] for piece in pieces_after(answer, step)[left : left + 2]]


def quoted_pair(answer, step):
    left, right = pair_at(answer, step)
    return {"left": quoted_html(left), "right": quoted_html(right)}


def word_buttons(answer, words):
    """The words of the text, of which one is chosen."""
    buttons = []
    for place, piece in enumerate(answer["pieces"]):
        number = answer["first"] + place
        buttons.append(
            '<button type="button" id="merge-word-{0}" data-piece="{0}" tabindex="-1" aria-pressed="{1}">{2}'
            '<span class="of-tokens" title="{3}">{4}<span class="visually-hidden">{3}</span></span></button>'.format(
                number,
                "true" if number == answer["piece"] else "false",
                visible(piece["shown"], WIDE),
                escape(words.say("merges.tokens", count=grouped(piece["tokens"]))),
                grouped(piece["tokens"]),
            )
        )
    return "".join(buttons)


def byte_table(answer, words):
    """The word's characters over their bytes; a row for the pieces is filled at each step."""
    say = words.say
    characters = [
        '<td colspan="{}"{}><span>{}</span></td>'.format(
            one["bytes"], ' class="many"' if one["bytes"] > 1 else "", visible(one["shown"], WIDE)
        )
        for one in answer["characters"]
    ]
    numbers = ["<td>{:02X}</td>".format(byte["value"]) for byte in answer["bytes"]]
    letters = ["<td>" + escape(byte["letter"]) + "</td>" for byte in answer["bytes"]]
    rows = (("characters", characters), ("bytes", numbers), ("letters", letters), ("pieces", []))
    return '<table class="merge-table"><tbody>{}</tbody></table>'.format(
        "".join(
            [
                '<tr id="merge-{0}"><th scope="row">{1}</th>{2}</tr>'.format(
                    name, escape(say("merges.row." + name)), "".join(cells)
                )
                for name, cells in rows
            ]
        )
    )


def piece_cells(answer, step, words):
    """The row of pieces after so many merges: what has just merged and what merges next stand out."""
    steps = answer["steps"]
    merged = steps[step - 1]["left"] if step else -1
    coming = steps[step]["left"] if step < len(steps) else -2
    cells = ['<th scope="row">' + escape(words.say("merges.row.pieces")) + "</th>"]
    for place, piece in enumerate(pieces_after(answer, step)):
        kind = " next" if place in (coming, coming + 1) else ""
        if place == merged:
            kind += " new"
        if step == len(steps):
            kind += " token-now"
        cells.append(
            '<td colspan="{}"><span class="chip{}">{}<span class="chip-id">{}</span></span></td>'.format(
                piece["bytes"], kind, visible(piece["shown"], WIDE), grouped(piece["id"])
            )
        )
    return "".join(cells)


def merge_list(answer, words):
    """Every merge of the word, with its place in the list that was learnt."""
    lines = []
    for step, merge in enumerate(answer["steps"]):
        left, right = [visible(name, WIDE) for name in pair_at(answer, step)]
        lines.append(
            '<tr data-merge="{0}"><td>{0}</td><td class="pair-of">{1} + {2}</td>'
            '<td class="number">{3}</td></tr>'.format(step + 1, left, right, grouped(number_of(merge["rank"])))
        )
    return (
        '<table class="merge-list"><thead><tr><th scope="col">{}</th><th scope="col">{}</th>'
        '<th scope="col">{}</th></tr></thead><tbody>{}</tbody></table>'
    ).format(
        escape(words.say("merges.list.step")),
        escape(words.say("merges.list.pair")),
        escape(words.say("merges.list.rank", listed=grouped(answer["listed"]))),
        "".join(lines),
    )


def said_at(answer, step, words):
    """The step in words, as HTML."""
    steps = answer["steps"]
    count, listed = len(answer["bytes"]), grouped(answer["listed"])
    if not steps:
        if count == 1:
            return words.html("merges.one")
        return words.html("merges.none" if answer["listed"] else "merges.no_list", count=count, listed=listed)
    if step == 0:
        first = steps[0]
        said = words.html("merges.start", count=count) + " "
        rank = grouped(number_of(first["rank"]))
        key = "merges.first" if first["others"] else "merges.first.only"
        return said + words.html(key, rank=rank, listed=listed, pairs=first["others"] + 1, **quoted_pair(answer, 0))
    done = steps[step - 1]
    rank, merged = grouped(number_of(done["rank"])), quoted_html(done["shown"])
    said = words.html("merges.step", rank=rank, listed=listed, merged=merged, **quoted_pair(answer, step - 1)) + " "
    said += words.html("merges.of" if done["others"] else "merges.only", pairs=done["others"] + 1)
    if step == len(steps):
        left = len(answer["tokens"])
        said += " " + words.html("merges.done.one" if left == 1 else "merges.done", count=left)
    return said


def notes(answer, words):
    """What about the word needs to be told once, as HTML: a character of several bytes, the letter of the space."""
    lines = []
    many = [one for one in answer["characters"] if one["bytes"] > 1]
    if many:
        lines.append(words.html("merges.many", character=quoted_html(many[0]["shown"]), bytes=many[0]["bytes"]))
    spaces = [byte["letter"] for byte in answer["bytes"] if byte["value"] == ord(" ")]
    if spaces:
        lines.append(words.html("merges.space", letter=escape(spaces[0])))
    return " ".join(lines)
