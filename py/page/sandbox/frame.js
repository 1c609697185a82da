// The only script of the frame in which other people's Python runs, see sandbox.js: it starts the worker and hands on what
// it is given. The frame has an origin of its own, to which neither the page nor anything stored belongs.

if (self.origin === "null" && self !== top) {
  addEventListener("message", ({ data: { program, files }, ports: [wire, bell] }) => {
    const failed = ({ message }) => bell.postMessage(["failed", message || "worker-src"]);
    bell.postMessage(["here"]);
    try {
      const worker = new Worker(URL.createObjectURL(new Blob([program], { type: "text/javascript" })));
      worker.onerror = failed;
      worker.postMessage(files, [wire, ...Object.values(files)]);
    } catch (error) {
      failed(error);
    }
  }, { once: true });
}
