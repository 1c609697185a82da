// Run pytest inside Pyodide, in Node.js: node tests/wasm/run.mjs PACKAGES [PYTEST ARGUMENT ...]
//
// Interpreter and NumPy are the ones that the page loads, from vendor/pyodide. PACKAGES is a folder that holds
// pytest and what it needs. The exit status is pytest's.

import { fileURLToPath } from "node:url";

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

pyodide.globals.set("pytest_arguments", pyodide.toPy(pytestArguments));
process.exitCode = pyodide.runPython(`
import os, sys
sys.path.append("/packages")
os.chdir("/repository")
import pytest
# The repository's files stay as they are, and WebAssembly has neither file descriptors to capture nor signals.
int(pytest.main(["-p", "no:cacheprovider", "-p", "no:faulthandler", "--capture=sys", *pytest_arguments]))
`);
