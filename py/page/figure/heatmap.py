"""Columns of strips: one upright strip a token, its cells the means of a vector's stretches.

The worker sends each column as one picture, `gap` transparent pixels above and below every strip's `cells`; what is
drawn over it (outlines, the current head's slice, the cell pointed at) shares the picture's own pixels as units.
"""

from page.text.markup import escape

IN_FLOW = (  # in the order of the picture
    "token",
    "position",
    "resid_pre",
    "q",
    "k",
    "v",
    "z",
    "attn_out",
    "resid_mid",
    "mlp_post",
    "resid_post",
)
SPLIT = ("q", "k", "v")  # vectors that hold every head's numbers one after the other


def heatmap(name, source, words):
    """One column. `source` is the worker's answer with `heatmaps`, `cells` and `gap`; `count` its number of rows."""
    count, cells, gap = source["count"], source["cells"], source["gap"]
    pitch = cells + 2 * gap
    height = count * pitch
    boxes = "".join(["M0 {}h1v{}h-1z".format(row * pitch + gap, cells) for row in range(count)])
    mark = ""
    if name in SPLIT and source.get("n_head", 1) > 1:
        size = cells / source["n_head"]
        mark = '<path class="slice" d="{}"/>'.format(
            "".join(
                [
                    "M0 {:.2f}h1v{:.2f}h-1z".format(row * pitch + gap + source["head"] * size, size)
                    for row in range(count)
                ]
            )
        )
    label = escape(words.say("heatmap." + name) + ". " + words.say("heatmap.keys"))
    return (
        '<svg class="heatmap of-{0}" data-heatmap="{0}" viewBox="0 0 1 {1}" preserveAspectRatio="none" tabindex="0"'
        ' role="application" aria-label="{2}"><image href="{3}" width="1" height="{1}" preserveAspectRatio="none"/>'
        '<path class="outline" d="{4}"/>{5}<path class="cursor" d=""/></svg>'
    ).format(name, height, label, source["heatmaps"][name], boxes, mark)


def labelled(name, source, words):
    """A column under its name, written upwards."""
    return '<div class="heatmap-column"><span class="heatmap-name of-{}">{}</span>{}</div>'.format(
        name, escape(words.say("heatmap.short." + name)), heatmap(name, source, words)
    )


def cursor(row, cell, cells, gap):
    """The outline of one cell, a little larger than it."""
    return "M0 {}h1v1h-1z".format(row * (cells + 2 * gap) + gap + cell)


def cell_at(share, count, cells, gap):
    """(row, cell) under the pointer, `share` of the column's height from its top; between strips the nearest cell."""
    pitch = cells + 2 * gap
    pixel = min(max(share, 0), 0.999999) * count * pitch
    row = int(pixel // pitch)
    return row, int(min(max(pixel - row * pitch - gap, 0), cells - 1))
