"""What this browser keeps for the page, so that it starts without a network: the page itself and its models."""

from pyscript import window

from page.numbers import megabytes

PREFIX = "glassformer"  # of every cache of ours, see build/service_worker.js and model/download.py


def is_offered():
    """Whether browsers keep anything for a page at such an address: not for one from a disk, nor over plain http."""
    return window.isSecureContext and not is_from_disk()


def is_from_disk():
    return window.location.protocol == "file:"


async def keep_site():
    """Let the browser fetch and keep the page itself, in its own time; a newer version waits for the next start."""
    if is_offered():
        try:
            await window.navigator.serviceWorker.register("service-worker.js")
        except Exception:  # of whatever kind JavaScript throws: the page works all the same, with a network
            pass


async def state():
    """What is kept: {"offered": whether the browser keeps anything, "site": whether the page itself is, "bytes"}."""
    if not is_offered():
        return {"offered": False, "site": False, "bytes": 0}
    try:
        registration = await window.navigator.serviceWorker.getRegistration()
        estimate = await window.navigator.storage.estimate()
        kept = bool(registration and registration.active)
        return {"offered": True, "site": kept, "bytes": int(estimate.usage)}
    except Exception:  # refused by the reader's settings
        return {"offered": False, "site": False, "bytes": 0}


async def remove_all():
    """The page goes on; its next start downloads everything again."""
    registration = await window.navigator.serviceWorker.getRegistration()
    if registration:
        await registration.unregister()
    names = await window.caches.keys()
    for i in range(names.length):
        if names[i].startswith(PREFIX):
            await window.caches.delete(names[i])


def section(kept, words):
    """Its place in the picker of models."""
    say = words.say
    if is_from_disk():
        lines = [say("storage.disk")]
    elif not kept["offered"]:
        lines = [say("storage.absent")]
    else:
        lines = [say("storage.site") if kept["site"] else say("storage.not_yet")]
        lines.append(say("storage.bytes", size=megabytes(kept["bytes"])))
    button = '<p><button type="button" data-do="remove-all">{}</button></p>'.format(say("storage.remove_all"))
    return '<section id="kept" class="own"><h3>{}</h3><p>{}</p>{}</section>'.format(
        say("storage.title"), " ".join(lines), button if kept["offered"] else ""
    )
