"""Text into HTML. Everything that did not come from our own files passes through `escape`.

Where the model speaks, browsers' translators are told to leave the words alone: they would show other tokens.
"""


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


def visible(shown):
    """A token as shown alone: its leading space as an open box, so that " time" and "time" can be told apart."""
    body = shown.lstrip(" ")
    spaces = "␣" * (len(shown) - len(body))
    return '<span translate="no"><span class="space">' + spaces + "</span>" + escape(body) + "</span>"


def quoted(shown):
    """A token inside a sentence, as plain text."""
    return "“" + shown.replace(" ", "␣") + "”"


def word_html(shown):
    """A token inside a sentence that is read as one: as HTML, without the space before it where there is more of it."""
    return quoted_html(shown.strip(" ") or shown)


def quoted_html(shown):
    """A token inside a sentence that is HTML, see `Words.html`."""
    return '<span translate="no">' + escape(quoted(shown)) + "</span>"
