"""A number, opened: what it is, how it comes about, and the ways from it to others."""

from page.figure.addresses import OF_THE_LIST, STRIPS
from page.panels.number import sums, titles
from page.panels.number.curve import curve
from page.panels.number.formula import REPLACED, formula, written
from page.panels.number.product import PRODUCTS
from page.panels.player import controls
from page.state.counting import number_of
from page.text.markup import escape, visible
from page.text.numbers import grouped, signed

TABLES = {activation: strip for strip, activation in STRIPS.items() if strip != "embedded"}
TABLES.update({"attn.scores": "masked", "attn.pattern": "pattern"})  # by activation, the picture's or the head's
SHORT_AXES = {  # what an axis counts, by the worker's word for it
    "row": "tokens",
    "column": "tokens",
    "position": "positions",
    "token": "entries",
    "head": "heads",
}


def opened(found, answer, words, cut=""):
    """`found` is the worker's answer to `inspect`, `answer` the run's; `cut` is what a button to cut its part says."""
    values = titles.values(found["address"], answer, found["shown"])
    return (
        '<div class="number-what"><p>{what}</p>{cut}</div><div class="number-how">'
        '<div class="number-result">{formula}<p class="so">{so}</p></div>{sum}'
        '<div class="number-vector">{vector}<p class="facts">{hint}</p></div>'
        '<div class="number-more">{more}</div></div>'
    ).format(
        what=words.html("number.what." + sentence(found, answer), **values),
        cut=cut_button(cut),
        vector=vector(found, words),
        more=more(found, words),
        formula=formula(found, words),
        sum=played(found, answer, words) if found["terms"] else "",
        so=so(found, answer, values, words),
        hint=words.say("panel.number.subtitle"),
    )


def sentence(found, answer):
    """By the texts' keys, what is said of it: where the stream begins or ends, another than of its kind."""
    if found["name"] == "resid_pre" and found["block"] == 0:
        return "resid_pre.first"
    if found["name"] == "resid_post" and found["block"] == answer["view"]["n_layer"] - 1:
        return "resid_post.last"
    return titles.key_of(found["address"])


def played(found, answer, words):
    """A sum's products as a table, which can be played."""
    return '<div class="number-sum"><div class="scroll">{}</div>{}</div>'.format(
        sums.table(found, answer, words), controls(len(found["terms"]), words)
    )


def ways(found, before, words):
    """Its address; where it comes from and where it goes, one link for each word of `titles.key_of`.

    `before` is the address of the number from which the reader came here, "" for none.
    """
    ways = ((words.say("number.from"), found["come_from"]), (words.say("number.to"), found["go_to"]))
    links = "".join([way(name, addresses, words) for name, addresses in ways if addresses])
    if before:
        links = link(before, words.say("number.back")) + links
    return (
        '<span class="ways"><code translate="no">{0}</code>{1}<button type="button" id="in-picture" class="leads"'
        ' data-at="{0}" hidden>{2}</button></span>'
    ).format(escape(found["address"]), links, words.say("number.in_picture"))


def way(name, addresses, words):
    links, kinds = [], []
    for address in addresses:
        kind = titles.key_of(address)
        if kind not in kinds:
            kinds.append(kind)
            links.append(link(address, words.say("number.short." + kind)))
    return "<span>" + name + " " + " · ".join(links) + "</span>"


def link(address, said):
    return '<button type="button" class="leads" data-at="{0}" title="{0}">{1}</button>'.format(
        escape(address), escape(said)
    )


def cut_button(word):
    return '<button type="button" class="cut-this">' + escape(word) + "</button>" if word else ""


def as_table(found, words):
    if found["name"] not in TABLES:
        return ""
    return '<button type="button" class="as-table" data-table="{}">{}</button>'.format(
        TABLES[found["name"]], words.say("table.show")
    )


def more(found, words):
    """What else helps to see it: a curve, neighbours, the product that it is one number of."""
    if found["rule"] in REPLACED:
        return ""
    if found["kind"] == "mlp_post":
        return '<figure class="curve">{}<figcaption>{}</figcaption></figure>'.format(
            curve(float(found["values"][0]["digits"])), words.say("number.gelu")
        )
    if found["kind"] == "weight" and len(found["shape"]) == 2:
        return '<div id="weights"></div>'
    if found["kind"] == "embed":
        return '<div id="nearest"></div>'
    if found["name"] in OF_THE_LIST:
        return '<p><button type="button" id="to-terms" class="open">{}</button></p>'.format(words.say("number.terms"))
    if found["name"] in PRODUCTS:
        return '<details id="whole"><summary>{}</summary><div id="whole-product"></div></details>'.format(
            words.say("number.whole")
        )
    return ""


def neighbours(found, words):
    """The tokens whose embeddings are most like that of the token: `found` is the worker's answer to `nearest`."""
    items = [
        "<li>{} <span>{}</span></li>".format(visible(one["shown"]), signed(one["cosine"])) for one in found["tokens"]
    ]
    return '<p class="subtitle">{}</p><ol class="neighbours" translate="no">{}</ol>'.format(
        words.say("number.nearest"), "".join(items)
    )


def vector(found, words):
    """The numbers that it stands among, and where; each can be chosen."""
    size, place = found["shape"][-1], found["index"][-1]
    shape = " × ".join(
        [
            grouped(length) + " " + words.say("number.axis." + SHORT_AXES.get(axis, "numbers"))
            for length, axis in zip(found["shape"], found["axes"])
        ]
    )
    return (
        '<svg id="vector" class="vector" viewBox="0 0 {size} 1" preserveAspectRatio="none" tabindex="0" role="slider"'
        ' aria-valuemin="1" aria-valuemax="{size}" aria-valuenow="{number}" aria-label="{label}">'
        '<image href="{picture}" width="{size}" height="1" preserveAspectRatio="none"/>'
        '<path class="cursor" d="M{place} 0h1v1h-1z"/></svg>'
        '<p class="entry"><label for="entry">{entry}</label>'
        ' <input id="entry" type="number" min="1" max="{size}" value="{number}">'
        ' {of}{table}</p><p class="facts">{facts}</p>'
    ).format(
        size=size,
        table=as_table(found, words),
        label=escape(words.say("number.vector", size=grouped(size))),
        picture=found["vector"],
        place=place,
        entry=escape(words.say("number.entry")),
        number=number_of(place),
        of=words.say("of", total=grouped(size)),
        facts=words.say(
            "number.facts",
            shape=shape,
            least=written(found["smallest"]),
            mean=written(found["mean"]),
            most=written(found["largest"]),
            length=written(found["length"]),
        ),
    )


def so(found, answer, values, words):
    """One plain sentence at the end."""
    result = '<b translate="no">' + written(found["result"]) + "</b>"
    if found["rule"] == "cut" and float(found["length"]) == 0:
        return words.html("number.so.alone", **values)
    if found["rule"]:
        return words.html("number.so." + found["rule"], result=result, **values)
    if found["terms"]:
        largest = max(found["terms"], key=lambda term: abs(float(term["product"])))
        name = sums.name_of(largest["left_at"], answer)
        if not sums.named_by_token(largest["left_at"]):
            name = words.html("number.nth", number=name)
        return words.html("number.so.sum", result=result, term=name, product=written(largest["product"]), **values)
    stored = found["values"][0]["name"] == "stored"
    return words.html("number.so.stored" if stored else "number.so", result=result, **values)
