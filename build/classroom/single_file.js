// The page in one file: its files lie in the page itself, compressed, and everything that asks for one gets it from
// there, in the page and in its worker. A page opened from a disk may fetch nothing, not even import a neighbour;
// but it may make blobs and import those, and so may its worker with blobs of its own.

(async () => {
  const base = new URL(".", document.baseURI).href;
  const types = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };

  // In the page and, as text, in the worker: `blobs` by path become what is fetched and imported.
  function answerFrom(blobs, base) {
    const at = {};
    for (const path in blobs) at[path] = URL.createObjectURL(blobs[path]);
    self.inThisFile = url => {
      const path = String(url).replace(base, "").replace("https://glassformer.invalid/", "");
      return at[path.replace(/^\.\//, "").replace(/[?#].*$/, "")] || url;
    };
    self.URL = class extends URL {
      constructor(url, from) {
        super(url, /^null\//.test(from) ? base : from); // a blob of such a page has no address that others start from
      }
    };
    const fetched = self.fetch;
    self.fetch = (what, options) => {
      const asked = what instanceof Request ? what.url : what;
      const found = self.inThisFile(asked);
      return found === asked ? fetched.call(self, what, options) : fetched.call(self, found);
    };
  }

  function waitForBlobs(answerFrom) {
    self.addEventListener("message", function take(event) {
      event.stopImmediatePropagation(); // PyScript's own first message is the next one
      self.removeEventListener("message", take);
      answerFrom(event.data.blobs, event.data.base);
    });
  }

  async function unpacked(text) {
    const bytes = Uint8Array.from(atob(text), character => character.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  }

  const blobs = {};
  const modules = [];
  for (const script of document.querySelectorAll("script[data-path]")) {
    const path = script.dataset.path;
    const data = await unpacked(script.textContent);
    if (/^vendor\/pyscript\/.*\.js$/.test(path)) modules.push([path, new TextDecoder().decode(data)]);
    else blobs[path] = new Blob([data], { type: types[path.split(".").pop()] || "application/octet-stream" });
    script.remove();
  }

  // PyScript's modules import each other by names that mean nothing to a blob: each comes after those it imports.
  const imported = /from"\.\/([^"]+)"/g;
  const made = {};
  while (modules.length) {
    const next = modules.findIndex(([, text]) => [...text.matchAll(imported)].every(([, name]) => name in made));
    const [[path, text]] = modules.splice(next, 1);
    const whole = text.replace(imported, (_, name) => `from"${made[name]}"`);
    blobs[path] = new Blob([whole], { type: types.js });
    made[path.split("/").pop()] = URL.createObjectURL(blobs[path]);
  }

  answerFrom(blobs, base);
  self.inThisFile.start = `(${waitForBlobs})(${answerFrom});\n`; // stands before the worker's own program
  self.Worker = class extends Worker {
    constructor(url, options) {
      super(url, { ...options, type: "classic" }); // a disk's page gets no other kind
      super.postMessage({ blobs, base });
    }
  };
  await import(made["core.js"]);
})();
