"""GPT-2 124M's forward pass, ours in each way and the peer's: tabs of a browser that take turns on the same tokens."""

import os
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import Browser

from build.paths import ROOT
from tests.bench import graph
from tests.bench.tab import weights
from tests.bench.tabs import Tab, opening, tell

PEER_FILES = ROOT / ".bench"
WAYS = {  # by name: the kind of tab, and how it holds the weights
    "onnxruntime-web float32": ("peer", "float32"),
    "onnxruntime-web int8": ("peer", "int8"),
    "NumPy float32": ("ours", "float32"),
    "NumPy int8": ("ours", "int8"),
    "kernel int8": ("ours", "kernel"),
}
PEER, REFERENCE = "onnxruntime-web float32", "NumPy float32"
SAME = 1e-4  # relative, of logits and shares of attention: by so much the peer may differ from us, as float32
PROMPTS = (6, 16, 32, 64, 256)  # tokens
EMBEDDED_PROMPTS = (6, 16, 32)
COMPARED = 16  # tokens
LOOKED_AT = 64  # tokens, of which the memory is taken


def tokens(count: int) -> list[int]:
    return np.random.default_rng(1).integers(0, weights.GPT2_124M.vocab_size, count).tolist()


def write_graphs() -> None:
    """The peer's files, unless they are there and newer than what makes them."""
    made_by = max(Path(module.__file__).stat().st_mtime for module in (graph, weights))
    for precision in ("float32", "int8"):
        path = PEER_FILES / f"gpt2-{precision}.onnx"
        if not path.exists() or path.stat().st_mtime < made_by:
            graph.write(path, weights.GPT2_124M, weights.random_weights(precision))


class Way:
    """One way to compute, in a tab of its own."""

    def __init__(self, tab: Tab, held: str, peer: bool) -> None:
        self.tab, self.peer = tab, peer
        if peer:
            tab.ask("load", held)
        else:
            tab.ask("load", "ours")
            tab.call("use", held)

    def ask(self, name: str, *values: object):
        return self.tab.ask(name, *values) if self.peer else self.tab.call(name, *values)

    def timed(self, name: str, ids: list[int]) -> dict[str, float]:
        """Milliseconds by the clock and of a core: a prompt, or the median and the mean of `further` tokens."""
        before = self.tab.processor()
        clock = self.ask(name, ids)
        core = self.tab.processor() - before
        return (
            {"clock": median(clock), "core": core / len(clock)} if name == "further" else {"clock": clock, "core": core}
        )


def differences(ways: dict[str, Way]) -> dict[str, dict[str, float]]:
    """How far each way is from our float32, relative to the largest: logits and patterns of a prompt, logits of one
    token more. Raises ValueError where the peer does not compute the same."""
    seen = {}
    for name, way in ways.items():
        way.ask("prompt", tokens(COMPARED))
        seen[name] = way.ask("values")
        way.ask("further", tokens(COMPARED + 1)[-1:])
        seen[name]["next"] = way.ask("values")["logits"]
    found = {}
    for name, values in seen.items():
        expected = {kind: np.array(one) for kind, one in seen[REFERENCE].items()}
        found[name] = {
            kind: float(np.abs(np.array(values[kind]) - one).max() / np.abs(one).max())
            for kind, one in expected.items()
        }
    if max(found[PEER].values()) > SAME:
        raise ValueError(f"{PEER} does not compute what we do: {found[PEER]}")
    return found


def measure_embedded(browser: Browser, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every round: the model that comes with the site, as the page runs it."""
    times: dict[str, list[float]] = {}
    with opening(browser) as open_tab:
        tell("the embedded model")
        way = Way(open_tab("ours"), "embedded", peer=False)
        for length in EMBEDDED_PROMPTS:
            ids = [1 + i for i in range(length + 1)]
            for _ in range(rounds + 1):
                times.setdefault(f"prompt of {length} tokens", []).append(way.ask("prompt", ids[:-1]))
                times.setdefault(f"one more after {length}", []).extend(way.ask("further", ids[-1:]))
    return {name: taken[1:] for name, taken in times.items()}


def measure(browser: Browser, prompts: tuple[int, ...] = PROMPTS, more: int = 32, rounds: int = 5) -> dict:
    """What `timed` says in every round but a first one, by tokens and way: a prompt, and `more` tokens after it.

    "load" is that of the machine before each prompt's rounds.
    """
    write_graphs()
    answer: dict = {"rounds": rounds, "more": more, "prompt": {}, "further": {}, "load": {}, "memory": {}}
    with opening(browser) as open_tab:
        ways = {}
        for name, (kind, held) in WAYS.items():
            tell(f"loading {name}")
            ways[name] = Way(open_tab(kind), held, kind == "peer")
        tell("do all compute the same?")
        answer["differences"] = differences(ways)
        tell(f"memory after {LOOKED_AT} tokens")  # before longer texts, as WebAssembly's never shrinks
        for name, way in ways.items():
            way.ask("prompt", tokens(LOOKED_AT))
            answer["memory"][name] = way.tab.memory()
            if not way.peer:
                answer["memory"][name]["heap"] = way.ask("heap") / 1e6
        for length in prompts:
            ids = tokens(length + more)
            tell(f"prompt of {length} tokens, {rounds} rounds")
            answer["load"][length] = os.getloadavg()[0]
            prompt = answer["prompt"][length] = {name: [] for name in ways}
            further = answer["further"][length] = {name: [] for name in ways}
            for _ in range(rounds + 1):
                for name, way in ways.items():
                    prompt[name].append(way.timed("prompt", ids[:length]))
                    further[name].append(way.timed("further", ids[length:]))
            for times in (*prompt.values(), *further.values()):
                del times[0]
    return answer
