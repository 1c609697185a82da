"""The page's elements: the only module that touches the browser's document."""

import asyncio
import json

try:
    from pyscript import document, window
except ImportError:  # outside of a browser the modules that use this one can be read, not run
    document = window = None

SWIPE = 40  # pixels: a finger that moves less has touched


def by_id(name):
    return document.getElementById(name)


def fill(name, html):
    by_id(name).innerHTML = html


def write(name, text):
    by_id(name).textContent = text


def say(key, name, words):
    """Write a text of the page's, which turns with the language from then on, see `translate`."""
    by_id(name).setAttribute("data-text", key)
    write(name, words.say(key))


def announce(text):
    """Let screen readers say a text, also one that they have just said: they say what is added, not what stays."""
    line = document.createElement("p")
    line.textContent = text
    by_id("said").replaceChildren(line)


def announce_element(element, before=""):
    """The same of what an element says, in which translators leave tokens alone; nothing in the copy can be pressed."""
    announce(before)
    line = first_of("#said p")
    copy = element.cloneNode(True)
    while copy.firstChild:
        line.appendChild(copy.firstChild)
    for one in all_of("#said p *"):
        one.removeAttribute("id")
        one.removeAttribute("class")
    for one in all_of("#said button, #said [tabindex]"):
        one.replaceWith(one.textContent)


def show(name, visible):
    by_id(name).hidden = not visible


def first_of(selector):
    return document.querySelector(selector)


def first_seen(selector):
    """The first element that fits and is drawn with some width and height; None where none is."""
    for element in all_of(selector):
        box = element.getBoundingClientRect()
        if box.width and box.height:
            return element
    return None


def all_of(selector):
    found = document.querySelectorAll(selector)
    return [found[i] for i in range(found.length)]


def on(element, event, handler):
    element.addEventListener(event, handler)


def take_over(element, event, handler):
    """Let `handler` hear of an event that until now `early.js` has heard of."""
    setattr(element, "on" + event, handler)


def on_any_input(handler):
    """Call `handler` with whatever the reader presses or types, before anything else sees it."""
    for name in ("pointerdown", "keydown", "input"):
        document.addEventListener(name, handler, True)


def on_scroll(handler):
    """Call `handler` whenever anything scrolls, or the window has another size."""
    document.addEventListener("scroll", handler, True)
    window.onresize = handler


def on_any_key(handler):
    """Call `handler` with each key that is pressed, wherever the keyboard is, after all others have seen it."""
    document.addEventListener("keydown", handler)


def watch_size(element, handler):
    """Call `handler` whenever the element's size has changed, also when its contents arrive."""
    window.ResizeObserver.new(lambda *_: handler()).observe(element)


async def frame():
    """Let the browser show what has been drawn so far, and take what the reader does, before going on.

    A timer, not an animation frame: those stop in a tab that nobody looks at, and the run would stop with them. Not of
    0 either: MicroPython then goes on without returning to the browser.
    """
    await asyncio.sleep(0.001)


def value_as_json(element):
    """A field's text as a JSON object {"value": ...}, made by the browser.

    Plain strings stop at a NUL on their way into MicroPython, and half a surrogate pair does not survive it; in JSON
    both are escaped.
    """
    return window.JSON.stringify(element, window.Array.of("value"))


def encoded(value):
    """The text of such JSON as encodeURIComponent writes it; there must be no half characters."""
    return window.Object.values(window.JSON.parse(value)).map(window.encodeURIComponent).join("")


def text_as_json(text):
    """A text from elsewhere as `value_as_json` gives it once it stands in a field, which knows one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return window.JSON.stringify(window.JSON.parse(json.dumps({"value": text})))


def put_value(element, value):
    """Fill a field with a text that is such JSON."""
    window.Object.assign(element, window.JSON.parse(value))


def mirror(layer, value):
    """Let `layer` hold the text of such JSON, and a line more where it ends in a line break: it is as high as that."""
    window.Object.assign(layer, window.JSON.parse('{"textContent"' + value[len('{"value"') : -2] + '\\u200b"}'))


def text_length(field):
    """In the browser's own units, which count an emoji as two."""
    return field.textLength


def put_text(field, start, text):
    """Replace what stands after `start`, leaving the rest, and where the reader is in it, alone."""
    field.setRangeText(text, start, field.textLength, "preserve")


def rectangle(element, origin):
    """(left, top, width, height) of `element` in pixels from the top left corner of `origin`."""
    box, base = element.getBoundingClientRect(), origin.getBoundingClientRect()
    return (box.left - base.left, box.top - base.top, box.width, box.height)


def shares_within(element, event):
    """Where the pointer is inside `element`: the share of its width from the left, of its height from the top."""
    box = element.getBoundingClientRect()
    return (event.clientX - box.left) / (box.width or 1), (event.clientY - box.top) / (box.height or 1)


def root():
    """The element of the whole page, on which custom properties are everyone's."""
    return document.documentElement


def drawn_under(drawing, selector, event):
    """What lies under the pointer of a drawing that lets the pointer through to what it covers; None of nothing.

    For a moment it is told to be in the way, see `.asked` in connections.css.
    """
    drawing.classList.add("asked")
    found = document.elementsFromPoint(event.clientX, event.clientY)
    drawing.classList.remove("asked")
    for i in range(found.length):
        shape = found[i].closest(selector)
        if shape and drawing.contains(shape):
            return shape
    return None


def light(selector):
    """Let what fits the selector, now and later, stand out; "" for nothing."""
    sheet = window.CSSStyleSheet.new()
    if selector:
        sheet.replaceSync(":is(" + selector + ") { outline: var(--lit); outline-offset: 4px; border-radius: 4px; }")
    document.adoptedStyleSheets = window.Array.of(sheet)


def on_swipe(element, handler):
    """Call `handler` with 1 when a finger wipes what is on the right over what is on the left, and with -1."""
    begun = []

    def started(event):
        begun[:] = [event.changedTouches[0].clientX, event.changedTouches[0].clientY]

    def ended(event):
        across, down = [event.changedTouches[0].clientX - begun[0], event.changedTouches[0].clientY - begun[1]]
        if abs(across) > max(SWIPE, 2 * abs(down)):
            handler(1 if across < 0 else -1)

    element.addEventListener("touchstart", started)
    element.addEventListener("touchend", ended)


def place(element, **properties):
    """Set positions that only the running page knows; the style sheets have all the rest."""
    for name in properties:
        element.style.setProperty(name, properties[name])


def keep_in_view(row, element):
    """Scroll `row` sideways, and nothing else, so that `element` in it, if any, stands at its end."""
    if element:
        row.scrollLeft = element.offsetLeft + element.offsetWidth - row.offsetLeft - row.clientWidth + 60


def keep_in_middle(element, within):
    """Scroll `within`, and nothing else, so that `element` stands in its middle."""
    within.scrollTop = element.offsetTop - (within.clientHeight - element.offsetHeight) / 2


def scroll_by(down):
    """Scroll the page by so many pixels."""
    window.scrollBy(0, down)


def reveal(element):
    """Scroll as little as needed for `element` to be seen; where it is higher than the room there is, its upper end."""
    room = viewport()[1] - sum([pixels(root(), "scroll-padding-" + end) for end in ("top", "bottom")])
    block = "nearest" if element.getBoundingClientRect().height <= room else "start"
    element.scrollIntoView(window.JSON.parse('{"block": "' + block + '"}'))


def scroll_down(element):
    """To the end of an element that scrolls: the newest token is there."""
    element.scrollTop = element.scrollHeight


def milliseconds():
    """The browser's clock."""
    return window.performance.now()


def focus(*selectors, like=None):
    """Move the keyboard to an element that fits the first selector, else the next; in a text field drawn anew, `like`
    being the old one, to the same letters."""
    for selector in selectors:
        element = document.querySelector(selector)
        if element:
            element.focus()
            if like and like.id == element.id and like.matches("[type=search], [type=text], textarea"):
                element.setSelectionRange(like.selectionStart, like.selectionEnd)
            return


def has_focus():
    """Whether the keyboard is anywhere: it is nowhere once the element that had it is gone."""
    active = document.activeElement
    return active is not None and not active.isSameNode(document.body)


def mark(name):
    """A moment for the browser's own performance timeline."""
    window.performance.mark(name)


def pixels(element, name):
    """A length in pixels that the style sheets give the element, also as a custom property, such as "--edge"."""
    return float(window.getComputedStyle(element).getPropertyValue(name).strip().replace("px", ""))


def viewport():
    return document.documentElement.clientWidth, document.documentElement.clientHeight


def fragment():
    """The part of the page's address after #."""
    return window.location.hash


def address_with(fragment):
    """The page's whole address with that part exchanged."""
    return window.location.href.partition("#")[0] + ("#" + fragment if fragment else "")


def go_on_as(address):
    """Change the page's address without a new entry in the browser's history."""
    window.history.replaceState(None, "", address)


def leave_out(names):
    """The style sheets hide what the body names so; commas between the names."""
    document.body.setAttribute("data-hide", names.replace(",", " "))


def site_address():
    """(host, path) of the page."""
    return window.location.hostname, window.location.pathname


def on_new_fragment(handler):
    """Call `handler` with the part after # of an address that the reader goes to within the page.

    The event's own address: the page may have written another since, see `go_on_as`.
    """
    window.onhashchange = lambda event: handler(event.newURL.partition("#")[2])


def luck():
    """A number in [0, 1)."""
    return window.Math.random()


def address(relative):
    """A file of the site as an absolute address, which the worker needs (its own base is elsewhere)."""
    return window.URL.new(relative, document.baseURI).href


def all_selected_copied(field):
    """Select a field's text and copy it; False where the browser does not allow that."""
    field.select()
    return document.execCommand("copy")  # works without https too, where navigator.clipboard does not exist


def wanted_languages():
    return [window.navigator.languages[i] for i in range(window.navigator.languages.length)]


def offered_languages():
    return [option.value for option in all_of("#language option")]


def translate(words):
    """Put the language's texts into every element that names one."""
    document.documentElement.lang = words.language
    document.documentElement.dir = words.say("language.direction")
    by_id("said").replaceChildren()
    for element in all_of("[data-text]"):
        element.textContent = words.say(element.getAttribute("data-text"))
    for element in all_of("[data-label]"):
        element.setAttribute("aria-label", words.say(element.getAttribute("data-label")))
