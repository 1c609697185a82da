"""The compiled product in this browser: fetched when it is first wanted, put on Pyodide's own memory."""

import js
import pyodide_js
from js import URL, Object

from model.kernel.kernel import Kernel

BUILDS = ("relaxed", "simd")  # the first that this browser can run: with fused multiply-add, without


class Loader:
    """Gives the kernel; `build` is the name of the one that runs, "" before it is wanted, "absent" for none."""

    def __init__(self) -> None:
        self.build = ""
        self.kernel: Kernel | None = None

    async def __call__(self) -> Kernel | None:
        """None where no build can be had: NumPy then multiplies, and nothing else changes."""
        for build in BUILDS if self.build in ("", "absent") else ():
            try:
                self.kernel, self.build = await instantiated(build), build
                return self.kernel
            except Exception:  # an older browser, a file that is not there, a memory that is not to be had
                self.build = "absent"
        return self.kernel


async def instantiated(build: str) -> Kernel:
    """Raises whatever the browser does."""
    address = URL.new(f"../kernel/{build}.wasm", pyodide_js._api.config.indexURL).href
    answer = await js.fetch(address)
    if not answer.ok:
        raise FileNotFoundError(address)
    imports = Object.new()
    imports.env = Object.new()
    imports.env.memory = getattr(pyodide_js._module, "wasmMemory", None) or pyodide_js._module.memory
    made = await js.WebAssembly.instantiate(await answer.arrayBuffer(), imports)
    return Kernel(made.instance.exports)
