"""Starts the page's Python."""

import asyncio
import os

from page.browser.dom import frame


async def start():
    """Compile the modules one by one: all at once would keep a slow machine's browser busy for half a second."""
    for folder in ("page", "page/browser", "page/parts"):
        for name in sorted(os.listdir(folder)):
            if name.endswith(".py") and name != "main.py":
                __import__(folder.replace("/", ".") + "." + name[:-3])
                await frame()
    from page.app import Page

    await Page().start()


asyncio.create_task(start())
