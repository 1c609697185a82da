"""What the browser keeps of a model's files: kept, found again, and missed without harm when its storage fails."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from tests.unit.without_browser import in_thread, worker_of

SITE, MODEL, VERSION = "https://host/site/", "mini", "0123"
DATA = np.arange(9, dtype=np.uint8)


class Buffer(bytes):
    byteLength = property(len)  # noqa: N815 - the browser's name

    def assign_to(self, view):
        view[:] = self


class Cache:
    """The browser's Cache, with bytes for responses."""

    def __init__(self):
        self.files = {}

    async def match(self, address):
        found = self.files.get(address)
        return found and SimpleNamespace(arrayBuffer=lambda: value_of(Buffer(found)))

    async def put(self, address, response):
        self.files[address] = bytes(response)

    async def delete(self, address):
        self.files.pop(address, None)

    async def keys(self):
        return list(self.files)


class Caches:
    """The browser's CacheStorage: an object opened before it was deleted stays, and is not what is opened next."""

    def __init__(self):
        self.every = {}

    async def open(self, name):
        return self.every.setdefault(name, Cache())

    async def delete(self, name):
        self.every.pop(name, None)

    async def keys(self):
        return list(self.every)


async def value_of(value):
    return value


class Failing:
    """Storage of which every call fails."""

    def __init__(self, error):
        self.error = error

    def __getattr__(self, name):
        async def call(*_):
            raise self.error

        return call


@pytest.fixture
def download():
    with worker_of(None):
        module = sys.modules["model.worker.download"]
        module.js.caches = Caches()
        module.Response.new = lambda data: data
        yield module


def opened(download, name=VERSION):
    store = download.Store(SITE, MODEL, name)
    in_thread(store.open())
    return store


def test_a_file_is_found_again_and_only_the_newest_version_is_kept(download):
    old, new = opened(download, "old"), opened(download)
    came = []
    for store in (old, new):
        in_thread(store.put("a", DATA))
    assert (in_thread(new.get("a", came.append)) == DATA).all() and came == [9]
    assert in_thread(new.get("b", came.append)) is None
    assert in_thread(download.kept(SITE)) == {"mini old": 1, "mini 0123": 1}
    in_thread(old.drop("a"))
    assert in_thread(old.get("a", came.append)) is None
    in_thread(new.only_this(SITE, MODEL))
    assert in_thread(download.kept(SITE)) == {"mini 0123": 1}


def test_a_store_is_opened_anew_when_its_files_were_removed(download):
    store = opened(download)
    in_thread(store.put("a", DATA))
    in_thread(download.js.caches.delete(store.name))
    in_thread(store.open())
    assert in_thread(store.get("a", lambda _: None)) is None
    in_thread(store.put("a", DATA))
    assert in_thread(download.kept(SITE)) == {"mini 0123": 1}


def test_storage_that_fails_loses_no_file(download):
    store = opened(download)
    store.cache = download.js.caches = Failing(download.JsException("the disk is damaged"))
    assert in_thread(store.get("a", lambda _: None)) is None
    in_thread(store.put("a", DATA))
    assert store.trouble == "full" and in_thread(store.get("a", lambda _: None)) is DATA
    in_thread(store.drop("a"))
    assert in_thread(store.get("a", lambda _: None)) is None
    in_thread(store.only_this(SITE, MODEL))
    in_thread(download.forget(SITE, MODEL, VERSION))
    assert in_thread(download.kept(SITE)) == {}
