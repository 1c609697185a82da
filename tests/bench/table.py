"""What was measured, as Markdown: ratios first."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from tests.bench.passes import PEER

HEAD = """# Benchmarks

`make bench` writes this page and `benchmarks.json`, which has every round; `make bench QUICK=1` prints a smaller one.
All was computed in one headless Chromium, on one thread each, ours and the peer's tabs taking turns. Milliseconds of
one machine on one day compare with each other alone, so the ratios come first: the time for which a tab's process had
a core in one round over that of onnxruntime-web float32 in the same round, the median of all rounds. A busy machine
makes them uncertain still, and times by the clock longer; its load is the number of programs that wanted a core.

GPT-2's weights are random, in the shape of GPT-2 124M, and the same in each way: int8 rows, or these as float32.
onnxruntime-web runs a graph of the same network that answers the last token's logits and every head's attention
pattern, with keys and values kept for the next token; its int8 rounds activations too, ours rounds weights alone.
"""


def rows(title: Iterable[str], lines: Iterable[Sequence[str]]) -> str:
    """A table."""
    written = [tuple(title)]
    written += [("---",) * len(written[0]), *lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in written)


def spread(times: Sequence[float]) -> str:
    """Median and least."""
    digits = 1 if median(times) < 100 else 0
    return f"{median(times):.{digits}f} ({min(times):.{digits}f})"


Rounds = list[dict[str, float]]  # see `passes.Way.timed`


def ratio(rounds: Rounds, others: Rounds) -> str:
    return f"{median(one['core'] / other['core'] for one, other in zip(rounds, others, strict=True)):.2f}"


def by_clock(rounds: Rounds, _: Rounds) -> str:
    return spread([one["clock"] for one in rounds])


def of_passes(kind: dict[str, dict], load: dict[str, float], cell: Callable[..., str]) -> str:
    """A line for each way, a column for each length of prompt; `cell` makes an entry of its times and the peer's."""
    title = ["", *(f"{length} tokens" for length in kind)]
    lines = [[name, *(cell(times[name], times[PEER]) for times in kind.values())] for name in next(iter(kind.values()))]
    lines.append(["load", *(f"{load[length]:.1f}" for length in kind)])
    return rows(title, lines)


def of_times(times: dict[str, list[float]], title: str) -> str:
    return rows((title, "ms, median (least)"), [(name, spread(taken)) for name, taken in times.items()])


def memory(report: dict) -> str:
    peer = report["memory"][PEER]
    lines = [
        (
            name,
            f"{held['holds'] / peer['holds']:.2f}",
            *(f"{held[kind]:.0f}" if kind in held else "" for kind in ("holds", "most", "heap")),
        )
        for name, held in report["memory"].items()
    ]
    return rows(("", "ratio", "MB", "MB at most", "of it WebAssembly of Python"), lines)


def same(report: dict) -> str:
    kinds = {"logits": "logits", "patterns": "patterns", "next": "logits of one token more"}
    lines = [(name, *(f"{of[kind]:.1e}" for kind in kinds)) for name, of in report["differences"].items()]
    return rows(("", *kinds.values()), lines)


def cached(report: dict) -> str:
    """How much of a whole pass one more token takes."""
    lines = [
        [name, *(ratio(report["further"][length][name], report["prompt"][length][name]) for length in report["prompt"])]
        for name in next(iter(report["prompt"].values()))
    ]
    return rows(("", *(f"after {length}" for length in report["prompt"])), lines)


def of_page(page: dict) -> str:
    lines = [
        (line, visit, spread(times["picture"]), spread(times["live"]))
        for line, both in page["visits"].items()
        for visit, times in both.items()
    ]
    waits = rows(("line", "", "prepared picture, ms", "live, ms"), lines)
    return f"{waits}\n{of_times(page['drawing'], 'drawing')}"


def table(report: dict) -> str:
    report = {
        **report,
        **{kind: {f"{n}": of for n, of in report[kind].items()} for kind in ("prompt", "further", "load")},
    }
    prompt, further, load = report["prompt"], report["further"], report["load"]
    about = " · ".join(f"{name} {of}" for name, of in (report["machine"] | report["versions"]).items())
    loads = f"load {report['load at first']:.1f} at first, {report['load at last']:.1f} at last"
    parts = [
        f"{HEAD}\n{report['date']} · {about} · {loads}\n\n"
        f"{report['rounds']} rounds; {report['more']} further tokens in each.\n",
        f"## A prompt\n\nRatios:\n\n{of_passes(prompt, load, ratio)}",
        f"Milliseconds by the clock, median (least):\n\n{of_passes(prompt, load, by_clock)}",
        f"## A further token, with what is known\n\nRatios:\n\n{of_passes(further, load, ratio)}",
        f"Milliseconds by the clock, median (least):\n\n{of_passes(further, load, by_clock)}",
        f"Against the whole prompt's pass in the same way:\n\n{cached(report)}",
        f"## Memory of the tab's process, after a prompt of 64 tokens\n\n{memory(report)}",
        "## The same numbers\n\nOn a prompt of 16 tokens, the largest difference from NumPy float32 over the largest "
        f"magnitude:\n\n{same(report)}",
        f"## The embedded model, pure NumPy\n\n{of_times(report['embedded'], '')}",
        f"## The page, with the embedded model\n\n{of_page(report['page'])}",
    ]
    if found := report.get("pieces"):
        parts += [
            "## Pieces, NumPy in Pyodide\n\n" + of_times(found["products"], "product, in 768, out 3072"),
            of_times(found["opened"], "a number opened, GPT-2 124M's shape, int8, 7 tokens"),
            of_times(found["sliders"], "another setting, 50,257 tokens"),
            rows(
                ("the longest text, 1,024 tokens, int8", ""),
                [(name, f"{value:.0f}") for name, value in found["full_context"].items()],
            ),
        ]
    return "\n".join(parts)
