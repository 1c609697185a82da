"""The page's elements: the only module that touches the browser's document."""

from pyscript import document, window


def by_id(name):
    return document.getElementById(name)


def fill(name, html):
    by_id(name).innerHTML = html


def write(name, text):
    by_id(name).textContent = text


def show(name, visible):
    by_id(name).hidden = not visible


def all_of(selector):
    found = document.querySelectorAll(selector)
    return [found[i] for i in range(found.length)]


def on(element, event, handler):
    element.addEventListener(event, handler)


def on_rejection(handler):
    """Call `handler` with the reason of any failure that nobody caught."""
    window.onunhandledrejection = lambda event: handler(str(event.reason))


def watch_size(element, handler):
    """Call `handler` whenever the element's size has changed, also when its contents arrive."""
    window.ResizeObserver.new(lambda *_: handler()).observe(element)


def value_as_json(element):
    """A field's text as a JSON object {"value": ...}, made by the browser.

    Plain strings stop at a NUL on their way into MicroPython, and half a surrogate pair does not survive it; in JSON
    both are escaped.
    """
    return window.JSON.stringify(element, window.Array.of("value"))


def rectangle(element, origin):
    """(left, top, width, height) of `element` in pixels from the top left corner of `origin`."""
    box, base = element.getBoundingClientRect(), origin.getBoundingClientRect()
    return (box.left - base.left, box.top - base.top, box.width, box.height)


def address(relative):
    """A file of the site as an absolute address, which the worker needs (its own base is elsewhere)."""
    return window.URL.new(relative, document.baseURI).href


def wanted_languages():
    return [window.navigator.languages[i] for i in range(window.navigator.languages.length)]


def translate(words):
    """Put the language's texts into every element that names one."""
    document.documentElement.lang = words.language
    for element in all_of("[data-text]"):
        element.textContent = words.say(element.getAttribute("data-text"))
    for element in all_of("[data-label]"):
        element.setAttribute("aria-label", words.say(element.getAttribute("data-label")))
