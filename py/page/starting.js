// Watches Python start, for only Python can say that Python failed. What has come is known from the browser's own
// record; where something fails, or nothing comes for a while, each file is looked at, and the first that is not as it
// was built is named. build/site/site.py writes the list of files into the page. Runs in browsers that boot.js lets pass.

(() => {
  const LONG = 5; // seconds until the header counts what has come
  const SILENCE = 8; // seconds without a new file until the files are looked at
  const PATIENCE = 30; // seconds until a reader is told that it takes long
  const SOON = 1500; // ms from a failure to that look: others may follow

  const PARTS = ["page", "model"]; // the two Pythons, in the order they start
  const up = {}; // those that have started
  const came = new Set(); // paths of files that the browser has received, right or wrong
  const sound = new Set(); // paths of files that are as they were built
  const wrong = new Map(); // path -> {kind, ...} of those that are not
  const violations = []; // of a Content-Security-Policy: {directive, blocked}
  const files = {}; // path -> {part, bytes, integrity}
  let reason = ""; // what was heard of a failure
  let looks = 0; // at the files since then
  const looking = new Set(); // parts whose files are being looked at
  let latest = performance.now(); // when something last came, or the files were looked at
  let timer = 0;

  const byId = id => document.getElementById(id);
  const base = new URL(".", document.baseURI).href;
  const pathOf = url => String(url).replace(base, "").replace(/[?#].*$/, "");
  const secondsSince = time => (performance.now() - time) / 1000;
  const whole = document.documentElement.hasAttribute("data-whole"); // the page in one file asks for no other

  // What Python says.
  self.starting = {
    up(part) {
      up[part] = true;
      for (const path in files) if (files[path].part === part) wrong.delete(path);
      if (!PARTS.every(one => up[one])) return show();
      clearInterval(timer);
      byId("trouble").hidden = true;
    },
    failed: heard,
    lost: () => {}, // the page's Python puts in its place what it does without the model's,
    recorded: false, // and says here that there are recorded examples to be looked at
  };

  byId("no-scripts").remove();
  if (byId("model").hidden) return; // boot.js has said why nothing starts
  const list = whole ? {} : JSON.parse(byId("files").textContent);
  for (const part of PARTS) {
    for (const [path, [bytes, integrity]] of Object.entries(list[part] || {})) files[path] = { part, bytes, integrity };
  }
  watch(report);
  if (!whole) watchWorkers();
  timer = setInterval(tick, 1000);

  // What the browser says, in the page and, by the first lines of its program, in the worker.

  function watch(tell) {
    new PerformanceObserver(list => {
      const entries = list.getEntries().filter(entry => entry.decodedBodySize || entry.responseStatus >= 400);
      tell({ entries: entries.map(entry => ({ url: entry.name, status: entry.responseStatus })) });
    }).observe({ type: "resource", buffered: true });
    self.addEventListener("error", ({ target }) => {
      if (target.integrity) tell({ failure: target.src || target.href }); // PyScript and the page's interpreter
    }, true);
    self.addEventListener("unhandledrejection", event => tell({ failure: String(event.reason) }));
    self.addEventListener("securitypolicyviolation", event => {
      const { effectiveDirective, blockedURI, disposition } = event;
      if (disposition === "enforce") tell({ violation: { directive: effectiveDirective, blocked: blockedURI } });
    });
    // Browsers compile WebAssembly as it comes only from a host that knows its type; once it is there, from any.
    const asItComes = WebAssembly.instantiateStreaming;
    WebAssembly.instantiateStreaming = async (source, imports) => {
      try {
        const answer = await source;
        const known = answer.headers.get("Content-Type") === "application/wasm";
        if (known || !answer.ok) return await asItComes.call(WebAssembly, answer, imports);
        return await WebAssembly.instantiate(await answer.arrayBuffer(), imports);
      } catch (error) {
        tell({ failure: String(error) }); // Pyodide goes on waiting and says nothing
        throw error;
      }
    };
  }

  function watchWorkers() {
    const blob = text => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const first = blob(`(${watch})(message => self.postMessage({ starting: message }));`);
    self.Worker = class extends Worker {
      constructor(url, options) {
        super(blob(`import "${first}"; import "${url}";`), options);
        this.addEventListener("error", event => heard(event.message || "Worker"));
        this.addEventListener("message", event => {
          if (!event.data || !event.data.starting) return;
          event.stopImmediatePropagation(); // all others are PyScript's
          report(event.data.starting);
        });
      }
    };
  }

  function report({ entries = [], violation, failure }) {
    for (const { url, status } of entries) {
      if (status >= 400) heard(`${pathOf(url)}: ${status}`);
      if (!came.has(pathOf(url))) latest = performance.now();
      came.add(pathOf(url));
    }
    if (violation && isNeeded(violation)) violations.push(violation);
    if (failure || violations.length) heard(failure || `${violations[0].directive}: ${violations[0].blocked}`);
  }

  function heard(text) {
    if (reason || PARTS.every(one => up[one])) return;
    reason = String(text);
    looks = 0;
    setTimeout(() => PARTS.forEach(look), SOON);
  }

  function tick() {
    const all = Object.keys(files).every(path => came.has(path)); // Python has work to do, and says nothing meanwhile
    if (!trouble() && secondsSince(latest) > (all ? PATIENCE : SILENCE)) PARTS.filter(part => !up[part]).forEach(look);
    show();
  }

  // Looking at the files.

  async function look(part) {
    if (looking.has(part)) return;
    looking.add(part);
    const lacking = Object.keys(files).filter(path => files[path].part === part && !up[part]);
    await Promise.all(lacking.map(path => judge(path, files[path])));
    latest = performance.now();
    looking.delete(part);
    looks += 1;
    show();
  }

  // Whether a file is not as it was built; `wrong` then says how.
  async function judge(path, { bytes, integrity }) {
    if (sound.has(path)) return false;
    const named = document.querySelector(`[integrity][src="${path}"], [integrity][href="${path}"]`);
    // Of a file that has not come yet the first bytes have to do, unless something has failed and they do not tell it.
    const entire = integrity && (came.has(path) || named || (reason && looks));
    const fault = await faultOf(path, bytes) || (entire && await faultInside(path, integrity));
    if (fault) wrong.set(path, fault);
    else if (entire) sound.add(path);
    if (fault) show();
    return !!fault;
  }

  async function faultOf(path, bytes) {
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), 1000 * SILENCE);
    try {
      const answer = await fetch(path, { cache: "force-cache", signal: stop.signal }); // the files as the browser has them
      const { status, headers } = answer;
      if (status === 404 || status === 410) return { kind: "missing", status };
      if (!answer.ok) return { kind: status >= 500 ? "failing" : "refused", status };
      const type = (headers.get("Content-Type") || "").split(";")[0].trim();
      const { value, done } = await answer.body.getReader().read();
      if (done) return bytes === 0 ? null : { kind: "empty" };
      const beginning = new TextDecoder().decode(value.subarray(0, 100));
      if (/^\s*</.test(beginning)) return { kind: "page" }; // nothing of ours begins so
      const script = /^(text|application)\/(x-)?(java|ecma)script$/i;
      return /\.m?js$/.test(path) && !script.test(type) ? { kind: "type", type } : null;
    } catch (error) {
      return stop.signal.aborted ? null : { kind: "unreachable" }; // one that is slow is not accused
    } finally {
      clearTimeout(late);
      stop.abort(); // what follows is not needed
    }
  }

  async function faultInside(path, integrity) {
    const answer = fetch(path, { cache: "force-cache", integrity }).then(file => file.arrayBuffer());
    return answer.then(() => null, () => ({ kind: "changed" }));
  }

  // Whether Python needs what is forbidden; pictures it does not.
  function isNeeded({ directive, blocked }) {
    const ours = ["eval", "wasm-eval", "blob", "trusted-types-sink"].includes(blocked) || blocked.startsWith(base);
    return ours && /^(script|worker|connect|require-trusted-types)/.test(directive);
  }

  // Saying it.

  function trouble() {
    if (self.origin === "null" && !whole) return { kind: "framed" };
    const [forbidden] = violations;
    if (forbidden && !up.model) {
      const policy = document.querySelector("meta[http-equiv=Content-Security-Policy]").content;
      return { kind: "policy", policy, ...forbidden, blocked: pathOf(forbidden.blocked) };
    }
    const file = Object.keys(files).find(path => wrong.has(path));
    if (file) {
      const { kind, status } = wrong.get(file);
      const alike = [...wrong.values()].filter(other => other.kind === kind && other.status === status).length;
      const ending = file.replace(/^.*(?=\.)/, "");
      return { ...wrong.get(file), file, ending, more: alike > 1 ? say("more", { count: alike - 1 }) : "" };
    }
    return reason && looks > PARTS.length ? { kind: "unknown", reason } : null;
  }

  function say(key, values = {}) {
    const texts = JSON.parse(byId("starting-words").textContent);
    const wanted = up.page ? [document.documentElement.lang] : navigator.languages;
    const language = nearest(wanted, Object.keys(texts));
    return texts[language][`starting.${key}`].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  // As best_language in text/words.py does it, which says why.
  function nearest(wanted, offered) {
    for (const tag of wanted) {
      const asked = tag.toLowerCase().split("-");
      const near = offered.filter(code => code.toLowerCase().split("-")[0] === asked[0]);
      const within = near.filter(code => code.toLowerCase().split("-").every(part => asked.includes(part)));
      if (near.length) return within.sort((a, b) => b.length - a.length)[0] || near[0];
    }
    return "en";
  }

  function show() {
    if (PARTS.every(part => up[part])) return;
    const found = trouble();
    const slow = performance.now() > 1000 * PATIENCE;
    const paths = Object.keys(files);
    const megabytes = some => (some.reduce((sum, path) => sum + files[path].bytes, 0) / 1e6).toFixed(1);
    const coming = { arrived: megabytes(paths.filter(path => came.has(path))), total: megabytes(paths) };
    const file = paths.find(path => files[path].bytes && !came.has(path) && !up[files[path].part]);
    const about = found && say(found.kind, found) + (self.starting.recorded ? ` ${say("recorded")}` : "");
    const text = found ? about : slow ? say(file ? "slow" : "busy", { file, ...coming }) : "";
    const notice = byId("trouble");
    if (notice.textContent !== text) notice.textContent = text; // else it would be read out each second
    notice.hidden = !text;
    notice.classList.toggle("error", !!found);
    byId("model-progress").hidden = !!found;
    if (found) byId("model-text").textContent = say("failed");
    else if (!whole && performance.now() > 1000 * LONG) byId("model-text").textContent = say("coming", coming);
    if (found && up.page && !whole) self.starting.lost();
  }
})();
