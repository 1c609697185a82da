"""Everything that opens: this folder is the list, one file a part, named as the part is. See `page/panels/part.py`."""

import os

every = {}  # by name, the class of each part


def load():
    """Fill `every` from the folder."""
    for file in sorted(os.listdir(__file__.rsplit("/", 1)[0])):
        name = file.rsplit(".", 1)[0]
        if file.endswith(".py") and name != "__init__":
            every[name] = __import__("page.panels.parts." + name, None, None, ("PART",)).PART


def linked():
    """The parts that a link may open: {its word in links: its name}."""
    if not every:
        load()
    return {every[name].link: name for name in sorted(every) if every[name].link}
