"""The outline of a ribbon, as the `d` of an SVG path, the sign where one joins another, and what makes both speak.

How wide each ribbon is, `flow` and `vessels/vessels.py` say.
"""


def band(x0, top0, height0, x1, top1, height1):
    """A ribbon whose ends are vertical and whose edges leave and arrive horizontally."""
    return through((x0, top0, height0), (x1, top1, height1))


def through(*stops):
    """A ribbon by way of several (x, top, height), its edges level at each."""
    there, back = "M{:.1f} {:.1f}".format(stops[0][0], stops[0][1]), ""
    for (x0, top0, high0), (x1, top1, high1) in zip(stops[:-1], stops[1:]):
        half = (x0 + x1) / 2
        there += "C{0:.1f} {1:.1f} {0:.1f} {2:.1f} {3:.1f} {2:.1f}".format(half, top0, top1, x1)
        back = "C{0:.1f} {1:.1f} {0:.1f} {2:.1f} {3:.1f} {2:.1f}".format(half, top1 + high1, top0 + high0, x0) + back
    x, top, high = stops[-1]
    return there + "L{:.1f} {:.1f}".format(x, top + high) + back + "Z"


def plus(x, y):
    """Where something is added to the stream: a circle with a plus around (x, y)."""
    return (
        '<g class="plus"><circle cx="{0:.1f}" cy="{1:.1f}" r="7"/><path d="M{2:.1f} {1:.1f}h8M{0:.1f} {3:.1f}v8"/></g>'
    ).format(x, y, x - 4, y - 4)


def tells(kind, row):
    """Attributes of what says something when it is pointed at, see `reading/marks.py`."""
    return 'data-tells="{}" data-row="{}"'.format(kind, row)
