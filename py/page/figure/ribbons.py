"""The flow between columns: rectangles in, SVG out. A rectangle is (left, top, width, height) in pixels."""

WIDENED = 3  # the row they leave is a few times lower than the list they reach


def band(x0, top0, height0, x1, top1, height1):
    """The outline of a ribbon whose ends are vertical and whose edges leave and arrive horizontally."""
    middle = (x0 + x1) / 2
    return (
        "M{0:.1f} {1:.1f}C{2:.1f} {1:.1f} {2:.1f} {3:.1f} {4:.1f} {3:.1f}"
        "L{4:.1f} {5:.1f}C{2:.1f} {5:.1f} {2:.1f} {6:.1f} {0:.1f} {6:.1f}Z"
    ).format(x0, top0, middle, top1, x1, top1 + height1, top0 + height0)


def fan(source, rows, probabilities):
    """From the right edge of `source` to each row of the list: a ribbon as thick as its probability.

    The last row stands for all the tokens that are not listed; `probabilities` sum to 1. Ribbons leave without gap and
    arrive up to WIDENED times as thick.
    """
    left, top, width, height = source
    pieces = []
    at = top
    for number, (row, probability) in enumerate(zip(rows, probabilities)):
        thick = probability * height
        if thick >= 0.05:  # thinner than a twentieth of a pixel cannot be seen
            kind = "rest" if number == len(rows) - 1 else "candidate"
            end = min(WIDENED * thick, row[3])
            path = band(left + width, at, thick, row[0], row[1] + (row[3] - end) / 2, end)
            pieces.append('<path class="' + kind + '" d="' + path + '"/>')
        at += thick
    return "".join(pieces)
