"""The lights that run along the ribbons: drawn ribbons in, SVG out. How each moves, and when, `pulse.css` says.

A light is seen through a window of the ribbons' own shape: a bright stretch passes behind it, and ahead of that a shade
of the paper's colour. Lines are drawn anew, and a dash runs along them.
"""

HUES = ("grey", "blue", "red", "purple", "indigo", "taken")  # of the gradients; "taken" turns from green to purple
STOPS = (("tail", "0.3"), ("body", "0.78"), ("core", "0.9"), ("tip", "1"))  # of a light, from its left end
SOFT = 0.1  # of a shade's width: its edge, which lies under the light's tip
BANDS = (  # of vessels: stage, hue, the drawn ribbons' selector
    ("embedding", "grey", "#ribbons > :is(.stream, .block).before"),
    ("project", "blue", "#ribbons > .swell.project"),
    ("values", "taken", "#ribbons > .value"),
    ("output", "purple", "#ribbons > :is(.output, .heads, .output-projection)"),
    ("output", "grey", "#ribbons > .stream.within"),
    ("mlp", "indigo", "#ribbons > .swell.mlp"),
    ("rest", "grey", "#ribbons > :is(.stream, .block).after"),
)
OF_LONG = (  # of columns of strips, all of which one front passes
    ("whole", "grey", "#ribbons > .link.embedding"),
    ("whole", "blue", "#ribbons > .link.project"),
    ("whole", "taken", "#ribbons > .value-flow"),
    ("whole", "purple", "#ribbons > .link.attention"),
    ("whole", "indigo", "#ribbons > .link.mlp"),
)
FAN = ("fan", "purple", "#fan > path")
LINES = (  # stage, the drawn lines' selector
    ("meet", "#ribbons > :is(.query, .key)"),
    ("whole", "#ribbons > :is(.value-line, .query-line)"),
)


def gradients():
    pieces = ['<linearGradient id="light-shade"><stop class="near"/><stop class="far" offset="0.09"/></linearGradient>']
    for hue in HUES:
        stops = "".join(['<stop class="{}" offset="{}"/>'.format(*stop) for stop in STOPS])
        pieces.append('<linearGradient id="light-{0}" class="{0}">{1}</linearGradient>'.format(hue, stops))
    return "".join(pieces)


def light(number, stage, hue, kind, shapes, left, right):
    """Through `shapes`, SVG elements as text, from `left` to `right` in pixels; `number` tells it from other lights.

    `kind` is "told", or "context" for a fainter one.
    """
    wide = max(right - left, 1)
    return (
        '<clipPath id="light-window-{0}">{1}</clipPath><g clip-path="url(#light-window-{0})">'
        '<rect class="shade" data-stage="{2}" x="{7:.1f}" width="{8:.1f}" height="100%" fill="url(#light-shade)"/>'
        '<rect class="light {3}" data-stage="{2}" x="{4:.1f}" width="{5:.1f}" height="100%" fill="url(#light-{6})"/>'
        "</g>"
    ).format(number, "".join(shapes), stage, kind, left, wide, hue, left - SOFT * wide, (1 + SOFT) * wide)


def running_line(stage, shape):
    """The same line with one bright dash; lengths along it are counted from 0 to 1."""
    return shape.replace('class="', 'pathLength="1" data-stage="' + stage + '" class="running ', 1)


def row_light(left, top, width, height):
    """Along the row of the matrix, where a query meets its keys."""
    box = 'x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"'.format(left, top, width, height)
    return (
        '<clipPath id="light-row"><rect {0} rx="{1:.1f}"/></clipPath><g clip-path="url(#light-row)">'
        '<rect class="light" data-stage="row" {0} fill="url(#light-purple)"/></g>'
    ).format(box, height / 2)
