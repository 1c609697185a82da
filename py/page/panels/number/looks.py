"""An array seen in few cells, as the worker's `Look` has it: a heat map with an outline on it."""

from page.text.markup import escape


def drawing(look, longest, shortest, kind, label, outline=""):
    """An SVG of `longest` pixels along its longer side, `shortest` at least along the other.

    `kind` is its class and whatever other attributes it has, as HTML; `label` is plain text.
    """
    most = max(look["rows"], look["columns"])
    wide, high = [max(shortest, longest * cells / most) for cells in (look["columns"], look["rows"])]
    return (
        '<svg {kind} width="{wide:.0f}" height="{high:.0f}" viewBox="0 0 {columns} {rows}"'
        ' preserveAspectRatio="none" role="img" aria-label="{label}">'
        '<image href="{picture}" width="{columns}" height="{rows}" preserveAspectRatio="none"/>'
        '<path class="cursor" d="{outline}"/></svg>'
    ).format(
        kind=kind,
        wide=wide,
        high=high,
        columns=look["columns"],
        rows=look["rows"],
        label=escape(label),
        picture=look["picture"],
        outline=outline,
    )
