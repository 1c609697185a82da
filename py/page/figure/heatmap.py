"""Columns of strips: one upright strip a token, its cells the means of a vector's stretches. One unit is a row.

The worker sends each column as one picture, `gap` transparent pixels above and below every strip's `cells`. Where rows
are low it is drawn as it is. Where a strip is a token's bar (see `bars`), as high as it has numbers, bars rest in one
calm colour, and the stripes of a row are cut out of the picture when it is pointed at. Its cells are low then: what is
read of one comes with all of them `magnified`.
"""

from page.figure.differences import lit
from page.figure.vessels.bars import of_head
from page.text.markup import escape

SPLIT = ("q", "k", "v")  # vectors that hold every head's numbers one after the other


def heatmap(name, source, words, bar=None, told=-1):
    """One column. `source` is the worker's answer with `heatmaps`, `cells` and `gap`; `count` its number of rows.

    `bar` is (top, height) of its strips as bars, that of the row `told` in full colour; None draws strips as sent.
    Outside of the flow no row is told, and none is lit.
    """
    count, picture = source["count"], source["heatmaps"][name]
    top, height = bar or as_sent(source)
    boxes = "".join([box(row + top, height) for row in range(count)])
    slices = ""
    if name in SPLIT and source.get("n_head", 1) > 1:
        at, size = of_head((top, height), source)
        slices = '<path class="slice" d="{}"/>'.format("".join([box(row + at, size) for row in range(count)]))
    if bar:
        drawn = calm_bars(name, source, boxes, bar, told) + stripes(bar, source, picture)
    else:
        mask, masked = strips_lit(name, source) if told >= 0 and "beside" in source else ("", "")
        drawn = mask + '<image href="{}" width="1" height="{}" preserveAspectRatio="none"{}/>'.format(
            picture, count, masked
        )
    label = escape(words.say("heatmap." + name) + ". " + words.say("heatmap.keys"))
    return (
        '<svg class="heatmap of-{0}" data-heatmap="{0}" data-top="{1:.4f}" data-height="{2:.4f}" viewBox="0 0 1 {3}"'
        ' preserveAspectRatio="none" tabindex="0" role="grid" aria-rowcount="{8}" aria-colcount="{3}" aria-label="{4}">'
        '{5}<path class="outline" d="{6}"/>{7}'
        '<g role="row" translate="no"><path class="cursor" role="gridcell" d=""/></g></svg>'
    ).format(name, top, height, count, label, drawn, boxes, slices, source["cells"])


def calm_bars(name, source, boxes, bar, told):
    """`boxes` are all of them; each by itself where they are lit by what has moved."""
    count, (top, height) = source["count"], bar
    if "beside" in source:
        rows = [
            '<path class="calm lit" d="{}"{}/>'.format(box(row + top, height), lit(source, name, row))
            for row in range(count)
        ]
        return "".join(rows)
    last = " last" if told == count - 1 else ""
    return '<path class="calm" d="{}"/><path class="calm told{}" d="{}"/>'.format(boxes, last, box(told + top, height))


def strips_lit(name, source):
    """(a mask, its use) that lights a column of strips, which is one picture, by what has moved."""
    count = source["count"]
    rows = [
        '<rect y="{}" width="1" height="1" fill="#fff"{}/>'.format(row, lit(source, name, row)) for row in range(count)
    ]
    mask = '<mask id="lit-{}" maskUnits="userSpaceOnUse" x="0" y="0" width="1" height="{}">{}</mask>'
    return mask.format(name, count, "".join(rows)), ' mask="url(#lit-{})"'.format(name)


def as_sent(source):
    """(top, height) of a strip in its row of the picture."""
    pitch = source["cells"] + 2 * source["gap"]
    return source["gap"] / pitch, source["cells"] / pitch


def stripes(bar, source, picture):
    """One row cut out of the picture and stretched to its bar: that which is pointed at, see `reading/cells.py`."""
    pitch = source["cells"] + 2 * source["gap"]
    height = source["count"] * pitch
    return (
        '<svg class="stripes" data-pitch="{0}" y="{1:.4f}" width="1" height="{2:.4f}" viewBox="0 {3} 1 {4}"'
        ' preserveAspectRatio="none"><rect width="1" height="{5}"/>'
        '<image href="{6}" width="1" height="{5}" preserveAspectRatio="none"/></svg>'
    ).format(pitch, bar[0], bar[1], source["gap"], source["cells"], height, picture)


def magnified(name, source, row, cell):
    """The strip of one row by itself, the cell marked, and the stretch that is the open head's."""
    pitch = source["cells"] + 2 * source["gap"]
    mark = ""
    if name in SPLIT and source["n_head"] > 1:
        mark = '<path class="slice" d="{}"/>'.format(box(*of_head((0, source["cells"]), source)))
    return (
        '<svg class="magnified" preserveAspectRatio="none" viewBox="0 0 1 {0}" aria-hidden="true">'
        '<image href="{1}" y="{2}" width="1" height="{3}" preserveAspectRatio="none"/>{4}'
        '<path class="cursor" d="{5}"/></svg>'
    ).format(
        source["cells"],
        source["heatmaps"][name],
        -row * pitch - source["gap"],
        source["count"] * pitch,
        mark,
        box(cell, 1),
    )


def labelled(name, source, words, bar=None, told=-1):
    """A column under its name, written upwards."""
    return '<div class="heatmap-column of-{0}"><span class="heatmap-name of-{0}">{1}</span>{2}</div>'.format(
        name, escape(words.say("heatmap.short." + name)), heatmap(name, source, words, bar, told)
    )


def cursor(row, cell, cells, bar):
    """The outline of one cell of a strip that stands at `bar` in its row."""
    top, height = bar
    return box(row + top + cell / cells * height, height / cells)


def box(top, height):
    """The outline of a stretch of a column, as wide as the column is."""
    return "M0 {:.4f}h1v{:.4f}h-1z".format(top, height)


def cell_at(share, count, cells, bar):
    """(row, cell) under the pointer, `share` of the column's height from its top; beside a strip its nearest cell."""
    top, height = bar
    place = min(max(share, 0), 0.999999) * count
    row = int(place)
    return row, int(min(max((place - row - top) / height * cells, 0), cells - 1))
