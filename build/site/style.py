"""The site's style sheet: the page's own, after the colours that the worker's pictures have too."""

import re
import shutil
from pathlib import Path

from build.paths import ROOT
from model.explain.pictures.colours import AMBER, PURPLE, TEAL
from page.figure.vessels.bars import MOST

NAME = "style.css"
OF_PICTURES = {"accent": PURPLE, "above": AMBER, "below": TEAL}  # as the page's own style sheets call them


def in_hex(rgb: tuple[int, int, int]) -> str:
    """(255, 128, 0) -> "#ff8000"."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def colours_of_pictures() -> str:
    """The first rule of the style sheet. The page's own may give others, for a dark ground."""
    lines = [f"  --{name}: {in_hex(rgb)};\n" for name, rgb in OF_PICTURES.items()]
    return ":root {\n" + "".join(lines) + "}\n"


def counts_of_vessels() -> str:
    """`--count` of a text that is drawn as vessels: CSS cannot read the number from its attribute."""
    return "".join(f'.vessels[data-count="{n}"] {{\n  --count: {n};\n}}\n' for n in range(1, MOST + 1))


def one_style_sheet(html: str, out: Path) -> str:
    """The page's style sheets joined in their order: a first visit waits for one file, not for each."""
    links = re.findall(r' *<link rel="stylesheet" href="([^"]+)" />\n', html)
    sheets = [
        colours_of_pictures(),
        counts_of_vessels(),
        *((ROOT / link).read_text(encoding="utf-8") for link in links),
    ]
    (out / NAME).write_text("\n".join(sheets), encoding="utf-8")
    shutil.rmtree(out / "py" / "page" / "style")
    return re.sub(
        r'( *<link rel="stylesheet" href=")[^"]+(" />\n)(?: *<link rel="stylesheet"[^>]*>\n)*', rf"\1{NAME}\2", html
    )


def light_colour(name: str, out: Path) -> str:
    """A colour of the finished style sheet, as the light theme has it: that comes before the dark one."""
    found = re.search(rf"--{name}: (#\w+);", (out / NAME).read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{NAME} has no colour {name}")
    return found[1]
