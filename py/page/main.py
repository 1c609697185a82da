"""Starts the page's Python."""

import asyncio
import json
import os

FILES = "page.files.json"  # all of the page's Python, by path
LATER = "tasks"  # folders of what is compiled when the reader opens it


def unpack():
    """Put the files where Python imports them from."""
    with open(FILES) as joined:
        texts = json.load(joined)
    made = set()
    for path in sorted(texts):
        parts = path.split("/")
        for i in range(1, len(parts)):
            folder = "/".join(parts[:i])
            if folder not in made:
                made.add(folder)
                os.mkdir(folder)
        with open(path, "w") as file:
            file.write(texts[path])


def modules(folder):
    """The names of the modules in it, of its sub-folders first: those import less."""
    names = [name for name in sorted(os.listdir(folder)) if name != LATER]
    for name in names:
        if "." not in name and not name.startswith("__"):
            yield from modules(folder + "/" + name)
    for name in names:
        if name.endswith(".py") and name != "main.py":
            yield (folder + "/" + name[:-3]).replace("/", ".")


async def start():
    """Compile the modules one by one: all at once would keep a slow machine's browser busy for half a second."""
    from page.browser.dom import frame

    for name in modules("page"):
        __import__(name)
        await frame()
    from page.app import Page

    await Page().start()


unpack()
asyncio.create_task(start())
