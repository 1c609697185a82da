// The page's end of the wire to the sandbox: a frame without an origin, in it a worker, in it Python. None of them has a
// way to the page, to what is stored or to the network: the frame's policy knows no address, whatever runs in it. What
// comes back is text, which browser/code/sandbox.py reads as data, or bare numbers, as many as were asked for. Who waits
// for an answer gets one, or is told why not.

(() => {
  const LONGEST = 1_000_000; // characters of an answer
  const PATIENCE = 30_000; // ms in which the frame has to be there
  const STARTING = 300_000; // ms for its Python after that
  const TOLD = 300; // characters of why not, the last: Python says there what it was
  // The frame has the page's policy besides, which lets the script of frame.js run and no other.
  const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:; worker-src blob:";
  const files = JSON.parse(document.getElementById("files").textContent);
  const needed = Object.keys(files.model).filter(path => /^vendor\/pyodide\/|\.files\.json$/.test(path));
  let now = null; // the sandbox that there is: { frame, wire, bell, limit, waiting, asked }

  async function get(path, as) {
    const answer = await fetch(path, { cache: "force-cache" }) // the files as the browser has them
      .catch(({ message }) => { throw new Error(`${path}: ${message}`); });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer[as]();
  }

  // Starts it with what the model's worker hands over, as bytes. Answers when it listens; raises what went wrong.
  async function start(handed) {
    end("another one was started");
    const one = now = { frame: document.createElement("iframe"), waiting: new Map(), asked: 0 };
    const ready = heard(one).finally(() => clearTimeout(one.limit));
    const given = Promise.all([
      get("py/page/sandbox/frame.js", "text"),
      get("py/page/sandbox/worker.js", "text"),
      ...needed.map(path => get(path, "arrayBuffer")),
    ]);
    given.then(all => one === now && open(one, handed, all), error => one === now && end(error.message));
    return ready;
  }

  function open(one, handed, [script, program, ...runtime]) {
    const files = { "handed.npz": handed.buffer };
    needed.forEach((path, number) => { files[path.split("/").pop()] = runtime[number]; });
    const [wire, bell] = [new MessageChannel(), new MessageChannel()];
    const over = why => one === now && end(reason(why));
    const wait = (time, why) => { clearTimeout(one.limit); one.limit = setTimeout(over, time, why); };
    Object.assign(one, { wire: wire.port1, bell: bell.port1 });
    one.wire.onmessage = ({ data }) => take(one, data);
    one.wire.onmessageerror = () => over("it sent what is no answer");
    one.bell.onmessage = ({ data: [what, why] }) => what === "here" ? wait(STARTING, "its Python does not start") : over(why);
    wait(PATIENCE, "its frame does not start");
    one.frame.sandbox = "allow-scripts";
    one.frame.hidden = true;
    one.frame.srcdoc =
      `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><script>${script}</script>`;
    one.frame.onload = () => one.frame.contentWindow.postMessage(
      { program, files }, "*", [wire.port2, bell.port2, ...Object.values(files)],
    );
    document.body.append(one.frame);
  }

  // The answer to the next question; to the first, which nobody asks, when it listens.
  function heard(one, bytes = 0) {
    return new Promise((resolve, reject) => one.waiting.set(one.asked++, { resolve, reject, bytes }));
  }

  // Whatever it is: code of others may have sent it. One that speaks unasked, or at length, speaks no more.
  function take(one, data) {
    const [number, found, why] = Array.isArray(data) ? data : [];
    const asked = one.waiting.get(number);
    if (!asked) return end("it sent what is no answer");
    one.waiting.delete(number);
    const isData = found instanceof ArrayBuffer && found.byteLength === asked.bytes && asked.bytes > 0;
    const isText = typeof found === "string" && found.length < LONGEST;
    if (isData || isText) asked.resolve(isData ? found : plain(found));
    else asked.reject(new Error(reason(why)));
  }

  // JSON with no number of a million digits in it, for which the page's Python would need minutes.
  function plain(text) {
    try {
      return JSON.stringify(JSON.parse(text));
    } catch {
      return "null";
    }
  }

  function reason(why) {
    return typeof why === "string" ? why.slice(-TOLD) : "it sent what is no answer";
  }

  // `bytes` is how many the answer has where it is bare numbers.
  async function ask(name, question, bytes) {
    if (!now?.wire) throw new Error("there is none");
    now.wire.postMessage([now.asked, name, question]);
    return heard(now, bytes);
  }

  // Whatever it is doing, it does it no longer.
  function end(why = "it was ended") {
    if (!now) return;
    const { frame, wire, bell, limit, waiting } = now;
    now = null;
    clearTimeout(limit);
    frame.remove();
    wire?.close();
    bell?.close();
    for (const { reject } of waiting.values()) reject(new Error(why));
  }

  self.sandbox = { start, ask, end: () => end() };
})();
