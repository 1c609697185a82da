"""Square pictures of tokens by tokens: a row listens, a column is listened to. One unit is one cell."""

from page.text.markup import escape, svg_name
from page.text.numbers import brief, percent, signed, whole_percent

SIDE = 250  # pixels of an opened matrix
LABELLED = 14  # tokens up to which rows and columns carry names
SHORT = 9  # columns of a name
LETTERS = 13.5  # the size of an opened matrix's numbers, which a step of the narrowest makes 12 pixels
DIGIT, POINT = 7.7, 3.7  # how wide they are then


def matrix(name, count, picture, label, is_round=False):
    """The pattern in the overview, stretched to the place it has; `is_round` for cells that are discs.

    `missing.py` puts a cross on arrows that are cut.
    """
    return (
        '<svg class="matrix" data-matrix="{0}" viewBox="0 0 {1} {1}" preserveAspectRatio="none" tabindex="0"'
        ' role="grid" aria-rowcount="{1}" aria-colcount="{1}" aria-label="{2}">{3}<path class="crosses" d=""/>{4}</svg>'
    ).format(name, count, escape(label), cells(count, picture, True, is_round), rings())


def cells(count, picture, lower, is_round=False):
    """The cells' ground, then their colours; `lower` leaves out the future."""
    kind = " round" if is_round else ""
    stairs = (
        "M0 0" + "h1v1" * count + "H0z" if lower else "M0 0h{0}v{0}h-{0}z".format(count)
    )  # down the diagonal, or the whole square
    return (
        '<path class="ground{3}" d="{0}"/><image href="{1}" width="{2}" height="{2}" mask="url(#{4})"'
        ' preserveAspectRatio="none"/>'
    ).format(stairs, picture, count, kind, "discs" if is_round else "cells")


def rings():
    """Marks the row that listens, the column listened to and the cell; `emphasis` gives their outlines."""
    return (
        '<path class="ring row" d=""/><path class="ring column" d=""/>'
        '<g role="row" translate="no"><path class="ring cell" role="gridcell" d=""/></g>'
    )


def emphasis(row, column, count, whole=False):
    """Outlines of the rings: the row up to the diagonal, the column from the diagonal down, the cell; without the mask
    the `whole` row and column."""
    reach, top = (count, 0) if whole else (max(row, column) + 1, min(row, column))
    return {
        "row": "M0 {}h{}v1h-{}z".format(row, reach, reach),
        "column": "M{} {}h1v{}h-1z".format(column, top, count - top),
        "cell": "M{} {}h1v1h-1z".format(column, row) if column >= 0 else "",
    }


def square_at(across, down, count):
    """(row, column) under the pointer, given its shares of the width and of the height."""
    return (int(min(max(down, 0), 0.999999) * count), int(min(max(across, 0), 0.999999) * count))


def stage(name, names, stage, label):
    """An opened matrix with the tokens' names, its numbers where there is room, and a legend from its own values."""
    count = len(names)
    size = SIDE / count
    named = count <= LABELLED
    left, foot = (68, 46) if named else (4, 4)
    pieces = [
        '<svg class="matrix opened" translate="no" data-matrix="{0}" data-left="{1}" viewBox="0 0 {2} {3}" tabindex="0"'
        ' role="grid" aria-rowcount="{5}" aria-colcount="{5}" aria-label="{4}">'.format(
            name, left, left + SIDE + 4, SIDE + foot, escape(label), count
        ),
        '<g transform="translate({} 0) scale({:.4f})">{}{}</g>'.format(
            left, size, hatch(count) + cells(count, stage["picture"], name != "scores"), rings()
        ),
    ]
    if named:
        for i, shown in enumerate(names):
            middle = (i + 0.5) * size
            text = svg_name(shown, SHORT)
            pieces.append(
                '<text class="name" data-row="{0}" x="{1}" y="{2:.1f}" text-anchor="end">{3}</text>'
                '<text class="name" data-column="{0}" text-anchor="end"'
                ' transform="translate({4:.1f} {5}) rotate(-42)">{3}</text>'.format(
                    i, left - 6, middle + 4, text, left + middle + 4, SIDE + 12
                )
            )
    rows = stage.get("rows")
    texts = [[whole_percent(x) if name == "pattern" else brief(x, stage["most"]) for x in row] for row in rows or ()]
    if all([width(text) <= size for row in texts for text in row]):
        for i, row in enumerate(texts):
            for j, text in enumerate(row):
                pieces.append(
                    '<text class="value" x="{:.1f}" y="{:.1f}" font-size="{}">{}</text>'.format(
                        left + (j + 0.5) * size, (i + 0.5) * size + 4.5, LETTERS, text
                    )
                )
    pieces.append("</svg>")
    return "".join(pieces)


def width(number):
    return sum([POINT if letter == "." else DIGIT for letter in number])


def hatch(count):
    """The whole square in the pattern that stands for the hidden future; cells that are known lie over it."""
    return '<path class="hidden-future" d="M0 0h{0}v{0}h-{0}z"/>'.format(count)


def legend(kind, least, most):
    """A bar of the colours, with the values at its ends taken from the data."""
    write = percent if kind == "shares" else signed
    return '<p class="scale"><span>{}</span><i class="bar {}"></i><span>{}</span></p>'.format(
        write(least), kind, write(most)
    )
