"""What was measured by cutting parts, in words. Nothing is said that was not measured."""

from page.figure.sentence import becomes, name, rounded, which
from page.panels.effects.measured import LEAST, loud, quiet, strongest, value
from page.state.counting import number_of
from page.text.markup import escape, word_html
from page.text.numbers import change, grouped, percent, short, signed


def part_name(effect, row, answer, words):
    """An arrow, head or MLP, as HTML; `row` is the token whose arrows are cut."""
    block = number_of(effect["block"])
    if effect["head"] is None:
        return words.html("effects.mlp", block=block)
    head = number_of(effect["head"])
    if effect["column"] is None:
        return words.html("effects.head", block=block, head=head)
    names = {"token": name(answer, row), "other": which(answer, effect["column"], words)}
    return words.html("effects.arrow", block=block, head=head, **names)


def without(effect, measured, answer, words):
    return words.html(
        "effects.without",
        part=part_name(effect, measured["row"], answer, words),
        next=word_html(measured["token"]["shown"]),
        change=becomes(measured["probability"], effect["probability"], words),
    )


def headline(measured, answer, words):
    """What is needed most, and what is in the way, where that is more."""
    if not measured["effects"]:
        return words.html("effects.asked", next=word_html(measured["token"]["shown"]))
    if measured["temperature"] == 0:
        return greedy_headline(measured, answer, words)
    ranked = sorted(measured["effects"], key=lambda effect: effect["probability"])
    fall, rise = [value(effect, measured, "effect") for effect in (ranked[0], ranked[-1])]
    found = [ranked[0]] if fall <= -LEAST else []
    if rise >= LEAST and rise > -fall:
        found.append(ranked[-1])
    if found:
        return " ".join([without(effect, measured, answer, words) for effect in found])
    return words.html(
        "effects.none.arrows" if measured["kind"] == "arrows" else "effects.none.parts",
        next=word_html(measured["token"]["shown"]),
        before=rounded(measured["probability"]),
    )


def greedy_headline(measured, answer, words):
    """What changes the logit most, and how often that decides who takes all."""
    effects = measured["effects"]
    effect = strongest(effects, measured)
    return words.html(
        "effects.greedy",
        part=part_name(effect, measured["row"], answer, words),
        next=word_html(measured["token"]["shown"]),
        logit=change(value(effect, measured, "logit")),
        changed=grouped(len([one for one in effects if one["probability"] != measured["probability"]])),
        all=grouped(len(effects)),
    )


def how(measured, answer, words):
    """How it was measured."""
    arrows = measured["kind"] == "arrows"
    said = words.html(
        "effects.how.arrows" if arrows else "effects.how.parts",
        count=grouped(len(measured["effects"])),
        token=name(answer, measured["row"]),
        temperature=short(measured["temperature"]),
    )
    if measured["cuts"]:
        said += " " + words.html("effects.how.cuts")
    if measured["temperature"] == 0:
        said += " " + words.html("effects.how.greedy")
    return said


def told(effect, measured, answer, words):
    """All that was measured of one part."""
    said = [without(effect, measured, answer, words)]
    if effect["share"] is not None:
        said.append(words.html("effects.share", share=escape(percent(effect["share"]))))
    numbers = {key: signed(effect[key]) for key in ("bits", "direct")}
    said.append(words.html("effects.numbers", logit=change(value(effect, measured, "logit")), **numbers))
    return " ".join(said)


def contrasts(measured, answer, words):
    """[(effect, sentence)]: a large share that hardly matters, and a small one that does, where there are such; none
    at temperature 0, where next to nothing changes a probability."""
    if measured["kind"] != "arrows" or not measured["effects"] or measured["temperature"] == 0:
        return []
    found = (loud(measured), False), (quiet(measured), True)
    return [(effect, contrast(effect, matters, measured, answer, words)) for effect, matters in found if effect]


def contrast(effect, matters, measured, answer, words):
    return words.html(
        "effects.quiet" if matters else "effects.loud",
        arrow=part_name(effect, measured["row"], answer, words),
        share=escape(percent(effect["share"])),
        next=word_html(measured["token"]["shown"]),
        change=becomes(measured["probability"], effect["probability"], words),
    )
