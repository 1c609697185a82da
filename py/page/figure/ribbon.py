"""The outline of one ribbon, as the `d` of an SVG path; how wide each is, `flow` and `vessels/vessels.py` say."""


def band(x0, top0, height0, x1, top1, height1):
    """The outline of a ribbon whose ends are vertical and whose edges leave and arrive horizontally."""
    middle = (x0 + x1) / 2
    return (
        "M{0:.1f} {1:.1f}C{2:.1f} {1:.1f} {2:.1f} {3:.1f} {4:.1f} {3:.1f}"
        "L{4:.1f} {5:.1f}C{2:.1f} {5:.1f} {2:.1f} {6:.1f} {0:.1f} {6:.1f}Z"
    ).format(x0, top0, middle, top1, x1, top1 + height1, top0 + height0)
