"""Files between the reader and the page: chosen, dropped and saved; and those of the site."""

from page.browser.dom import value_as_json

try:
    from pyscript import document, window
except ImportError:  # outside of a browser the modules that use this one can be read, not run
    document = window = None


async def fetched(path):
    """The text of a file of the site; None where it does not come."""
    try:
        answer = await window.fetch(path)
        return await answer.text() if answer.ok else None
    except Exception:  # of whatever kind JavaScript throws
        return None


async def unpacked(path):
    """What a file of the site says that is JSON, compressed: an object of texts, to be asked with `get`.

    None where it does not come. It stays JavaScript's: some megabytes are little to it, and much to MicroPython.
    """
    try:
        answer = await window.fetch(path)
        plain = answer.body.pipeThrough(window.DecompressionStream.new("gzip"))
        found = await window.Response.new(plain).json()
        return window.Map.new(window.Object.entries(found)) if answer.ok else None
    except Exception:  # of whatever kind JavaScript throws
        return None


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


def give(href, name):
    """Hand a file to the reader under `name`; `href` is a blob: or data: address."""
    link = document.createElement("a")
    link.href, link.download = href, name
    link.click()


def print_page():
    window.print()


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
