"""Everything that opens: this folder is the list, with its rooms, one file a part, named as the part is. See
`page/panels/part.py`."""

import os

FOLDER, PACKAGE = __file__.rsplit("/", 1)[0], "page.panels.parts"

every = {}  # by name, the class of each part


def load(folder=FOLDER, package=PACKAGE):
    """Fill `every` from the folder."""
    for file in sorted(os.listdir(folder)):
        name = file.rsplit(".", 1)[0]
        if name == file and not name.startswith("__"):
            load(folder + "/" + name, package + "." + name)
        elif file.endswith(".py") and name != "__init__":
            every[name] = __import__(package + "." + name, None, None, ("PART",)).PART


def linked():
    """The parts that a link may open: {its word in links: its name}."""
    if not every:
        load()
    return {every[name].link: name for name in sorted(every) if every[name].link}
