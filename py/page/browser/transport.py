"""The wire to the model's Python, in a worker that PyScript has started."""

from pyscript import workers

from page.browser.starting import start_new_worker

NAMES = ["model"]  # of the workers; PyScript knows each for good, so every new one has another


async def connect():
    """The worker's functions, once its Python is up: each gives a promise of JSON text."""
    return await workers[NAMES[-1]]


async def connect_to_new():
    """The same of another worker; the one before ends, whatever it is doing."""
    NAMES.append("model-{}".format(len(NAMES)))
    start_new_worker(*NAMES[-2:])
    return await connect()
