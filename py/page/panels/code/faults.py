"""What went wrong with a reader's code, in words that a beginner understands, as HTML."""

from page.text.markup import escape

KINDS = (
    "SyntaxError",
    "NameError",
    "KeyError",
    "IndexError",
    "ZeroDivisionError",
    "ImportError",
    "RecursionError",
    "MemoryError",
    "AttributeError",
    "TypeError",
    "ValueError",
    "OSError",
    "SystemExit",
    "late",
    "gone",
    "missing",
    "shape",
    "numbers",
    "twice",
    "stream",
    "kept",
    "raised",
    "unstarted",
)


def fault_sentence(found, words):
    """In plain text, of the line and the kind alone."""
    kind = found["fault"] if found["fault"] in KINDS else "other"
    line = words.say("ask.line", line=found["line"]) if found.get("line") else ""
    return line + words.say("ask.fault." + kind)


def fault_html(found, words):
    near = found.get("near")
    said = " " + words.html("ask.near", names=escape(", ".join(near))) if near else ""
    text = found.get("text")
    own = '<small dir="ltr" translate="no">{}</small>'.format(escape(text)) if text else ""
    return '<p class="fault">{}{} {}</p>'.format(escape(fault_sentence(found, words)), said, own)
