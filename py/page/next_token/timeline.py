"""The generated tokens in their order, each as strong as it was likely; choosing one goes back to that moment."""

from page.state.counting import number_of
from page.text.markup import escape, quoted, visible
from page.text.numbers import percent


def timeline(history, words):
    """One button a token, after one for the text itself."""
    if not history.steps:
        return ""
    pieces = [stop(0, history.position, escape(words.say("generate.start")), words.say("generate.start.name"), 0)]
    for number, step in enumerate(history.steps):
        said = {"number": number_of(number), "token": quoted(step["shown"]), "share": percent(step["probability"])}
        name = words.say("generate.step", **said)
        pieces.append(stop(number + 1, history.position, visible(step["shown"]), name, step["probability"]))
    return "".join(pieces)


def stop(number, position, html, name, probability):
    state = "now" if number == position else ("later" if number > position else "")
    return (
        '<li><button type="button" class="step {}"{} data-step-number="{}" aria-pressed="{}" title="{}">{}'
        '<svg class="share" aria-hidden="true"><rect class="part" width="{:.1f}%" height="100%"/></svg></button></li>'
    ).format(
        state,
        ' translate="no"' if number else "",
        number,
        "true" if number == position else "false",
        escape(name),
        html,
        100 * probability,
    )
