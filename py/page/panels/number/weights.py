"""A matrix of weights around one of them, as a heat map that can be looked at more closely."""

from page.figure.addresses import read
from page.state.counting import number_of
from page.text.markup import escape
from page.text.numbers import grouped

SIDE = 240  # pixels of its longer side
LEAST = 16  # and of the other


def picture(look, address, words):
    """`look` is the worker's answer to `weights` for the weight at `address`."""
    wide, high = [
        max(LEAST, SIDE * cells / max(look["rows"], look["columns"])) for cells in (look["columns"], look["rows"])
    ]
    row, column = cell_of(look, address)
    say = words.say
    place = {
        "first": grouped(number_of(look["top"])),
        "last": grouped(look["top"] + look["height"]),
        "left": grouped(number_of(look["left"])),
        "right": grouped(look["left"] + look["width"]),
    }
    return (
        '<p class="subtitle">{how}</p><svg class="weights" width="{wide:.0f}" height="{high:.0f}"'
        ' viewBox="0 0 {columns} {rows}" preserveAspectRatio="none" role="img" aria-label="{label}">'
        '<image href="{picture}" width="{columns}" height="{rows}" preserveAspectRatio="none"/>'
        '<path class="cursor" d="M{column} {row}h1v1h-1z"/></svg>'
        '<p class="entry"><button type="button" id="closer">{closer}</button>'
        ' <button type="button" id="farther">{farther}</button> {part}</p>'
    ).format(
        how=say("number.weights"),
        wide=wide,
        high=high,
        columns=look["columns"],
        rows=look["rows"],
        label=escape(say("number.weights.part", **place)),
        picture=look["picture"],
        column=column,
        row=row,
        closer=say("number.closer"),
        farther=say("number.farther"),
        part=say("number.weights.part", **place),
    )


def cell_of(look, address):
    """(row, column) of the cell in which a weight is."""
    row, column = read(address)[2]
    return (
        cell_in(row - look["top"], look["height"], look["rows"]),
        cell_in(column - look["left"], look["width"], look["columns"]),
    )


def cell_in(number, size, cells):
    """Which of so many stretches of `size` numbers holds a number: they begin as the worker cuts them."""
    cell = number * cells // size
    while (cell + 1) * size // cells <= number:
        cell += 1
    return cell


def at(look, address, across, down):
    """The address of the first weight of the cell at these shares of the picture's width and height."""
    row, column = int(down * look["rows"]), int(across * look["columns"])
    place = [
        look["top"] + row * look["height"] // look["rows"],
        look["left"] + column * look["width"] // look["columns"],
    ]
    return address.split("[")[0] + str(place)
