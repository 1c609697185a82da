"""Text into HTML. Everything that did not come from our own files passes through `escape`."""


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
    return '<span class="space">' + "␣" * (len(shown) - len(body)) + "</span>" + escape(body)


def quoted(shown):
    """A token inside a sentence, as plain text."""
    return "“" + shown.replace(" ", "␣") + "”"
