"""The starts of the two Pythons, and the promises between them."""

try:
    from pyscript import document, window
except ImportError:  # outside of a browser the modules that use this one can be read, not run
    document = window = None


def started(part):
    """Tell starting.js, if that has come, that the Python of the "page" or of the "model" is up."""
    if hasattr(window, "starting"):
        window.starting.up(part)


def not_started(reason):
    """Let starting.js find out, and say, which file it is."""
    if hasattr(window, "starting"):
        window.starting.failed(reason)


def when_lost(handler):
    """Call `handler`, perhaps again and again, when it is found out that the model's Python does not start."""
    if hasattr(window, "starting"):
        window.starting.lost = lambda *_: handler()


def stood_in():
    """There are recorded examples to be looked at: where it is said that Python does not start, that is said too."""
    window.starting.recorded = True


def start_new_worker(old, new):
    """End the worker of that name, and let PyScript start its program once more under another."""
    script, again = document.querySelector('script[name="' + old + '"]'), document.createElement("script")
    for attribute in ("type", "src", "config", "worker"):
        again.setAttribute(attribute, script.getAttribute(attribute))
    again.setAttribute("name", new)
    script.xworker.terminate()
    script.remove()
    document.body.append(again)


def promise():
    """(a promise of JavaScript's, the function that keeps it)."""
    keep = []
    made = window.Promise.new(lambda resolve, _: keep.append(resolve))
    return made, keep[0]


def sooner(*promises):
    """A promise of what the first of these gives."""
    return window.Promise.race(window.Array.of(*promises))
