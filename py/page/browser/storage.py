"""What this browser keeps for this copy of the page, so that it starts without a network: the page and its models.

The browser's storage belongs to the whole host, and there may be other copies in other folders: ours are the caches
whose names begin with this folder's address, see build/site/service_worker.js and model/worker/download.py.
"""

import asyncio

from pyscript import window

from page.browser.dom import address
from page.text.markup import escape
from page.text.numbers import megabytes

WORKER = "service-worker.js"


class Copy:
    """The page itself on its way into storage."""

    trouble = None  # what it failed on: {"kind", "file", "status"}, see build/site/service_worker.js


def site():
    """This folder's address, which ends with a slash."""
    return address("./")


def is_offered():
    """Whether browsers keep anything for a page at such an address: not for one from a disk, nor over plain http."""
    return window.isSecureContext and not is_from_disk()


def is_from_disk():
    return window.location.protocol == "file:"


async def keep_site(refreshed):
    """Let the browser fetch and keep the page itself, in its own time; a newer version waits for the next start.

    `refreshed`, an async function, shows what is kept anew when that has failed.
    """

    def failed(kind, file, status):
        Copy.trouble = {"kind": kind, "file": file, "status": status}
        asyncio.create_task(refreshed())

    def told(event):  # by the service worker
        failed(event.data.kind, event.data.file, event.data.status)

    if not is_offered():
        return
    try:
        window.navigator.serviceWorker.onmessage = told
        ours = await window.navigator.serviceWorker.register(WORKER)
    except Exception as error:  # of whatever kind JavaScript throws: the page works all the same, with a network
        failed("worker", WORKER, str(error))
        return
    if ours.active:
        try:
            await ours.update()  # the browser's own look, when it opened the page, failed before anybody listened
        except Exception:  # no network, most of the time
            pass


async def registration():
    """Of this copy's service worker, None when there is none: the browser would also name that of a folder above."""
    found = await window.navigator.serviceWorker.getRegistration()
    return found if found and found.scope == site() else None


async def our_caches():
    """Their names."""
    names = await window.caches.keys()
    return [names[i] for i in range(names.length) if names[i].startswith(site() + " ")]


async def size_of(name):
    """Bytes in a cache."""
    cache = await window.caches.open(name)
    keys, size = await cache.keys(), 0
    for i in range(keys.length):
        size += (await (await cache.match(keys[i])).blob()).size
    return size


async def state():
    """What is kept: {"offered": whether the browser keeps anything, "site": whether the page itself is, "bytes",
    "trouble": what it failed on, see `Copy`}."""
    nothing = {"offered": False, "site": False, "bytes": 0, "trouble": None}
    if not is_offered():
        return nothing
    try:
        ours = await registration()
        size = 0
        for name in await our_caches():
            size += await size_of(name)
        return {"offered": True, "site": bool(ours and ours.active), "bytes": size, "trouble": Copy.trouble}
    except Exception:  # refused by the reader's settings
        return nothing


async def remove_all():
    """The page goes on; its next start downloads everything again."""
    ours = await registration()
    if ours:
        await ours.unregister()
    for name in await our_caches():
        await window.caches.delete(name)


def section(kept, words):
    """Its place in the picker of models."""
    say = words.say
    if is_from_disk():
        lines = [say("storage.disk")]
    elif not kept["offered"]:
        lines = [say("storage.absent")]
    else:
        lines = [of_the_page(kept, words), say("storage.bytes", size=megabytes(kept["bytes"]))]
    button = '<p><button type="button" data-do="remove-all">{}</button></p>'.format(say("storage.remove_all"))
    return '<section id="kept" class="own"><h3>{}</h3><p>{}</p>{}</section>'.format(
        say("storage.title"), " ".join(lines), button if kept["offered"] else ""
    )


def of_the_page(kept, words):
    """Whether the page itself is kept, and if it cannot be, why."""
    say, trouble = words.say, kept["trouble"]
    if trouble is None:
        return say("storage.site" if kept["site"] else "storage.not_yet")
    why = say("storage.why." + trouble["kind"], file=escape(trouble["file"]), status=escape(str(trouble["status"])))
    return say("storage.site_old" if kept["site"] else "storage.site_failed", why=why)
