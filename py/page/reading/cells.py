"""The cells of strip columns and matrices: which is under the pointer, which beside it, where it stands, its outline.

Both are an ARIA `grid` of which only the cell that is read is there, as in a table too long to be sent whole: in a grid
whose cell has the focus screen readers hand arrow keys on by themselves, where `role="application"` would take away all
their own keys. The focus stays on the drawing, its one cell is its `aria-activedescendant`; what is read of a cell is
that cell's name, and the polite line says it.
"""

from page.browser.dom import all_of, shares_within
from page.figure import heatmap
from page.figure.matrix import square_at

PICTURES = "svg.heatmap, svg.matrix"
ARROWS = {"ArrowUp": (-1, 0), "ArrowDown": (1, 0), "ArrowLeft": (0, -1), "ArrowRight": (0, 1)}


def name_of(element):
    """What the strip column or matrix shows."""
    return element.getAttribute("data-heatmap") or element.getAttribute("data-matrix")


def is_strip(element):
    return element.matches(".heatmap")


def shape(element, view):
    """(rows, columns) that can be pointed at; a strip's columns are its cells."""
    return view["count"], view["cells"] if is_strip(element) else view["count"]


def cell_under(element, event, view):
    """(row, column) under the pointer; None beside a matrix."""
    rows, columns = shape(element, view)
    if is_strip(element):
        _, down = shares_within(element, event)
        return heatmap.cell_at(down, rows, columns, bar_of(element))
    across, down = shares_within(element.querySelector("image"), event)
    return square_at(across, down, columns) if 0 <= across <= 1 and 0 <= down <= 1 else None


def next_cell(element, here, key, view):
    """(row, column) to which an arrow key leads; None beyond the edge."""
    rows, columns = shape(element, view)
    row, column = here
    down, right = ARROWS[key]
    if is_strip(element):  # its cells stand one below the other: up and down walk through them
        column += down
        row += right
        if not 0 <= column < columns:
            row, column = row + down, 0 if down > 0 else columns - 1
    else:
        row, column = row + down, column + right
    return (row, column) if 0 <= row < rows and 0 <= column < columns else None


def box_of(element, here, view):
    """(left, top, width, height) on the screen of what is emphasised: a cell's row up to it; a cell's whole strip."""
    rows, columns = shape(element, view)
    row, column = here
    if is_strip(element):
        box, (top, height) = element.getBoundingClientRect(), bar_of(element)
        pitch = box.height / rows
        return box.left, box.top + (row + top) * pitch, box.width, height * pitch
    box = element.querySelector("image").getBoundingClientRect()
    high = box.height / rows
    return box.left, box.top + row * high, (max(row, column) + 1) * box.width / columns, high


def bar_of(element):
    """(top, height) of a column's strips in their rows."""
    return float(element.getAttribute("data-top")), float(element.getAttribute("data-height"))


def outline(element, here, view):
    """Mark a strip's cell, and show the numbers of a bar that rests in one colour."""
    row, column = here
    element.querySelector(".cursor").setAttribute("d", heatmap.cursor(row, column, view["cells"], bar_of(element)))
    stripes = element.querySelector(".stripes")
    if stripes:
        pitch = int(stripes.getAttribute("data-pitch"))
        stripes.setAttribute("y", "{:.4f}".format(row + bar_of(element)[0]))
        stripes.setAttribute("viewBox", "0 {} 1 {}".format(row * pitch + view["gap"], view["cells"]))
        stripes.classList.add("shown")


def unmark(element):
    element.querySelector(".cursor").setAttribute("d", "")
    stripes = element.querySelector(".stripes")
    if stripes:
        stripes.classList.remove("shown")


# For screen readers


def name_cell(element, here, said):
    """The grid's one cell is now this one; what it is called is what was read."""
    down, across = (here[1], here[0]) if is_strip(element) else here  # as the arrow keys move
    cell = element.querySelector("[role=gridcell]")
    cell.parentElement.setAttribute("aria-rowindex", down + 1)
    cell.setAttribute("aria-colindex", across + 1)
    cell.setAttribute("aria-label", said)


def give_focus(element):
    """The keyboard has come to this grid: its cell is the active one."""
    for cell in all_of("#active-cell"):
        cell.removeAttribute("id")
    element.querySelector("[role=gridcell]").id = "active-cell"
    element.setAttribute("aria-activedescendant", "active-cell")
