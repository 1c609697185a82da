"""The wire to the model's Python, in the worker that PyScript has started."""

from pyscript import workers


async def connect():
    """The worker's functions, once its Python is up: each gives a promise of JSON text."""
    return await workers["model"]
