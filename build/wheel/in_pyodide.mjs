// Runs compiled.py in Pyodide itself, for each version of Python has bytecode of its own:
// node in_pyodide.mjs PYODIDE PROGRAM WHEEL OUT

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, program, wheel, out] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: pyodide, env: { PYTHONHASHSEED: "0" } }); // the same bytes at each run
python.FS.writeFile("/wheel", readFileSync(wheel));
python.runPython(readFileSync(program, "utf8"));
python.runPython('open("/out", "wb").write(compiled(open("/wheel", "rb").read()))');
writeFileSync(out, python.FS.readFile("/out"));
