// Run pytest inside Pyodide, in Node.js: node tests/wasm/run.mjs PACKAGES [PYTEST ARGUMENT ...]
//
// Interpreter and NumPy are the ones that the page loads, from vendor/pyodide. PACKAGES is a folder that holds
// pytest and what it needs. The exit status is pytest's. The compiled products are there as the module `kernels`.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

const [packages, ...pytestArguments] = process.argv.slice(2);
const root = fileURLToPath(new URL("../..", import.meta.url));
const pyodideFolder = `${root}vendor/pyodide`;

const { loadPyodide } = await import(`${pyodideFolder}/pyodide.mjs`);
const env = { PYTHONDONTWRITEBYTECODE: "1" };
const pyodide = await loadPyodide({ indexURL: pyodideFolder, packages: ["numpy"], env });

for (const [mountPoint, folder] of [["/repository", root], ["/packages", packages]]) {
  pyodide.FS.mkdir(mountPoint);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: folder }, mountPoint);
}

setFlagsFromString("--experimental-wasm-relaxed-simd"); // newer ones than Node.js 20 have it of themselves
const memory = pyodide._module.wasmMemory ?? pyodide._module.memory;
const kernels = {};
for (const name of ["relaxed", "simd"]) {
  const bytes = readFileSync(`${root}vendor/kernel/${name}.wasm`);
  kernels[name] = (await WebAssembly.instantiate(bytes, { env: { memory } })).instance.exports;
}
pyodide.registerJsModule("kernels", kernels);

pyodide.globals.set("pytest_arguments", pyodide.toPy(pytestArguments));
process.exitCode = pyodide.runPython(`
import os, sys
sys.path.append("/packages")
os.chdir("/repository")
import pytest
# The repository's files stay as they are, and WebAssembly has neither file descriptors to capture nor signals.
int(pytest.main(["-p", "no:cacheprovider", "-p", "no:faulthandler", "--capture=sys", *pytest_arguments]))
`);
