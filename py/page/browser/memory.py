"""What this browser remembers of what the reader has done, for this copy of the page alone; nothing of it is sent.

The browser's storage belongs to the whole host: the names of ours begin with this folder's address, as those of our
caches do, see storage.py. A browser that refuses storage, or has no room, remembers nothing and harms nothing.
"""

import json

from page.browser.dom import address

try:
    from pyscript import window
except ImportError:  # outside of a browser the modules that use this one can be read, not run
    window = None


def remembered(name):
    """What was remembered under `name`; None where there is nothing."""
    text = window.memory.read(stored_as(name))  # see refused.js
    try:
        return json.loads(text)
    except ValueError:  # nothing, or something that no page of ours has written
        return None


def remember(name, value):
    """Keep a value that JSON can hold under `name`, instead of what was there."""
    window.memory.write(stored_as(name), json.dumps(value))


def forget():
    """All that was remembered."""
    window.memory.forget(stored_as(""))


def stored_as(name):
    return address("./") + " " + name
