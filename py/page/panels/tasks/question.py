"""A task as it is asked and answered: the question, the field for the answer, and what the numbers say of it."""

from page.state.counting import number_of
from page.state.examples import gloss
from page.text.markup import escape
from page.text.numbers import round_percent

SIDES = '<div class="try-sides"><section class="try-ask">{}</section><section class="try-said">{}</section></div>'
HEAD, CELL = '<th scope="col">{}</th>', '<td class="number">{}</td>'
VERDICT = '<div id="try-verdict"></div>'


def top(task, words):
    """The way back to all tasks, and which this is."""
    html = (
        '<div class="try-top"><button type="button" id="try-back">{}</button>'
        '<h3 id="try-title" tabindex="-1" aria-describedby="try-question">{}</h3><p class="try-kind">{}</p></div>'
    )
    kind, back = [escape(words.say(key)) for key in ("try.kind." + task.kind, "try.back")]
    return html.format(back, said(task.name, {}, words), kind)


def said(which, values, words):
    """One of the tasks' texts as HTML, filled in."""
    return words.html("task." + which, **values)


def looking(task, words):
    return top(task, words) + '<p id="try-question" class="note">{}</p>'.format(escape(words.say("try.looking")))


def refused(task, offer, words):
    """The text cannot be asked this; `offer` can, "" where no text that we have can, with this model."""
    button = '<p><button type="button" id="try-take" class="strong">{}</button> <span translate="no">{}</span></p>'
    more = button.format(escape(words.say("try.take")), escape(offer) + gloss(offer, words)) if offer else ""
    if not offer:
        more = "<p>{}</p>".format(escape(words.say("try.no_text")))
    return top(task, words) + '<p id="try-question">{}</p>{}'.format(said(task.name + ".none", {}, words), more)


def question(task, asked, given, verdict, view, words):
    """`given` is what stands in the field, `verdict` {"kind", "case", "values"} or None, see `asking.py`."""
    over = verdict is not None and verdict["over"]
    pieces = ['<p id="try-question">{}</p>'.format(said(task.name + ".ask", asked["values"], words))]
    if "rows" in asked:
        pieces.append(number_table(asked["rows"]))
    pieces.append(FORMS[task.form](asked, given, over, view, words))
    if not over:
        pieces.append(
            '<p><button type="button" id="try-check" class="strong">{}</button>'
            ' <button type="button" id="try-give-up">{}</button></p>'.format(
                escape(words.say("try.check")), escape(words.say("try.give_up"))
            )
        )
    return top(task, words) + SIDES.format("".join(pieces), VERDICT + after(asked, over, words))


def after(asked, over, words):
    """What can be done once the answer is told."""
    if not over:
        return ""
    buttons = [("next", "strong"), ("again", "")]
    if asked["show"]:
        buttons.append(("show", ""))
    if "number" in asked:
        buttons.append(("open", ""))
    html = '<button type="button" id="try-{}" class="{}">{}</button>'
    return "<p>{}</p>".format(" ".join([html.format(n, style, escape(words.say("try." + n))) for n, style in buttons]))


def outcome(task, asked, verdict, words):
    """What the numbers say of the answer, as HTML."""
    kind, values = verdict["kind"], dict(asked["values"])
    values.update(verdict["values"])
    pieces = ["<b>{}</b>".format(escape(words.say("try.said." + kind)))]
    if kind in ("wrong", "not_yet") and verdict["case"] is not None:
        pieces.append(said(task.name + ".wrong" + verdict["case"], values, words))
    if kind != "not_yet":
        pieces.append(said(task.name + ".so" + asked.get("case", ""), values, words))
    return '<p class="try-outcome {}">{}</p>'.format(kind, " ".join(pieces))


def number_table(rows):
    heads, cells = ["".join([html.format(row[i]) for row in rows]) for i, html in enumerate((HEAD, CELL))]
    return '<div class="scroll"><table class="plain try-rows"><tr>{}</tr><tr>{}</tr></table></div>'.format(heads, cells)


# Where the answer is given


def choice(asked, given, over, view, words):
    options = []
    for one in asked["options"]:
        marks = " checked" if one["value"] == given else ""
        marks += " disabled" if over else ""
        html = one["html"] if "html" in one else escape(words.say("try." + one["key"]))
        kind = ' class="right"' if over and one["value"] == asked["right"] else ""
        options.append(
            '<label{}><input type="radio" name="try-choice" id="try-option-{}" value="{}"{}> {}</label>'.format(
                kind, one["value"], one["value"], marks, html
            )
        )
    return '<fieldset class="try-options"><legend class="visually-hidden">{}</legend>{}</fieldset>'.format(
        escape(words.say("try.choose")), "".join(options)
    )


def bar(asked, given, over, view, words):
    share = asked["start"] if given is None else given
    marker = '<span class="try-there" id="try-there"></span>' if over else ""
    return (
        '<p class="try-bar"><label for="try-given">{}</label><span class="try-track"><input id="try-given" type="range"'
        ' min="0" max="100" value="{:.0f}"{}>{}</span><output id="try-bar-value" for="try-given">{}</output></p>'
    ).format(escape(words.say("try.bar")), 100 * share, " disabled" if over else "", marker, round_percent(share))


def number(asked, given, over, view, words):
    return (
        '<p><label>{} <input id="try-given" class="field" type="text" inputmode="decimal" size="9" autocomplete="off"'
        ' value="{}"{}></label>{}</p>'
    ).format(
        escape(words.say("try.given")),
        escape(given or ""),
        " disabled" if over else "",
        " %" if asked.get("percent") else "",
    )


def place(asked, given, over, view, words):
    html = '<p class="try-place">{}</p>'
    return html.format(escape(words.say("try.place", block=number_of(view["block"]), head=number_of(view["head"]))))


def act(asked, given, over, view, words):
    return '<p class="note">{}</p>'.format(escape(words.say("try.act")))


FORMS = {"choose": choice, "bar": bar, "number": number, "place": place, "act": act}
