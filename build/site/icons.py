"""The site's icon, py/page/icon.svg, in the page's purple; and as PNG in the sizes that systems ask for.

It is made of rectangles alone.
"""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np

from build.paths import ROOT
from build.site.style import in_hex
from model.explain.pictures.colours import PURPLE
from model.explain.pictures.png import png

SVG = ROOT / "py" / "page" / "icon.svg"
SIZES = (192, 512)
FINE = 4  # samples to a pixel in each direction


def svg() -> str:
    """The file, its `currentColor` the page's purple."""
    return SVG.read_text(encoding="utf-8").strip().replace("currentColor", in_hex(PURPLE))


def icon(size: int) -> bytes:
    """A PNG of size x size pixels."""
    n = size * FINE
    root = ElementTree.fromstring(svg())
    unit = n / float(root.attrib["viewBox"].split()[2])
    y, x = (np.mgrid[0:n, 0:n] + 0.5) / unit  # each (n, n)
    rgba = np.zeros((n, n, 4))  # (n, n, 4) colours already multiplied with their opacity
    for rect, fill in rectangles(root):
        left, top, width, height, radius = (float(rect.get(name, 0)) for name in ("x", "y", "width", "height", "rx"))
        dx = np.maximum(np.abs(x - left - width / 2) - width / 2 + radius, 0)  # (n, n)
        dy = np.maximum(np.abs(y - top - height / 2) - height / 2 + radius, 0)  # (n, n)
        inside = np.hypot(dx, dy) <= radius  # (n, n)
        opacity = float(rect.get("opacity", 1)) * inside[..., None]  # (n, n, 1)
        rgba = rgba * (1 - opacity) + np.array([*fill, 1.0]) * opacity  # (n, n, 4)
    coarse = rgba.reshape(size, FINE, size, FINE, 4).mean(axis=(1, 3))  # (size, size, 4)
    colour = coarse[..., :3] / np.maximum(coarse[..., 3:], 1e-9)  # (size, size, 3)
    return png(np.rint(255 * np.concatenate([colour, coarse[..., 3:]], axis=2)).astype(np.uint8))


def rectangles(root: ElementTree.Element) -> list[tuple[ElementTree.Element, tuple[float, ...]]]:
    """Each rectangle with its colour, which its group may give it."""
    found = []
    for parent in root.iter():
        for rect in parent.findall("{*}rect"):
            found.append((rect, colour(rect.get("fill") or parent.attrib["fill"])))
    return found


def colour(text: str) -> tuple[float, ...]:
    """ "#fff" or "#ff8000" -> three numbers from 0 to 1."""
    digits = text.lstrip("#")
    digits = digits if len(digits) == 6 else re.sub("(.)", r"\1\1", digits)
    return tuple(int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
