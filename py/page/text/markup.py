"""Text into HTML. Everything that did not come from our own files passes through `escape`.

Where the model speaks, browsers' translators are told to leave the words alone: they would show other tokens. Each
name is a bdi: one that runs from right to left leaves the order of what stands around it alone.
"""

from page.text.names import clipped, isolated, label, marked

LIST = 10  # columns of a name in a list
SENTENCE = 20  # and in a sentence
SHORT = 4  # characters of a name for which there is room anywhere


def escape(text):
    """`text` for use between tags and inside double-quoted attributes."""
    return (
        text.replace("\0", "\ufffd")  # as HTML itself does; a NUL would also end the string on its way to the browser
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#39;")
    )


def visible(shown, room=LIST, short=SHORT):
    """A token as shown alone: its leading space as an open box, so that " time" and "time" can be told apart.

    One of more than `short` characters says all of itself when it is pointed at.
    """
    text = clipped(marked(shown), room)
    spaces = 0
    while text[spaces : spaces + 1] == "␣":  # MicroPython's lstrip knows bytes alone
        spaces += 1
    return '<bdi translate="no"{}><span class="space">{}</span>{}</bdi>'.format(
        whole(shown, short), text[:spaces], escape(text[spaces:])
    )


def whole(shown, short=SHORT):
    """The attribute that says all of a name, where there may not be room for it."""
    return "" if len(shown) <= short else ' title="{}"'.format(escape(quoted(shown)))


def svg_name(shown, room):
    """The inside of an SVG text: a token's label and, where that is clipped, all of it."""
    text = label(shown, room)
    title = "<title>{}</title>".format(escape(quoted(shown))) if "…" in text and "…" not in shown else ""
    return escape(isolated(text)) + title


def quoted(shown):
    """A token inside a sentence, as plain text."""
    return "“" + isolated(marked(shown).replace(" ", "␣")) + "”"


def word_html(shown):
    """A token inside a sentence that is read as one: as HTML, without the space before it where there is more of it."""
    return quoted_html(shown.strip(" ") or shown)


def whole_html(shown):
    """All of a token, where there is room for it."""
    return '<span translate="no">“<bdi>{}</bdi>”</span>'.format(escape(marked(shown).replace(" ", "␣")))


def quoted_html(shown):
    """A token inside a sentence that is HTML, see `Words.html`."""
    text = clipped(marked(shown).replace(" ", "␣"), SENTENCE)
    title = "" if len(shown) <= SENTENCE // 2 else whole(shown)
    return '<span translate="no">“<bdi{}>{}</bdi>”</span>'.format(title, escape(text))


def term(name, html):
    """A term of the glossary within a text: its sentence shows where it is pointed at, see `lessons/glossary`."""
    return '<a class="glossed" data-glossed="{0}" href="#open=glossary&amp;at={0}">{1}</a>'.format(name, html)


def with_terms(html, made=term):
    """Escaped text in which terms of the glossary stand as [term|as it is written], each as `made` writes it."""
    pieces = html.split("[")
    written = [pieces[0]]
    for piece in pieces[1:]:
        marked_term, _, after = piece.partition("]")
        name, _, said = marked_term.partition("|")
        written.append(made(name, said) + after)
    return "".join(written)
