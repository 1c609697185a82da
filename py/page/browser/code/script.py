"""Scripts of the site that come when they are first needed."""

try:
    from pyscript import document, window
except ImportError:  # outside of a browser this can be read, not run
    document = window = None

from page.browser.dom import address
from page.browser.starting import promise


async def scripted(path, name):
    """The script at `path`, which gives the page's window something of this name. Raises ValueError where it fails."""
    if hasattr(window, name):
        return
    loaded, tell = promise()
    script = document.createElement("script")
    script.src = address(path)
    script.onload = script.onerror = lambda event: tell(event.type)
    document.body.append(script)
    if await loaded != "load":
        raise ValueError(path)
