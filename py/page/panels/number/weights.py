"""A matrix of weights around one of them, as a heat map that can be looked at more closely."""

from page.figure.addresses import read
from page.panels.number.looks import drawing
from page.state.counting import number_of
from page.text.numbers import grouped

SIDE = 240  # pixels of its longer side
LEAST = 16  # and of the other


def picture(look, address, words):
    """`look` is the worker's answer to `weights` for the weight at `address`."""
    row, column = cell_of(look, address)
    say = words.say
    part = say(
        "number.weights.part",
        first=grouped(number_of(look["top"])),
        last=grouped(look["top"] + look["height"]),
        left=grouped(number_of(look["left"])),
        right=grouped(look["left"] + look["width"]),
    )
    return (
        '<p class="subtitle">{how}</p>{drawing}<p class="entry"><button type="button" id="closer">{closer}</button>'
        ' <button type="button" id="farther">{farther}</button> {part}</p>'
    ).format(
        how=say("number.weights"),
        drawing=drawing(look, SIDE, LEAST, 'class="weights"', part, "M{} {}h1v1h-1z".format(column, row)),
        closer=say("number.closer"),
        farther=say("number.farther"),
        part=part,
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
