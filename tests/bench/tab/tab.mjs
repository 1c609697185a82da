// A tab with one worker, as a page that computes has it: tab.html?ours or tab.html?peer. `ask(name, ...values)` asks
// the worker, one question at a time.

const worker = new Worker(new URL(`${location.search.slice(1)}.mjs`, import.meta.url), { type: "module" });

window.ask = (...question) =>
  new Promise((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data: { answer, error } }) => (error ? reject(new Error(error)) : resolve(answer));
    worker.postMessage(question);
  });
