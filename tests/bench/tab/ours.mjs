// Glassformer's model in Pyodide, as the page's worker has it; `call` asks a function of ours.py.

import { loadPyodide } from "/vendor/pyodide/pyodide.mjs";
import { answering, collect } from "./answering.mjs";

let pyodide, python;

async function load(module) {
  const indexURL = new URL("/vendor/pyodide/", location).href; // beside it lies the kernel
  pyodide = await loadPyodide({ indexURL, packages: ["numpy"], messageCallback: () => {} });
  const sources = await (await fetch("/sources.zip")).arrayBuffer();
  pyodide.unpackArchive(sources, "zip", { extractDir: "/sources" });
  python = pyodide.runPython(`
    import sys
    sys.path += ["/sources/py", "/sources/tests/bench/tab"]
    import ${module}
    ${module}`);
}

async function call(name, ...values) {
  const answer = await python[name](...values.map((value) => pyodide.toPy(value)));
  return answer?.toJs ? answer.toJs({ dict_converter: Object.fromEntries }) : answer;
}

answering({ load, call, collect });
