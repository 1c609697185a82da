"""The picture as one SVG file: every box, line, strip and text of the page at the place where the browser has put it.

The page is HTML with drawings in it, which no drawing program reads; an SVG of plain shapes they all do. Shapes carry
the colours that the browser worked out, so a picture saved from a dark page is dark.
"""

from page.browser.dom import rectangle
from page.browser.nodes import as_xml, children, copy_of, is_element, is_text, style_of, within, written_lines
from page.text.markup import escape

# What style sheets say of a drawing's shapes, as attributes of the shapes themselves.
SHAPE = (
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-dasharray",
    "opacity",
    "mask",
    "filter",
    "stop-color",
    "image-rendering",
    "mix-blend-mode",
    "vector-effect",
)
LETTERS = ("font-family", "font-size", "font-weight", "font-style", "text-anchor")
NOTHING = ("none", "rgba(0, 0, 0, 0)", "transparent", "")
DEFAULTS = {"fill-opacity": "1", "stroke-opacity": "1", "opacity": "1", "image-rendering": "auto"}
MARGIN = 14  # around the whole
ASCENT = 0.79  # of a line of text above its baseline, for the fonts that pages use


def svg(flow):
    """The drawing of the element `flow`."""
    origin = flow.querySelector("#overlay")
    width, height = max(flow.scrollWidth, 1), max(flow.scrollHeight, 1)
    pieces = []
    walk(flow, origin, pieces)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="-{2} -{2} {0} {1}">'
        '<rect x="-{2}" y="-{2}" width="{0}" height="{1}" fill="{3}"/>{4}</svg>'
    ).format(width + 2 * MARGIN, height + 2 * MARGIN, MARGIN, ground(flow), "".join(pieces))


def ground(element):
    """The colour behind an element."""
    while element:
        colour = style_of(element).backgroundColor
        if colour not in NOTHING:
            return colour
        element = element.parentElement
    return "#fff"


def walk(element, origin, pieces):
    """Add what `element` and everything in it shows, in the order in which it is painted."""
    name = element.localName
    style = style_of(element)
    if style.display == "none" or style.visibility != "visible" or element.classList.contains("visually-hidden"):
        return
    if name == "svg":
        pieces.append(drawing(element, origin))
        return
    if element.classList.contains("card"):  # what flows to it is painted over it
        pieces.insert(0, box(style, rectangle(element, origin)))
    else:
        pieces.append(box(style, rectangle(element, origin)))
    if name == "input":
        pieces.append(field(element, style, rectangle(element, origin)))
        return
    before = style_of(element, "::before")
    if before.content not in ("none", "normal"):
        pieces.append(mark(before, rectangle(element, origin)))
    for child in children(element):
        if is_text(child):
            if child.data.strip():
                pieces.append(text(child, style, origin))
        elif is_element(child):
            walk(child, origin, pieces)


def drawing(element, origin):
    """A drawing of the page, its shapes' styles written into it."""
    left, top, width, height = rectangle(element, origin)
    copy = copy_of(element)
    for kept, shape in zip([element] + within(element, "*"), [copy] + within(copy, "*")):
        style = style_of(kept)
        if style.display == "none":
            shape.setAttribute("display", "none")
            continue
        names = SHAPE + LETTERS if kept.localName == "text" else SHAPE
        for name in names:
            value = style.getPropertyValue(name)
            if value and value != DEFAULTS.get(name) and (value not in NOTHING or name in ("fill", "stroke")):
                shape.setAttribute(name, value)
    for name, value in (("x", left), ("y", top), ("width", width), ("height", height)):
        copy.setAttribute(name, "{:.2f}".format(value))
    copy.setAttribute("overflow", style_of(element).overflow)
    return as_xml(copy)


def box(style, place):
    """An element's ground and border; "" when it has neither."""
    fill, border = style.backgroundColor, style.borderTopWidth
    line = style.borderTopColor if style.borderTopStyle == "solid" and border != "0px" else "none"
    image = style.backgroundImage
    if line != "none" and style.borderBottomWidth == "0px":
        left, top, width, _ = place
        return '<path d="M{:.1f} {:.1f}h{:.1f}" stroke="{}"/>'.format(left, top, width, line)
    gradient = ""
    if image.startswith("linear-gradient"):
        name = "ground-{:.0f}-{:.0f}".format(place[0], place[1])
        gradient, fill = stops(name, image), "url(#" + name + ")"
    if fill in NOTHING and line in NOTHING:
        return ""
    return gradient + (
        '<rect x="{:.2f}" y="{:.2f}" width="{:.2f}" height="{:.2f}" rx="{}" fill="{}" stroke="{}" stroke-width="{}"/>'
    ).format(*place, number(style.borderTopLeftRadius), "none" if fill in NOTHING else fill, line, number(border))


def stops(name, image):
    """A gradient from left to right with the colours of one in a style sheet, evenly spaced."""
    colours = ["rgb" + one.split(")")[0] + ")" for one in image.split("rgb")[1:]]
    last = max(len(colours) - 1, 1)
    listed = ['<stop offset="{:.3f}" stop-color="{}"/>'.format(i / last, one) for i, one in enumerate(colours)]
    return '<linearGradient id="{}">{}</linearGradient>'.format(name, "".join(listed))


def mark(style, place):
    """What a style sheet puts before an element: a sign, or a small coloured box."""
    content = style.content.strip('"')
    if content:
        return letters(content, style, place[0], place[1], place[3])
    width, height = number(style.width), number(style.height)
    return box(style, (place[0], place[1] + (place[3] - height) / 2, width, height))


def field(element, style, place):
    """A slider as a line with a knob, a number as text."""
    left, top, width, height = place
    if element.type != "range":
        return letters(element.value, style, left + 6, top + (height - 17) / 2, 17)
    low, high = number(element.min), number(element.max)
    at = left + 7 + (width - 14) * (number(element.value) - low) / ((high - low) or 1)
    middle = top + height / 2
    return (
        '<path d="M{:.1f} {:.1f}h{:.1f}" stroke="{}" stroke-width="3" opacity="0.4"/>'
        '<circle cx="{:.1f}" cy="{:.1f}" r="6" fill="{}"/>'
    ).format(left, middle, width, style.color, at, middle, style.accentColor)


def text(node, style, origin):
    if style.writingMode.startswith("vertical"):  # the page turns such a line so that it reads upwards
        left, top, width, height = rectangle(node.parentElement, origin)
        line = letters(node.data, style, 0, 0, width)
        return '<g transform="translate({:.1f} {:.1f}) rotate(-90)">{}</g>'.format(left, top + height, line)
    return "".join([letters(line, style, left, top, high) for line, left, top, high in written_lines(node, origin)])


def letters(content, style, left, top, height):
    size = number(style.fontSize)
    middle = top + (height - size * 1.18) / 2 + size * 1.18 * ASCENT
    return (
        '<text x="{:.2f}" y="{:.2f}" xml:space="preserve" fill="{}" font-family="{}" font-size="{}" font-weight="{}"'
        ' letter-spacing="{}">{}</text>'
    ).format(
        left,
        middle,
        style.color,
        escape(style.fontFamily),
        size,
        style.fontWeight,
        "0" if style.letterSpacing == "normal" else style.letterSpacing,
        escape(content.replace("\n", " ")),
    )


def number(length):
    """ "12.5px" -> 12.5; what is no length counts as 0."""
    try:
        return float(str(length).replace("px", "").split(" ")[0])
    except ValueError:
        return 0.0
