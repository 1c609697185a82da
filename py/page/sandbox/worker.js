// Python for code that anybody may have written: it starts from the files that it is given, gives up every way out, and
// only then listens. All it ever says is text or bare numbers.

(() => {
  const LARGEST = 1 << 30; // bytes of WebAssembly memory: a loop without end is not to fill the reader's computer
  const TYPES = { wasm: "application/wasm", mjs: "text/javascript", json: "application/json" };
  const NOWHERE = "https://sandbox.invalid/"; // stands before a file's name: Pyodide asks for addresses

  // What a worker of no origin has beyond the language itself, and Pyodide needs.
  const KEPT = `self globalThis Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol
    Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
    SuppressedError JSON Math Intl ArrayBuffer SharedArrayBuffer Atomics Uint8Array Int8Array Uint16Array Int16Array
    Uint32Array Int32Array BigUint64Array BigInt64Array Uint8ClampedArray Float16Array Float32Array Float64Array DataView
    Map BigInt Set Iterator WeakMap WeakSet WeakRef FinalizationRegistry Proxy Reflect DisposableStack
    AsyncDisposableStack decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval isFinite isNaN
    console WebAssembly TextDecoder TextEncoder DOMException performance Performance crypto Crypto SubtleCrypto
    setTimeout clearTimeout setInterval clearInterval queueMicrotask structuredClone MessageChannel MessagePort
    MessageEvent Event EventTarget AbortController AbortSignal atob btoa constructor`.split(/\s+/);

  self.onmessage = async ({ data: files, ports: [wire] }) => {
    self.onmessage = null;
    const plain = found => typeof found === "string" ? found : found.toJs().slice().buffer;
    const say = async (number, found) => wire.postMessage(await found.then(plain).then(
      found => [number, found],
      error => [number, null, String(error)],
    ));
    const broken = self.reportError.bind(self); // heard by the frame
    self.addEventListener("unhandledrejection", ({ reason }) => broken(reason));
    const answer = started(files, broken);
    wire.onmessage = ({ data: [number, name, question] }) => say(number, answer.then(answer => answer(name, question)));
    say(0, answer.then(() => "ready"));
  };

  async function started(files, broken) {
    const blob = name => new Blob([files[name]], { type: TYPES[name.split(".").pop()] || "" });
    const module = name => import(URL.createObjectURL(blob(name)));
    self.fetch = async address => new Response(blob(new URL(address).pathname.slice(1)));
    const { grow } = WebAssembly.Memory.prototype;
    WebAssembly.Memory.prototype.grow = function (pages) {
      if (this.buffer.byteLength + pages * 65536 > LARGEST) throw new RangeError("memory");
      return grow.call(this, pages);
    };
    const { loadPyodide } = await module("pyodide.mjs");
    const pyodide = await loadPyodide({
      createPyodideModule: (await module("pyodide.asm.mjs")).default,
      indexURL: NOWHERE,
      packages: ["numpy"],
      stdout: () => {},
      stderr: () => {},
    });
    for (const [path, text] of Object.entries(JSON.parse(new TextDecoder().decode(files["model.files.json"])))) {
      pyodide.FS.mkdirTree(path.replace(/[^/]*$/, ""));
      pyodide.FS.writeFile(path, text);
    }
    pyodide.FS.writeFile("handed.npz", new Uint8Array(files["handed.npz"]));
    pyodide._api.on_fatal = broken;
    giveUp();
    return pyodide.runPython(`
      import sys
      from model.sandbox.answer import answer
      sys.modules["js"] = sys.modules["pyodide_js"] = None  # who imports them is told so, and at which line
      answer`);
  }

  // Of the worker and of all that it inherits from, what is not kept.
  function giveUp() {
    for (let place = self; place && place !== Object.prototype; place = Object.getPrototypeOf(place)) {
      for (const name of Object.getOwnPropertyNames(place)) {
        if (!KEPT.includes(name)) delete place[name];
      }
    }
  }
})();
