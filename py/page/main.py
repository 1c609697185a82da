"""Starts the page's Python."""

import asyncio
import os

from page.browser.dom import frame

LATER = "tasks"  # folders of what is compiled when the reader opens it


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
    for name in modules("page"):
        __import__(name)
        await frame()
    from page.app import Page

    await Page().start()


asyncio.create_task(start())
