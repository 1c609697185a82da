"""Loading a checkpoint while other things go on: order, several files at once, failures, cancelling, memory."""

import asyncio
import random

import numpy as np
import pytest

from build.weights import quantize, random_checkpoint, tokenizer_files
from model.checkpoint import loading
from model.checkpoint.assemble import Assembly, weights_from_shards
from model.checkpoint.file_error import FileError
from model.checkpoint.layout import INDEX, read_index
from model.checkpoint.loading import AT_ONCE, Progress, load, precision_for
from model.config import GPT2Config
from tests.unit.without_browser import in_thread

CONFIG = GPT2Config(300, 16, 64, 5, 4)
FULL = {"vocab_size": 50_257, "n_positions": 1024}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The bytes of every file of a checkpoint of many small shards."""
    folder = tmp_path_factory.mktemp("checkpoint")
    random_checkpoint.write(folder / "source", CONFIG, 1)
    tokenizer_files.write(folder / "source", CONFIG.vocab_size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantize, "LARGEST_SHARD", 20_000)
        patch.setattr(quantize, "SMALLEST_SHARD", 20_000)
        quantize.quantize(folder / "source", folder / "out")
    return {path.name: np.fromfile(path, np.uint8) for path in (folder / "out").iterdir()}


@pytest.fixture
def index(files):
    index = read_index(files[INDEX].tobytes())
    assert len(index.shards) > 12
    return index


class Server:
    """Gives files piece by piece, in an order of its own; `broken` names one that fails."""

    def __init__(self, files, broken=None, seed=0):
        self.files, self.broken, self.random = files, broken, random.Random(seed)
        self.asked, self.now, self.most = [], 0, 0

    async def fetch(self, file, arrived):
        self.asked.append(file.name)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            data = self.files[file.name]
            for piece in np.array_split(data, 5):
                for _ in range(self.random.randrange(5)):
                    await asyncio.sleep(0)
                arrived(len(piece))
            if file.name == self.broken:
                raise ConnectionError(file.name)
            return data
        finally:
            self.now -= 1


def same(weights, expected):
    for name, w in expected.items():
        if name == "h":
            for block, other in zip(weights["h"], w, strict=True):
                same(block, other)
        else:
            assert np.array_equal(weights[name][:], w[:]), name


@pytest.mark.parametrize("seed", range(5))
def test_files_come_several_at_once_and_in_any_order(files, index, seed):
    server, progress = Server(files, seed=seed), Progress()
    model = in_thread(load(index, server.fetch, progress, None))
    assert model.config == CONFIG and model.tokenizer.vocab_size == 300 and model.precision == "float32"
    same(model.weights, weights_from_shards([files[name] for name in index.shards], CONFIG))
    assert sorted(server.asked) == sorted(file.name for file in index.files) and server.most == AT_ONCE
    assert progress.report() == {"arrived": index.size, "total": index.size, "parts": [1.0] * 7}


def test_parts_fill_in_their_order(files, index):
    """As the files come one after the other, each part of the model is whole no later than the next."""
    progress, seen = Progress(), []

    async def fetch(file, arrived):
        for _ in range(4):
            await asyncio.sleep(0)
        arrived(file.size)
        seen.append(progress.report()["parts"])
        return files[file.name]

    in_thread(load(index, fetch, progress, "int8"))
    seen = [parts for parts in seen if parts]
    assert all(parts == sorted(parts, reverse=True) for parts in seen)
    assert any(parts[1] == 1 and parts[4] == 0 for parts in seen)


@pytest.mark.parametrize("broken", ["config.json", "tokenizer.json", 0, 7, -1])
def test_one_broken_file_ends_it_all(files, index, broken):
    name = broken if isinstance(broken, str) else index.shards[broken]
    server = Server(files, broken=name)

    async def scenario():
        with pytest.raises(ConnectionError, match=name):
            await load(index, server.fetch, Progress(), None)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert in_thread(scenario()) == set() and server.now == 0


@pytest.mark.parametrize("unusable", ["config.json", "tokenizer.json", 7])
def test_a_file_that_cannot_be_used_is_named(files, index, unusable):
    """The site's own files come whole, but may have been made wrongly: the sentence has to say which."""
    name = unusable if isinstance(unusable, str) else index.shards[unusable]
    server = Server({**files, name: np.frombuffer(b"{}", np.uint8)})
    with pytest.raises(FileError) as error:
        in_thread(load(index, server.fetch, Progress(), None))
    assert error.value.answer()["file"] == name


@pytest.mark.parametrize("turns", [1, 5, 40])
def test_cancelled_it_leaves_nothing_running(files, index, turns):
    server = Server(files)

    async def scenario():
        task = asyncio.ensure_future(load(index, server.fetch, Progress(), None))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert in_thread(scenario()) == set() and server.now == 0


class Cramped(Assembly):
    """A device whose memory ends at the fourth shard of float32 weights."""

    def add(self, shard):
        super().add(shard)
        if self.precision == "float32" and len(self.ready) > 8:
            raise MemoryError


def test_no_room_for_float32_gives_int8(files, index, monkeypatch):
    monkeypatch.setattr(loading, "Assembly", Cramped)
    model = in_thread(load(index, Server(files).fetch, Progress(), "float32"))
    assert model.precision == "int8"
    same(model.weights, weights_from_shards([files[name] for name in index.shards], CONFIG, "int8"))


def test_no_room_at_all_is_an_error(files, index, monkeypatch):
    monkeypatch.setattr(Cramped, "add", lambda self, shard: (_ for _ in ()).throw(MemoryError))
    monkeypatch.setattr(loading, "Assembly", Cramped)
    for precision in (None, "float32", "int8"):
        with pytest.raises(MemoryError):
            in_thread(load(index, Server(files).fetch, Progress(), precision))


@pytest.mark.parametrize(
    ("sizes", "gigabytes", "precision"),
    [
        ({"n_embd": 256, "n_layer": 6, "n_head": 4, "vocab_size": 8192, "n_positions": 128}, None, "float32"),
        ({"n_embd": 768, "n_layer": 12, "n_head": 12, **FULL}, 8, "float32"),  # 498 MB
        ({"n_embd": 768, "n_layer": 12, "n_head": 12, **FULL}, 4, "int8"),
        ({"n_embd": 768, "n_layer": 12, "n_head": 12, **FULL}, None, "int8"),
        ({"n_embd": 768, "n_layer": 6, "n_head": 12, **FULL}, 4, "float32"),  # distilgpt2, 328 MB
        ({"n_embd": 1024, "n_layer": 24, "n_head": 16, **FULL}, 8, "int8"),  # gpt2-medium, 1.4 GB
    ],
)
def test_weights_are_held_as_suits_the_device(sizes, gigabytes, precision):
    assert precision_for(GPT2Config(**sizes), gigabytes) == precision
