"""The panel around the grid and the list: what was found, what is chosen, how far it is, and what it does not say."""

from page.figure.sentence import name
from page.panels.effects.grid import effect_grid
from page.panels.effects.ranking import ROWS, effect_table
from page.panels.effects.sentences import contrasts, headline, how
from page.text.markup import escape
from page.text.names import isolated, marked
from page.text.numbers import nearest_percent

JAIN = "Jain and Wallace, “Attention is not Explanation”, 2019"
WIEGREFFE = "Wiegreffe and Pinter, “Attention is not not Explanation”, 2019"


def contents(measured, likely, report, stopped, order, answer, words):
    """`likely`: the next tokens to choose from; `report`: how far it is while there are no effects, unless it is
    `stopped`; `order`: (what the list is sorted by, falling)."""
    done = bool(measured["effects"])
    status = "" if done else (again(words) if stopped else progress(report, words))
    table = effect_table(measured, order[0], order[1], ROWS, answer, words) if done else ""
    return (
        '<p class="so" id="effects-said">{}</p><div class="effects-choices">{}{}{}</div>'
        '<div class="effects-found"><div>{}<p id="effect-told" aria-live="polite">{}</p><p class="note">{}</p></div>'
        '<div id="effects-list">{}</div></div>{}'
    ).format(
        headline(measured, answer, words),
        kinds(measured, answer, words),
        candidate_choice(measured, likely, words),
        status,
        effect_grid(measured, answer["view"], words),
        words.say("effects.hint") if done else "",
        how(measured, answer, words) if done else "",
        table,
        notes(measured, answer, words),
    )


def kinds(measured, answer, words):
    """What is cut."""
    texts = {
        "arrows": words.html("effects.kind.arrows", token=name(answer, measured["row"])),
        "parts": words.html("effects.kind.parts"),
    }
    radios = [
        '<label><input type="radio" name="effects-kind" id="effects-{0}" value="{0}"{1}> {2}</label>'.format(
            kind, " checked" if kind == measured["kind"] else "", texts[kind]
        )
        for kind in ("arrows", "parts")
    ]
    return '<fieldset><legend class="visually-hidden">{}</legend>{}</fieldset>'.format(
        escape(words.say("effects.kind")), "".join(radios)
    )


def candidate_choice(measured, likely, words):
    """Which next token the effects are on."""
    options = [
        '<option value="{}"{}>{} {}</option>'.format(
            token["id"],
            " selected" if token["id"] == measured["token"]["id"] else "",
            escape(isolated(marked(token["shown"]).replace(" ", "␣"))),
            nearest_percent(token["probability"]),
        )
        for token in likely
    ]
    return '<label>{} <select id="effects-token" translate="no">{}</select></label>'.format(
        words.say("effects.token"), "".join(options)
    )


def progress(report, words):
    return (
        '<span class="effects-progress"><progress id="effects-progress" value="{}" max="{}" aria-label="{}"></progress>'
        '<span id="effects-count">{}</span><button type="button" id="effects-stop">{}</button></span>'
    ).format(
        report["done"],
        report["total"] or 1,
        escape(words.say("effects.progress")),
        words.say("effects.count", **report),
        words.say("effects.stop"),
    )


def again(words):
    return '<span class="effects-progress">{} <button type="button" id="effects-again">{}</button></span>'.format(
        words.say("effects.stopped"), words.say("effects.again")
    )


def notes(measured, answer, words):
    """What the numbers are, and what a pattern of attention does not tell; with examples where this text has some."""
    examples = "".join(
        [
            '<p class="contrast">{} <button type="button" class="goes leads" data-number="{}">{}</button></p>'.format(
                sentence, measured["effects"].index(effect), words.say("effects.go")
            )
            for effect, sentence in contrasts(measured, answer, words)
        ]
    )
    return (
        '<div class="effects-notes"><section><h3>{}</h3>{}<p>{}</p></section>'
        "<section><h3>{}</h3><p>{}</p><p>{}</p><p>{}</p></section></div>"
    ).format(
        words.say("effects.share.title"),
        examples,
        words.html("effects.share.note", first=paper(JAIN), second=paper(WIEGREFFE)),
        words.say("effects.effect.title"),
        words.say("effects.direct.note"),
        words.say("effects.cut.note"),
        words.say("effects.bits.note"),
    )


def paper(cited):
    return '<cite translate="no">' + cited + "</cite>"
