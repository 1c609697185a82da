"""The glossary as HTML: each term's name, its sentence, a live example, and the way to where it is seen."""

from page.lessons.glossary.terms import PLACES, TERMS, TOUR
from page.text.markup import escape, quoted_html
from page.text.numbers import grouped, megabytes, percent, short, signed

TOKENS = ("token", "first", "other", "next")  # values that are one, in the examples
SHARES = ("share",)
OWN = {"temperature": short, "megabytes": megabytes}  # written in a way of their own


def written(name, value):
    """A value of an example as HTML."""
    if name in TOKENS:
        return quoted_html(value)
    if name in SHARES:
        return escape(percent(value))
    if name in OWN:
        return OWN[name](value)
    if isinstance(value, str):
        return value.replace("-", "−")
    return grouped(value) if isinstance(value, int) else signed(value)


def example_html(name, facts, words):
    """The sentence about the run that is drawn, of which `facts` are known; "" where its numbers are not, yet."""
    found = facts and facts.example(name)
    if not found:
        return ""
    key, values = found
    return "<b>{}</b> {}".format(
        escape(words.say("glossary.here")),
        words.html("glossary." + key, **{one: written(one, values[one]) for one in values}),
    )


def entry(name, facts, words):
    """One term of the list, which is a description list."""
    title = escape(words.say("glossary." + name + ".title"))
    place = PLACES[name]
    kind = "number" if "[" in place else "place" if place.startswith("#") else "part"
    leads = escape(words.say("glossary.to." + kind))
    buttons = '<button type="button" id="leads-{}" class="open" data-leads="{}" aria-label="{}: {}">{}</button>'.format(
        name, name, leads, title, leads
    )
    if name in TOUR:
        tour = escape(words.say("glossary.to.tour"))
        buttons += '<button type="button" class="open" data-tour="{}" aria-label="{}: {}">{}</button>'.format(
            TOUR[name], tour, title, tour
        )
    return (
        '<div class="word" id="word-{0}"><dt id="term-{0}" tabindex="-1">{1}</dt><dd><p>{2}</p>'
        '<p class="here" data-of="{0}">{3}</p><p class="ways">{4}</p></dd></div>'
    ).format(
        name,
        title,
        words.html("glossary." + name),
        example_html(name, facts, words),
        buttons,
    )


def glossary_html(facts, query, words):
    """The search field and all terms; those that do not match are there, hidden."""
    return (
        '<p class="glossary-search"><label for="glossary-search">{}</label>'
        '<input id="glossary-search" type="search" autocomplete="off" spellcheck="false" value="{}">'
        '<span id="glossary-count" role="status"></span></p><dl class="glossary">{}</dl>'
    ).format(
        escape(words.say("glossary.search")),
        escape(query),
        "".join([entry(name, facts, words) for name in TERMS]),
    )


def matches(name, query, words):
    """Whether a term's name or sentence has what the reader looks for."""
    said = words.say("glossary." + name + ".title") + " " + words.say("glossary." + name)
    return query.strip().lower() in said.lower()
