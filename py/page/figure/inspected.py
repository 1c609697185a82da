"""The outline around what the open number stands in: a token's bar, a cell of the matrix, a row of the list; around
what is nearest to it where it is not drawn itself."""

from page.browser.dom import by_id, first_of, rectangle
from page.figure import addresses

APART = 2  # pixels between it and what it is around


def draw(address, figure):
    """Outline it where the picture has it; nothing where another block or head is drawn, or `address` is "".

    Whether there is an outline.
    """
    box = address and figure.answer and place_of(address, figure)
    mark = by_id("inspected")
    mark.classList.toggle("shown", bool(box))
    if box:
        left, top, width, height = box
        for name, size in (("x", left - APART), ("y", top - APART)):
            mark.setAttribute(name, "{:.1f}".format(size))
        for name, size in (("width", width + 2 * APART), ("height", height + 2 * APART)):
            mark.setAttribute(name, "{:.1f}".format(size))
    return bool(box)


def place_of(address, figure):
    """(left, top, width, height) in the overlay; None of what is not drawn."""
    view, origin = figure.view, by_id("overlay")
    name, _, place = addresses.read(address)
    if name in addresses.OF_THE_LIST:
        last = place[0] == len(figure.answer["tokens"]) - 1
        listed = first_of('#candidates tbody tr[data-id="{}"]'.format(place[1])) or first_of("#candidates .outside")
        return rectangle(listed, origin) if last and listed else None
    if name in addresses.SQUARES:
        if not is_cell(address, figure):
            return None
        row, column = [number - view["first"] for number in place[1:]]
        left, top, width, height = rectangle(first_of("#pattern .matrix image"), origin)
        wide, high = width / view["count"], height / view["count"]
        return left + column * wide, top + row * high, wide, high
    sign = addresses.sign_of(address, view)
    if sign:
        box = rectangle(first_of("#flow " + sign), origin)
        return box if box[2] else None
    strip = strip_named(addresses.strip_of(address, view)) or strip_named(addresses.near(address, view))
    row = place[0] - view["first"]
    if not strip or not 0 <= row < view["count"]:
        return None
    left, top, width, height = rectangle(strip, origin)
    pitch = height / view["count"]
    above, high = [float(strip.getAttribute("data-" + side)) for side in ("top", "height")]
    return left, top + (row + above) * pitch, width, high * pitch


def strip_named(name):
    return first_of('#flow [data-heatmap="' + name + '"]')


def is_cell(address, figure):
    """Whether it is one of the drawn attention pattern."""
    name, block, place = addresses.read(address)
    view = figure.view
    if name not in addresses.SQUARES or (block, place[0]) != (view["block"], view["head"]):
        return False
    return all([0 <= number - view["first"] < view["count"] for number in place[1:]])
