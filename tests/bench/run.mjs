// What the forward pass costs in Pyodide, in Node.js: node tests/bench/run.mjs
//
// Each part of bench.py runs in an interpreter of its own, as WebAssembly memory never shrinks. Timings are printed,
// not judged; the exit status is 1 only when int8- and float32-precision weights disagree.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pyodideFolder = `${root}vendor/pyodide`;
if (!existsSync(pyodideFolder)) {
  console.error("vendor/ is not there yet: run `make setup`.");
  process.exit(1);
}
const { loadPyodide } = await import(`${pyodideFolder}/pyodide.mjs`);

async function run(call) {
  const env = { PYTHONDONTWRITEBYTECODE: "1" };
  const pyodide = await loadPyodide({ indexURL: pyodideFolder, packages: ["numpy"], env, messageCallback: () => {} });
  pyodide.FS.mkdir("/repository");
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root }, "/repository");
  const answer = pyodide.runPython(`
    import sys
    sys.path += ["/repository/py", "/repository/tests/bench"]
    import bench
    bench.${call}`);
  return answer?.toJs ? answer.toJs() : answer;
}

await run("calibrate()");
await run("products()");
await run("settings()");
await run('mini("/repository/weights/mini")');
await run("opened()");
await run("full_context()");
const int8 = await run('large("int8")');
const float32 = await run('large("float32")');

const size = Math.max(...float32.map(Math.abs));
const difference = Math.max(...float32.map((logit, i) => Math.abs(logit - int8[i])));
const agree = difference <= 1e-5 * Math.max(1, size);
console.log(`\nint8 and float32 precision: logits up to ${size.toFixed(2)} differ by ${difference.toExponential(1)} at most`);
if (!agree) {
  console.error("They must agree to 1e-5.");
}
process.exit(agree ? 0 : 1);
