"""What the document is made of, read node by node: a picture is saved from it."""

try:
    from pyscript import document, window
except ImportError:  # outside of a browser the modules that use this one can be read, not run
    document = window = None


def style_of(element, pseudo=None):
    """The style that the browser has worked out; `pseudo` such as "::before"."""
    return window.getComputedStyle(element, pseudo)


def is_text(node):
    return node.nodeType == 3


def is_element(node):
    return node.nodeType == 1


def children(element):
    nodes = element.childNodes
    return [nodes[i] for i in range(nodes.length)]


def copy_of(element):
    return element.cloneNode(True)


def as_xml(element):
    return window.XMLSerializer.new().serializeToString(element)


def within(element, selector):
    """Every element inside that fits the selector."""
    found = element.querySelectorAll(selector)
    return [found[i] for i in range(found.length)]


def written_lines(node, origin):
    """The lines into which the browser has broken a text: [(text, left, top, height)] from the corner of `origin`."""
    place, base = document.createRange(), origin.getBoundingClientRect()
    place.selectNodeContents(node)
    boxes = place.getClientRects()
    if boxes.length == 1:
        return [(node.data, boxes[0].left - base.left, boxes[0].top - base.top, boxes[0].height)]
    lines = []
    for i in range(node.length if boxes.length else 0):
        place.setStart(node, i)
        place.setEnd(node, i + 1)
        boxes = place.getClientRects()
        if boxes.length and boxes[0].width:
            box = boxes[boxes.length - 1]
            left, top = box.left - base.left, box.top - base.top
            if lines and abs(lines[-1][2] - top) < 2:
                lines[-1] = (lines[-1][0] + node.substringData(i, 1), lines[-1][1], lines[-1][2], box.height)
            else:
                lines.append((node.substringData(i, 1), left, top, box.height))
    return lines
