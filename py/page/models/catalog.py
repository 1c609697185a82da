"""The models that this site offers, from models.json, and how the picker shows them."""

import json

from page.text.markup import escape
from page.text.numbers import megabytes, percent

ASK_ABOVE = 40_000_000  # bytes; a larger download begins only when the reader has said yes
DESCRIBED = ("mini", "gpt2", "distilgpt2", "gpt2-medium")  # there is a sentence about these
HEAP = 80_000_000  # bytes that Python and NumPy take before any weight
SPARE = 1.3  # times: memory grows in steps, and files wait in it while they come


def read(path):
    """A list of dicts, the embedded model first; see build/site/site.py."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def find(models, name):
    """The model of that name, the embedded one for no name; None when this site has no such model."""
    if not name:
        return models[0]
    for model in models:
        if model["name"] == name:
            return model
    return None


def key(model):
    """What the worker calls it in the list of models that the browser keeps."""
    return model["name"] + " " + model["version"][:16]


def is_stored(model, stored):
    """Whether the browser keeps it whole: all its files and their index."""
    return stored.get(key(model), 0) > model["files"]


def millions(count):
    """A number of parameters, in millions: "6.9", or "124" from ten up."""
    return megabytes(count)


def sizes(model, words):
    """One line on how a model is built."""
    return words.say(
        "models.sizes",
        n_layer=model["n_layer"],
        n_head=model["n_head"],
        parameters=millions(model["parameters"]),
        bits=model["bits"],
    )


def needs(model, words):
    """One line on what it costs: bytes to fetch, and memory held as int8 and as float32."""
    return words.say(
        "models.needs",
        size=megabytes(model["bytes"]),
        small=megabytes(SPARE * (HEAP + model["parameters"])),
        large=megabytes(SPARE * (HEAP + 4 * model["parameters"])),
    )


def cards(models, used, coming, asking, stored, words):
    """The picker. `used`, `coming` and `asking` (whether to download) are names, or None."""
    pieces = ['<ul class="models">']
    for model in models:
        name = model["name"]
        kept = is_stored(model, stored)
        pieces.append(
            '<li class="choice{}" data-model="{}"><h3 translate="no">{}</h3>{}<p>{}</p>'
            '<p class="note">{}{}</p>{}</li>'.format(
                " used" if name == used else "",
                escape(name),
                escape(name),
                "<p>" + words.say("models.about." + name) + "</p>" if name in DESCRIBED else "",
                sizes(model, words),
                needs(model, words),
                " " + words.say("models.kept") if kept else "",
                buttons(model, name == used, name == coming, name == asking, kept, words),
            )
        )
    pieces.append("</ul>")
    return "".join(pieces)


def buttons(model, used, coming, asking, kept, words):
    say = words.say
    if asking:
        return (
            '<div class="asking" role="group"><p>{}</p>'
            '<button type="button" class="strong" data-do="use-sure">{}</button>'
            ' <button type="button" data-do="not-now">{}</button></div>'
        ).format(say("models.ask", size=megabytes(model["bytes"])), say("models.yes"), say("models.no"))
    if coming:
        return progress(words)
    pieces = []
    if used:
        pieces.append('<span class="in-use">' + say("models.used") + "</span>")
    else:
        text = say("models.use") if kept else say("models.download", size=megabytes(model["bytes"]))
        pieces.append('<button type="button" data-do="use">' + text + "</button>")
    if kept:
        pieces.append('<button type="button" data-do="remove">' + say("models.remove") + "</button>")
    return "<p>" + " ".join(pieces) + "</p>"


def progress(words):
    """How much has come, written while it comes, and a way to stop it."""
    return '<p><span data-coming></span> <button type="button" data-do="cancel">{}</button></p>'.format(
        words.say("models.cancel")
    )


def user_checkpoint(used, coming, words):
    """The place for a reader's own checkpoint. `used` is what the worker answered when it was opened, or None."""
    say = words.say
    return (
        '<section id="user-checkpoint" class="own"><h3>{}</h3><p>{}</p><p><label class="file">{}'
        '<input type="file" id="user-files" multiple accept=".safetensors,.json"></label>{}</p>'
        '{}{}<p class="note" id="user-files-said" role="status"></p></section>'
    ).format(
        say("user_checkpoint.title"),
        say("user_checkpoint.how"),
        say("user_checkpoint.choose"),
        ' <span class="in-use">' + say("models.used") + "</span>" if used else "",
        '<p class="note">' + " ".join(facts(used, words)) + "</p>" if used else "",
        progress(words) if coming else "",
    )


def rounding(share, words):
    """How a reader's own weights are held: `share` is how far rounding moved them, 0 for not at all."""
    return words.say("user_checkpoint.rounded", share=percent(share)) if share else words.say("user_checkpoint.exact")


def facts(used, words):
    """What a reader should know of their own checkpoint as long as it is used."""
    said = [rounding(used["rounding"], words)]
    if used["rounding"]:
        said.append(words.say("user_checkpoint.unround"))
    if used["unused"]:
        said.append(escape(words.say("user_checkpoint.unused", files=", ".join(used["unused"]))))
    return said
