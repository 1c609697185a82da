"""The steps of a logit drawn: a bar each, the blocks in groups, and what is said of them in words.

The style sheet stands the bars side by side, or one below the other where there is no room; what it needs to know of
each is in `places`, by the bar's id.
"""

from page.panels.terms.steps import largest, scale, unit, written_value
from page.state.counting import number_of
from page.text.markup import escape, quoted, word_html
from page.text.numbers import signed

COLOURS = {"embed": "stream", "pos_embed": "stream", "head": "attention", "heads": "attention", "mlp": "mlp"}
NAMED = 2  # terms of either sign in the sentence
FARTHEST = 15  # logits: e to the power of more is no number that says anything


def waterfall(made, opened, chosen, words):
    """As HTML, the steps `made` of an answer; `chosen` is the key of the bar that the reader has chosen, or None."""
    units = unit(made)
    groups = []
    for step in made:
        name = group_of(step)
        if not groups or groups[-1][0] != name:
            groups.append((name, []))
        groups[-1][1].append(step)
    return (
        '<div class="waterfall" id="waterfall" dir="ltr" role="toolbar" translate="no" aria-label="{}">{}</div>'.format(
            escape(words.say("terms.keys")),
            "".join([group(name, held, opened, units, chosen, words) for name, held in groups]),
        )
    )


def group_of(step):
    """The number of its block, or what else it stands among."""
    if step["block"] is not None:
        return step["block"]
    return "embedding" if step["part"] in ("embed", "pos_embed") else "end"


def group(name, held, opened, units, chosen, words):
    if name in ("embedding", "end"):
        title = '<span class="group-name">{}</span>'.format(escape(words.say("terms.group." + name)))
    else:
        title = (
            '<button type="button" class="group-name" id="terms-block-{0}" data-opens="{0}" aria-expanded="{1}"'
            ' aria-label="{2}" tabindex="-1">{3}</button>'
        ).format(
            name,
            "true" if name in opened else "false",
            escape(words.say("terms.open", block=number_of(name))),
            escape(words.say("all_heads.block", number=number_of(name))),
        )
    return '<div class="group{}" data-steps="{}">{}{}</div>'.format(
        "" if title.startswith("<button") else " ends",
        len(held),
        "".join([bar(step, units, chosen, words) for step in held]),
        title,
    )


def key_of(step):
    """By which it is known when the bars are drawn anew."""
    return "{part}-{block}-{head}".format(**step)


def id_of(step):
    return "term-" + key_of(step)


def bar(step, units, chosen, words):
    value = written_value(step["value"], units)
    classes = "{} {}".format(COLOURS.get(step["part"], step["part"]), "less" if step["end"] < step["start"] else "more")
    return (
        '<button type="button" class="step-bar of-{classes}" id="{id}" aria-pressed="{pressed}" tabindex="-1"'
        ' data-part="{part}" data-block="{block}" data-head="{head}"><span class="visually-hidden">{label}</span>'
        '<span class="track" aria-hidden="true"><i class="filled"></i><b class="value">{value}</b></span>'
        '<span class="name" aria-hidden="true">{name}</span></button>'
    ).format(
        classes=classes,
        id=id_of(step),
        pressed="true" if key_of(step) == chosen else "false",
        part=step["part"],
        block="" if step["block"] is None else step["block"],
        head="" if step["head"] is None else step["head"],
        label=escape(words.say("terms.bar", name=in_words(step, words), value=value)),
        value=value,
        name=escape(short_name(step, words)),
    )


def short_name(step, words):
    """Under its bar."""
    part = step["part"]
    if part == "bias":
        return words.say("terms.name.bias")
    return words.say("terms.name." + part, head="" if step["head"] is None else number_of(step["head"]))


def in_words(step, words):
    """In a sentence."""
    part = "final" if step["part"] == "bias" and step["block"] is None else step["part"]
    numbers = {name: "" if step[name] is None else number_of(step[name]) for name in ("block", "head")}
    return words.say("terms.of." + part, **numbers)


def bar_in_words(step, made, words):
    """What a step adds, as a sentence."""
    name, value = in_words(step, words), written_value(step["value"], unit(made))
    return words.say("terms.bar", name=name, value=value)


def places(made):
    """{id: {custom property: value}}: between which shares of the drawing each bar lies, and where it leads on from."""
    least, most = scale(made)
    placed = {"waterfall": {"--zero": share(0, least, most)}}
    for step in made:
        ends = sorted([step["start"], step["end"]])
        low, high = [share(end, least, most) for end in ends]
        placed[id_of(step)] = {"--low": low, "--high": high, "--end": share(step["end"], least, most)}
    return placed


def share(value, least, most):
    return "{:.4f}".format((value - least) / (most - least))


# Around it


def choice(found, tokens, words):
    """Which logit: two lists to choose from, and the text's token after which it is."""
    token, minus = found["token"], found["minus"]
    first = [option(one, one["id"] == token["id"]) for one in found["candidates"]]
    second = ['<option value="">{}</option>'.format(escape(words.say("terms.nothing")))]
    for one in found["candidates"]:
        if one["id"] != token["id"]:
            second.append(option(one, minus is not None and one["id"] == minus["id"]))
    return (
        '<p class="terms-choice"><span><label for="terms-token">{of}</label> <select id="terms-token" translate="no">'
        '{first}</select></span> <span><label for="terms-minus">{less}</label> <select id="terms-minus" translate="no">'
        "{second}</select></span> <span>{after}</span></p>"
    ).format(
        of=escape(words.say("terms.of")),
        first="".join(first),
        less=escape(words.say("terms.minus")),
        second="".join(second),
        after=words.html("terms.after", token=word_html(tokens[found["row"]]["shown"])),
    )


def option(one, selected):
    return '<option value="{}"{}>{}</option>'.format(
        one["id"], " selected" if selected else "", escape(quoted(one["shown"]))
    )


def in_a_sentence(found, made, words):
    """What it comes to, and which of its steps `made`, which are those on view, are the largest."""
    units = unit(made)
    candidate, total = word_html(found["token"]["shown"]), written_value(found["total"], units)
    if found["minus"]:
        said = words.html(
            "terms.so.difference" if abs(found["total"]) < FARTHEST else "terms.so.apart",
            token=candidate,
            other=word_html(found["minus"]["shown"]),
            total=total,
            times=signed(2.718281828459045 ** min(found["total"], FARTHEST)),
        )
    else:
        said = words.html("terms.so", token=candidate, total=total)
    more, less = [named(largest(made, sign, NAMED), units, words) for sign in (1, -1)]
    if more:
        said += words.html("terms.more", terms=more)
    if less:
        said += words.html("terms.less", terms=less)
    return said


def named(few, units, words):
    """A few steps with their values, in a sentence, as HTML."""
    one = [
        words.html("terms.one", name=escape(in_words(step, words)), value=written_value(step["value"], units))
        for step in few
    ]
    return words.say("terms.and").join(one)


def legend(words):
    kinds = ("stream", "attention", "mlp", "bias")
    return '<p class="terms-legend">{}</p>'.format(
        "".join(
            ['<span><i class="of-{0}"></i>{1}</span>'.format(k, escape(words.say("terms.kind." + k))) for k in kinds]
            + ['<span><i class="of-attention less"></i>{}</span>'.format(escape(words.say("terms.kind.less")))]
        )
    )
