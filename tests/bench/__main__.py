"""Measure Glassformer beside onnxruntime-web, in one headless Chromium: `make bench`, or `make bench QUICK=1`.

    PYTHONPATH=py:. python -m tests.bench [--quick]

Writes docs/benchmarks.json and the table docs/benchmarks.md; --quick measures less, in fewer rounds, and only prints.
"""

import datetime
import json
import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import Browser

from build.command import command
from build.paths import ROOT
from tests.bench import page, passes
from tests.bench.table import table
from tests.bench.tabs import chromium, opening, tell

OUT = ROOT / "docs"


def machine() -> dict[str, str]:
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "processor": cpu[1] if cpu else platform.processor(),
        "cores": f"{os.cpu_count()}",
        "memory": f"{memory:.0f} GB",
        "system": platform.platform(terse=True),
    }


def versions(browser: Browser) -> dict[str, str]:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    peer = json.loads((ROOT / "tests" / "bench" / "package.json").read_text())["dependencies"]
    pyodide = json.loads((ROOT / "vendor" / "pyodide" / "pyodide-lock.json").read_text())
    return {
        "Chromium": browser.version,
        "Pyodide": packages["node_modules/pyodide"]["version"],
        "NumPy": pyodide["packages"]["numpy"]["version"],
        **peer,
        "onnx": version("onnx"),
    }


def pieces(browser: Browser) -> dict:
    """Each in an interpreter of its own: WebAssembly memory never shrinks."""
    found = {}
    with opening(browser) as open_tab:
        for name in ("products", "opened", "sliders", "full_context"):
            tell(name)
            tab = open_tab("ours")
            tab.ask("load", "pieces")
            found[name] = tab.call(name)
    return found


def main() -> None:
    parser = command(__doc__)
    parser.add_argument("--quick", action="store_true", help="in a few minutes: prompts of 6 and 32, three rounds")
    quick = parser.parse_args().quick
    report: dict = {"date": f"{datetime.date.today()}", "machine": machine(), "load at first": os.getloadavg()[0]}
    with chromium() as browser:
        report["versions"] = versions(browser)
        report["embedded"] = passes.measure_embedded(browser, rounds=3 if quick else 9)
        report |= passes.measure(browser, (6, 32), more=4, rounds=3) if quick else passes.measure(browser)
        report["page"] = page.measure(browser, visits=1, rounds=3, slow=False) if quick else page.measure(browser)
        if not quick:
            report["pieces"] = pieces(browser)
    report["load at last"] = os.getloadavg()[0]
    text = table(report)
    print(text)
    if not quick:
        OUT.joinpath("benchmarks.json").write_text(json.dumps(report, indent=1) + "\n")
        OUT.joinpath("benchmarks.md").write_text(text)


if __name__ == "__main__":
    main()
