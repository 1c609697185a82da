// Asks for every file from the first moment, in the order of need: else most would be asked for only when the program
// before them runs. Each comes once: whoever needs it, in the page or in the worker, gets what was asked for here.
// build/site/site.py writes the list of files into the page. Runs in browsers that boot.js lets pass.

(() => {
  if (document.documentElement.hasAttribute("data-whole") || document.getElementById("model").hidden) return;
  const files = JSON.parse(document.getElementById("files").textContent);
  const base = new URL(".", document.baseURI).href;
  const isModule = path => /\.m?js$/.test(path); // browsers ask for these themselves, when they are imported
  const blob = text => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));

  // What is to be asked for, by path: {address, options, ports}. Through a port a file comes piece by piece, once,
  // whenever somebody listens at its other end; those lie in `forPage` and `forWorker` until then, by address.
  const wanted = new Map();
  const forPage = {};
  const forWorker = {};

  function want(path, ends, options) {
    const { port1, port2 } = new MessageChannel();
    const { ports = [] } = wanted.get(path) || {};
    wanted.set(path, { address: base + path, options, ports: [...ports, port1] });
    ends[base + path] = port2;
  }

  // Ask for all of these in their order, so many at once. Answers when the last has come.
  function ask(wanted, count) {
    const network = self.fetch;
    const kept = wanted.map(({ address, options }) => options.unlessKept && self.caches?.match(address).catch(() => {}));

    async function send({ address, options, ports }, kept) {
      const tell = what => ports.forEach(port => port.postMessage(what));
      const answer = !(await kept) && await network(address, options).catch(() => null);
      if (!answer || !answer.ok) return tell({ type: null }); // who needs it asks again, and hears why
      tell({ type: answer.headers.get("Content-Type") || "" });
      try {
        const reader = answer.body.getReader();
        for (let step = await reader.read(); !step.done; step = await reader.read()) tell({ piece: step.value });
        tell({ end: true });
      } catch {
        tell({ end: false });
      }
    }

    async function work() {
      while (wanted.length) await send(wanted.shift(), kept.shift());
    }

    return Promise.all(Array.from({ length: count }, work));
  }

  function wait(ask) {
    self.onmessage = async event => {
      await ask(event.data, 2); // the line is never idle, and what is needed first comes first
      setTimeout(() => self.close(), 1000); // what starting.js has seen here is told
    };
  }

  // In the page and in the worker: what `fetch` gives of the files that come through ports.
  function receive(base, ports) {
    const network = self.fetch;

    self.fetch = async (what, options) => {
      const address = new URL(what.url || what, base).href;
      const port = ports[address];
      delete ports[address];
      return (port && await answerFrom(port)) || network(what, options);
    };

    function answerFrom(port) {
      let pieces;
      const body = new ReadableStream({ start: own => { pieces = own; }, cancel: () => port.close() });
      return new Promise(answered => {
        port.onmessage = ({ data: { type, piece, end } }) => {
          if (type === null) answered(null);
          else if (type !== undefined) answered(new Response(body, { headers: { "Content-Type": type } }));
          else if (piece) pieces.enqueue(piece);
          else if (end) pieces.close();
          else pieces.error(new TypeError("Failed to fetch"));
        };
      });
    }
  }

  // The first lines of the worker's program.
  function begin(receive, base, modules) {
    for (const url of modules) import(url).catch(() => {}); // who needs it hears why
    self.addEventListener("message", function first(event) {
      event.stopImmediatePropagation(); // all others are PyScript's
      self.removeEventListener("message", first);
      receive(base, event.data.ports);
    });
  }

  for (const path of Object.keys(files.page)) {
    if (!isModule(path)) want(path, forPage, {});
  }
  for (const [path, [, integrity]] of Object.entries(files.model)) {
    if (!isModule(path)) want(path, forWorker, path.endsWith(".whl") ? { integrity } : {}); // as Pyodide asks
  }
  if (!new URLSearchParams(location.hash.slice(1)).get("model")) {
    // As model/worker/download.py asks, which keeps what comes: the browser need not keep it too.
    const options = { cache: self.caches ? "no-store" : "default", unlessKept: true };
    for (const path of files.weights) want(path, forWorker, options);
  }
  // What the page needs comes first. The rest is asked for on a thread of its own: the page's will have more to do.
  const first = Object.keys(files.page).filter(path => !isModule(path)).map(path => wanted.get(path));
  const rest = [...wanted.values()].slice(first.length);
  const other = new Worker(blob(`(${wait})(${ask});`), { type: "module" });
  ask(first, first.length).then(() => other.postMessage(rest, rest.flatMap(({ ports }) => ports)));
  receive(base, forPage);

  self.Worker = class extends Worker {
    constructor(url, options) {
      const modules = Object.keys(files.model).filter(isModule).map(path => base + path);
      const first = blob(`(${begin})(${receive}, ${JSON.stringify(base)}, ${JSON.stringify(modules)});`);
      super(blob(`import "${first}"; import "${url}";`), options);
      super.postMessage({ ports: forWorker }, Object.values(forWorker));
      for (const address in forWorker) delete forWorker[address]; // another worker asks for itself
    }
  };
})();
