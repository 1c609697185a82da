// Keeps one version of the site, whole, so that it works without a network. build/site/offline.py writes the constants:
// FILES gives each file's SHA-256 by its path, VERSION stands for all of them. Weights are kept by the page's Python.
// Other pages may lie beside this site, below it, or in another copy of it: it answers for its own files alone.

const VERSION = "";
const FILES = {};
const HOME = "index.html";
const SCOPE = self.registration.scope;
const OURS = `${SCOPE} glassformer site `; // caches belong to the whole host: their names begin with the folder
const NAME = OURS + VERSION;

const address = path => new URL(path, SCOPE).href;
const PATHS = new Map(Object.keys(FILES).map(path => [address(path), path])).set(SCOPE, HOME);

// Which of the files stands at an address; undefined for whatever else is there.
const pathOf = url => PATHS.get(url.replace(/[?#].*$/, ""));

// `kind` is "refused" (by the server, with `status`), "changed" (other bytes) or "unreachable".
class Trouble extends Error {
  constructor(kind, file, status = "") {
    super(`${file}: ${kind} ${status}`);
    Object.assign(this, { kind, file, status });
  }
}

async function isWhole(path, response) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer()));
  return [...digest].map(byte => byte.toString(16).padStart(2, "0")).join("") === FILES[path];
}

// The file as this version has it: from what is kept, of this version or of an older one, else from the server.
async function find(path) {
  const kept = await caches.match(address(path), { cacheName: NAME });
  if (kept && await isWhole(path, kept)) return kept;
  for (const name of await caches.keys()) {
    const other = name !== NAME && await caches.match(address(path), { cacheName: name });
    if (other && await isWhole(path, other)) return keep(path, other);
  }
  return keep(path, await ask(path));
}

// What the page has fetched the browser still has, most of the time: only what differs is asked of the server.
async function ask(path) {
  let response, whole;
  try {
    for (const cache of ["force-cache", "no-cache"]) {
      response = await fetch(new Request(address(path), { cache }));
      whole = response.ok && await isWhole(path, response);
      if (whole) break;
    }
  } catch {
    throw new Trouble("unreachable", path);
  }
  if (!response.ok) throw new Trouble("refused", path, response.status);
  if (!whole) throw new Trouble("changed", path);
  // Answers are made anew: a host may send index.html to the folder's own address, and browsers take no answer to such
  // a detour for a page; nor do they keep, or find again, what a host says to vary by the request.
  const headers = new Headers(response.headers);
  headers.delete("Vary");
  return new Response(response.body, { headers });
}

// Without room the file is used all the same.
async function keep(path, response) {
  try {
    await (await caches.open(NAME)).put(address(path), response.clone());
  } catch (error) {
    console.warn(`${path} could not be kept: ${error.message}`);
  }
  return response;
}

async function install() {
  try {
    for (const path of Object.keys(FILES)) await find(path);
    const kept = (await (await caches.open(NAME)).keys()).length;
    if (kept < Object.keys(FILES).length) throw new Error("there is no room to keep the site");
  } catch (error) {
    const { kind = "room", file = "", status = "" } = error; // whatever else fails is the browser's storage
    for (const page of await pages()) page.postMessage({ kind, file, status });
    throw error;
  }
}

async function tidy() {
  for (const name of await caches.keys()) {
    if (name.startsWith(OURS) && name !== NAME) await caches.delete(name);
    if (name.startsWith("glassformer ")) await adopt(name);
  }
}

// Earlier versions named their caches without the folder, and copies of the site shared them: what stands at this
// copy's addresses is its own. Weights move to the new name, files of an old page go.
async function adopt(name) {
  const top = path => path.split("/")[0];
  const tops = new Set(Object.keys(FILES).map(top));
  const old = await caches.open(name);
  for (const request of await old.keys()) {
    if (!request.url.startsWith(SCOPE) || !tops.has(top(request.url.slice(SCOPE.length)))) continue;
    if (name.startsWith("glassformer weights ")) {
      await (await caches.open(`${SCOPE} ${name}`)).put(request, await old.match(request));
    }
    await old.delete(request);
  }
  if (!(await old.keys()).length) await caches.delete(name);
}

self.addEventListener("install", event => event.waitUntil(install()));
self.addEventListener("activate", event => event.waitUntil(tidy()));

// The next version takes over when a page starts and no other runs; pages that run keep theirs. The page that starts
// stands empty meanwhile: Chromium keeps a new worker waiting as long as files are asked of the old one.
const EMPTY = `<!doctype html><meta name="color-scheme" content="light dark"><script>
  const worker = navigator.serviceWorker;
  const again = () => location.reload();
  worker.oncontrollerchange = worker.onmessage = again;
  setTimeout(again, 10000); // ms; a browser that does not change workers gets the old version
  worker.getRegistration().then(ours => ours && ours.waiting ? ours.waiting.postMessage("start") : again());
</script>`;
const ONLY_THAT = "default-src 'none'; script-src 'unsafe-inline'";
const empty = new Set(); // ids of such pages

const startAnew = () =>
  new Response(EMPTY, { headers: { "Content-Type": "text/html", "Content-Security-Policy": ONLY_THAT } });

async function pages() {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return open.filter(page => pathOf(page.url) === HOME);
}

async function start(event) {
  const open = await pages(); // with the one that is being left, if any
  if (!self.registration.waiting || open.length > 1 || open.some(page => empty.has(page.id))) return home();
  empty.add(event.resultingClientId);
  return startAnew();
}

// Another program of the host may have removed our caches, and the server has a newer version by now: that is the
// page then, without this worker.
async function home() {
  try {
    return await find(HOME);
  } catch (error) {
    if (error.kind !== "changed") throw error;
    await self.registration.unregister();
    return startAnew();
  }
}

self.addEventListener("message", event => event.waitUntil((async () => {
  if (event.data !== "start") return;
  if ((await pages()).length === 1) await self.skipWaiting();
  else event.source.postMessage("another page runs");
})()));

self.addEventListener("fetch", event => {
  const path = event.request.method === "GET" && pathOf(event.request.url);
  if (!path) return;
  event.respondWith(event.request.mode === "navigate" && path === HOME ? start(event) : find(path));
});
