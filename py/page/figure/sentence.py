"""The sentence above the picture: what this head does for the chosen token, and what was measured of one arrow."""

from page.state.counting import number_of
from page.text.markup import escape, word_html
from page.text.numbers import grouped, nearest_percent, percent

MOST = 0.5  # of its attention: a token that gives more to the first token may rest there
HEARD = 20  # tokens of the text that are said with it, the last
LEAST = 0.02  # of probability: that one gains or loses less is not said
LITTLE = 0.1  # of the length of the stream: a head that adds less than that takes in almost nothing
SMALL = 0.1  # of its attention: a token that gets less is not what it looks back at
SAME = 0.005  # of probability: a change by less than that is as good as none


def above_picture(answer, measured, words, off=""):
    """As HTML: what was measured, see `model/explain/effects.py`, where the picture is of it; else what changed, where
    another text lies beside this one; else what is drawn. That no arrow matters much is said besides.

    `off`: the reader has switched off the "head" or its "block", or has put its mean there, "head.mean", "block.mean".
    """
    arrow = arrow_in(answer["view"], measured)
    if off:
        return off_sentence(answer, off, words)
    if arrow:
        return arrow_sentence(answer, measured, words)
    said = change_sentence(answer, words) if "beside" in answer["view"] else head_sentence(answer, words)
    if told_place(answer["view"], measured) == ():
        names = {"token": name(answer, measured["row"]), "next": word_html(measured["token"]["shown"])}
        key = "sentence.nothing" if measured["temperature"] else "sentence.nothing.greedy"
        said += " " + words.html(key, **names)
    return said


def summary(answer, measured, words, off=""):
    """The picture for those who hear it, as HTML: the text, what the sentence above the picture says, what follows."""
    tokens, likeliest = answer["tokens"], answer["next"]["candidates"][0]
    text = "".join([token["shown"] for token in tokens[-HEARD:]])
    return words.html(
        "sentence.summary" if len(tokens) <= HEARD else "sentence.summary.long",
        count=grouped(len(tokens)),
        text='<span translate="no">' + escape(text.strip()) + "</span>",
        sentence=above_picture(answer, measured, words, off),
        next=word_html(likeliest["shown"]),
        share=rounded(likeliest["sampled"]),
    )


def arrow_in(view, measured):
    """The measured arrow, if it is one of this block, head and token; else None."""
    arrow = measured and measured["arrow"]
    if arrow and all([arrow[place] == view[place] for place in ("block", "head", "row")]):
        return arrow
    return None


def told_place(view, measured):
    """What the sentence tells of what was measured: (block, head, column) of the arrow, () that none matters; or None,
    nothing."""
    arrow = arrow_in(view, measured)
    if arrow:
        return arrow["block"], arrow["head"], arrow["column"]
    return () if measured and not measured["arrow"] and measured["row"] == view["row"] else None


def arrow_sentence(answer, measured, words):
    arrow = measured["arrow"]
    own = arrow["column"] == arrow["row"]
    return words.html(
        "sentence.arrow" if arrow["share"] >= SMALL else "sentence.arrow.small",
        block=number_of(arrow["block"]),
        head=number_of(arrow["head"]),
        token=name(answer, arrow["row"]),
        other=words.html("sentence.own") if own else which(answer, arrow["column"], words),
        share=rounded(arrow["share"]),
        next=word_html(measured["token"]["shown"]),
        change=becomes(arrow["before"], arrow["after"], words),
    )


def off_sentence(answer, off, words):
    view = answer["view"]
    return words.html(
        "sentence.off." + off,
        block=number_of(view["block"]),
        head=number_of(view["head"]),
        token=name(answer, view["row"]),
    )


def becomes(before, after, words):
    """What becomes of a probability, as HTML: with more digits where whole percentages would say nothing."""
    if abs(after - before) < SAME:
        return words.html("change.stays", before=rounded(before))
    written = rounded if rounded(before) != rounded(after) else lambda share: escape(percent(share))
    key = "change.falls" if after < before else "change.rises"
    return words.html(key, before=written(before), after=written(after))


def looks(view):
    """What the chosen token does in this head: it is "alone", looks most at "itself", "rests" on the first token, or
    looks "most" at another.

    One that gives most of its attention to the first token and takes in almost nothing rests there: what the head adds
    is short beside the stream that it is added to.
    """
    most, adds = view["most"], view["total"] * (1 - view["cancelled"])
    if not most["share"]:
        return "alone"
    if most["row"] == view["row"]:
        return "itself"
    rests = most["row"] == 0 and most["share"] > MOST and adds < LITTLE * view["norms"]["resid_pre"]
    return "rests" if rests else "most"


def head_sentence(answer, words):
    """Where the token's attention goes."""
    view = answer["view"]
    most = view["most"]
    return words.html(
        "sentence." + looks(view),
        block=number_of(view["block"]),
        head=number_of(view["head"]),
        token=name(answer, view["row"]),
        other=which(answer, most["row"], words),
        share=rounded(most["share"]),
    )


def change_sentence(answer, words):
    """Where the token looks, here and in the pinned text, and what became of the prediction."""
    view = answer["view"]
    most, before = view["most"], view["beside"]["most"]
    if before is None:
        said = head_sentence(answer, words)
    else:
        drawn = most["row"] - view["first"]
        pairs, names = view["beside"]["pairs"], view["beside"]["names"]
        same = drawn >= 0 and pairs[drawn] == before["row"] and names[drawn] is None
        said = words.html(
            "sentence.change.both" if same else "sentence.change.most",
            block=number_of(view["block"]),
            head=number_of(view["head"]),
            token=name(answer, view["row"]),
            other=which(answer, most["row"], words),
            share=rounded(most["share"]),
            there=words.html("sentence.there." + view["beside"]["apart"]),
            before=word_html(before["shown"]),
            before_share=rounded(before["share"]),
        )
    return said + predictions_sentence(answer["next"], words)


def predictions_sentence(following, words):
    """Which token lost most of its probability, and which gained most."""
    pinned, said = following.get("pinned"), []
    if not pinned:
        return ""
    for kind in ("falls", "rises"):
        one = pinned[kind]
        if one["pinned"] is not None and abs(one["now"] - one["pinned"]) >= LEAST:
            values = {"before": rounded(one["pinned"]), "after": rounded(one["now"])}
            said.append(words.html("sentence.change." + kind, token=word_html(one["shown"]), **values))
    if len(said) == 2:
        return words.html("sentence.change.two", falls=said[0], rises=said[1])
    return words.html("sentence.change.one", change=said[0]) if said else words.html("sentence.change.little")


def name(answer, position):
    return word_html(answer["tokens"][position]["shown"])


def which(answer, position, words):
    """A token by its name; with its number where another has the same name, or where it is not drawn."""
    tokens, said = answer["tokens"], name(answer, position)
    if position < answer["view"]["first"]:
        return words.html("sentence.not_drawn", token=said, position=number_of(position))
    if len([other for other in tokens if other["shown"].strip() == tokens[position]["shown"].strip()]) > 1:
        return words.html("sentence.which", token=said, position=number_of(position))
    return said


def rounded(share):
    return escape(nearest_percent(share))
