"""The sandbox as the page's Python asks it, see sandbox/sandbox.js.

Code that anybody may have written made its answers: they are read as data, field by field, and nothing of them is HTML.
"""

import json

try:
    from pyscript import document, window
except ImportError:  # outside of a browser this can be read, not run
    document = window = None

from page.browser.code.script import scripted
from page.browser.dom import milliseconds
from page.browser.starting import promise, sooner

SCRIPT = "py/page/sandbox/sandbox.js"
PATIENCE = 4000  # ms for an answer
PASSES = 10  # for which there is time at least
LATE, GONE = "late", "gone"  # faults that are told here: it took too long; it has ended
NONE = json.dumps({"fault": LATE})
GONE_ANSWER = {"fault": GONE, "text": "", "line": 0, "near": []}
PNG, BASE64 = "data:image/png;base64,", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def is_offered():
    """Not in the page that is one file: it cannot make a frame of another origin."""
    return not document.documentElement.hasAttribute("data-whole")


class Sandbox:
    def __init__(self, client):
        self.client = client  # of the model's worker
        self.model = None  # whose weights it has
        self.took, self.tokens = 0, 1  # milliseconds of a pass by our own code, over so many tokens

    async def begin(self, model, question):
        """Start it with what the model's worker hands over, and see how long our own code takes with the text of a
        question. Raises whatever kind JavaScript throws."""
        await scripted(SCRIPT, "sandbox")
        self.end()
        handed = await sooner(self.client.worker.handed(model), self.client.ended)
        if isinstance(handed, str):
            raise ValueError(handed)
        await window.sandbox.start(handed)
        begun = milliseconds()
        await window.sandbox.ask("names", json.dumps(dict(question, source="", own="")))
        self.took, self.tokens = milliseconds() - begun, len(question["ids"])
        self.model = model

    async def ask(self, name, question, numbers=0):
        """What it answers, as `read` has it; or so many float32 numbers, {"numbers"} as JavaScript holds them, with the
        "milliseconds" that they took.

        In time for PASSES passes by our code, and PATIENCE at least, there is an answer, or it has been ended.
        """
        late, tell = promise()
        passes = PASSES * self.took * max(1, len(question["ids"]) / self.tokens)
        timer = window.setTimeout(lambda: tell(NONE), max(PATIENCE, passes))
        begun = milliseconds()
        try:
            answer = await sooner(window.sandbox.ask(name, json.dumps(question), 4 * numbers), late)
            is_text = isinstance(answer, str)
            found = read(answer) if is_text else {"numbers": answer, "milliseconds": milliseconds() - begun}
        except Exception as error:  # of whatever kind JavaScript throws
            found = dict(GONE_ANSWER, text=str(error))
        window.clearTimeout(timer)
        if found.get("fault") in (LATE, GONE):
            self.end()
        return found

    def end(self):
        if hasattr(window, "sandbox"):
            window.sandbox.end()
        self.model = None


# What came back


def read(text):
    """An answer with the fields that it is to have, each of its kind."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        found = {"fault": GONE}
    if "names" in found:
        return {"names": texts(found["names"])}
    if "fault" in found:
        line = found.get("line")
        return {
            "fault": text_of(found, "fault"),
            "text": text_of(found, "text"),
            "line": line if isinstance(line, int) else 0,
            "near": texts(found.get("near")),
        }
    return {
        "kind": text_of(found, "kind"),
        "text": text_of(found, "text"),
        "printed": text_of(found, "printed"),
        "shape": [size for size in listed(found.get("shape")) if isinstance(size, int)],
        "least": text_of(found, "least"),
        "most": text_of(found, "most"),
        "look": look_of(found.get("look")),
    }


def look_of(look):
    """A small picture of an array, None if that is not what it is."""
    if not isinstance(look, dict) or not all([isinstance(look.get(key), int) for key in ("rows", "columns")]):
        return None
    picture = text_of(look, "picture")
    if picture[: len(PNG)] != PNG or any([letter not in BASE64 for letter in picture[len(PNG) :]]):
        return None
    return {"picture": picture, "rows": max(1, look["rows"]), "columns": max(1, look["columns"])}


def text_of(found, key):
    value = found.get(key)
    return value if isinstance(value, str) else ""


def listed(found):
    return found if isinstance(found, list) else []


def texts(found):
    return [one for one in listed(found) if isinstance(one, str)]
