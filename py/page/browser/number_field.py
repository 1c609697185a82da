"""A field in which the reader types a number and the page writes one: neither in the middle of the other."""

from page.browser.dom import by_id, on

TYPING = "typing"  # class of one that the reader has begun to fill


def watch_typing(name):
    """Know of the field `name` whether what stands in it is not taken yet."""
    field = by_id(name)
    on(field, "input", lambda _: field.classList.add(TYPING))
    for event in ("change", "blur"):
        on(field, event, lambda _: field.classList.remove(TYPING))


def put_number(name, number):
    field = by_id(name)
    if not field.classList.contains(TYPING):
        field.value = number
