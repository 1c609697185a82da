"""The page's elements: the only module that touches the browser's document."""

import asyncio
import json

try:
    from pyscript import document, window
except ImportError:  # outside of a browser the modules that use this one can be read, not run
    document = window = None


def by_id(name):
    return document.getElementById(name)


def fill(name, html):
    by_id(name).innerHTML = html


def write(name, text):
    by_id(name).textContent = text


def show(name, visible):
    by_id(name).hidden = not visible


def first_of(selector):
    return document.querySelector(selector)


def all_of(selector):
    found = document.querySelectorAll(selector)
    return [found[i] for i in range(found.length)]


def on(element, event, handler):
    element.addEventListener(event, handler)


def started(part):
    """Tell starting.js, if that has come, that the Python of the "page" or of the "model" is up."""
    if hasattr(window, "starting"):
        window.starting.up(part)


def not_started(reason):
    """Let starting.js find out, and say, which file it is."""
    if hasattr(window, "starting"):
        window.starting.failed(reason)


def start_worker_anew(old, new):
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


def on_any_input(handler):
    """Call `handler` with whatever the reader presses, turns or types, before anything else sees it."""
    for name in ("pointerdown", "keydown", "wheel"):
        document.addEventListener(name, handler, True)


def watch_size(element, handler):
    """Call `handler` whenever the element's size has changed, also when its contents arrive."""
    window.ResizeObserver.new(lambda *_: handler()).observe(element)


def on_drop(handler):
    """Call `handler` with the files, a JavaScript array, that the reader lets fall anywhere on the page."""

    def dropped(event):
        dragged(event)
        if event.dataTransfer.files.length:
            handler(array_of(event.dataTransfer.files))

    def dragged(event):
        if event.dataTransfer.types.includes("Files"):  # text may be dragged into the field
            event.preventDefault()

    document.addEventListener("dragover", dragged)
    document.addEventListener("drop", dropped)


def array_of(files):
    """A field's list of files as an array of its own, which can be sent to the worker."""
    return getattr(window.Array, "from")(files)


def in_order(files, places):
    """An array of those that stand at `places`."""
    return window.Array.of(*[files[i] for i in places])


def names_of(files):
    return [files[i].name for i in range(files.length)]


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


def encoded_value(element):
    """A field's text as encodeURIComponent writes it; there must be no half characters."""
    return window.Object.values(window.JSON.parse(value_as_json(element))).map(window.encodeURIComponent).join("")


def text_as_json(text):
    """A text from elsewhere as `value_as_json` gives it once it stands in a field, which knows one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return window.JSON.stringify(window.JSON.parse(json.dumps({"value": text})))


def put_value(element, value):
    """Fill a field with a text that is such JSON."""
    window.Object.assign(element, window.JSON.parse(value))


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


def is_inside(element, event):
    across, down = shares_within(element, event)
    return 0 <= across <= 1 and 0 <= down <= 1


def place(element, **properties):
    """Set positions that only the running page knows; the style sheets have all the rest."""
    for name in properties:
        element.style.setProperty(name, properties[name])


def keep_in_view(row, element):
    """Scroll `row` sideways, and nothing else, so that `element` in it, if any, stands at its end."""
    if element:
        row.scrollLeft = element.offsetLeft + element.offsetWidth - row.offsetLeft - row.clientWidth + 60


def reveal(element):
    """Scroll as little as needed for `element` to be seen."""
    element.scrollIntoView(window.JSON.parse('{"block": "nearest"}'))


def scroll_down(element):
    """To the end of an element that scrolls: the newest token is there."""
    element.scrollTop = element.scrollHeight


def animate(element, frames, milliseconds):
    """Let the browser run keyframes, given as JSON; the answer's `finished` can be waited for."""
    options = '{{"duration": {}, "easing": "ease-in-out"}}'.format(milliseconds)
    return element.animate(window.JSON.parse(frames), window.JSON.parse(options))


def moves():
    """Whether the reader's system lets things move at all."""
    return not window.matchMedia("(prefers-reduced-motion: reduce)").matches


def milliseconds():
    """The browser's clock."""
    return window.performance.now()


def focus(*selectors):
    """Move the keyboard to an element that fits the first selector, else to one that fits the next."""
    for selector in selectors:
        element = document.querySelector(selector)
        if element:
            element.focus()
            return


def has_focus():
    """Whether the keyboard is anywhere: it is nowhere once the element that had it is gone."""
    active = document.activeElement
    return active is not None and not active.isSameNode(document.body)


def mark(name):
    """A moment for the browser's own performance timeline."""
    window.performance.mark(name)


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


def give(href, name):
    """Hand a file to the reader under `name`; `href` is a blob: or data: address."""
    link = document.createElement("a")
    link.href, link.download = href, name
    link.click()


def save_text(text, name, kind):
    save_strings(window.Array.of(text), name, kind)


def save_field(field, name):
    """A field's text; it stays the browser's own string, see `value_as_json`."""
    save_strings(window.Object.values(window.JSON.parse(value_as_json(field))), name, "text/plain")


def save_strings(strings, name, kind):
    options = window.JSON.parse('{"type": "' + kind + ';charset=utf-8"}')
    give(window.URL.createObjectURL(window.Blob.new(strings, options)), name)


def save_as_png(svg, name, scale, failed):
    """Let the browser draw an SVG text and save the pixels, `scale` to a unit; `failed` gets the reason."""
    image, canvas = window.Image.new(), document.createElement("canvas")

    def drawn(_):
        canvas.width, canvas.height = round(image.naturalWidth * scale), round(image.naturalHeight * scale)
        pen = canvas.getContext("2d")
        pen.drawImage(image, 0, 0, canvas.width, canvas.height)
        canvas.toBlob(made, "image/png")

    def made(blob):
        if blob:
            give(window.URL.createObjectURL(blob), name)
        else:
            failed("canvas")

    image.onload = drawn
    image.onerror = lambda _: failed("SVG")
    image.src = "data:image/svg+xml;charset=utf-8," + window.encodeURIComponent(svg)


def style_of(element, pseudo=None):
    """The style that the browser has worked out; `pseudo` such as "::before"."""
    return window.getComputedStyle(element, pseudo)


def is_text(node):
    return node.nodeType == 3


def is_element(node):
    return node.nodeType == 1


def children(element):
    nodes = element.childNodes
    return [nodes[i] for i in range(nodes.length)]


def copy_of(element):
    return element.cloneNode(True)


def as_xml(element):
    return window.XMLSerializer.new().serializeToString(element)


def within(element, selector):
    """Every element inside that fits the selector."""
    found = element.querySelectorAll(selector)
    return [found[i] for i in range(found.length)]


def written_lines(node, origin):
    """The lines into which the browser has broken a text: [(text, left, top, height)] from the corner of `origin`."""
    place, base = document.createRange(), origin.getBoundingClientRect()
    place.selectNodeContents(node)
    boxes = place.getClientRects()
    if boxes.length == 1:
        return [(node.data, boxes[0].left - base.left, boxes[0].top - base.top, boxes[0].height)]
    lines = []
    for i in range(node.length if boxes.length else 0):
        place.setStart(node, i)
        place.setEnd(node, i + 1)
        boxes = place.getClientRects()
        if boxes.length and boxes[0].width:
            box = boxes[boxes.length - 1]
            left, top = box.left - base.left, box.top - base.top
            if lines and abs(lines[-1][2] - top) < 2:
                lines[-1] = (lines[-1][0] + node.substringData(i, 1), lines[-1][1], lines[-1][2], box.height)
            else:
                lines.append((node.substringData(i, 1), left, top, box.height))
    return lines


def wanted_languages():
    return [window.navigator.languages[i] for i in range(window.navigator.languages.length)]


def translate(words):
    """Put the language's texts into every element that names one."""
    document.documentElement.lang = words.language
    for element in all_of("[data-text]"):
        element.textContent = words.say(element.getAttribute("data-text"))
    for element in all_of("[data-label]"):
        element.setAttribute("aria-label", words.say(element.getAttribute("data-label")))
